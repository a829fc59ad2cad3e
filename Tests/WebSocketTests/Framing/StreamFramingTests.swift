import Node
import Testing
import Wire

@testable import WebSocket

/// Returns the messages of one direction with their lengths. `pieces` is the number of bytes added each time.
private func cut(_ bytes: [UInt8], pieces: Int = 1 << 20) -> [String] {
    var framing = StreamFraming(nil)
    var out: [String] = []
    var (start, end) = (0, 0)
    while true {
        switch framing.next(bytes.span.bytes.extracting(start..<end)) {
        case .message(let type, let length):
            out.append("\(type.name) \(length)")
            start += length
            if start < bytes.count { continue }
            return out
        case .needMore(let more):
            guard more > 0, end < bytes.count else { return out + ["needs more"] }
            end = min(bytes.count, end + pieces)
        case .refused(let error): return out + ["\(error)"]
        }
    }
}

@Test func directionsOfAStream() {
    let up = exampleRequest + masked(.text, utf8("Hi")) + masked(.close, [])
    let down = exampleResponse + Frame(.text, utf8("Hi")).encoded()
    for pieces in [1, 2, 3, 50, 5000] {
        #expect(
            cut(up, pieces: pieces) == [
                "websocket.upgrade \(exampleRequest.count)", "websocket.frame 8", "websocket.frame 6",
            ])
        #expect(
            cut(down, pieces: pieces) == ["websocket.upgrade_response \(exampleResponse.count)", "websocket.frame 4"])
    }
}

/// The framing detects other protocols from the first byte. It refuses an endless head and a frame that is too large.
@Test func refusedStreams() {
    #expect(cut(utf8("RC")) == ["at 0: illegal value 82"])
    #expect(cut(utf8("GEX ")) == ["at 0: illegal value 71"])
    #expect(cut(utf8("GET / HTTP/1.1\n")) == ["headers at 14: wants CR before LF, has LF alone"])
    #expect(cut(utf8("GET /" + String(repeating: "a", count: 20_000))) == ["16385 bytes, more than 16384"])
    let huge = exampleRequest + hex("82 7f 00 00 00 01 00 00 00 00")
    #expect(cut(huge).last == "4294967296 bytes, more than 16777216")
}

/// In a capture, other HTTP is not WebSocket. The tester of a node accepts it.
@Test func otherHTTP() throws {
    let plain = utf8("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    let no = utf8("HTTP/1.1 404 Not Found\r\n\r\n")
    #expect(cut(plain) == ["at 0: illegal value 71"] && cut(no) == ["at 0: illegal value 72"])
    var tester = StreamFraming(try Definition.webSocket.settings())
    guard case .message(_, plain.count) = tester.next(plain.span.bytes) else {
        return #expect(Bool(false), "refused for who tests a node")
    }
}

/// No frames follow a refusal. The client may ask again.
@Test func refusedUpgrade() {
    let request = exampleRequest
    var (up, down) = (StreamFraming(nil), StreamFraming(nil))
    let no = utf8("HTTP/1.1 404 Not Found\r\n\r\n")
    let body = utf8("{}")
    _ = up.next(request.span.bytes)
    down.heard(Upgrade.self, request.span.bytes)
    guard case .message(_, no.count) = down.next(no.span.bytes), case .refused = down.next(body.span.bytes) else {
        return #expect(Bool(false), "frames behind a refusal")
    }
    up.heard(UpgradeResponse.self, no.span.bytes)
    guard case .message(let type, request.count) = up.next(request.span.bytes) else {
        return #expect(Bool(false), "not asked again")
    }
    let isUpgrade = type == Upgrade.self
    #expect(isUpgrade)
}
