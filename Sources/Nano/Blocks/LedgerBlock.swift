import Crypto
public import Wire

/// What the five blocks have in common: they end with a signature and a proof of work, and what stands before those is
/// hashed.
public protocol LedgerBlock: Message {
    /// Its number on the wire.
    static var type: BlockType { get }
    /// Over the block hash; Ed25519 with BLAKE2b.
    var signature: Signature64 { get set }
    /// A number that makes the work value high enough.
    var work: UInt64 { get set }
    /// What the work is over: 32 bytes that no two blocks of a chain share.
    var root: Key32 { get }
}

extension LedgerBlock {
    /// BLAKE2b-256 of all fields before the signature; of a state block, behind 32 bytes that hold its type
    /// (nano-node, lib/blocks.cpp `hash`).
    public var hash: Key32 {
        let bytes = encoded()
        let hashed = bytes.span.bytes.extracting(..<max(0, bytes.count - Signature64.byteCount - UInt64.byteCount))
        return Key32(
            Blake2b.digest32 { state in
                if Self.type == .state { state.update(Self.preamble) }
                state.update(hashed)
            })
    }
    /// 31 zeros and the type.
    private static var preamble: Key32 {
        var preamble = Key32()
        preamble.bytes[31] = type.rawValue
        return preamble
    }
    /// Whether the signature is that of this account, which most legacy blocks do not name.
    public func isSigned(by account: Key32) -> Bool { signature.verifies(account, hash) }
}
