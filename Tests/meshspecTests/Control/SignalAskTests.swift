import Network
import TestThreads
import Testing
import Wire

@testable import meshspec

/// A DXOS server and its clients as programs, asked over their control sockets.
@Suite(.waits) struct SignalAskTests {
    /// A server, and two clients with the keys a1 and b0 that have both joined the swarm 50.
    private struct Mesh {
        let folder: Folder
        let nodes: [NodeTests.Running]

        init(_ options: String = "") throws {
            folder = try Folder()
            let server = try NodeTests.Running("\(options) --control '\(folder.path)/server'", of: "dxos")
            var nodes = [server]
            for key in ["a1", "b0"] {
                let connection = "--connect \(server.address) --control '\(folder.path)/\(key)'"
                nodes.append(try NodeTests.Running("--role client --id \(key) \(connection)", of: "dxos"))
            }
            self.nodes = nodes
        }
        func ask(_ node: String, _ words: String) throws -> Shell.Outcome {
            try Shell.run("meshspec dxos --control '\(folder.path)/\(node)' \(words)")
        }
    }

    /// `send` ends with 0 when the other client has acknowledged the message. Then the server shows both clients.
    @Test func sendEndsWithAcknowledgement() throws {
        let mesh = try Mesh()
        #expect(try mesh.ask("a1", "join 0x50").status == 0)
        #expect(try mesh.ask("b0", "join 0x50").status == 0)
        let sent = try mesh.ask("a1", "send 0xb0 value=0x31")
        #expect(sent.status == 0, "\(sent.err)")
        let json = try mesh.ask("b0", "send 0xa1 --json")
        #expect(json.status == 0 && json.out.hasPrefix("{\"outcome\":\"delivered\",\"message_id\":\"0x"))

        let dump = try JSON.parse(Array(mesh.ask("server", "dump --json").out.utf8))
        #expect(dump?["status"]?["role"] == "server" && dump?["status"]?["members"] == 2)
        guard case .list(let peers)? = dump?["peers"] else { return #expect(Bool(false)) }
        #expect(peers.map { $0["peer"] } == ["0xa1", "0xb0"])
        #expect(peers.map { $0["place"] } == ["here", "here"])
        guard case .list(let calls)? = dump?["calls"] else { return #expect(Bool(false)) }
        #expect(calls.count == 4)
        let table = try mesh.ask("server", "subscriptions")
        #expect(table.lines.count == 3)
        #expect(table.lines[1].split(separator: " ") == ["0xa1", "1", "open", "-"])
        let members = try mesh.ask("a1", "peers")
        #expect(members.out.contains("0x50   0xb0  elsewhere"))
    }
    /// `send` ends with 7 if the recipient does not acknowledge the message, and with 4 if the node does not send it.
    @Test func sendReportsMissingAcknowledgement() throws {
        let mesh = try Mesh("-P limit=256KiB")
        let impatient = try mesh.ask("a1", "send 0xcc --wait 500ms")
        #expect(impatient.failed(.noEffect, "within 500ms", status: 7), "\(impatient.err)")
        let unanswered = try mesh.ask("a1", "send 0xcc --json")
        #expect(unanswered.failed(.noEffect, "did not acknowledge the message within 10 s", status: 7))
        #expect(unanswered.out.hasPrefix("{\"outcome\":\"not_delivered\"") && unanswered.out.contains("\"timeout\":10"))
        #expect(try mesh.ask("a1", "send 0xcc --no-wait").status == 0)
        // A server does not send, and a key is not a name.
        let wrong = try mesh.ask("server", "send 0xb0")
        #expect(wrong.failed(.refused, "the node must be a client", status: 2), "\(wrong.err)")
        #expect(try mesh.ask("a1", "send bob").failed(.refused, "hexadecimal", status: 2))
    }
}
