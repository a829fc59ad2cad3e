import Capture
import Glibc
import Nano
import Node
import Wire

extension Benchmark {
    /// Reading a capture and putting its streams in order, with no protocol, against the same bytes through libpcap's
    /// own loop, which does neither.
    static let captureStreams = Benchmark(
        name: "capture streams", limit: "libpcap loop", goal: "at most 1.5"
    ) {
        guard let file = GeneratedCapture(megabytes: 64), let loop = bestOf(5, { LibpcapLoop.count(file.path) }),
            let mine = bestOf(5, { file.read([]) })
        else { return nil }
        guard mine.result.tally.packets == loop.result, mine.result.tally.payload == file.payload else { return nil }
        return Row(figure: mine.nanoseconds / 1e6, limit: loop.nanoseconds / 1e6, unit: "ms")
    }
    /// The same with every Nano message found, checked and counted, retransmissions and reordering in the way.
    static let captureMessages = Benchmark(
        name: "capture nano messages", limit: "libpcap loop", goal: "at most 5"
    ) {
        guard let file = GeneratedCapture(megabytes: 64), let loop = bestOf(5, { LibpcapLoop.count(file.path) }),
            let mine = bestOf(5, { file.read([.nano]) })
        else { return nil }
        // A figure counts only when every message was found.
        guard mine.result.messages == file.messages, mine.result.tally.gaps == 0 else { return nil }
        return Row(figure: mine.nanoseconds / 1e6, limit: loop.nanoseconds / 1e6, unit: "ms")
    }
    /// Bytes of memory for a connection that is open and says nothing, of a million.
    static let idleFlows = Benchmark(name: "idle flow", limit: "stated", goal: "at most 1 (256 bytes)") {
        idle(speaks: false).map { Row(figure: $0, limit: 256, unit: "bytes") }
    }
    /// The same for one that has spoken Nano in both directions.
    static let idleConversations = Benchmark(
        name: "idle flow that spoke nano", limit: "stated", goal: "at most 1 (2048 bytes)"
    ) {
        idle(speaks: true).map { Row(figure: $0, limit: 2048, unit: "bytes") }
    }

    private static func bestOf<R>(_ rounds: Int, _ body: () -> R?) -> (nanoseconds: Double, result: R)? {
        var best: (nanoseconds: Double, result: R)?
        for _ in 0..<rounds {
            let start = now
            guard let result = body() else { return nil }
            let took = now - start
            if took < best?.nanoseconds ?? .infinity { best = (took, result) }
        }
        return best
    }
    /// How much the process grows by a million connections, per connection.
    private static func idle(speaks: Bool) -> Double? {
        let count = 1_000_000
        var table = FlowTable([.nano])
        var sink = RecordCounter()
        var packet = SyntheticPacket(port: 7075)
        func take(_ flow: Int) {
            for (fromClient, flags, payload) in SyntheticPacket.dialogue(speaks) {
                packet.set(
                    flow: flow, fromClient: fromClient, flags: flags, payload: payload, at: flags & 2 != 0 ? -1 : 0)
                table.receive(packet.packet(number: flow), &sink)
            }
        }
        // What is allocated once.
        for i in 0..<1000 { take(i) }
        let before = residentBytes
        for i in 1000..<count { take(i) }
        let grown = residentBytes - before
        guard before > 0, table.tally.flows == count, sink.messages == (speaks ? 2 * count : 0) else { return nil }
        return Double(grown) / Double(count - 1000)
    }
    private static var residentBytes: Int {
        guard let file = fopen("/proc/self/statm", "re") else { return 0 }
        defer { fclose(file) }
        var (size, resident) = (0, 0)
        return withUnsafeMutablePointer(to: &size) { a in
            withUnsafeMutablePointer(to: &resident) { b in
                withVaList([a, b]) { vfscanf(file, "%ld %ld", $0) } == 2 ? b.pointee * Int(getpagesize()) : 0
            }
        }
    }
}
