import Node
import Testing
import WebSocket
import Wire

@testable import Capture

/// A capture of a server that sends these frames after the handshake has the expected violations.
@Test(
    arguments: [
        ([0x88, 0x00], []), ([0x88, 0x02, 0x03, 0xe8], []), ([0x88, 0x01, 0x03], ["WS-38"]),
        ([0x88, 0x02, 0x03, 0xed], ["WS-38"]), ([0x88, 0x02, 0x03, 0xe7], ["WS-38"]),
        ([0x88, 0x04, 0x03, 0xe8, 0xc3, 0x28], ["WS-38"]),
        ([0x88, 0x02, 0x03, 0xe8, 0x81, 0x02, 0x68, 0x69], ["WS-39"]),
        ([0x88, 0x02, 0x03, 0xea, 0x88, 0x02, 0x03, 0xe8], []), ([0x88, 0x02, 0x03, 0xe8, 0x89, 0x00], []),
    ] as [([UInt8], [String])])
func judgesCloseFramesOfACapture(frames: [UInt8], requirements: [String]) throws {
    let wire = Wire2()
    // The example of RFC 6455, section 1.2: only the frames can break a rule.
    let upgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\n"
    let asked =
        "GET /chat HTTP/1.1\r\nHost: server.example.com\r\n\(upgrade)Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        + "Sec-WebSocket-Version: 13\r\n\r\n"
    let head = Array(asked.utf8)
    let accepted = "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
    let answer = Array("HTTP/1.1 101 Switching Protocols\r\n\(upgrade)\(accepted)\r\n".utf8)
    let segments = [wire.say(head, at: 0), wire.answer(answer + frames, at: 0, received: head.count)]
    let (kept, _) = tap(wire.opening + segments, .ethernet, [.webSocket])
    let found = kept.records.flatMap(\.notes).filter { $0.severity == .violation }.map(\.requirement)
    #expect(found == requirements)
}
