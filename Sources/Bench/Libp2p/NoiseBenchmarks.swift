import CBench
import Gossipsub
import Libp2p
import Node
import Wire

extension Benchmark {
    /// Writes of 16 KiB that one end of Noise encrypts, compared with libsodium's encryption alone.
    static let sealNoise = Benchmark(
        name: "noise send, 16 KiB", limit: "libsodium", goal: "at least 0.8"
    ) {
        guard var pair = NoisePair() else { return nil }
        let content = opaque([UInt8](repeating: 7, count: 16384))
        var turn = LayerTurn()
        return against({ bench_chacha20_seal(16384, $0) }) {
            turn.down.removeAll(keepingCapacity: true)
            pair.initiator.send(content.span.bytes, kind: 0, on: .first, now: .zero, &turn)
            return turn.down.count
        }
    }
    /// Frames of 16 KiB that the other end decrypts.
    static let openNoise = Benchmark(
        name: "noise receive, 16 KiB", limit: "libsodium", goal: "at least 0.8"
    ) {
        guard var pair = NoisePair() else { return nil }
        let content = [UInt8](repeating: 7, count: 16384)
        var (sent, answer, up) = (LayerTurn(), LayerTurn(), LayerOutput())
        // Each frame can be decrypted only once, in order.
        for _ in 0..<4000 { pair.initiator.send(content.span.bytes, kind: 0, on: .first, now: .zero, &sent) }
        let size = 16384 + 18
        var (at, count) = (0, 0)
        let row = against({ bench_chacha20_open(16384, $0) }, most: 100) {
            up.clear()
            count += pair.responder.receive(
                sent.down.span.bytes.extracting(at..<at + size), now: .zero, &up, &answer)
            at += size
            return up.made.count
        }
        return count == at && !answer.isOver && up.made == content ? row : nil
    }

    /// Returns MB per second. `most` is the maximum number of calls of `body`, divided by 35.
    private static func against(
        _ reference: (Int) -> Double, most: Int = 300, _ body: () -> Int
    ) -> Row? {
        var (mine, limit) = (Double.infinity, Double.infinity)
        // The runs alternate, because the speed of a machine varies over time.
        for _ in 0..<5 {
            mine = min(mine, best(most, body))
            limit = min(limit, reference(most))
        }
        return Row(figure: 16384e3 / mine, limit: 16384e3 / limit, unit: "MB/s")
    }
}

/// Both ends of a connection after the handshake.
private struct NoisePair {
    var initiator: NoiseEnd
    var responder: NoiseEnd

    init?() {
        guard let settings = try? Definition.gossipsub.settings() else { return nil }
        initiator = NoiseEnd(nil, LayerOptions(.us, peer: .loopback(1), settings: settings, random: Random(seed: 1)))
        responder = NoiseEnd(nil, LayerOptions(.them, peer: .loopback(1), settings: settings, random: Random(seed: 2)))
        var (there, back, up) = (LayerTurn(), LayerTurn(), LayerOutput())
        initiator.begin(now: .zero, &there)
        responder.begin(now: .zero, &back)
        for _ in 0..<2 {
            _ = responder.receive(there.down.span.bytes, now: .zero, &up, &back)
            there.down = []
            _ = initiator.receive(back.down.span.bytes, now: .zero, &up, &there)
            back.down = []
        }
        guard initiator.peer != nil, responder.peer != nil else { return nil }
    }
}
