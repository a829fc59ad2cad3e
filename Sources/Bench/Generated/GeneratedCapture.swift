import Capture
import Nano
import Node
import Wire

/// A capture of synthetic Nano traffic with known content: 32 connections, messages of four kinds in bursts.
///
/// The proportions are the ones of a busy node's link: mostly votes of some hundred bytes. The generator was written
/// for this program. The same seed gives the same bytes.
final class GeneratedCapture {
    private(set) var messages = 0
    private let streams: GeneratedStreams

    /// Makes the capture; nil if it cannot be written.
    init?(megabytes: Int, seed: UInt64 = 1) {
        guard let streams = GeneratedStreams(32, port: 7075) else { return nil }
        self.streams = streams
        var random = Random(seed: seed)
        let kinds = Self.kinds
        while streams.written < megabytes * 1_000_000 {
            let flow = Int.random(in: 0..<32, using: &random)
            let fromClient = Bool.random(using: &random)
            var burst: [UInt8] = []
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                let kind = min(Int.random(in: 0..<8, using: &random), kinds.count - 1)
                burst += kinds[kind]
                messages += 1
                // A node does not repeat messages: each vote has its own signature.
                guard kind == kinds.count - 1 else { continue }
                let signature = burst.count - kinds[kind].count + 40
                withUnsafeBytes(of: UInt64(messages)) { burst.replaceSubrange(signature..<signature + 8, with: $0) }
            }
            guard streams.say(flow, fromClient: fromClient, burst) else { return nil }
        }
        guard streams.finish() else { return nil }
    }
    var path: String { streams.path }
    /// The number of bytes of the streams, without repetitions.
    var payload: Int { streams.payload }
    /// Reads the capture; nil if it is damaged.
    func read(_ definitions: [Definition]) -> (messages: Int, tally: Tally)? { streams.read(definitions) }

    /// The kinds of messages; the last one is the most frequent.
    private static let kinds: [[UInt8]] = {
        // This is a confirm_ack with 12 hashes: an account, a signature, a timestamp, the hashes.
        let vote = SyntheticPacket.nano(5, 0xc100) + [UInt8](repeating: 5, count: 104 + 32 * 12)
        var keepalive = Keepalive()
        keepalive.header.network = .live
        keepalive.peers = [Keepalive.Peer](repeating: Keepalive.Peer(), count: 8)
        return [SyntheticPacket.nano(12, 0), keepalive.encoded(), vote]
    }()
}
