import Node
import Testing
import Wire

@testable import WebSocket

/// Both ends of a stack's layer communicate, and the layer sees their messages.
@Test func endsOfAStack() throws {
    let stack = LayerStack.webSocket { _ in "peerpigeon" }
    let definition = try #require(stack[stack.bottom])
    let settings = try Definition.webSocket.settings(["deflate": "on"])
    var ends = [Opener.us, .them].map {
        definition.end(
            LayerOptions($0, peer: .loopback(8080), target: "/hub?x=y", settings: settings, random: Random(seed: 8)))
    }
    var turns = [LayerTurn(), LayerTurn()]
    var streams: [[UInt8]] = [[], []]
    var up = LayerOutput()
    for i in 0..<2 { ends[i].begin(now: .zero, &turns[i]) }
    func pass() {
        for i in [0, 1, 0, 1] {
            let bytes = turns[i].down
            turns[i].down = []
            streams[i] += bytes
            var at = 0
            while at < bytes.count {
                at += ends[1 - i].receive(
                    bytes.span.bytes.extracting(at..<bytes.count), now: .zero, &up, &turns[1 - i])
            }
        }
    }
    pass()
    let message = utf8("a message, a message")
    ends[0].send(message.span.bytes, kind: Opcode.text.rawValue, on: .first, now: .zero, &turns[0])
    up.clear()
    pass()
    #expect(up.items.last == .whole(.first, kind: 1) && up.made == message)
    ends[0].close(with: CloseStatus(4001, "enough"), now: .zero, &turns[0])
    pass()
    // The server repeats the code without a mask.
    #expect(Array(streams[1].suffix(4)) == [0x88, 2, 0x0f, 0xa1])
    #expect(turns[1].isOver && !turns[0].isOver && ends[1].deadline == nil && ends[0].deadline != nil)
    let seen = watched(streams[0], streams[1])
    #expect(seen.up == [Received(.text, message)] && seen.begins == ["/hub?x=y"])
    #expect(stack.resolve("/hub?x=y") == "peerpigeon" && stack["nothing"] == nil)
    let request = try Upgrade(copying: Array(streams[0].prefix(head(streams[0]))))
    #expect(request.headers.first?.value.string() == "127.0.0.1:8080")
}
/// Returns the length of the head at the front.
private func head(_ bytes: [UInt8]) -> Int {
    var end = HeadEnd()
    guard case .head(let count) = end.find(bytes.span.bytes, limit: 10_000) else { return 0 }
    return count
}
