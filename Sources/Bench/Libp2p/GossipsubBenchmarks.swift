import Capture
import Glibc
import Gossipsub
import Nano
import Wire

extension Benchmark {
    /// The row that decodes RPCs into fresh messages without copying their byte strings.
    static let decodeRPC = Benchmark(
        name: "decode gossipsub rpc", limit: "C++ protobuf", goal: "at least 1", needs: [.protobuf]
    ) {
        against("parse") { _, bytes, range in
            var message = RPCContent()
            return message.read(borrowing: bytes.extracting(range)) ? message.publish.count + 1 : 0
        }
    }
    /// The row that decodes RPCs with a copy of each byte string, as protobuf does.
    static let copyRPC = Benchmark(
        name: "decode gossipsub rpc, copied", limit: "C++ protobuf", goal: "at least 1", needs: [.protobuf]
    ) {
        against("parse") { _, bytes, range in
            guard let message = try? RPCContent(copying: bytes.extracting(range)) else { return 0 }
            return message.publish.count + 1
        }
    }
    /// The row that encodes messages that own their bytes into reused memory.
    static let encodeRPC = Benchmark(
        name: "encode gossipsub rpc", limit: "C++ protobuf", goal: "at least 1", needs: [.protobuf]
    ) {
        var out: [UInt8] = []
        return against("serialize") { message, _, range in
            out.removeAll(keepingCapacity: true)
            message.pointee.encode(appendingTo: &out)
            return out.count == range.count ? 1 : 0
        }
    }
    /// The row that decodes all layers of a connection, and finds, checks and counts every RPC. The limit does the same
    /// for Nano. The unit is stream bytes per second.
    static let captureGossip = Benchmark(
        name: "capture gossipsub messages", limit: "capture of nano", goal: "at least 0.5"
    ) {
        guard let gossip = GeneratedGossip(megabytes: 64), let nano = GeneratedCapture(megabytes: 64) else {
            return nil
        }
        var (mine, limit) = (0.0, 0.0)
        // The runs alternate, because the speed of a machine varies over time.
        for _ in 0..<5 {
            var start = now
            guard let (messages, tally) = gossip.read([.gossipsub]), messages == gossip.messages, tally.gaps == 0 else {
                return nil
            }
            mine = max(mine, Double(gossip.payload) / (now - start))
            start = now
            guard let read = nano.read([.nano]), read.messages == nano.messages else { return nil }
            limit = max(limit, Double(nano.payload) / (now - start))
        }
        return Row(figure: mine * 1000, limit: limit * 1000, unit: "MB/s")
    }

    /// Returns the RPCs per second. `body` receives each RPC with the bytes that contain it, and returns 0 if it fails.
    private static func against(_ mode: String, _ body: (UnsafePointer<RPCContent>, RawSpan, Range<Int>) -> Int) -> Row?
    {
        var traffic = RPCTraffic(seed: 5)
        let messages = (0..<20_000).map { _ in traffic.next() }
        var (bytes, ranges) = ([UInt8](), [Range<Int>]())
        for message in messages {
            let start = bytes.count
            message.encode(appendingTo: &bytes)
            ranges.append(start..<bytes.count)
        }
        guard let file = SignalSamples.file(ranges.map { Array(bytes[$0]) }) else { return nil }
        defer { unlink(file) }
        guard let reference = Tool.buildProtobufReference(.gossipsub) else { return nil }
        defer { reference.remove() }
        let span = bytes.span.bytes
        var (mine, limit) = (Double.infinity, Double.infinity)
        for _ in 0..<3 {
            var failed = 0
            mine = min(
                mine,
                best(1) {
                    var sum = 0
                    // The messages are used in place, like the C++ ones.
                    messages.withUnsafeBufferPointer { messages in
                        guard let first = messages.baseAddress else { return }
                        for i in ranges.indices {
                            let n = body(first + i, span, ranges[i])
                            if n == 0 { failed += 1 }
                            sum &+= n
                        }
                    }
                    return sum
                })
            guard failed == 0, let theirs = Shell.number("exec '\(reference.program)' '\(file)' \(mode)") else {
                return nil
            }
            limit = min(limit, theirs)
        }
        let count = Double(ranges.count)
        return Row(figure: 1e6 * count / mine, limit: 1e6 / limit, unit: "k/s")
    }
}
