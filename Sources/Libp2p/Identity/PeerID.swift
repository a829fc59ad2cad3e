import Crypto
import Wire

/// The id of a peer (libp2p specs, peer-ids): a multihash of its public key. A short key is included unchanged.
public struct PeerID: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The multihash.
    public let bytes: [UInt8]

    /// The maximum length of a key that an id includes unchanged, in bytes.
    static let inlineLimit = 42
    private static let sha256: UInt8 = 0x12
    private static let identity: UInt8 = 0x00
    /// The multicodec of a key, in a CID.
    private static let keyCodec: UInt8 = 0x72

    /// Creates the id of a serialized `PublicKey`.
    public init(of key: [UInt8]) {
        bytes =
            key.count <= Self.inlineLimit
            ? [Self.identity, UInt8(key.count)] + key : [Self.sha256, 32] + SHA256.hash(key)
    }
    /// Creates an id from a multihash; nil unless it is a SHA-256 or holds 1 to 42 bytes of key.
    public init?(_ multihash: [UInt8]) {
        guard multihash.count > 2, Int(multihash[1]) == multihash.count - 2 else { return nil }
        switch multihash[0] {
        case Self.identity: guard multihash[1] <= UInt8(Self.inlineLimit) else { return nil }
        case Self.sha256: guard multihash[1] == 32 else { return nil }
        default: return nil
        }
        bytes = multihash
    }
    /// Creates an id from text: base 58, which begins with `1` or `Qm`, or a CID of version 1 in base 32, which begins
    /// with `b`.
    public init?(_ text: String) {
        if text.hasPrefix("b") {
            guard let cid = Base32.bytes(text.dropFirst()), cid.starts(with: [1, Self.keyCodec]) else { return nil }
            self.init(Array(cid.dropFirst(2)))
        } else {
            guard text.hasPrefix("1") || text.hasPrefix("Qm"), let bytes = Base58.bytes(text) else { return nil }
            self.init(bytes)
        }
    }
    /// The serialized `PublicKey`, if the id holds it.
    public var key: [UInt8]? { bytes.first == Self.identity ? Array(bytes.dropFirst(2)) : nil }
    /// The id in base 58.
    public var description: String { Base58.text(bytes) }
    /// The id as a CID of version 1 in base 32.
    public var cid: String { "b" + Base32.text([1, Self.keyCodec] + bytes) }
    /// Hashes all bytes at once, because hashing byte by byte takes several times as long.
    public func hash(into h: inout Hasher) { bytes.withUnsafeBytes { h.combine(bytes: $0) } }
    /// Orders ids by their bytes.
    public static func < (a: Self, b: Self) -> Bool { a.bytes.lexicographicallyPrecedes(b.bytes) }
}
