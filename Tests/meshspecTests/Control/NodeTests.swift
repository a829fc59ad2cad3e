import Glibc
import Network
import Node
import TestThreads
import Testing
import Wire

@testable import meshspec

/// Runs `meshspec node`, and `run` against it over sockets, as two programs.
@Suite(.waits) struct NodeTests {
    /// A node that runs until it is released.
    final class Running {
        let folder: Folder
        let process: Subprocess
        let address: String

        init(_ options: String = "", before: String = "", of name: String = "nano") throws {
            folder = try Folder()
            process = try Subprocess(
                "\(before)exec '\(Shell.products)/meshspec' node \(name) --listen 127.0.0.1:0 \(options) >'\(folder.path)/events'",
                folder: Shell.package)
            var first: Value?
            for _ in 0..<5000 where first == nil {
                usleep(2000)
                let text = folder.text("events")
                guard let line = text.split(separator: "\n").first, text.contains("\n") else { continue }
                first = JSON.parse(Array(line.utf8))
            }
            guard let first, first["event"] == "started", case .text(let at)? = first["listening"] else {
                throw NetworkError(
                    "start", "meshspec node", "\(String(describing: first)), status \(process.exitStatus ?? -1)")
            }
            address = at
        }
        var events: [Value] { folder.text("events").split(separator: "\n").compactMap { JSON.parse(Array($0.utf8)) } }
    }
    static let cases =
        "nano.handshake.v2-query nano.handshake.v2-signature nano.handshake.wrong-cookie nano.handshake.own-id"

