import Crypto
import Wire

/// The identity of a peer: a private key of any type.
public struct Identity: Sendable {
    private enum Key: Sendable {
        case ed25519(Ed25519)
        case ecdsa(ECDSA)
        case rsa(RSA)
    }
    private let key: Key
    /// The public key, in the form that is sent.
    public let publicKey: PublicKey
    public let peer: PeerID

    private init(_ key: Key) {
        self.key = key
        publicKey =
            switch key {
            case .ed25519(let key): PublicKey(.ed25519, key.publicKey)
            case .ecdsa(let key) where key.curve == .secp256k1: PublicKey(.secp256k1, key.point)
            case .ecdsa(let key): PublicKey(.ecdsa, key.publicKey)
            case .rsa(let key): PublicKey(.rsa, key.publicKey)
            }
        peer = PeerID(of: publicKey.encoded())
    }
    /// Creates an Ed25519 identity from a private key. A seed that does not have 32 bytes is hashed.
    public init(seed: [UInt8]) { self.init(.ed25519(Ed25519(seed: seed) ?? Ed25519(hashing: seed))) }
    /// Creates a key of a type from any bytes; nil for RSA, because finding RSA keys takes long. A key on a curve is
    /// the hash of the bytes, which is a valid key except with a probability of less than 2^-32.
    public init?(_ type: KeyType, seed: [UInt8]) {
        switch type {
        case .ed25519: self.init(seed: seed)
        case .secp256k1:
            guard let key = ECDSA(SHA256.hash(seed), on: .secp256k1) else { return nil }
            self.init(.ecdsa(key))
        case .ecdsa:
            guard let key = ECDSA(SHA256.hash(seed), on: .p256) else { return nil }
            self.init(.ecdsa(key))
        default: return nil
        }
    }
    /// Creates an identity from a serialized `PrivateKey`; nil if the bytes are not a valid key.
    public init?(privateKey bytes: [UInt8]) {
        guard let read = try? PrivateKey(copying: bytes), let type = read.type, let data = read.data?.own else {
            return nil
        }
        switch type {
        case .ed25519:
            let publicKey = data.dropFirst(32).prefix(32)
            guard data.count == 64 || data.count == 96 && data.suffix(32) == publicKey,
                let key = Ed25519(seed: Array(data.prefix(32))), key.publicKey[...] == publicKey
            else { return nil }
            self.init(.ed25519(key))
        case .secp256k1:
            guard let key = ECDSA(data, on: .secp256k1) else { return nil }
            self.init(.ecdsa(key))
        case .ecdsa:
            guard let key = ECDSA(privateKey: data) else { return nil }
            self.init(.ecdsa(key))
        case .rsa:
            guard let key = RSA(privateKey: data) else { return nil }
            self.init(.rsa(key))
        default: return nil
        }
    }
    /// Returns the signature of a message in the form of the key's type. It is deterministic.
    public func sign(_ message: [UInt8]) -> [UInt8] {
        switch key {
        case .ed25519(let key): key.sign(message)
        case .ecdsa(let key): key.sign(message)
        case .rsa(let key): key.sign(message)
        }
    }
}
