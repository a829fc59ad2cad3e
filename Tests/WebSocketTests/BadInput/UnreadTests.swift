import Node
import Testing
import Wire

@testable import WebSocket

extension End {
    fileprivate mutating func wake(_ after: Duration) {
        now = now + after
        turn { $0.wake(now: $1, &$2) }
    }
}

/// A peer reads none of the waiting bytes. The server closes with 1013 after 30 s and ends the connection 200 ms later.
/// Each part that the peer reads gives it another 30 s.
@Test func takesNothing() {
    var (_, server) = End.pair()
    server.session.unsent(5000, now: server.now)
    server.wake(.seconds(29))
    server.session.unsent(4000, now: server.now)
    server.wake(.seconds(29))
    // More waiting bytes are not progress.
    server.session.unsent(6000, now: server.now)
    #expect(server.session.state == .open && server.sent.isEmpty)
    server.wake(.seconds(1))
    #expect(server.session.state == .failing && server.close("failed") == .tryAgainLater)
    #expect(server.takeFrames().map(\.header.opcode) == [.close])
    server.wake(.milliseconds(200))
    #expect(server.isOver)
}
/// All bytes are sent, so nothing waits.
@Test func takesItAll() {
    var (_, server) = End.pair()
    server.session.unsent(5000, now: server.now)
    server.session.unsent(0, now: server.now)
    #expect(server.session.deadline == nil)
    server.wake(.seconds(1000))
    #expect(server.session.state == .open)
}
/// Waiting bytes do not affect a handshake or a closing connection.
@Test func unsentInOtherStates() {
    var (client, server) = End.pair()
    client.turn { $0.close(now: $1, &$2) }
    server.receive(hex("81 00"))
    for end in [End.server(), .client(), client, server] {
        var end = end
        if end.session.state == .connecting { end.begin() }
        let due = end.session.deadline
        end.session.unsent(5000, now: end.now + .milliseconds(1))
        #expect(end.session.deadline == due)
    }
}
/// A peer sends and does not read. If more than 8 MiB wait, the node adds no answer, not even to a ping.
@Test(arguments: [Opcode.text, .binary, .ping]) func sendsAndDoesNotRead(opcode: Opcode) throws {
    let definition = Definition.webSocket
    var node = definition.reference.node(
        NodeOptions(try definition.settings(["deflate": "off"]), random: Random(seed: 4)))
    let link = LinkID(1)
    func said(_ body: (inout any Node, inout [Action]) -> Void) -> [Frame] {
        var out: [Action] = []
        body(&node, &out)
        return frames(out.flatMap { if case .send(_, let bytes) = $0 { bytes } else { [UInt8]() } })
    }
    _ = said { $0.opened(link, peer: .loopback(1), by: .them, now: .zero, &$1) }
    func hear(_ bytes: [UInt8]) -> [Frame] {
        said { node, out in node.received(bytes.span.bytes, on: link, now: .zero, &out) }
    }
    _ = hear(exampleRequest)
    let message = masked(opcode, utf8("hi"))
    for (unsent, answer) in [(Limits().unsent, opcode == .ping ? Opcode.pong : opcode), (Limits().unsent + 1, .close)] {
        _ = said { $0.unsent(unsent, on: link, now: .zero, &$1) }
        #expect((node.deadline ?? .never) <= .zero + .seconds(30))
        let frames = hear(message)
        #expect(frames.map(\.header.opcode) == [answer])
        if answer == .close { #expect(Array((frames.first?.payload.own ?? []).prefix(2)) == hex("03 f5")) }
    }
    // The connection ends soon, but not before.
    #expect(node.deadline == .zero + .milliseconds(200))
    var out: [Action] = []
    node.wake(now: .zero + .milliseconds(200), &out)
    #expect(out == [.close(link)] && node.deadline == nil)
}
