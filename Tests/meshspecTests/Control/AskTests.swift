import Glibc
import Network
import Node
import TestThreads
import Testing
import Wire

@testable import meshspec

/// The program sends questions to running nodes over their sockets.
@Suite(.waits) struct AskTests {
    /// A running RMPX node with its own control socket. It ends with this value.
    final class Running {
        let folder: Folder
        let process: Subprocess
        let address: String
        var path: String { folder.path + "/control" }

        init(_ options: String) throws {
            folder = try Folder()
            let command =
                "exec '\(Shell.products)/meshspec' node rightmesh --listen 127.0.0.1:0 --control '\(folder.path)/control' "
                + "\(options) >'\(folder.path)/events' 2>'\(folder.path)/errors'"
            process = try Subprocess(command, folder: Shell.package)
            for _ in 0..<5000 where !folder.text("events").contains("identity") && process.exitStatus == nil {
                usleep(2000)
            }
            let line = folder.text("events").split(separator: "\n").first.map { Array($0.utf8) } ?? []
            guard let first = JSON.parse(line), case .text(let at)? = first["listening"] else {
                throw NetworkError("start", "meshspec node", folder.text("errors"))
            }
            #expect(first["control"] == .text(folder.path + "/control"))
            address = at
        }
        func ask(_ words: String) throws -> Shell.Outcome {
            try Shell.run("meshspec rightmesh --control '\(path)' \(words)")
        }
        /// Repeats the question until the answer satisfies the condition.
        func wait(_ words: String, until isGood: (Value) -> Bool) throws -> Value? {
            for _ in 0..<200 {
                let answer = try JSON.parse(Array(ask(words + " --json").out.utf8))
                if let answer, isGood(answer) { return answer }
                usleep(20_000)
            }
            return nil
        }
    }
    private static let (one, two, phone) = (
        String(repeating: "a1", count: 20), String(repeating: "b2", count: 20), String(repeating: "c3", count: 20)
    )

    /// Two superpeers and a phone: their tables, one route, and a FIND, as text and as JSON, each with its exit status.
    @Test func tables() throws {
        let first = try Running("--role superpeer --id 0x\(Self.one)")
        let second = try Running("--role superpeer --id \(Self.two) --superpeer \(Self.one)@\(first.address)")
        let seller = try Running("--role seller --id \(Self.phone) --superpeer \(first.address)")
        let routes = try #require(
            try first.wait("routes") { if case .list(let all) = $0 { all.count == 2 } else { false } })
        guard case .list(let rows) = routes else { return }
        #expect(rows.map { $0["peer"] } == [.text("0x" + Self.two), .text("0x" + Self.phone)])
        #expect(rows[0]["role"] == "superpeer" && rows[0]["hopcount"] == 1)
        let text = try first.ask("routes")
        #expect(text.status == 0 && text.lines.count == 3)
        #expect(text.lines[0].split(separator: " ") == ["peer", "nexthop", "hopcount", "role", "age"])
        #expect(text.lines[2].hasPrefix("0x\(Self.phone)  0x\(Self.phone)  1         master"))
        let one = try first.ask("route \(Self.phone)")
        #expect(one.status == 0 && one.lines.count == 2)
        #expect(try second.ask("superpeers").out.contains("0x\(Self.one)  \(first.address)  superpeer  1"))
        #expect(try second.ask("superpeers --json").lines.count == 1)
        // The seller learns of both superpeers from an answer to its INFO, or from the next answer.
        #expect(try seller.ask("candidates").out.contains("0x\(Self.one)  \(first.address)"))
        #expect(try seller.ask("uplink").out.contains("attached  0x\(Self.one)"))
        #expect(try first.ask("assemblies").lines == ["src  type  msg_id  fragments  of  missing  ms"])
        #expect(try first.ask("subscriptions").status == 0)

