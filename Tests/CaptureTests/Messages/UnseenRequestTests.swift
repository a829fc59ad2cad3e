import Node
import Testing
import WebSocket
import Wire

@testable import Capture

/// Tests of upgrades to WebSocket whose request is missing or malformed: the frames after the response are decoded.
struct UnseenRequestTests {
    private static let head =
        "GET /chat?room=1 HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    private static let request = Array(head.utf8)
    private static let response = Array(
        ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n").utf8)
    private static let asked = Frame(.text, Array("one".utf8), key: Fixed<4>(repeating: 5)).encoded()
    private static let askedAgain = Frame(.binary, [1, 2, 3], key: Fixed<4>(repeating: 6)).encoded()
    private static let told = Frame(.text, Array("two".utf8)).encoded()
    private let wire = Wire2()

    /// Returns the segments after a request of `count` bytes: the response, and frames of both sides.
    private func rest(after count: Int) -> [Tap] {
        let (asked, response) = (Self.asked, Self.response)
        return [
            wire.answer(response, at: 0, received: count), wire.say(asked, at: count),
            wire.answer(Self.told, at: response.count, received: count + asked.count),
            wire.say(Self.askedAgain, at: count + asked.count),
        ]
    }
    /// Expects the response and all frames, and no violation apart from `malformed` records.
    private func expectAll(_ segments: [Tap], isSeen: Bool = false, _ place: Comment) {
        let (kept, tally) = tap(segments, .ethernet, [.webSocket])
        let plain = kept.records.filter(\.isPlain).map(\.name)
        #expect(plain == ["websocket.text", "websocket.text", "websocket.binary"], place)
        #expect(kept.records.count { $0.name == "websocket.upgrade_response" } == 1, place)
        #expect(kept.records.count { $0.name == "websocket.frame" } == 3, place)
        #expect(tally.unknownFlows == 0, place)
        for record in kept.records where record.kind != .malformed {
            #expect(!record.notes.contains { $0.severity == .violation }, place)
        }
        let isNoted = kept.captureNotes.contains { $0.text.contains("the request was not seen") }
        #expect(isNoted != isSeen, "\(kept.captureNotes.map(\.text))")
        #expect(kept.records.contains { $0.kind == .malformed } == isSeen, place)
    }
    @Test(arguments: [
        ("Host: a", "Host : a"), ("Host: a", "Host: a\r\n folded: b"), ("Host: a\r\n", "Host: a\n"),
        ("Connection: Upgrade\r\n", "Connection\r\n"), ("Host: a", "Ho\u{1}st: a"),
        ("\r\n", "\n"),
    ]) func malformedRequest(_ old: String, _ new: String) {
        let request = Array(Self.head.replacing(old, with: new).utf8)
        let segments = wire.opening + [wire.say(request, at: 0)] + rest(after: request.count)
        expectAll(segments, isSeen: true, "\(new.debugDescription)")
        let first = tap(segments, .ethernet, [.webSocket]).0.records.first
        #expect(first?.name == "websocket.upgrade" && first?.kind == .malformed)
    }
    /// The capture begins between the request and its response.
    @Test func captureBeginsAfterTheRequest() { expectAll(rest(after: Self.request.count), "no opening") }
    /// The capture begins inside the request.
    @Test(arguments: [1, 30, 120]) func captureBeginsInsideTheRequest(_ missing: Int) {
        let end = Array(Self.request.dropFirst(missing))
        expectAll([wire.say(end, at: missing)] + rest(after: Self.request.count), "without \(missing) bytes")
    }
    /// The packet with the request is missing.
    @Test func requestIsMissing() { expectAll(wire.opening + rest(after: Self.request.count), "no request") }
    /// A part of the request is missing.
    @Test(arguments: [(0, 50), (60, 40), (20, 0)]) func partOfTheRequestIsMissing(_ start: Int, _ end: Int) {
        let count = Self.request.count
        var segments = wire.opening
        if start > 0 { segments.append(wire.say(Array(Self.request.prefix(start)), at: 0)) }
        if end > 0 { segments.append(wire.say(Array(Self.request.suffix(end)), at: count - end)) }
        expectAll(segments + rest(after: count), "the first \(start) and the last \(end) bytes")
    }
    /// The client's first frame shows that the missing response upgraded the connection.
    @Test func responseIsMissing() {
        let count = Self.request.count
        let segments = [wire.say(Self.request, at: 0)] + rest(after: count).filter { $0.payload != Self.response }
        let (kept, tally) = tap(wire.opening + segments, .ethernet, [.webSocket])
        #expect(kept.records.count { $0.name == "websocket.frame" } == 3 && tally.unreadBytes == 0)
        #expect(!kept.records.flatMap(\.notes).contains { $0.severity == .violation })
    }
}
