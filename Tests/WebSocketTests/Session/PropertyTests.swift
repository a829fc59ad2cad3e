import Node
import Testing
import Wire

@testable import WebSocket

private func text(_ random: inout Seeded, _ count: Int) -> [UInt8] {
    let letters = ["a", "bc", "é", "κ", "中", "🐎", " ", "the same again "]
    return Array((0..<count).map { _ in letters[random.below(letters.count)] }.joined().utf8)
}
/// No compression, and each setting of compression.
private let settings: [DeflateNegotiation?] = {
    var out: [DeflateNegotiation?] = [nil, DeflateNegotiation()]
    for bits in [8, 9, 12] {
        for forgets in [false, true] {
            var one = DeflateNegotiation()
            (one.serverMaxWindowBits, one.clientMaxWindowBits) = (bits, bits)
            (one.serverNoContextTakeover, one.clientNoContextTakeover) = (forgets, !forgets)
            out.append(one)
        }
    }
    return out
}()

/// Messages from a seed pass from the client to the server and back, through both sessions, in pieces of any size. A
/// layer that observes them sees the same.
@Test(arguments: settings.indices, 0..<6 as Range<UInt64>)
func messagesThereAndBack(setting: Int, seed: UInt64) throws {
    var random = Seeded(seed &* 100 &+ UInt64(setting))
    let deflate = settings[setting]
    var (client, server) = (End.client(deflate), End.server(deflate))
    client.begin()
    server.begin()
    var (up, down) = (client.take(), [UInt8]())
    server.receive(up, pieces: 1 + random.below(50))
    down = server.take()
    client.receive(down, pieces: 1 + random.below(50))
    #expect(client.session.agreed?.deflate == server.session.agreed?.deflate)
    #expect((client.session.agreed?.deflate != nil) == (deflate != nil))
    var messages: [Received] = []
    for _ in 0..<40 {
        let isText = random.below(2) == 0
        let count = [random.below(4), random.below(200), random.below(3000)][random.below(3)]
        let message = isText ? Received(.text, text(&random, count)) : Received(.binary, random.bytes(count))
        messages.append(message)
        client.send(message)
        let bytes = client.take()
        server.receive(bytes, pieces: 1 + random.below(3000))
        up += bytes
        for message in server.messages.suffix(1) { server.send(message) }
        let back = server.take()
        client.receive(back, pieces: 1 + random.below(3000))
        down += back
    }
    #expect(server.messages == messages && client.messages == messages)
    #expect(watched(up, down, pieces: 1 + random.below(5000)) == Watched(up: messages, down: messages))
}

struct Watched: Equatable {
    var up: [Received] = []
    var down: [Received] = []
    var frames = 0
    var begins: [String] = []
    var ends: [Opener] = []
    var refusals: [WireError] = []
    /// Compares only the carried messages.
    static func == (a: Self, b: Self) -> Bool { a.up == b.up && a.down == b.down }
}

/// Returns the output of a layer for both directions, whose pieces of this size alternate.
func watched(_ up: [UInt8], _ down: [UInt8], pieces: Int = .max, _ limits: Limits = Limits()) -> Watched {
    var layer = WebSocketLayer(limits)
    var out = Watched()
    var output = LayerOutput()
    var (ends, starts) = ([0, 0], [0, 0])
    let all = [up, down]
    var isStuck = [false, false]
    func waits() -> Bool { isStuck[0] && isStuck[1] }
    while !waits() {
        for side in 0..<2 {
            let more = min(
                all[side].count, pieces < all[side].count - ends[side] ? ends[side] + pieces : all[side].count)
            isStuck[side] = more == ends[side]
            ends[side] = more
            while starts[side] < ends[side] {
                let bytes = all[side]
                let unit = bytes.span.bytes.extracting(starts[side]..<ends[side])
                output.clear()
                let step = layer.next(unit, from: side == 0 ? .us : .them, into: &output)
                if case .refused(let error) = step {
                    out.refusals.append(error)
                    return out
                }
                guard case .unit(let type, let length) = step else { break }
                isStuck[side] = false
                if type == Frame.self { out.frames += 1 }
                var message: [UInt8] = []
                for item in output.items {
                    switch item {
                    case .begins(_, _, let speaks): out.begins.append(speaks ?? "")
                    case .ends(_, let opener, _): out.ends.append(opener)
                    case .whole(_, let kind):
                        let received = Received(Opcode(rawValue: kind), message)
                        if side == 0 { out.up.append(received) } else { out.down.append(received) }
                        message = []
                    default: message += output.withBytes(of: item, in: unit) { [UInt8]($0) }
                    }
                }
                starts[side] += length
            }
        }
    }
    return out
}
