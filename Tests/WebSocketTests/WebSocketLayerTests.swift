import Node
import Testing
import Wire

@testable import WebSocket

extension WebSocketLayer {
    fileprivate mutating func take(_ bytes: [UInt8], from side: Opener, _ output: inout LayerOutput) -> LayerStep {
        next(bytes.span.bytes, from: side, into: &output)
    }
}

/// The example of the RFC, with messages in each form, cut at each byte.
@Test func layerCutsAtEveryByte() {
    let up =
        exampleRequest + masked(.text, utf8("a"), fin: 0) + masked(.ping, utf8("?")) + masked(.continuation, utf8("b"))
        + masked(.binary, []) + masked(.close, hex("03 e8"))
    let down =
        exampleResponse + Frame(.text, utf8("lent")).encoded() + Frame(.pong, utf8("?")).encoded()
        + Frame(.close, hex("03 e8")).encoded()
    for pieces in Array(1...40) + [.max] {
        let seen = watched(up, down, pieces: pieces)
        #expect(seen.up == [Received("ab"), Received(.binary, [])] && seen.down == [Received("lent")])
        #expect(seen.frames == 8 && seen.begins == ["/chat chat"] && Set(seen.ends) == [.us, .them])
    }
}

/// The layer lends an unmasked message in one frame without a copy.
@Test func lentMessages() {
    var layer = WebSocketLayer()
    var output = LayerOutput()
    _ = layer.take(exampleRequest, from: .us, &output)
    _ = layer.take(exampleResponse, from: .them, &output)
    output.clear()
    _ = layer.take(Frame(.text, utf8("lent")).encoded(), from: .them, &output)
    #expect(output.items == [.lent(.first, 2..<6), .whole(.first, kind: 1)] && output.made.isEmpty)
}

/// Bytes that the client sends before the answer wait for it. If the answer is a refusal, they remain unread.
@Test func layerWaits() {
    var layer = WebSocketLayer()
    var output = LayerOutput()
    guard case .waits = layer.take(exampleResponse, from: .them, &output) else {
        return #expect(Bool(false), "an answer to nothing")
    }
    _ = layer.take(exampleRequest, from: .us, &output)
    let early = masked(.text, utf8("early"))
    guard case .waits = layer.take(early, from: .us, &output) else {
        return #expect(Bool(false), "read before the answer")
    }
    let no = utf8("HTTP/1.1 404 Not Found\r\n\r\n")
    guard case .unit(let type, no.count) = layer.take(no, from: .them, &output) else {
        return #expect(Bool(false), "no answer")
    }
    #expect(type == UpgradeResponse.self && output.items == [.becomes("")])
    // Content without a length ends with the connection.
    guard case .refused = layer.take(early, from: .us, &output) else {
        return #expect(Bool(false), "frames of a connection that was refused")
    }
}

/// A frame that breaks a rule carries nothing. The messages before and after it are carried.
@Test func layerGoesOnBehindFaults() {
    let bad: [[UInt8]] = [
        masked(.text, utf8("x")) { $0.header.rsv2 = 1 }, Frame(.text, utf8("x")).encoded(),
        masked(.continuation, utf8("x")), masked(Opcode(rawValue: 5), utf8("x")),
        masked(.text, utf8("x")) { $0.header.rsv1 = 1 },
    ]
    for frame in bad {
        let up = exampleRequest + masked(.text, utf8("1")) + frame + masked(.text, utf8("2"))
        let seen = watched(up, exampleResponse)
        #expect(seen.up == [Received("1"), Received("2")] && seen.frames == 3)
    }
}

/// The limits of a head, of a frame before its payload is present, and of a message.
@Test func layerLimits() {
    let long = utf8("GET / HTTP/1.1\r\nA: " + String(repeating: "a", count: 20_000))
    #expect(watched(long, []).refusals.first?.reason == .tooLong)
    let huge = exampleRequest + hex("82 ff 00 00 00 00 01 00 00 01 00 00 00 00")
    #expect(watched(huge, exampleResponse).refusals.first?.path == "length64")
    var limits = Limits()
    limits.message = 10
    let parts =
        exampleRequest + masked(.text, utf8("123456"), fin: 0) + masked(.continuation, utf8("12345"))
        + masked(.text, utf8("ok"))
    #expect(watched(parts, exampleResponse, pieces: .max, limits).up == [Received("ok")])
}

/// If bytes are missing, the layer gives up the current message and reads the next one.
@Test func layerLoses() {
    var layer = WebSocketLayer()
    var output = LayerOutput()
    _ = layer.take(exampleRequest, from: .us, &output)
    _ = layer.take(exampleResponse, from: .them, &output)
    _ = layer.take(masked(.text, utf8("a"), fin: 0), from: .us, &output)
    layer.lose(.us)
    output.clear()
    _ = layer.take(masked(.continuation, utf8("b")), from: .us, &output)
    #expect(output.items == [.drops(.first)])
    _ = layer.take(masked(.text, utf8("c")), from: .us, &output)
    #expect(output.items.last == .whole(.first, kind: 1) && output.made == utf8("c"))
}

/// A message beyond the limit leaves no bytes in the output and does not affect the next one.
@Test func layerForgetsWhatItDrops() {
    var limits = Limits()
    limits.message = 10
    var layer = WebSocketLayer(limits)
    var output = LayerOutput()
    _ = layer.take(exampleRequest, from: .us, &output)
    _ = layer.take(exampleResponse, from: .them, &output)
    output.clear()
    _ = layer.take(masked(.text, utf8("123456"), fin: 0), from: .us, &output)
    _ = layer.take(masked(.continuation, utf8("12345")), from: .us, &output)
    // The first frame completed no message, and the second one ended it.
    #expect(output.items == [.made(.first, 0..<0, unit: 6..<12), .drops(.first)] && output.made.isEmpty)
    _ = layer.take(masked(.text, utf8("ok")), from: .us, &output)
    #expect(output.items.last == .whole(.first, kind: 1) && output.made == utf8("ok"))
}

/// The layer omits messages without a reader, regardless of their contents. It still reports broken rules and the end.
@Test func layerLeavesOutWhatNobodyReads() {
    var layer = WebSocketLayer()
    var output = LayerOutput()
    _ = layer.take(exampleRequest, from: .us, &output)
    _ = layer.take(exampleResponse, from: .them, &output)
    output.isRead = false
    var items: [LayerOutput.Item] = []
    for frame in [
        masked(.text, utf8("a")), masked(.text, utf8("b"), fin: 0), masked(.ping, []), masked(.continuation, utf8("c")),
        masked(.continuation, utf8("of nothing")), masked(.close, []),
    ] {
        output.clear()
        guard case .unit(_, length: frame.count) = layer.take(frame, from: .us, &output) else {
            return #expect(Bool(false), "no unit")
        }
        items += output.items
    }
    #expect(items == [.drops(.first), .ends(.first, by: .us)] && output.made.isEmpty)
    // An unmasked message is not lent either.
    output.clear()
    _ = layer.take(Frame(.text, utf8("d")).encoded(), from: .them, &output)
    #expect(output.items.isEmpty)
}
