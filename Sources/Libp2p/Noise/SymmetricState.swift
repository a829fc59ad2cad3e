import Crypto
import Wire

/// The SymmetricState of the Noise protocol framework (revision 34, section 5.2) for
/// `Noise_XX_25519_ChaChaPoly_SHA256`.
struct SymmetricState: Sendable {
    static let protocolName = "Noise_XX_25519_ChaChaPoly_SHA256"
    private var chainingKey: [UInt8]
    /// The hash of all data exchanged so far.
    private(set) var hash: [UInt8]
    private var cipher: ChaCha20Poly1305?
    private var number: UInt64 = 0

    /// Creates the state with an empty prologue. The name has 32 bytes, the length of a hash.
    init(_ name: String = Self.protocolName) {
        hash = Array(name.utf8)
        chainingKey = hash
        mixHash([])
    }
    mutating func mixHash(_ bytes: [UInt8]) { hash = SHA256.hash(hash + bytes) }
    mutating func mixKey(_ secret: [UInt8]) {
        let keys = HKDFSHA256.derive(secret, salt: chainingKey, count: 64)
        chainingKey = Array(keys.prefix(32))
        (cipher, number) = (ChaCha20Poly1305(key: Array(keys.suffix(32))), 0)
    }
    /// Encrypts bytes, or returns them unchanged while there is no key.
    mutating func encrypt(_ plain: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        if let cipher {
            cipher.seal(plain.span.bytes, number: number, context: hash, into: &out)
            number += 1
        } else {
            out = plain
        }
        mixHash(out)
        return out
    }
    /// Decrypts bytes; nil if the other side did not seal them.
    mutating func decrypt(_ sealed: [UInt8]) -> [UInt8]? {
        var out: [UInt8] = []
        if let cipher {
            guard cipher.open(sealed.span.bytes, number: number, context: hash, into: &out) else { return nil }
            number += 1
        } else {
            out = sealed
        }
        mixHash(sealed)
        return out
    }
    /// Returns the keys for the following frames: from the initiator, and to it.
    func split() -> (fromInitiator: [UInt8], toInitiator: [UInt8]) {
        let keys = HKDFSHA256.derive([], salt: chainingKey, count: 64)
        return (Array(keys.prefix(32)), Array(keys.suffix(32)))
    }
}
