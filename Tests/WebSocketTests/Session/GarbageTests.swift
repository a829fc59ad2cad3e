import Node
import Testing
import Wire

@testable import WebSocket

/// Returns a stream of frames with changed, removed or added bytes.
private func garbage(_ random: inout Seeded) -> [UInt8] {
    let opcodes: [Opcode] = [.text, .binary, .continuation, .ping, .pong, .close]
    var out: [UInt8] = []
    for _ in 0..<1 + random.below(6) {
        let size = random.below(8) == 0 ? 126 + random.below(400) : random.below(20)
        let payload = random.below(2) == 0 ? utf8(String(repeating: "κ", count: size / 2)) : random.bytes(size)
        out += masked(opcodes[random.below(opcodes.count)], payload, fin: UInt8(random.below(2))) {
            $0.header.rsv1 = UInt8(random.below(8) / 7)
        }
    }
    for _ in 0..<random.below(3) {
        let at = random.below(out.count)
        switch random.below(3) {
        case 0: out[at] = UInt8(random.below(256))
        case 1: out.insert(UInt8(random.below(256)), at: at)
        default: if out.count > 1 { out.remove(at: at) }
        }
    }
    return out
}

/// The session never traps. In other pieces, the stream causes the same messages, events and answers. Only a partial
/// message may be refused for another reason of the same kind.
@Test(arguments: [nil, DeflateNegotiation()] as [DeflateNegotiation?])
func garbageInPieces(deflate: DeflateNegotiation?) {
    var random = Seeded(deflate == nil ? 21 : 22)
    let (_, fresh) = End.pair(deflate, deflate)
    for round in 0..<3000 {
        let bytes = garbage(&random)
        var (_, whole) = End.pair(deflate, deflate)
        var cut = whole
        if round == 0 { #expect(fresh.session.state == .open) }
        whole.receive(bytes)
        cut.receive(bytes, pieces: 1 + random.below(9))
        #expect(whole.messages == cut.messages && whole.session.state == cut.session.state, "\(bytes.hex)")
        #expect(whole.events.map(\.name) == cut.events.map(\.name), "\(bytes.hex)")
    }
}

/// The layer and the framing receive the same garbage after valid heads, from both sides.
@Test func garbageForLayers() {
    var random = Seeded(23)
    for _ in 0..<3000 {
        let (up, down) = (exampleRequest + garbage(&random), exampleResponse + garbage(&random))
        let (whole, cut) = (watched(up, down), watched(up, down, pieces: 1 + random.below(40)))
        // The order of the bytes may decide which side is refused first.
        if whole.refusals.isEmpty { #expect(whole == cut) } else { #expect(!cut.refusals.isEmpty) }
        var framing = StreamFraming(nil)
        var at = 0
        while at < up.count, case .message(_, let length) = framing.next(up.span.bytes.extracting(at..<up.count)) {
            #expect(length > 0 && at + length <= up.count)
            at += length
        }
    }
}

/// Heads with changed bytes are accepted or refused, with the same result in pieces.
@Test func garbageHeads() {
    var random = Seeded(24)
    let client = ClientHandshake(key: "dGhlIHNhbXBsZSBub25jZQ==")
    for round in 0..<4000 {
        var bytes = round % 2 == 0 ? exampleRequest : exampleResponse
        for _ in 0..<1 + random.below(3) { bytes[random.below(bytes.count)] = UInt8(random.below(256)) }
        var whole = round % 2 == 0 ? End.server() : End(Session(.client(client), random: Random(seed: 1)))
        var cut = whole
        for pieces in [Int.max, 1 + random.below(60)] {
            var end = pieces == .max ? whole : cut
            end.begin()
            end.receive(bytes, pieces: pieces)
            if pieces == .max { whole = end } else { cut = end }
        }
        #expect(whole.events == cut.events && whole.sent == cut.sent && whole.session.state == cut.session.state)
    }
}
