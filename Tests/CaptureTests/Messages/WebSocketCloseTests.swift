import Node
import Testing
import WebSocket
import Wire

@testable import Capture

/// What the observer of WebSocket finds in a capture in which a server sends these frames after the handshake.
@Test(
    arguments: [
        ([0x88, 0x00], []), ([0x88, 0x02, 0x03, 0xe8], []), ([0x88, 0x01, 0x03], ["WS-38"]),
        ([0x88, 0x02, 0x03, 0xed], ["WS-38"]), ([0x88, 0x02, 0x03, 0xe7], ["WS-38"]),
        ([0x88, 0x04, 0x03, 0xe8, 0xc3, 0x28], ["WS-38"]),
        ([0x88, 0x02, 0x03, 0xe8, 0x81, 0x02, 0x68, 0x69], ["WS-39"]),
        ([0x88, 0x02, 0x03, 0xea, 0x88, 0x02, 0x03, 0xe8], []), ([0x88, 0x02, 0x03, 0xe8, 0x89, 0x00], []),
    ] as [([UInt8], [String])])
func closeFramesOfACapture(frames: [UInt8], requirements: [String]) throws {
    let wire = Wire2()
    let asked = String(decoding: Upgrade().encoded(), as: UTF8.self).replacing(
        "\r\n\r\n", with: "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
    let head = Array(asked.utf8)
    let answer = Array("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n".utf8)
    let segments = [wire.say(head, at: 0), wire.answer(answer + frames, at: 0, received: head.count)]
    let (kept, _) = tap(wire.opening + segments, .ethernet, [.webSocket])
    let found = kept.records.flatMap(\.notes).filter { $0.severity == .violation }.map(\.requirement)
    #expect(found == requirements)
}
