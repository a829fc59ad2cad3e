import Crypto
public import Wire

/// The vote of a representative for blocks, as part of a message: an account, its signature, a time, and hashes.
///
/// The time is one number on the wire: milliseconds with their low four bits replaced by the duration. A number with
/// all bits set is a final vote (nano-node, secure/vote.cpp). Up to V22 the field was a sequence number.
public struct Vote: Equatable, Sendable {
    /// The representative that votes.
    public var account = Key32()
    /// The signature over `hash`, with the key of the account.
    public var signature = Signature64()
    /// Time and duration in one number, as on the wire.
    public var packedTimestamp = Derived<UInt64>()
    /// The time in milliseconds since 1970, in steps of 16; 0xfffffffffffffff0 in a final vote.
    public var timestamp: UInt64 = 0
    /// The duration for which the vote is valid: 0 to 15 for 2^(duration + 4) milliseconds; 15 in a final vote.
    public var duration: UInt8 = 0
    /// The blocks that the vote is for.
    public var hashes: [Key32] = []
    @inlinable public init() {}
    /// The meanings of the fields. A final vote has no time.
    static var meanings: [String: FieldMeaning] { ["account": .account, "timestamp": .milliseconds] }

    /// Returns time and duration in one number. Bits that do not fit are left out.
    @inlinable public static func pack(_ timestamp: UInt64, _ duration: UInt8) -> UInt64 {
        timestamp & ~15 | UInt64(duration & 15)
    }
    /// Time and duration in one number, as on the wire.
    public var packed: UInt64 { packedTimestamp.stored ?? Self.pack(timestamp, duration) }
    /// True if the representative will never change this vote.
    public var isFinal: Bool { packed == VoteFinality.timestamp }

    /// Codes the vote with this number of hashes.
    @inlinable @inline(__always)
    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C, count: Int, by: StaticString) {
        c.field("account", &account)
        c.field("signature", &signature)
        c.derived("packed_timestamp", &packedTimestamp, .little, computed: Self.pack(timestamp, duration))
        c.implied("timestamp", &timestamp, packedTimestamp.value & ~15)
        c.implied("duration", &duration, UInt8(truncatingIfNeeded: packedTimestamp.value & 15))
        c.computed("final", VoteFinality.self, last: UInt64.byteCount)
        c.list("hashes", &hashes, count: count, by: by)
    }
    /// The BLAKE2b-256 hash of `vote `, the hashes in their order, and the time as on the wire.
    public var hash: Key32 {
        Key32(
            Blake2b.digest32 { state in
                state.update(Self.prefix.span.bytes)
                for hash in hashes { state.update(hash) }
                state.update(little: packed)
            })
    }
    private static let prefix = Array("vote ".utf8)
    /// True if the signature is valid for the account.
    public var isSigned: Bool { signature.verifies(account, hash) }
    /// Sets the signature; all other fields must be set.
    mutating func sign(with key: SigningKey) {
        signature = withUnsafeBytes(of: hash) { Fixed(exactly: key.sign($0.bytes)) } ?? signature
    }
}
