internal import COpenSSL

/// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017, section 8.2).
public struct RSA: Sendable {
    /// A SubjectPublicKeyInfo in DER.
    public let publicKey: [UInt8]
    /// An RSAPrivateKey in DER.
    private let secret: [UInt8]

    /// Bits of the modulus. go-libp2p takes no others (core/crypto/rsa_common.go); those below 2048 only where a user allows
    /// weak keys. The limit also bounds the work for a key that a peer chose.
    public static let bits = 512...8192

    /// From a private key, an RSAPrivateKey in DER (RFC 8017, appendix A.1.2); nil for others, and for sizes outside `bits`.
    public init?(privateKey der: [UInt8]) {
        let publicKey = OpenSSL.withPrivateKey(der, type: EVP_PKEY_RSA) { key in
            Self.isFit(key) && OpenSSL.sign(key, []).map { OpenSSL.verify(key, [], $0) } == true
                ? OpenSSL.publicKey(key) : nil
        }
        guard let publicKey else { return nil }
        (self.publicKey, secret) = (publicKey, der)
    }
    /// As many bytes of signature as the modulus has. The same for the same message, always.
    public func sign(_ message: [UInt8]) -> [UInt8] {
        OpenSSL.withPrivateKey(secret, type: EVP_PKEY_RSA) { OpenSSL.sign($0, message) } ?? []
    }
    /// Whether this is a public key: a SubjectPublicKeyInfo in DER, of a size in `bits`.
    public static func isPublicKey(_ der: [UInt8]) -> Bool { withPublicKey(der) { _ in true } == true }
    /// Whether `signature` is that of `message` under `publicKey`; false for what is no public key.
    public static func verify(publicKey: [UInt8], message: [UInt8], signature: [UInt8]) -> Bool {
        withPublicKey(publicKey) { OpenSSL.verify($0, message, signature) } == true
    }
    private static func withPublicKey<R>(_ der: [UInt8], _ body: (OpaquePointer) -> R) -> R? {
        // A modulus and an exponent as long as it are less than that.
        guard der.count <= bits.upperBound / 4 + 64 else { return nil }
        return OpenSSL.withPublicKey(der) { isFit($0) ? body($0) : nil }
    }
    private static func isFit(_ key: OpaquePointer) -> Bool {
        EVP_PKEY_get_id(key) == EVP_PKEY_RSA && bits.contains(Int(EVP_PKEY_get_bits(key)))
    }
}
