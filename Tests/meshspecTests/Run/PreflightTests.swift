import Glibc
import Network
import Node
import TestThreads
import Testing
import Wire

@testable import Scenario
@testable import meshspec

/// `run` identifies the node at an address before the first case. The tests use sockets and processes.
@Suite(.waits) struct PreflightTests {
    typealias Running = NodeTests.Running
    static let nano = "nano.handshake.v2-query"
    static let mesh = "--protocol rightmesh rightmesh.rm.27"

    /// Returns a loopback port without a listener.
    static func deadPort(_ transport: Transport) throws -> UInt16 {
        let network = try SocketNetwork()
        let (id, at) = try network.listen(.loopback(0), transport)
        network.stopListening(id)
        return at.port
    }
    @Test func nobody() throws {
        let tcp = try Self.deadPort(.tcp)
        let r = try Shell.run("meshspec run --protocol nano --target 127.0.0.1:\(tcp)")
        #expect(r.failed(.noNode, "no node is at 127.0.0.1:\(tcp): ") && r.err.hasPrefix("meshspec run: "), "\(r.err)")
        #expect(r.err.split(separator: "\n").count == 1)
        for name in ["websocket", "dxos", "peerpigeon", "gossipsub"] {
            let r = try Shell.run("meshspec run --protocol \(name) --target 127.0.0.1:\(tcp)")
            #expect(r.failed(.noNode, "127.0.0.1:\(tcp)") && r.out == "", "\(r.err)")
            #expect(r.err.contains("QUIC") == (name == "gossipsub"))
        }
        let any = try Shell.run("meshspec run --target 127.0.0.1:\(tcp)")
        #expect(any.failed(.noNode, "127.0.0.1:\(tcp)"), "\(any.err)")
        // No case judges the address either, although no preflight ran.
        let blind = try Shell.run(
            "meshspec run --protocol gossipsub --target 127.0.0.1:\(tcp) --no-preflight -k 'gossipsub.identify.*'")
        #expect(blind.status == 4 && !blind.out.contains("✗"), "\(blind.out)")
        let udp = try Self.deadPort(.udp)
        let d = try Shell.run("meshspec run --protocol rightmesh --target 127.0.0.1:\(udp)")
        #expect(d.failed(.noNode, "127.0.0.1:\(udp)") && d.out == "", "\(d.err)")
        // Programs receive results: no case ran.
        let j = try Shell.run("meshspec run --protocol rightmesh --target 127.0.0.1:\(udp) --json -k tag:smoke")
        let events = j.lines.compactMap { JSON.parse(Array($0.utf8)) }
        #expect(events.count > 10 && events.dropFirst().dropLast().allSatisfy { $0["verdict"] == "notrun" })
        #expect(j.status == 4 && events.last?["exit"] == 4 && events.last?["fail"] == 0)
        #expect(events.last?["code"] == "MS1206")
    }
    /// A process is there and sends nothing, or sends another protocol.
    @Test func silentOrForeign() throws {
        let network = try SocketNetwork()
        let (_, udp) = try network.listen(.loopback(0), .udp)
        let d = try Shell.run("meshspec run --protocol rightmesh --target \(udp)")
        #expect(d.failed(.noAnswer, "\(udp)"), "\(d.err)")
        #expect(d.err.contains("; it was sent rightmesh.") && d.err.contains(" bytes first: 0x52"))
        let node = try NodeThread([Array("HTTP/1.1 400 Bad Request\r\n".utf8)])
        let f = try Shell.run("meshspec run --protocol rightmesh --target \(node.address)")
        #expect(f.failed(.otherProtocol, "`HTTP/1.1 400 Bad Request"), "\(f.err)")
        // A long first message is shown in part.
        let (_, tcp) = try network.listen(.loopback(0))
        let w = try Shell.run("meshspec run --protocol websocket --target ws://\(tcp)/x")
        let isShort = w.err.contains(" bytes first: `GET /x HTTP/1.1`") && w.err.utf8.count < 400
        #expect(w.status == 4 && isShort, "\(w.err)")
        // On request, the case runs.
        let all = try Shell.run("meshspec run --target \(udp) \(Self.mesh) --no-preflight")
        #expect(all.status == 1 || all.status == 6)
    }
    /// The preflight finds a node of each protocol over TCP by its layers, and its cases run.
    @Test(arguments: [
        ("websocket", "websocket.close"), ("dxos", "dxos.swarm.join"), ("peerpigeon", "peerpigeon.ping"),
        ("gossipsub", "gossipsub.identify.answer"),
    ]) func layers(name: String, id: String) throws {
        let node = try Running("", of: name)
        let r = try Shell.run("meshspec run --protocol \(name) --target \(node.address) \(id)")
        #expect(r.status == 0 && r.out.hasPrefix("\(node.address) answers: \(name)"), "\(r.out)\(r.err)")
    }
    /// Without a given protocol, `run` tries each protocol with the node.
    @Test(arguments: [
        ("websocket", "websocket.close"), ("dxos", "dxos.swarm.join"), ("peerpigeon", "peerpigeon.ping"),
        ("gossipsub", "gossipsub.identify.answer"), ("nano", "nano.handshake.v2-query"),
    ]) func findsProtocolOfNode(name: String, id: String) throws {
        let node = try Running("", of: name)
        let r = try Shell.run("meshspec run --target \(node.address) -k \(id)")
        #expect(r.out.contains("\(node.address) answers: \(name)"), "\(r.out)\(r.err)")
    }
    /// The answers of a libp2p node show its version, its profile and the capabilities that it lacks.
    @Test func findsVersionAndMissingCapabilitiesOfLibp2pNode() throws {
        let node = try Running("-P version=1.1 -P muxer=yamux -P security=noise", of: "gossipsub")
        let run = "meshspec run --protocol gossipsub --target \(node.address)"
        let r = try Shell.run("\(run) --json -k 'gossipsub.identify.answer || gossipsub.mplex.*'")
        let events = r.lines.compactMap { JSON.parse(Array($0.utf8)) }
        let known = try #require(events.first { $0["event"] == "preflight" })
        #expect(known["parameters"]?["version"] == "1.1")
        #expect(known["lacks"]?["mplex"] == "the node does not offer it")
        #expect(known["lacks"]?["plaintext"] == "the node answers na to /plaintext/2.0.0")
        let skipped = events.filter { $0["verdict"] == "skip" }
        #expect(
            !skipped.isEmpty && events.allSatisfy { $0["verdict"] == nil || ["skip", "pass"].contains($0["verdict"]) })
        #expect(r.err.contains("the node lacks mplex (the node does not offer it)"), "\(r.err)")
        let other = try Shell.run("\(run) -P version=1.3 gossipsub.identify.answer")
        #expect(other.failed(.otherNode, "give -P version=1.1"), "\(other.err)")
        let plain = try Shell.run("\(run) -P security=plaintext gossipsub.identify.answer")
        #expect(plain.failed(.otherProtocol, "give -P security=noise"), "\(plain.err)")
    }
    /// A node that is declared to support Noise answers na to it. That breaks GS-04. Without the declaration nothing is
    /// judged.
    @Test func judgesDeclaredSecurity() throws {
        let node = try Running("-P security=plaintext", of: "gossipsub")
        let run = "meshspec run --protocol gossipsub --target \(node.address) gossipsub.multistream.declared"
        let caps = "meshspec-capabilities: 1\nprotocol: gossipsub\ncapabilities: {noise: true}\n"
        let folder = try Folder()
        let path = try folder.write("caps.yaml", Array(caps.utf8))
        for options in ["--caps '\(path)'", "-P security=noise --no-preflight"] {
            let r = try Shell.run("\(run) \(options)")
            #expect(r.status == 1 && r.out.contains("✗ gossipsub.multistream.declared"), "\(r.out)\(r.err)")
            #expect(r.out.contains("GS-04 MUST"), "\(r.out)")
        }
        // The preflight found plaintext, and found that Noise is missing.
        let found = try Shell.run(run)
        #expect(found.status == 0 && found.out.contains("1 pass"), "\(found.out)\(found.err)")
        let blind = try Shell.run("\(run) gossipsub.noise.listener --no-preflight")
        #expect(blind.out.contains("the node lacks a declaration of noise, a declaration of plaintext"), "\(blind.out)")
        #expect(blind.status == 6 && blind.out.contains("the node answers na to /noise: declare `noise: false`"))
    }
    /// A node that is declared to support yamux answers na to it. That breaks GS-04. Without the declaration nothing is
    /// judged.
    @Test func judgesDeclaredMuxer() throws {
        let node = try Running("-P muxer=mplex", of: "gossipsub")
        let run = "meshspec run --protocol gossipsub --target \(node.address) gossipsub.muxer.declared"
        let caps = "meshspec-capabilities: 1\nprotocol: gossipsub\ncapabilities: {yamux: true}\n"
        let folder = try Folder()
        let path = try folder.write("caps.yaml", Array(caps.utf8))
        for options in ["--caps '\(path)'", "-P muxer=yamux --no-preflight"] {
            let r = try Shell.run("\(run) \(options)")
            #expect(r.status == 1 && r.out.contains("✗ gossipsub.muxer.declared"), "\(r.out)\(r.err)")
            #expect(r.out.contains("GS-04 MUST"), "\(r.out)")
        }
        // The preflight found mplex, and found that yamux is missing.
        let found = try Shell.run(run)
        #expect(found.status == 0 && found.out.contains("1 pass"), "\(found.out)\(found.err)")
        // Another node names yamux in its Noise handshake.
        let other = try Running("--bug ms-no-yamux", of: "gossipsub")
        let named = try Shell.run(
            "meshspec run --protocol gossipsub --target \(other.address) gossipsub.muxer.declared")
        #expect(named.status == 1 && named.out.contains("GS-04 MUST"), "\(named.out)\(named.err)")
        let blind = try Shell.run("\(run) --no-preflight")
        #expect(blind.out.contains("the node lacks a declaration of mplex, a declaration of yamux"), "\(blind.out)")
    }
    /// A WebSocket server without dxRPC does not speak dxos.
    @Test func rejectsWebSocketServerWithoutDxRPC() throws {
        let node = try Running("", of: "websocket")
        let r = try Shell.run("meshspec run --protocol dxos --target \(node.address) dxos.swarm.join")
        #expect(r.failed(.otherProtocol, "dxos"), "\(r.err)")
    }
    /// Hubs of two versions differ in the leave of a peer. Each is judged by the rules of its own version.
    @Test(arguments: ["v1.1.3", "v1.0.9", "robust"]) func findsVersionOfHub(_ profile: String) throws {
        let node = try Running("--profile \(profile)", of: "peerpigeon")
        let r = try Shell.run(
            "meshspec run --protocol peerpigeon --target \(node.address) -k 'peerpigeon.leave.hub || peerpigeon.ping'")
        #expect(r.status == 0 && r.out.contains("profile \(profile) (found)"), "\(r.out)\(r.err)")
        #expect(!r.out.contains("its answer fits all of them") || profile == "robust", "\(r.out)")
    }
    /// A URL without a known path names a WebSocket server. A node of a protocol above is not judged as one.
    @Test(arguments: [("peerpigeon", "/"), ("dxos", "/.well-known/dx/signal?a=b"), ("websocket", "/")])
    func namesProtocolAboveWebSocket(_ name: String, _ path: String) throws {
        let node = try Running("", of: name)
        let r = try Shell.run(
            "meshspec run --target 'ws://\(node.address)\(path)' "
                + "-k 'dxos.swarm.join || peerpigeon.ping || websocket.close'")
        guard name == "peerpigeon" else {
            #expect(r.out.contains("answers: \(name)"), "\(r.out)\(r.err)")
            return
        }
        #expect(r.failed(.ambiguous, "give --protocol peerpigeon") && r.out == "", "\(r.out)\(r.err)")
        let below = try Shell.run(
            "meshspec run --protocol websocket --target 'ws://\(node.address)/' -k websocket.close --no-preflight")
        #expect(below.status != 2, "\(below.err)")
    }
    /// A web server without WebSocket, and TLS that the server does not support.
    @Test func webServer() throws {
        let node = try WebServer()
        for name in ["websocket", "dxos", "peerpigeon"] {
            let plain = try Shell.run("meshspec run --protocol \(name) --target ws://\(node.address)/x")
            #expect(plain.failed(.otherProtocol, "ws://\(node.address)/x ") && plain.out == "", "\(plain.err)")
            #expect(plain.err.contains("WebSocket: it answers the upgrade with 200"), "\(plain.err)")
            let secured = try Shell.run("meshspec run --protocol \(name) --target wss://\(node.address)/x")
            #expect(secured.failed(.otherProtocol, "TLS") && secured.out == "", "\(secured.err)")
            #expect(secured.err.contains("; give ws:// for wss://, or "), "\(secured.err)")
        }
    }
    /// A server that answers each request with 200.
    private final class WebServer {
        let address: Endpoint
        private let process: Subprocess
        private let folder: Folder
        init() throws {
            folder = try Folder()
            let port = try PreflightTests.deadPort(.tcp)
            address = .loopback(port)
            let script = """
                import socket
                s = socket.create_server(("127.0.0.1", \(port)))
                open("up", "w")
                while True:
                    a, _ = s.accept()
                    a.recv(65536)
                    a.sendall(b"HTTP/1.0 200 OK\\r\\n\\r\\n")
                    a.close()
                """
            let path = try folder.write("web.py", Array(script.utf8))
            process = try Subprocess("exec python3 '\(path)'", folder: folder.path)
            for _ in 0..<5000 where access(folder.path + "/up", F_OK) != 0 { usleep(2000) }
        }
    }
    /// A node that sends back the received bytes does not give the answer of a buyer.
    @Test func echo() throws {
        let node = try NodeThread(answer: "s.sendto(data, a)")
        let r = try Shell.run("meshspec run --protocol rightmesh --target \(node.address)")
        #expect(r.status == 4 && r.out == "")
        #expect(r.err.contains("does not speak rightmesh: it echoes what it receives"), "\(r.err)")
    }
    /// `run` reports an undecodable answer, and the cases judge it.
    @Test func wrongly() throws {
        let node = try NodeThread(answer: "s.sendto(data[:6] + bytes(1) + data[7:], a)")
        let r = try Shell.run("meshspec run --target \(node.address) \(Self.mesh)")
        #expect(
            r.out.hasPrefix("\(node.address) answers, but incorrectly (hop_limit at 6: illegal value 0): rightmesh"),
            "\(r.out)\(r.err)")
    }
    /// A process that sends the same datagrams on each input, or runs a line of Python.
    final class NodeThread {
        let address: Endpoint
        private let process: Subprocess
        private let folder: Folder
        convenience init(_ says: [[UInt8]]) throws {
            let text = says.map { "bytes.fromhex('\($0.hex)')" }.joined(separator: ",")
            try self.init(answer: "[s.sendto(b, a) for b in [\(text)]]")
        }
        /// Starts the process. `answer` is a line of Python with the socket `s`, the datagram `data` and its sender
        /// `a`.
        init(answer: String) throws {
            folder = try Folder()
            let port = try PreflightTests.deadPort(.udp)
            address = .loopback(port)
            let script = """
                import socket
                s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                s.bind(("127.0.0.1", \(port)))
                open("up", "w")
                while True:
                    data, a = s.recvfrom(65536)
                    \(answer)
                """
            let path = try folder.write("says.py", Array(script.utf8))
            process = try Subprocess("exec python3 '\(path)'", folder: folder.path)
            for _ in 0..<5000 where access(folder.path + "/up", F_OK) != 0 { usleep(2000) }
        }
    }
    /// `run` finds values that the user did not give, and prints them in one line. A wrong value from the user ends the
    /// run, with the correction.
    @Test func network() throws {
        let node = try Running("-P network=beta")
        let found = try Shell.run("meshspec run --target \(node.address) \(Self.nano) --protocol nano")
        #expect(found.status == 0, "\(found.err)")
        #expect(
            found.out.hasPrefix(
                "\(node.address) answers: nano, network beta (found), profile v28 (found), version 0x15, at least 0x14, handshake V2, id 0x"
            ))
        // The user has not given the ledger.
        #expect(found.out.contains("target \(node.address) (v28, network beta)"))
        let said = try Shell.run("meshspec run --target \(node.address) -P network=beta --profile v28 \(Self.nano)")
        #expect(said.status == 0 && !said.out.contains("(found)"), "\(said.err)")
        let wrong = try Shell.run("meshspec run --target \(node.address) -P network=live \(Self.nano)")
        #expect(wrong.failed(.otherNode, "network is beta there, and not live; give -P network=beta"), "\(wrong.err)")
        // The same applies to an audit.
        let audit = try Shell.run("meshspec run --target \(node.address) -P network=live --audit-caps \(Self.nano)")
        #expect(audit.failed(.otherNode, "give -P network=beta"), "\(audit.err)")
        // Without the preflight, the network is unknown, and the node does not answer on another network.
        let blind = try Shell.run(
            "meshspec run --target \(node.address) --protocol nano \(Self.nano) --no-preflight")
        #expect(blind.status == 1)
    }
    @Test func profile() throws {
        let node = try Running("--profile legacy")
        let r = try Shell.run("meshspec run --protocol nano --target \(node.address) nano.handshake.v1-query --json")
        let events = r.lines.compactMap { JSON.parse(Array($0.utf8)) }
        #expect(events.first?["event"] == "start" && events.first?["profile"] == "legacy")
        #expect(events.dropFirst().first?["event"] == "preflight")
        #expect(events.dropFirst().first?["found"] == ["network", "profile", "identity"])
        let wrong = try Shell.run("meshspec run --target \(node.address) --profile v28 \(Self.nano)")
        #expect(wrong.failed(.otherNode, "give --profile legacy"), "\(wrong.err)")
    }
    /// The node starts and is judged as in README. Cases use the address of this node.
    @Test func superpeer() throws {
        let node = try Running("--role superpeer", of: "rightmesh")
        let r = try Shell.run("meshspec run --target \(node.address) \(Self.mesh)")
        #expect(
            r.status == 0 && r.out.contains(" answers: rightmesh superpeer, profile target (found), id 0x"), "\(r.err)")
        let wrong = try Shell.run("meshspec run --target \(node.address) --profile narrated \(Self.mesh)")
        #expect(wrong.failed(.otherNode, "profile is target there"), "\(wrong.err)")
        let id = "b2" + String(repeating: "07", count: 19)
        let other = try Shell.run("meshspec run --target \(node.address) \(Self.mesh) --id \(id)")
        #expect(other.failed(.otherNode, "and not 0x\(id); give --id 0x"), "\(other.err)")
    }
    @Test func narratedWithGuard() throws {
        let id = "0xb2" + String(repeating: "07", count: 19)
        let node = try Running("--role community --profile narrated -P guard=on --id \(id)", of: "rightmesh")
        let r = try Shell.run("meshspec run --target \(node.address) \(Self.mesh) --id \(id)")
        #expect(r.out.contains(" answers: rightmesh community, profile narrated (found), id \(id)\n"), "\(r.err)")
    }
    /// The answer of a phone does not show its profile. The run skips cases for superpeers.
    @Test func phone() throws {
        let node = try Running("--role seller", of: "rightmesh")
        let r = try Shell.run("meshspec run --target \(node.address) \(Self.mesh)")
        #expect(r.out.contains(" answers: rightmesh seller, profile target (preset: not in its answer), id 0x"))
        #expect(r.status == 5 && r.out.contains("this one is a seller"), "\(r.err)")
        #expect(
            r.out.contains("the node reports that it is a seller (role, byte 5 of its answer), and these cases are"))
    }
    /// `init` also asks in each protocol. It concludes nothing from the port number.
    @Test func initAsks() throws {
        let node = try Running("-P network=live --profile legacy")
        let mesh = try Running("--role superpeer", of: "rightmesh")
        let folder = try Folder()
        let r = try Shell.run("meshspec init '\(folder.path)/a' --target \(node.address)")
        #expect(r.status == 0 && r.err.contains("network live (found)"))
        let text = folder.text("a/target.yaml")
        #expect(text.contains("\nprofile: legacy\n") && text.contains("\nparameters: {network: live, ledger: small}\n"))
        #expect(try Shell.run("meshspec init '\(folder.path)/b' --target \(mesh.address)").status == 0)
        #expect(folder.text("b/target.yaml").contains("\nprotocol: rightmesh\n"))
        let dead = try Shell.run("meshspec init '\(folder.path)/c' --target 127.0.0.1:\(Self.deadPort(.tcp))")
        #expect(dead.status == 0 && dead.err.contains("leave the node's settings to each run"))
        #expect(folder.text("c/target.yaml").contains("\n#profile: v28\n"))
    }
    /// A node that the harness started is there. If it does not answer, the cases report it.
    @Test func startedBySilent() throws {
        let folder = try Folder()
        let target = """
            meshspec-target: 1
            name: silent
            protocol: nano
            parameters: {network: dev}
            address: 127.0.0.1:{port}
            control:
              start: exec meshspec node nano --listen {address} --bug no-answer >/dev/null

            """
        let path = try folder.write("target.yaml", Array(target.utf8))
        let r = try Shell.run("meshspec run -t '\(path)' \(Self.nano)")
        #expect(r.status == 1 && r.reports(.noAnswer, "nothing is known of it"), "\(r.err)")
    }
    /// A libp2p node that accepts only TLS still speaks multistream-select. The diagnosis names what it accepts.
    @Test func takesTLSAlone() throws {
        let folder = try Folder()
        let port = try Self.deadPort(.tcp)
        let script = """
            import socket, threading
            header, tls = b"\\x13/multistream/1.0.0\\n", b"\\x0b/tls/1.0.0\\n"
            s = socket.create_server(("127.0.0.1", \(port)))
            open("up", "w")
            def serve(a):
                try:
                    a.sendall(header)
                    had = b""
                    while data := a.recv(65536):
                        had += data
                        if had.count(b"\\n") > 1: a.sendall(tls if tls in had else b"\\x03na\\n")
                except OSError: pass
            while True: threading.Thread(target=serve, args=(s.accept()[0],), daemon=True).start()
            """
        _ = try folder.write("tls.py", Array(script.utf8))
        let process = try Subprocess("exec python3 tls.py", folder: folder.path)
        for _ in 0..<5000 where access(folder.path + "/up", F_OK) != 0 { usleep(2000) }
        let r = try Shell.run("meshspec run --target 127.0.0.1:\(port) --protocol gossipsub")
        #expect(r.failed(.otherProtocol, "speaks multistream-select"), "\(r.err)")
        #expect(r.err.contains("it accepts /tls/1.0.0: let it offer /noise as well"), "\(r.err)")
        // Without a preflight, no rule about Noise and the layers above it is judged.
        let more = ["not-available", "token", "longest", "pipelined", "segments"].map { "gossipsub.multistream." + $0 }
        let cases = (["gossipsub.identify.answer", "gossipsub.security.*"] + more).joined(separator: " || ")
        let blind = try Shell.run(
            "meshspec run --target 127.0.0.1:\(port) --protocol gossipsub --no-preflight -j 8 --json -k '\(cases)'")
        for name in ["identify.answer", "multistream.not-available", "multistream.token", "security.before-muxer"] {
            // A slow run also prints its progress.
            let line = blind.lines.first { $0.contains("\"gossipsub.\(name)\"") && $0.contains("\"verdict\"") } ?? ""
            #expect(line.contains("\"verdict\":\"inconc\"") && line.contains("/noise"), "\(line)")
        }
        #expect(!blind.out.contains("\"verdict\":\"fail\""), "\(blind.out)")
        // The starter files declare what the node answered.
        let made = try Shell.run("meshspec init \(folder.path)/made --target 127.0.0.1:\(port) --protocol gossipsub")
        #expect(made.status == 0, "\(made.err)")
        let written = String(decoding: try Files.read("\(folder.path)/made/gossipsub.caps.yaml"), as: UTF8.self)
        let lines = written.split(separator: "\n")
        for name in ["noise", "plaintext"] {
            #expect(lines.contains { $0.hasPrefix("  \(name): ") && $0.contains(" false ") && $0.contains("na to") })
        }
        #expect(lines.contains { $0.hasPrefix("  yamux: ") && $0.contains(" true ") })
        withExtendedLifetime(process) {}
    }
}