        let found = try seller.ask("find 0x\(Self.two) \(Self.phone)")
        #expect(found.status == 0 && found.lines == ["online", "0x" + Self.two, "0x" + Self.phone])
        let json = try seller.ask("find --json [0x\(Self.two),0x\(String(repeating: "d4", count: 20))]")
        #expect(json.out == "{\"outcome\":\"found\",\"count\":1,\"online\":[\"0x\(Self.two)\"]}\n")
        #expect(try seller.ask("find 0x\(String(repeating: "d4", count: 20)) port=1357").status == 5)
        #expect(try seller.ask("find --no-wait --json 0x\(Self.two)").out == "true\n")
        #expect(try seller.ask("subscribe 0x\(Self.two)").status == 0)
        #expect(try first.ask("subscriptions").out.contains("0x\(Self.phone)  0x\(Self.two)  0"))
        let dump = try JSON.parse(Array(seller.ask("dump --json").out.utf8))
        #expect(dump?["remembered"] != nil && dump?["counters"]?["malformed"] == 0)
        // A node that ended on request has removed its socket.
        second.process.stop()
        #expect(second.process.exitStatus == 128 + SIGTERM)
        #expect(access(second.path, F_OK) != 0)
    }
    /// Each error states what is wrong, where, and what to do.
    @Test func errors() throws {
        let node = try Running("--role superpeer")
        let unknown = try node.ask("route 0x\(Self.one)")
        #expect(unknown.status == 5 && unknown.out.isEmpty)
        #expect(unknown.failed(.nothingSelected, "0x\(Self.one); `meshspec rightmesh dump` shows"), "\(unknown.err)")
        let json = try node.ask("route --json 0x\(Self.one)")
        #expect(json.status == 5 && json.out == "null\n")
        let malformed = try node.ask("route 0x12")
        #expect(malformed.failed(.refused, "40 hexadecimal digits", status: 2), "\(malformed.err)")
        let rotes = try node.ask("rotes")
        #expect(rotes.failed(.unknownName, "did you mean `routes`?"), "\(rotes.err)")
        #expect(try node.ask("route").failed(.missingArgument, "one id"))
        #expect(try node.ask("routes here").failed(.extraArgument, "routes"))
        #expect(try node.ask("find x prot=1").failed(.unknownName, "did you mean `port`?"))
        #expect(try Shell.run("meshspec rightmesh").status == 2)
        // A phone that knows no superpeer.
        let buyer = try Running("--role buyer")
        let failed = try buyer.ask("find 0x\(Self.one)")
        #expect(failed.failed(.refused, "no superpeer is known"), "\(failed.err)")
        // There is no node, or the node has ended.
        let nowhere = try Shell.run("meshspec rightmesh routes --control '\(node.folder.path)/other'")
        #expect(
            nowhere.failed(.noNode, "\(node.folder.path)/other"))
        kill(node.process.exitStatus == nil ? try pid(node) : 0, SIGKILL)
        for _ in 0..<1000 where node.process.exitStatus == nil { usleep(2000) }
        let gone = try node.ask("routes")
        #expect(gone.failed(.noNode, "Connection refused"), "\(gone.err)")
        // A folder of sockets without a socket.
        let empty = try Shell.run("meshspec rightmesh routes", variables: "XDG_RUNTIME_DIR='\(node.folder.path)'")
        #expect(empty.failed(.noNode, "`meshspec node rightmesh --listen HOST:PORT`"), "\(empty.err)")
    }
    private func pid(_ node: Running) throws -> pid_t {
        let listing = try Shell.run("fgrep -l -- '\(node.path)' /proc/[0-9]*/cmdline")
        let number = listing.lines.compactMap { pid_t($0.split(separator: "/")[1]) }.filter { kill($0, 0) == 0 }
        return try #require(number.first)
    }
    /// The command finds the user's socket if there is only one. It does not replace foreign files.
    @Test func places() throws {
        let folder = try Folder()
        let command = "exec '\(Shell.products)/meshspec' node rightmesh --listen 127.0.0.1:0 --for 30s >"
        let variables = "XDG_RUNTIME_DIR='\(folder.path)'"
        var running: [Subprocess] = []
        func start(_ name: String) throws {
            running.append(
                try Subprocess("\(variables) \(command)'\(folder.path)/\(name)'", folder: Shell.package))
            for _ in 0..<5000 where !folder.text(name).contains("identity") { usleep(2000) }
        }
        try start("one")
        #expect(try Shell.run("meshspec rightmesh routes", variables: variables).status == 0)
        try start("two")
        let several = try Shell.run("meshspec rightmesh routes", variables: variables)
        #expect(several.failed(.ambiguous, "--node", status: 4), "\(several.err)")
        let line = JSON.parse(folder.text("two").split(separator: "\n").first.map { Array($0.utf8) } ?? [])
        guard case .text(let address)? = line?["listening"] else { return #expect(Bool(false)) }
        #expect(try Shell.run("meshspec rightmesh routes --node \(address)", variables: variables).status == 0)
        // A foreign file, and a path that is not available.
        let file = try folder.write("file", "precious")
        let node = "meshspec node rightmesh --listen 127.0.0.1:0 --for 1s"
        let foreign = try Shell.run("\(node) --control '\(file)'")
        #expect(foreign.status == 4 && foreign.err.contains("a file that is not a socket exists there"))
        #expect(folder.text("file") == "precious")
        // The node puts no socket into a folder that other users may read. It runs without a socket.
        let open = try Folder()
        #expect(mkdir(open.path + "/meshspec", 0o755) == 0)
        chmod(open.path + "/meshspec", 0o755)
        let unasked = try Shell.run(
            "\(node) --for 200ms".replacing(" --for 1s", with: ""), variables: "XDG_RUNTIME_DIR='\(open.path)'")
        #expect(unasked.status == 0 && unasked.reports(.noPermission, "only this user"), "\(unasked.err)")
        #expect(!unasked.out.contains("control"))
        _ = running
    }

    /// Runs a command line while a control server answers it.
    private func ask(
        _ words: String, _ definition: Definition, _ kind: String? = nil
    ) throws -> (status: Int32, err: String) {
        let folder = try Folder()
        let network = try SocketNetwork()
        let driver = Driver(network)
        let server = try ControlServer(
            folder.path + "/socket", definition: definition, network: network, driver: driver)
        defer { server.close() }
        var options = NodeOptions(try definition.settings(), random: Random(seed: 1, "node"))
        options.kind = kind
        server.node = driver.add(definition.reference.node(options), transport: definition.transport)
        let process = try Subprocess(
            "exec '\(Shell.products)/meshspec' rightmesh \(words) --control '\(folder.path)/socket' 2>'\(folder.path)/err'",
            folder: Shell.package)
        let end = driver.now + .seconds(60)
        while process.exitStatus == nil, driver.now < end {
            if let h = driver.next(until: driver.now + .milliseconds(20)) { server.take(h) }
        }
        return (try #require(process.exitStatus), folder.text("err"))
    }
    /// The command reports that the node has another protocol.
    @Test func otherProtocol() throws {
        var other = try #require(Registry.definitions.first { $0.name == "rightmesh" })
        #expect(try ask("routes", other).status == 0)
        other.name = "leftmesh"
        let r = try ask("routes", other)
        #expect(r.status == 4 && Diagnostics.have(.otherProtocol, "leftmesh", in: r.err), "\(r.err)")
    }
    /// The server answers each hostile question with an error or drops the client. It then answers the next client.
    @Test func hostileQuestions() throws {
        let definition = try #require(Registry.definitions.first { $0.name == "rightmesh" })
        let folder = try Folder()
        let network = try SocketNetwork()
        let driver = Driver(network)
        let server = try ControlServer(
            folder.path + "/socket", definition: definition, network: network, driver: driver)
        defer { server.close() }
        server.node = driver.add(
            definition.reference.node(NodeOptions(try definition.settings(), random: Random(seed: 1, "node"))),
            transport: .udp)
        func talk(_ bytes: [UInt8]) throws -> (replies: [Value], isGone: Bool) {
            let link = try network.dial(path: folder.path + "/socket")
            driver.send(bytes, on: link)
            var (had, isGone) = ([UInt8](), false)
            let end = driver.now + .seconds(30)
            while !isGone, !had.contains(0x0a), let h = driver.next(until: end) {
                switch h {
                case .received(link, let more): had += more
                case .ended(link, _), .failed(link, _): isGone = true
                default: server.take(h)
                }
            }
            driver.close(link)
            return (had.split(separator: 0x0a).compactMap { JSON.parse([UInt8]($0)) }, isGone)
        }
        for line in ["", "{", "[]", "\u{0}\u{1b}[2J", "{\"control\": 5}", "{\"protocol\": \"rightmesh\"}"] {
            #expect(try talk(Array((line + "\n").utf8)).replies.first?["reason"] == "request", "\(line)")
        }
        #expect(try talk(Array("{\"control\": \"rotes\"}\n".utf8)).replies.first?["reason"] == "control")
        for arguments in ["{}", "[]", "{\"id\": \"0x12\"}", "{\"id\": {\"a\": []}}"] {
            let line = "{\"control\": \"route\", \"arguments\": \(arguments)}\n"
            #expect(try talk(Array(line.utf8)).replies.first?["reason"] == "arguments", "\(line)")
        }
        // A line without an end.
        let long = try talk([UInt8](repeating: 0x20, count: ControlServer.maximumLine + 100_000))
        #expect(long.isGone || long.replies.first?["reason"] == "request")
        // If there are too many clients, the server drops the oldest.
        var (crowd, gone) = (Set<LinkID>(), Set<LinkID>())
        func look(until end: Instant) -> Bool {
            guard let h = driver.next(until: end) else { return false }
            if case .ended(let link, _) = h, crowd.contains(link) { gone.insert(link) } else { server.take(h) }
            return true
        }
        for _ in 0..<2 * ControlServer.maximumClients {
            crowd.insert(try network.dial(path: folder.path + "/socket"))
            _ = look(until: driver.now + .seconds(1))
        }
        let end = driver.now + .seconds(30)
        while gone.count < ControlServer.maximumClients, look(until: end) {}
        #expect(gone.count >= ControlServer.maximumClients)
        let good = try talk(Array("{\"control\": \"routes\"}\n".utf8))
        #expect(good.replies == [["protocol": "rightmesh", "answer": []]])
    }
    /// A node that does not listen is named by its process. A message that its receiver acknowledges is a success.
    @Test func sendsThroughNodeNamedByProcess() throws {
        let server = try NodeTests.Running("", of: "dxos")
        let folder = try Folder()
        let clients = try ["a", "b"].map {
            try Subprocess(
                "exec '\(Shell.products)/meshspec' node dxos --role client --connect \(server.address) "
                    + ">'\(folder.path)/\($0)'",
                folder: Shell.package)
        }
        func names() -> [String] {
            ["a", "b"].compactMap { file in
                guard let line = folder.text(file).split(separator: "\n").first, folder.text(file).contains("\n"),
                    case .text(let path)? = JSON.parse(Array(line.utf8))?["control"]
                else { return nil }
                let name = path.split(separator: "/").last ?? ""
                return String(name.dropFirst("dxos-".count).dropLast(".sock".count))
            }
        }
        for _ in 0..<2500 where names().count < 2 { usleep(2000) }
        let found = names()
        try #require(found.count == 2 && found.allSatisfy { $0.hasPrefix("process-") }, "\(found)")
        let key = try Shell.run("meshspec dxos key --node \(found[0])")
        #expect(key.status == 0 && key.out.hasPrefix("0x"), "\(key.err)")
        let receiver = key.out.split(separator: "\n").first.map(String.init) ?? ""
        let sent = try Shell.run("meshspec dxos send \(receiver) --node \(found[1])")
        #expect(sent.status == 0 && sent.out.contains("delivered"), "\(sent.out)\(sent.err)")
        let none = try Shell.run("meshspec dxos key --node process-1")
        #expect(none.failed(.noNode, "process-1"), "\(none.err)")
        withExtendedLifetime(clients) {}
    }
    /// A parameter that has no effect on a node is named.
    @Test func namesParametersWithoutEffect() throws {
        func err(_ options: String) throws -> String { try Shell.run("meshspec node \(options) --for 10ms").err }
        #expect(try err("peerpigeon --listen 127.0.0.1:0 --profile seed -P channels=on -P hops=4") == "")
        #expect(try err("peerpigeon --listen 127.0.0.1:0 -P hops=4").contains("only hubs of the profile seed use it"))
        #expect(try err("dxos --role client --connect 127.0.0.1:9 -P bus=off").contains("-P bus=off has no effect"))
        #expect(try err("dxos --listen 127.0.0.1:0 -P bus=off") == "")
        #expect(try err("dxos --listen 127.0.0.1:0 -P bus=off --bus gossipsub").contains("leave out -P bus=off"))
    }
    /// The options that say how a node finds peers are for the protocols that have these ways.
    @Test func namesWrongDiscovery() throws {
        func err(_ options: String) throws -> String {
            let r = try Shell.run("meshspec node \(options) --listen 127.0.0.1:0 --control none --for 10ms")
            return r.status == 2 ? r.err : "status \(r.status)"
        }
        #expect(try err("dxos --network a").contains("needs --dht"))
        #expect(try err("dxos --dht --network ''").contains("a key"))
        #expect(try err("dxos --dht -P bus=on").contains("leave out -P bus=on"))
        #expect(try err("nano --dht").contains("a node of nano has no bus"))
        #expect(try err("dxos --bus nano").contains("nano carries no bus"))
        #expect(try err("dxos --bus gossip").contains("gossipsub"))
        #expect(try err("nano --discover dht").contains("a node of nano does not discover peers"))
        #expect(try err("gossipsub --discover dhd").contains("dht"))
        for good in ["dxos --dht --network a", "gossipsub --discover dht,px,rendezvous,bootstrap"] {
            #expect(try err(good) == "status 0", "\(good)")
        }
    }
}