    @Test func handshakes() throws {
        let node = try Running("--seed 5")
        #expect(node.address.hasPrefix("127.0.0.1:") && !node.address.hasSuffix(":0"))
        let r = try Shell.run("meshspec run --target \(node.address) \(Self.cases)")
        #expect(r.status == 0, "\(r.err)")
        // The user has not given the ledger.
        #expect(r.out.contains("target \(node.address) (v28, network dev)"))
        let events = node.events
        #expect(events.count { $0["event"] == "connected" } >= 4)
        // The node id comes from the seed.
        let id = events.compactMap { $0["node_id"] }.first
        #expect(id != nil)
        #expect(try Running("--seed 5").events.compactMap { $0["node_id"] }.first ?? id == id)
        node.process.stop()
        #expect(node.process.exitStatus == 128 + SIGTERM)
        // The node has ended, which gives no verdict.
        #expect(try Shell.run("meshspec run --target \(node.address) nano.handshake.v2-query").status == 4)
    }
    /// A URL sets the resource and the use of TLS.
    @Test(arguments: ["ws", "wss"]) func urlOfANode(scheme: String) throws {
        let node = try Running(scheme == "wss" ? "--tls" : "", of: "websocket")
        let url = "'\(scheme)://\(node.address)/chat?room=1'"
        let r = try Shell.run("meshspec run --target \(url) websocket.handshake websocket.close")
        #expect(r.status == 0, "\(r.err)")
        #expect(r.out.contains("\(scheme)://\(node.address)/chat?room=1"), "\(r.err)")
        let targets = node.events.compactMap { $0["target"] }
        #expect(targets.count > 3 && targets.allSatisfy { $0 == "/chat?room=1" }, "\(targets)")
        let wrong = [
            "--protocol nano": "no URLs", "--tls": scheme == "ws" ? "wss://" : nil,
        ]
        for case (let options, let why?) in wrong {
            let r = try Shell.run("meshspec run --target \(url) \(options)")
            #expect(r.failed(.badAddress, why), "\(r.err)")
        }
        #expect(try Shell.run("meshspec run --target http://127.0.0.1/").failed(.badAddress, "ws:// or wss://"))
    }
    /// The signature is over the wrong bytes. The failure names the bytes that the node signed.
    @Test func signatureOverWrongBytes() throws {
        let node = try Running("--bug signature-over-wrong-bytes")
        let r = try Shell.run("meshspec run --target \(node.address) \(Self.cases)")
        #expect(r.status == 1)
        #expect(r.out.contains("✗ nano.handshake.v2-signature") && r.out.contains("NANO-18 MUST"))
        #expect(r.out.contains("signature does not verify (it does verify over nid + salt + hash)"))
        #expect(r.out.contains("✓ nano.handshake.v2-query"))
        #expect(r.out.contains("repro: meshspec run nano.handshake.v2-signature --seed 0x"))
        #expect(r.out.contains(" --target \(node.address)"))
    }
    /// One node dials another.
    @Test func dials() throws {
        let node = try Running()
        let other = try Running("--connect \(node.address)")
        for _ in 0..<2500 where !other.events.contains(where: { $0["event"] == "handshake_done" }) { usleep(2000) }
        #expect(other.events.contains { $0["event"] == "handshake_done" })
        for _ in 0..<2500 where !node.events.contains(where: { $0["event"] == "handshake_done" }) { usleep(2000) }
        #expect(node.events.contains { $0["event"] == "handshake_done" })
    }
    /// A target file starts the node on a port that the harness chooses, and stops it.
    @Test func targetFile() throws {
        let folder = try Folder()
        let target = try folder.write(
            "node.yaml",
            """
            meshspec-target: 1
            name: own node
            protocol: nano
            address: 127.0.0.1:{port}
            capabilities: {client: false}
            control:
              start: "echo $$ >pid; exec '\(Shell.products)/meshspec' node nano --listen {address}"
            """)
        let r = try Shell.run("meshspec run -t '\(target)' \(Self.cases)")
        #expect(r.status == 0, "\(r.err)")
        #expect(
            r.out.contains("target own node at 127.0.0.1:{port} ("), "the port that was free is no part of its name")
        let pid = try #require(pid_t(folder.text("pid").split(separator: "\n").first ?? ""))
        // The parent of the process collects its status a little later.
        for _ in 0..<500 where kill(pid, 0) == 0 { usleep(10_000) }
        #expect(kill(pid, 0) != 0)
        // One node ends at once, and one never listens on its port.
        let broken = try folder.write(
            "broken.yaml", "meshspec-target: 1\nprotocol: nano\naddress: 127.0.0.1:{port}\ncontrol: {start: exit 9}\n")
        let failed = try Shell.run("meshspec run -t '\(broken)'")
        #expect(failed.status == 4)
        #expect(failed.reports(.cannotStart, "it ended with status 9, without output"), "\(failed.err)")
        // The message quotes the node on one line, without terminal escapes.
        let talking = try folder.write(
            "talking.yaml",
            "meshspec-target: 1\nprotocol: nano\naddress: 127.0.0.1:{port}\n"
                + "control: {start: \"printf 'no key\\\\n \\\\033[2Jgiving up\\\\n' >&2; exit 9\"}\n")
        let told = try Shell.run("meshspec run -t '\(talking)'")
        #expect(told.reports(.cannotStart, "with output: no key | \\u{1b}[2Jgiving up"), "\(told.err)")
    }
    /// A failed `dial` command does not show that the node does not dial. The case is an error that names the command
    /// and its output.
    @Test func dialThatFails() throws {
        let folder = try Folder()
        let target = try folder.write(
            "node.yaml",
            """
            meshspec-target: 1
            protocol: nano
            listen: 127.0.0.1:0
            control:
              dial: "echo no route to {address}; exit 1"
            """)
        let r = try Shell.run("meshspec run -t '\(target)' nano.client.query")
        #expect(r.status == 4, "\(r.err)")
        #expect(
            r.out.contains("the node could not be made to dial")
                && r.out.contains("ended with status 1, with output: no route to 127."))
    }
    /// In `dial`, `{port}` belongs to the address to dial. The node's own address has other placeholders, and variables.
    @Test func dialKnowsAddressOfNodeItself() throws {
        let folder = try Folder()
        let names = ["ADDRESS", "HOST", "PORT"]
        let places = names.map { "{node_\($0.lowercased())}" } + names.map { "$MESHSPEC_NODE_\($0)" }
        let target = try folder.write(
            "node.yaml",
            """
            meshspec-target: 1
            protocol: nano
            address: 127.0.0.1:{port}
            listen: 127.0.0.1:0
            control:
              start: "echo {address} >started; exec '\(Shell.products)/meshspec' node nano --listen {address}"
              dial: "echo {address} \(places.joined(separator: " ")) >dialed; exit 1"
            """)
        let r = try Shell.run("meshspec run -t '\(target)' nano.client.query")
        #expect(r.status == 4, "\(r.err)")
        let dialed = folder.text("dialed").split(whereSeparator: \.isWhitespace).map(String.init)
        let own = folder.text("started").split(whereSeparator: \.isWhitespace).map(String.init).first ?? ""
        let port = own.split(separator: ":").last.map(String.init) ?? ""
        #expect(dialed.count == 7 && dialed.first != own)
        #expect(Array(dialed.dropFirst()) == [own, "127.0.0.1", port, own, "127.0.0.1", port], "\(dialed)")
    }
    /// A node that starts for each case receives its peers. The cases run one after the other.
    @Test func startedForEachCase() throws {
        let folder = try Folder()
        let text = """
            meshspec-target: 1
            protocol: nano
            address: 127.0.0.1:{port}
            told: {any: "--connect {address}"}
            control:
              start: "echo x >>starts; exec '\(Shell.products)/meshspec' node nano --listen {address} {peers}"
            """
        let target = try folder.write("node.yaml", text)
        let cases = "nano.client.query nano.client.keepalive nano.handshake.v2-query"
        let r = try Shell.run("meshspec run -t '\(target)' -j 4 \(cases)")
        #expect(r.status == 0, "\(r.err)")
        #expect(folder.text("starts") == "x\nx\nx\n")
        // If the target file does not set `told`, or the node does not start, there is no verdict.
        let untold = try folder.write("untold.yaml", text.replacing("told: {any: \"--connect {address}\"}\n", with: ""))
        let silent = try Shell.run("meshspec run -t '\(untold)' nano.client.query")
        #expect(silent.status == 4 && silent.out.contains("`told` of the target file has no text for"))
        let broken = try folder.write("broken.yaml", text.replacing("exec ", with: "exit 9 "))
        let failed = try Shell.run("meshspec run -t '\(broken)' nano.client.query")
        #expect(failed.status == 4)
        #expect(failed.out.contains("the node under test did not start") && failed.out.contains("ended with status 9"))
    }
    /// The further nodes of a case start with the same command. Each has its own address and knows the others. A case
    /// stops and starts each of them by its name.
    @Test func furtherNodes() throws {
        let folder = try Folder()
        let text = """
            meshspec-target: 1
            protocol: peerpigeon
            address: 127.0.0.1:{port}
            addresses: {second: "127.0.0.1:{port}", third: "127.0.0.1:{port}"}
            told: {any: "--connect {address}"}
            control:
              start: "echo {peers} >>starts; exec '\(Shell.products)/meshspec' node peerpigeon --listen {address} {peers}"
            """
        let target = try folder.write("hubs.yaml", text)
        let ring = try Shell.run("meshspec run -t '\(target)' peerpigeon.hubs.ring")
        #expect(ring.status == 0, "\(ring.out) \(ring.err)")
        let told = folder.text("starts").split(separator: "\n").map { $0.split(separator: " ") }
        #expect(told.map(\.count) == [4, 4, 4] && Set(told.flatMap { $0 }).count == 4, "\(told)")
        let one = """
            meshspec: 1
            id: peerpigeon.other
            title: A further node ends and comes back
            protocol: peerpigeon
            covers: [HUB-01]
            vectors:
              - {name: gone, does: stop}
              - {name: back, does: start}
            actors:
              client: {role: ref}
              node: {role: dut}
              second: {role: dut}
            steps:
              - dut: {do: stop, node: second}
              - dut: {do: start, node: second}
                if: $(does == 'start')
              - open: {from: client, to: node, as: there, up: tcp}
                else: inconc
              - open: {from: client, to: second, as: here, up: tcp}
                req: HUB-01
            """
        _ = try folder.write("one.yaml", one)
        for (vector, status) in [("gone", 1), ("back", 0)] as [(String, Int32)] {
            let r = try Shell.run(
                "meshspec run -t '\(target)' --case 'peerpigeon.other[\(vector)]' '\(folder.path)/one.yaml'")
            #expect(r.status == status, "\(r.out) \(r.err)")
        }
        // A command that names the further node starts that node itself.
        let alone = try folder.write("alone.yaml", text.replacing("exec ", with: ": {second_port}; exec "))
        let skipped = try Shell.run("meshspec run -t '\(alone)' '\(folder.path)/one.yaml'")
        #expect(skipped.status == 5 && skipped.out.contains("needs control.start of `second`"), "\(skipped.out)")
    }
    /// Without free descriptors, a node rejects connections. It serves again when descriptors are free.
    @Test func outOfDescriptors() throws {
        let node = try Running(before: "ulimit -n 64; ")
        let at = try #require(Endpoint(node.address))
        let driver = Driver(try SocketNetwork())
        let links = (0..<120).map { _ in driver.dial(at) }
        var ended: Set<LinkID> = []
        let end = driver.now + .seconds(20)
        while ended.count < 56, let h = driver.next(until: end) {
            switch h {
            case .ended(let link, _): ended.insert(link)
            case .failed(let link, _): ended.insert(link)
            default: break
            }
        }
        #expect(ended.count >= 56)
        for link in links { driver.close(link) }
        let r = try Shell.run("meshspec run --target \(node.address) nano.handshake.v2-query")
        #expect(r.status == 0, "\(r.err)")
    }
}
