import Crypto
import Libp2p
import Wire

/// A function that computes the id of a message (libp2p specs, pubsub, message identification).
public enum MessageIDFunction: String, CaseIterable, Sendable {
    /// The author followed by the sequence number.
    case authorAndSequence = "default"
    /// The author in base 58 and the sequence number in decimal, as text, which rust-libp2p uses.
    case authorAndSequenceAsText = "text"
    /// The serialized public key of the author and the sequence number: the default of js-libp2p.
    case keyAndSequence = "key"
    /// The SHA-256 of the data.
    case data = "sha256"
    /// The first 20 bytes of a SHA-256 of the data, which is decompressed first if it is compressed by snappy (Ethereum
    /// consensus specs).
    case ethereum

    /// Returns the id of a message, which must own its bytes.
    public func id(of message: PublishedMessage) -> [UInt8] {
        switch self {
        case .authorAndSequence: return Self.joined(message.from?.own ?? [], message.sequence?.own ?? [])
        case .keyAndSequence:
            let held = (message.from?.own).flatMap { PeerID($0)?.key }
            return Self.joined(message.key?.own ?? held ?? [], message.sequence?.own ?? [])
        case .authorAndSequenceAsText:
            let number = (message.sequence?.own ?? []).prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            return Array(((message.from?.own).flatMap { PeerID($0)?.description } ?? "").utf8)
                + Array(String(number).utf8)
        case .data: return SHA256.hash(message.data?.own ?? [])
        case .ethereum:
            let data = message.data?.own ?? []
            if let plain = Snappy.decompressed(data, limit: RPC.limit * 10) {
                return Array(SHA256.hash([1, 0, 0, 0] + plain).prefix(20))
            }
            return Array(SHA256.hash([0, 0, 0, 0] + data).prefix(20))
        }
    }
    /// Concatenates two parts of an id.
    private static func joined(_ a: [UInt8], _ b: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: a.count + b.count) { out, count in
            for byte in a { out[count] = byte; count += 1 }
            for byte in b { out[count] = byte; count += 1 }
        }
    }
}
