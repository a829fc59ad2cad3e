import Crypto
public import Wire

/// The properties that all five blocks share: they end with a signature and a proof of work, and the fields before
/// these are hashed.
public protocol LedgerBlock: Message {
    /// The number of the type on the wire.
    static var type: BlockType { get }
    /// The signature over the block hash: Ed25519 with BLAKE2b.
    var signature: Signature64 { get set }
    /// A number that makes the work value high enough.
    var work: UInt64 { get set }
    /// The 32 bytes that the work is computed over. No two blocks of a chain share them.
    var root: Key32 { get }
}

extension LedgerBlock {
    /// The BLAKE2b-256 hash of all fields before the signature. In a state block, 32 bytes that hold its type are
    /// hashed first (nano-node, lib/blocks.cpp `hash`).
    public var hash: Key32 {
        let bytes = encoded()
        return Self.hash(of: bytes.span.bytes)
    }
    /// Returns the hash of a block from its bytes.
    static func hash(of bytes: RawSpan) -> Key32 {
        let hashed = bytes.extracting(..<max(0, bytes.byteCount - Signature64.byteCount - UInt64.byteCount))
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
    /// Returns true if the signature is valid for this account, which most legacy blocks do not name.
    public func isSigned(by account: Key32) -> Bool { signature.verifies(account, hash) }
}
