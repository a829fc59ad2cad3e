internal import COpenSSL

/// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017, section 8.2).
public struct RSA: Sendable {
    /// The public key as SubjectPublicKeyInfo in DER.
    public let publicKey: [UInt8]
    /// The private key as RSAPrivateKey in DER.
    private let secret: [UInt8]

    /// The allowed sizes of the modulus in bits. go-libp2p accepts no others (core/crypto/rsa_common.go), and sizes
    /// below 2048 only if a user allows weak keys. The limit also bounds the work for a key that a peer chose.
    public static let bits = 512...8192

    /// Creates a key from an RSAPrivateKey in DER (RFC 8017, appendix A.1.2); nil for other data, and for sizes outside
    /// `bits`.
    public init?(privateKey der: [UInt8]) {
        let publicKey = OpenSSL.withPrivateKey(der, type: EVP_PKEY_RSA) { key in
            Self.isFit(key) && OpenSSL.sign(key, []).map { OpenSSL.verify(key, [], $0) } == true
                ? OpenSSL.publicKey(key) : nil
        }
        guard let publicKey else { return nil }
        (self.publicKey, secret) = (publicKey, der)
    }
    /// Returns the signature, which has the length of the modulus. It is always the same for the same message.
    public func sign(_ message: [UInt8]) -> [UInt8] {
        OpenSSL.withPrivateKey(secret, type: EVP_PKEY_RSA) { OpenSSL.sign($0, message) } ?? []
    }
    /// Returns whether the bytes are a public key: a SubjectPublicKeyInfo in DER with a size in `bits`.
    public static func isPublicKey(_ der: [UInt8]) -> Bool { withPublicKey(der) { _ in true } == true }
    /// Returns whether `signature` is valid for `message` and `publicKey`; false if `publicKey` is invalid.
    public static func verify(publicKey: [UInt8], message: [UInt8], signature: [UInt8]) -> Bool {
        withPublicKey(publicKey) { OpenSSL.verify($0, message, signature) } == true
    }
    private static func withPublicKey<R>(_ der: [UInt8], _ body: (OpaquePointer) -> R) -> R? {
        // A modulus and an exponent of the same length take fewer bytes than this limit.
        guard der.count <= bits.upperBound / 4 + 64 else { return nil }
        return OpenSSL.withPublicKey(der) { isFit($0) ? body($0) : nil }
    }
    private static func isFit(_ key: OpaquePointer) -> Bool {
        EVP_PKEY_get_id(key) == EVP_PKEY_RSA && bits.contains(Int(EVP_PKEY_get_bits(key)))
    }
}
