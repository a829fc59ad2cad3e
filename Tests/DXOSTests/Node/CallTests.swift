import Node
import Testing
import Wire

@testable import DXOS

/// Calls of one server, and input that is not a call.
struct CallTests {
    @Test func messages() throws {
        var server = try ServerHarness()
        server.open(1)
        server.open(2)
        server.receive(0, 0xb0, 2)
        #expect(server.responses(2) == ["0 ready"])
        server.send(0, 0xa1, 0xb0, 1)
        #expect(server.responses(1) == ["0 done"] && server.responses(2) == ["0 a1>b0"])
        server.send(7, 0xb0, 0xb0, 2)
        #expect(server.responses(2) == ["0 b0>b0", "7 done"])
        server.close(0, 2)
        server.send(1, 0xa1, 0xb0, 1)
        #expect(server.responses(1) == ["1 done"] && server.responses(2) == ["0 close"])
    }
    /// A forwarded payload is unchanged, byte for byte, except for fields that the profile lacks.
    @Test(arguments: ["v1", "v3"]) func payloadIsKept(_ profile: String) throws {
        var server = try ServerHarness(["build": "go"], profile: profile)
        server.open(1)
        server.receive(0, 0xb0, 1)
        _ = server.take(1)
        // Unordered fields of a SwarmMessage, with a varint that is longer than necessary, and unknown fields.
        let value: [UInt8] = [0x2a, 4, 0x0a, 0x80, 0x00, 0x00] + [0x1a, 0, 0xf8, 0x07, 0x81, 0x00]
        let type = Array("dxos.mesh.swarm.SwarmMessage".utf8)
        let any = [0x0a, UInt8(type.count)] + type + [0x12, UInt8(value.count)] + value
        let metadata: [UInt8] = [0x22, 9, 0x0a, 7, 0x0a, 1, 0x61, 0x12, 2, 0x20, 1]
        server.send(1, 0xa1, 0xb0, 1, rest: [0x1a, UInt8(any.count)] + any + metadata + [0xf8, 0x07, 0x01])
        let handed = try #require(server.take(1).first)
        let message = Call.content([2, 2, 2], handed.span.bytes)
        let head: [UInt8] = [0x0a, 1, 0xa1, 0x12, 1, 0xb0, 0x1a, UInt8(any.count)] + any
        #expect(message == (profile == "v1" ? head : head + metadata))
    }
    /// An Any without bytes must be present. Each build writes it in its own form.
    @Test(arguments: [
        ("js-2022", "121e0802121a0a162e676f6f676c652e70726f746f6275662e456d7074791200"),
        ("bufbuild", "121b080212170a15676f6f676c652e70726f746f6275662e456d707479"), ("go", "120408021200"),
    ])
    func emptyReply(_ build: String, _ wanted: String) throws {
        var server = try ServerHarness(["build": build])
        server.open(1)
        server.send(2, 0xa1, 0xb0, 1)
        #expect(server.take(1).map(\.hex) == [wanted])
    }
    @Test(arguments: Build.allCases.map(\.rawValue)) func errors(_ build: String) throws {
        var server = try ServerHarness(["build": build])
        server.open(1)
        server.call(0, "Nope", stream: false, [], 1)
        server.call(1, "Join", stream: false, [], 1)
        server.call(2, "SendMessage", stream: true, [], 1)
        server.call(3, "Join", stream: true, nil, 1)
        server.call(4, "Join", stream: true, [0x0a, 9], 1)
        #expect(server.responses(1) == (0..<5).map { "\($0) error" })
        server.join(5, 0x50, 0xa1, 1)
        server.join(5, 0x50, 0xa1, 1)
        #expect(server.responses(1) == ["5 ready", "5 error"] && server.closed.isEmpty)
    }
    /// The server ignores input that is not a call, and the connection continues.
    @Test(arguments: ["", "1801", "1800", "2001", "2a020807", "12022801", "3200", "f8070a", "ff", "0a10080012", "0a"])
    func passedOver(_ text: String) throws {
        var server = try ServerHarness()
        server.open(1)
        server.hear([UInt8](hex: text) ?? [], 1)
        // The same as a text message, and a text message that is a call.
        server.hear([UInt8](hex: text) ?? [], 1, kind: 1)
        server.hear(Array("__ping__".utf8), 1, kind: 1)
        #expect(server.take(1) == [] && server.closed.isEmpty)
        server.join(0, 0x50, 0xa1, 1)
        #expect(server.responses(1) == ["0 ready"])
    }
    @Test func textIsNoCall() throws {
        var server = try ServerHarness()
        server.open(1)
        var request = RequestContent()
        request.method = "dxos.mesh.signal.Signal.Nope"
        server.hear(Request(request).encoded(), 1, kind: 1)
        #expect(server.take(1) == [])
        server.hear(Request(request).encoded(), 1)
        #expect(server.responses(1) == ["0 error"])
    }
    /// With `bus=off` a server does not serve the bus of meshspec, like the servers of DXOS.
    @Test(arguments: [("on", "0 ready"), ("off", "0 error")]) func bus(_ value: String, _ answer: String) throws {
        var server = try ServerHarness(["bus": value])
        server.open(1)
        let question = SignalQuestion(try Definition.dxos.settings(), Random(seed: 1))
        server.hear(question.message, 1)
        #expect(server.responses(1).first == answer)
        server.join(1, 0x50, 0xa1, 1)
        // A host subscribes to its swarms at the host that has subscribed here.
        #expect(server.take(1).isEmpty == false)
    }
    @Test func bye() throws {
        for (build, answer, isClosed) in [("js-2022", [], false), ("js-2023", ["3200"], true), ("go", [], false)]
            as [(String, [String], Bool)]
        {
            var server = try ServerHarness(["build": build])
            server.open(1)
            server.open(2)
            server.join(0, 0x50, 0xa1, 1)
            server.join(0, 0x50, 0xb0, 2)
            _ = (server.take(1), server.take(2))
            server.hear([0x32, 0x00], 2)
            #expect(server.take(2).map(\.hex) == answer && server.closed.isEmpty != isClosed)
            #expect(server.responses(1) == (build == "go" ? ["0 -b0"] : []))
        }
    }
    @Test func handshake() throws {
        var server = try ServerHarness(["handshake": "on", "ttl": "none"])
        server.open(1)
        server.pass(.milliseconds(349))
        #expect(server.take(1).map(\.hex) == ["1801", "1801", "1801"])
        server.pass(.milliseconds(1))
        #expect(server.take(1).map(\.hex) == ["1801"])
        // The server serves calls meanwhile.
        server.join(0, 0x50, 0xa1, 1)
        #expect(server.responses(1) == ["0 ready"])
        server.hear([0x18, 0x01], 1)
        #expect(server.take(1).map(\.hex) == ["2001"])
        server.hear([0x20, 0x01], 1)
        #expect(server.take(1).map(\.hex) == ["2001"] && server.node.deadline == nil)
    }
    /// A client that joins without end, and a client that does not read.
    @Test func limits() throws {
        var server = try ServerHarness()
        server.open(1)
        for id in 0..<Int32(Limits.streams) {
            server.call(
                id, "Join", stream: true, [0x0a, 4] + (0..<4).map { UInt8(truncatingIfNeeded: id >> ($0 * 8)) }, 1)
        }
        #expect(server.responses(1).allSatisfy { $0.hasSuffix("ready") })
        server.join(Int32(Limits.streams), 0x50, 0xa1, 1)
        #expect(server.responses(1) == ["\(Limits.streams) error"])
        var out: [Action] = []
        server.node.unsent(Limits.unsent, on: LinkID(1), now: .zero, &out)
        #expect(out.isEmpty)
        server.node.unsent(Limits.unsent + 1, on: LinkID(1), now: .zero, &out)
        #expect(out.last == .close(LinkID(1), CloseStatus(1008, "slow reader")))
    }
    @Test func longKeys() throws {
        var server = try ServerHarness()
        server.open(1)
        server.call(0, "ReceiveMessages", stream: true, [0x0a, 0x81, 0x08] + [UInt8](repeating: 1, count: 1025), 1)
        server.call(1, "ReceiveMessages", stream: true, [], 1)
        #expect(server.responses(1) == ["0 error", "1 ready"])
    }
}
