import Glibc
import WebSocket
import Wire

extension Benchmark {
    /// The row that unmasks the payload of a client into the message, as an endpoint does, compared with copying it.
    static let unmasking = Benchmark(name: "websocket unmasking", limit: "memcpy", goal: "at least 0.5") {
        let count = 64 << 10
        let masked = [UInt8](repeating: 7, count: count)
        var clear = [UInt8](repeating: 0, count: count)
        let key = Fixed<4>([1, 2, 3, 4] as InlineArray)
        var (mine, limit) = (Double.infinity, Double.infinity)
        // The runs alternate, because the speed of a machine varies over time.
        for _ in 0..<5 {
            limit = min(
                limit,
                best(200) {
                    clear.withUnsafeMutableBytes { to in masked.withUnsafeBytes { to.copyMemory(from: $0) } }
                    return Int(opaque(clear)[count - 1])
                })
            mine = min(
                mine,
                best(200) {
                    clear.removeAll(keepingCapacity: true)
                    Mask.append(masked.span.bytes, key, to: &clear)
                    return Int(opaque(clear)[count - 1])
                })
        }
        return Row(figure: Double(count) / mine, limit: Double(count) / limit, unit: "GB/s")
    }
    /// Every message as JSON. Our program reads a capture that is long enough to measure, and tshark reads one that it
    /// finishes soon. tshark's output has all layers of each packet.
    static let decodeWebSocket = Benchmark(
        name: "decode websocket, tshark", limit: "tshark -T json", goal: "at least 100", needs: [.meshspec, .tshark]
    ) {
        guard let large = GeneratedWebSocket(megabytes: 64), large.isRead,
            let small = GeneratedWebSocket(megabytes: 8)
        else { return nil }
        return against(tshark: "-T json", "decode -o json", large: large.path, small: small.path)
    }
    /// The part of the memory of `decode` that depends on the length of the capture.
    static let decodeWebSocketGrowth = Benchmark(
        name: "decode websocket, growth", limit: "wanted", goal: "at most 1 (4 MiB from 10 to 200 MB)",
        needs: [.meshspec]
    ) {
        guard let small = GeneratedWebSocket(megabytes: 10).flatMap({ peak($0.path) }),
            let large = GeneratedWebSocket(megabytes: 200).flatMap({ peak($0.path) })
        else { return nil }
        return Row(figure: max(0, large - small), limit: 4, unit: "MiB")
    }
}
