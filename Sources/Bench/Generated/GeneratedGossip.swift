import Capture
import Gossipsub
import Libp2p
import Node
import Wire

/// A capture of synthetic gossipsub traffic with known content that is readable without keys: 16 connections of
/// plaintext and yamux, with a stream of RPCs in each direction. Some RPCs are in two frames, and some frames contain
/// several RPCs. There are window updates and pings.
///
/// The generator was written for this program. The same seed gives the same bytes.
final class GeneratedGossip {
    /// The number of RPCs, without their carriers.
    private(set) var messages = 0
    private let streams: GeneratedStreams
    private var random: Random
    private var traffic: RPCTraffic
    /// The number of bytes since the last window update of a stream, by connection and direction.
    private var used = [Int](repeating: 0, count: 2 * flowCount)
    private static let flowCount = 16

    /// Makes the capture; nil if it cannot be written.
    init?(megabytes: Int, seed: UInt64 = 1) {
        guard let streams = GeneratedStreams(Self.flowCount, port: 4001) else { return nil }
        self.streams = streams
        random = Random(seed: seed)
        traffic = RPCTraffic(seed: seed)
        for flow in 0..<Self.flowCount { guard open(flow) else { return nil } }
        while streams.written < megabytes * 1_000_000 {
            let (flow, isFirst) = (below(Self.flowCount), below(2) == 0)
            var bytes: [UInt8] = []
            for _ in 0..<[1, 1, 1, 2, 3][below(5)] { append(traffic.next(), to: &bytes) }
            guard say(flow, isFirst, bytes) else { return nil }
            guard below(500) == 0 else { continue }
            let isPinged = streams.say(flow, fromClient: true, Self.head(2, flags: 1, stream: 0, length: messages))
            guard isPinged, streams.say(flow, fromClient: false, Self.head(2, flags: 2, stream: 0, length: messages))
            else { return nil }
        }
        guard streams.finish() else { return nil }
    }
    var path: String { streams.path }
    /// The number of bytes of the streams, without repetitions.
    var payload: Int { streams.payload }
    /// Reads the capture; nil if it is damaged.
    func read(_ definitions: [Definition]) -> (messages: Int, tally: Tally)? { streams.read(definitions) }

    private func below(_ n: Int) -> Int { Int.random(in: 0..<n, using: &random) }
    private func append(_ content: RPCContent, to bytes: inout [UInt8]) {
        RPC(content).encode(appendingTo: &bytes)
        messages += 1
    }
    /// Returns the header of a yamux frame.
    private static func head(_ type: UInt8, flags: UInt8, stream: UInt32, length: Int) -> [UInt8] {
        var head: [UInt8] = [0, type, 0, flags]
        for n in [stream, UInt32(truncatingIfNeeded: length)] { withUnsafeBytes(of: n.bigEndian) { head += $0 } }
        return head
    }
    /// Writes the beginning of a connection: both sides negotiate, identify themselves, open their streams and send
    /// their subscriptions.
    private func open(_ flow: Int) -> Bool {
        func tokens(_ ids: String...) -> [UInt8] { ids.flatMap { MultistreamToken($0).encoded() } }
        for (isFirst, stream) in [(true, UInt32(1)), (false, 2)] {
            let identity = Identity(seed: [UInt8(flow), isFirst ? 0 : 1])
            var bytes = tokens(ProtocolID.multistream, ProtocolID.plaintext)
            PlaintextExchange(identity).encode(appendingTo: &bytes)
            bytes += tokens(ProtocolID.multistream, ProtocolID.yamux)
            let hello = tokens(ProtocolID.multistream, "/meshsub/1.1.0")
            bytes +=
                Self.head(1, flags: 1, stream: stream, length: 0)
                + Self.head(0, flags: 0, stream: stream, length: hello.count) + hello
            guard streams.say(flow, fromClient: isFirst, bytes) else { return false }
        }
        for (isFirst, stream) in [(true, UInt32(2)), (false, 1)] {
            let hello = tokens(ProtocolID.multistream, "/meshsub/1.1.0")
            let bytes =
                Self.head(1, flags: 2, stream: stream, length: 0)
                + Self.head(0, flags: 0, stream: stream, length: hello.count) + hello
            guard streams.say(flow, fromClient: isFirst, bytes) else { return false }
        }
        for isFirst in [true, false] {
            var bytes: [UInt8] = []
            append(traffic.hello(), to: &bytes)
            guard say(flow, isFirst, bytes) else { return false }
        }
        return true
    }
    /// Writes RPCs in frames of at most 64 KiB. Every tenth time the frames are cut at arbitrary positions.
    private func say(_ flow: Int, _ isFirst: Bool, _ bytes: [UInt8]) -> Bool {
        let stream: UInt32 = isFirst ? 1 : 2
        let isCut = below(10) == 0
        var (frames, at) = ([UInt8](), 0)
        while at < bytes.count {
            let most = min(bytes.count - at, 65536)
            let count = isCut ? 1 + below(most) : most
            frames += Self.head(0, flags: 0, stream: stream, length: count) + bytes[at..<at + count]
            at += count
        }
        let direction = 2 * flow + (isFirst ? 0 : 1)
        used[direction] += bytes.count
        guard streams.say(flow, fromClient: isFirst, frames) else { return false }
        guard used[direction] > 131_072 else { return true }
        defer { used[direction] = 0 }
        return streams.say(flow, fromClient: !isFirst, Self.head(1, flags: 0, stream: stream, length: used[direction]))
    }
}
