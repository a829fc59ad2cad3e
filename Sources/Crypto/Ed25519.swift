internal import CSodium

/// Ed25519 as in RFC 8032. Signing is deterministic.
public struct Ed25519: Sendable {
    /// The public key, 32 bytes.
    public let publicKey: [UInt8]
    /// The seed followed by the public key.
    private let secret: [UInt8]

    /// Creates a key from a private key of 32 bytes; nil for any other length.
    public init?(seed: [UInt8]) {
        guard seed.count == 32 else { return nil }
        self.init(exact: seed)
    }
    /// Creates a key whose seed is the SHA-256 of any bytes.
    public init(hashing bytes: [UInt8]) { self.init(exact: SHA256.hash(bytes)) }
    private init(exact seed: [UInt8]) {
        var publicKey = [UInt8](repeating: 0, count: 32)
        var secret = [UInt8](repeating: 0, count: 64)
        _ = crypto_sign_ed25519_seed_keypair(&publicKey, &secret, seed)
        (self.publicKey, self.secret) = (publicKey, secret)
    }
    /// Returns the signature, 64 bytes.
    public func sign(_ message: [UInt8]) -> [UInt8] {
        var out = [UInt8](repeating: 0, count: 64)
        _ = crypto_sign_ed25519_detached(&out, nil, message, UInt64(message.count), secret)
        return out
    }
    /// Returns whether `signature` (64 bytes) is valid for `message` and `publicKey` (32 bytes). Returns false for
    /// other lengths, for signatures that are not in canonical form, and for keys of small order.
    public static func verify(publicKey: [UInt8], message: [UInt8], signature: [UInt8]) -> Bool {
        guard publicKey.count == 32, signature.count == 64 else { return false }
        return crypto_sign_ed25519_verify_detached(signature, message, UInt64(message.count), publicKey) == 0
    }
}
