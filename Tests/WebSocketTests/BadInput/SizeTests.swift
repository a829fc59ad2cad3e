import Node
import Testing
import Wire

@testable import WebSocket

/// A length of at least 2^63 is refused by its header. A length that is only too long is also refused, with another
/// code. The server allocates nothing for the length.
@Test(arguments: [
    ("ff 80 00 00 00 00 00 00 00", CloseCode.protocolError), ("ff ff ff ff ff ff ff ff ff", .protocolError),
    ("ff 7f ff ff ff ff ff ff ff", .tooBig), ("ff 00 00 00 00 01 00 00 01", .tooBig),
    ("ff 00 00 00 00 00 00 ff ff", .protocolError), ("fe 00 7d", .protocolError),
])
func lengths(length: String, code: CloseCode) {
    for first in ["82", "02", "81"] {
        for pieces in [1, 3, Int.max] {
            var (_, server) = End.pair()
            server.receive(hex(first + length + "01 02 03 04") + [UInt8](repeating: 1, count: 100), pieces: pieces)
            #expect(server.close("failed") == code && server.session.reader.memory < 1000)
        }
    }
    // The observer and the framing of a stream agree.
    let bytes = exampleRequest + hex("82" + length + "01 02 03 04")
    if code == .tooBig || length.hasPrefix("ff 80") || length.hasPrefix("ff ff") {
        #expect(watched(bytes, exampleResponse).refusals.count == 1)
    }
    var framing = StreamFraming(nil)
    guard case .message(_, let head) = framing.next(bytes.span.bytes) else { return #expect(Bool(false), "no head") }
    if case .message(_, let count) = framing.next(bytes.span.bytes.extracting(head..<bytes.count)) {
        #expect(count <= bytes.count)
    }
}

/// Each fragment of one message may have the largest length, and the sum does not overflow.
@Test func lengthsThatAddUp() {
    var (_, server) = End.pair()
    server.receive(masked(.binary, [UInt8](repeating: 1, count: 1000), fin: 0))
    server.receive(hex("80 ff 00 00 00 00 01 00 00 00 01 02 03 04"))
    #expect(server.close("failed") == .tooBig)
}

/// Returns `count` compressed zeros, which take about a thousandth.
private func bomb(_ count: Int) -> [UInt8] {
    var out: [UInt8] = []
    var deflater = Deflater(windowBits: 15, forgets: false)
    let zeros = [UInt8](repeating: 0, count: count)
    let isGood = deflater?.deflate(zeros.span.bytes, into: &out)
    #expect(isGood == true)
    return out
}

/// A message that inflates beyond the limit ends the connection with 1009. The server inflates at most the limit.
@Test(arguments: [false, true]) func deflateBombs(inFragments: Bool) {
    let deflate = DeflateNegotiation()
    let packed = bomb(17 << 20)
    #expect(packed.count < 20_000)
    var (_, server) = End.pair(deflate, deflate)
    if inFragments {
        let half = packed.count / 2
        server.receive(masked(.binary, Array(packed[..<half]), fin: 0) { $0.header.rsv1 = 1 })
        #expect(server.session.state == .open)
        server.receive(masked(.continuation, Array(packed[half...])))
    } else {
        server.receive(masked(.binary, packed) { $0.header.rsv1 = 1 })
    }
    #expect(server.close("failed") == .tooBig && server.messages.isEmpty)
    let said = server.takeFrames()
    #expect(said.map(\.header.opcode) == [.close] && Array((said.first?.payload.own ?? []).prefix(2)) == hex("03 f1"))
    // The inflated bytes are released after the connection.
    server.turn { $0.wake(now: $1 + .seconds(1), &$2) }
    #expect(server.isOver && server.session.reader.memory == 0)
    var out: [UInt8] = []
    var inflater = Inflater(windowBits: 15)
    let failure = inflater?.inflate(packed.span.bytes, into: &out, atMost: 1 << 20)
    #expect(failure == .tooLong && out.count <= 1 << 20)
}

/// Many small bombs in one piece: each message is passed on separately, so that the memory is the size of one.
@Test func manySmallBombs() {
    let deflate = DeflateNegotiation()
    let one = masked(.binary, bomb(1 << 20)) { $0.header.rsv1 = 1 }
    // Each message refers to none before it, because it fills its window again.
    let all = Array((0..<20).map { _ in one }.joined())
    var (_, server) = End.pair(deflate, deflate)
    var (at, most, count) = (0, 0, 0)
    var up = LayerOutput()
    var turn = LayerTurn()
    while at < all.count {
        up.clear()
        at += server.session.receive(all.span.bytes.extracting(at..<all.count), now: .zero, &up, &turn)
        most = max(most, up.made.count)
        count += up.items.count { if case .whole = $0 { true } else { false } }
    }
    #expect(count == 20 && most <= 1 << 20)
}

/// Fragments that are empty, or that inflate to nothing, count.
@Test func fragmentsOfNothing() {
    var limits = Limits()
    limits.fragments = 1000
    let deflate = DeflateNegotiation()
    for packed in [[], hex("00 00 00 ff ff")] as [[UInt8]] {
        var (_, server) = End.pair(deflate, deflate, limits)
        server.receive(masked(.text, packed, fin: 0) { $0.header.rsv1 = 1 })
        let next = masked(.continuation, packed, fin: 0)
        server.receive(Array((0..<1000).map { _ in next }.joined()))
        #expect(server.close("failed") == .policyViolation)
    }
}

/// A layer reports the memory of a conversation and releases it: the start of a message, inflated, and the windows.
@Test func memoryOfALayer() throws {
    var random = Seeded(3)
    let deflate = DeflateNegotiation()
    var server = End.server(deflate)
    var client = End.client(deflate)
    client.begin()
    server.begin()
    let request = client.take()
    server.receive(request)
    let response = server.take()
    var layer = WebSocketLayer()
    var output = LayerOutput()
    func take(_ bytes: [UInt8], _ side: Opener) {
        output.clear()
        guard case .unit = layer.next(bytes.span.bytes, from: side, into: &output) else {
            return #expect(Bool(false), "no unit")
        }
    }
    take(request, .us)
    take(response, .them)
    #expect(layer.memory == 0)
    take(masked(.binary, random.bytes(5000), fin: 0), .us)
    #expect((5000...20_000).contains(layer.memory))
    layer.lose(.us)
    #expect(layer.memory == 0)
    // Few bytes that become many.
    take(masked(.binary, bomb(8 << 20), fin: 0) { $0.header.rsv1 = 1 }, .us)
    #expect(layer.memory >= 8 << 20)
    layer.lose(.us)
    layer.lose(.them)
    #expect(layer.memory == 0)
    // The layer drops a message beyond the limit, with its inflated bytes.
    take(masked(.binary, bomb(17 << 20)) { $0.header.rsv1 = 1 }, .us)
    #expect(output.items == [.drops(.first)] && output.made.isEmpty && layer.memory < 1 << 20)
}
