import Crypto
public import Libp2p
public import Node

/// A place in the key space of a DHT: the SHA-256 of a preimage, as a number of 256 bits (libp2p specs, kad-dht,
/// "Distance"). The distance of two places is a value of this type too.
public struct KadID: Hashable, Comparable, Sendable {
    /// The number in four words, the highest first.
    private let a: UInt64
    private let b: UInt64
    private let c: UInt64
    private let d: UInt64

    private init(_ a: UInt64, _ b: UInt64, _ c: UInt64, _ d: UInt64) {
        (self.a, self.b, self.c, self.d) = (a, b, c, d)
    }
    /// Creates the place of a preimage: a binary peer id, a multihash, or the key of a value.
    public init(of preimage: [UInt8]) {
        self = SHA256.hash(preimage).withUnsafeBytes { bytes in
            func word(_ i: Int) -> UInt64 { bytes.loadUnaligned(fromByteOffset: 8 * i, as: UInt64.self).bigEndian }
            return Self(word(0), word(1), word(2), word(3))
        }
    }
    /// Creates the place of a peer.
    public init(_ peer: PeerID) { self.init(of: peer.bytes) }
    /// Returns the distance of two places.
    public static func ^ (x: Self, y: Self) -> Self { Self(x.a ^ y.a, x.b ^ y.b, x.c ^ y.c, x.d ^ y.d) }
    public static func < (x: Self, y: Self) -> Bool {
        if x.a != y.a { return x.a < y.a }
        if x.b != y.b { return x.b < y.b }
        return x.c != y.c ? x.c < y.c : x.d < y.d
    }
    /// The number of leading bits that are zero, 0 to 256. For a distance, the length of the common prefix.
    public var leadingZeros: Int {
        if a != 0 { return a.leadingZeroBitCount }
        if b != 0 { return 64 + b.leadingZeroBitCount }
        return c != 0 ? 128 + c.leadingZeroBitCount : 192 + d.leadingZeroBitCount
    }
    /// The number in 32 bytes, the highest first.
    public var bytes: [UInt8] { [a, b, c, d].flatMap { word in withUnsafeBytes(of: word.bigEndian) { Array($0) } } }

    /// Returns a preimage whose place has a common prefix of exactly `count` bits with `place`; nil if
    /// 64 * 2^`count` attempts find none, which happens once in 10^13 calls.
    public static func preimage(sharing count: Int, with place: KadID, _ random: inout Random) -> [UInt8]? {
        for _ in 0..<(64 << min(count, 24)) {
            let preimage = random.bytes(32)
            if (KadID(of: preimage) ^ place).leadingZeros == count { return preimage }
        }
        return nil
    }
}
