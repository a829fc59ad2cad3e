internal import CPcap
import Capture
import Glibc
import Nano
import Node
import Wire

extension Benchmark {
    /// The row that reads a capture and puts its streams in order, without a protocol. The limit is libpcap's own loop
    /// over the same bytes, which does not process streams.
    static let captureStreams = Benchmark(
        name: "capture streams", limit: "libpcap loop", goal: "at most 1.5"
    ) {
        guard let file = GeneratedCapture(megabytes: 64), let loop = bestOf(5, { LibpcapLoop.count(file.path) }),
            let mine = bestOf(5, { file.read([]) })
        else { return nil }
        guard mine.result.tally.packets == loop.result, mine.result.tally.payload == file.payload else { return nil }
        return Row(figure: mine.nanoseconds / 1e6, limit: loop.nanoseconds / 1e6, unit: "ms")
    }
    /// The row that reads the same capture with retransmissions and reordering, and finds, checks and counts every Nano
    /// message.
    static let captureMessages = Benchmark(
        name: "capture nano messages", limit: "libpcap loop", goal: "at most 5"
    ) {
        guard let file = GeneratedCapture(megabytes: 64), let loop = bestOf(5, { LibpcapLoop.count(file.path) }),
            let mine = bestOf(5, { file.read([.nano]) })
        else { return nil }
        // A figure counts only if every message was found.
        guard mine.result.messages == file.messages, mine.result.tally.gaps == 0 else { return nil }
        return Row(figure: mine.nanoseconds / 1e6, limit: loop.nanoseconds / 1e6, unit: "ms")
    }
    /// The bytes of memory per open connection without traffic, for a million connections.
    static let idleFlows = Benchmark(name: "idle flow", limit: "stated", goal: "at most 1 (256 bytes)") {
        idle(speaks: false).map { Row(figure: $0, limit: 256, unit: "bytes") }
    }
    /// The bytes of memory per connection that has sent Nano messages in both directions.
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
    /// Returns the growth of the process per connection, for a million connections.
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
        // This excludes one-time allocations.
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

/// The loop of libpcap over a file, which is the limit for our reader.
enum LibpcapLoop {
    /// Returns the number of packets of a file; nil if libpcap cannot read it.
    static func count(_ path: String) -> Int? {
        var message = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
        guard let handle = pcap_open_offline(path, &message) else { return nil }
        defer { pcap_close(handle) }
        var header: UnsafeMutablePointer<pcap_pkthdr>?
        var data: UnsafePointer<UInt8>?
        var packets = 0
        while pcap_next_ex(handle, &header, &data) == 1 { packets &+= 1 }
        return packets
    }
}
