import Crypto
public import Wire

/// The vote of a representative for blocks, as part of a message: an account, its signature, a time, and hashes.
///
/// The time is one number on the wire: milliseconds with their low four bits replaced by the duration. All ones is a
/// final vote (nano-node, secure/vote.cpp). Up to V22 it was a sequence number.
public struct Vote: Equatable, Sendable {
    /// The representative that votes.
    public var account = Key32()
    /// Over `hash`, with the key of the account.
    public var signature = Signature64()
    /// As on the wire: time and duration in one number.
    public var packedTimestamp = Derived<UInt64>()
    /// Milliseconds since 1970, in steps of 16; 0xfffffffffffffff0 in a final vote.
    public var timestamp: UInt64 = 0
    /// 0 to 15 for 2^(duration + 4) milliseconds: how long the vote stands; 15 in a final vote.
    public var duration: UInt8 = 0
    /// The blocks voted for.
    public var hashes: [Key32] = []
    @inlinable public init() {}
    /// What its fields stand for. A final vote has no time.
    static var meanings: [String: FieldMeaning] { ["account": .account, "timestamp": .milliseconds] }

    /// Time and duration in one number; what does not fit is left out.
    @inlinable public static func pack(_ timestamp: UInt64, _ duration: UInt8) -> UInt64 {
        timestamp & ~15 | UInt64(duration & 15)
    }
    /// Time and duration as on the wire.
    public var packed: UInt64 { packedTimestamp.stored ?? Self.pack(timestamp, duration) }
    /// Whether the representative will never vote otherwise.
    public var isFinal: Bool { packed == .max }

    /// The layout, with this many hashes.
    @inlinable @inline(__always)
    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C, count: Int, by: StaticString) {
        c.field("account", &account)
        c.field("signature", &signature)
        c.derived("packed_timestamp", &packedTimestamp, .little, Self.pack(timestamp, duration))
        c.implied("timestamp", &timestamp, packedTimestamp.value & ~15)
        c.implied("duration", &duration, UInt8(truncatingIfNeeded: packedTimestamp.value & 15))
        c.list("hashes", &hashes, count: count, by: by)
    }
    /// BLAKE2b-256 of `vote `, the hashes in their order, and the time as on the wire.
    public var hash: Key32 {
        Key32(
            Blake2b.digest32 { state in
                state.update(Self.prefix.span.bytes)
                for hash in hashes { state.update(hash) }
                state.update(little: packed)
            })
    }
    private static let prefix = Array("vote ".utf8)
    /// Whether the signature is that of the account.
    public var isSigned: Bool { signature.verifies(account, hash) }
    /// Sets the signature; all other fields must be set.
    mutating func sign(with key: SigningKey) {
        signature = withUnsafeBytes(of: hash) { Fixed(exactly: key.sign($0.bytes)) } ?? signature
    }
}
