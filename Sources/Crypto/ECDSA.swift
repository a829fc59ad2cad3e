internal import COpenSSL

/// ECDSA over the SHA-256 of a message (FIPS 186-4) with signatures in DER. Signing is deterministic (RFC 6979).
public struct ECDSA: Sendable {
    public let curve: EllipticCurve
    /// The public point in the format of its curve.
    public let point: [UInt8]
    /// The private key, 32 bytes.
    private let secret: [UInt8]

    /// Creates a key from a private key of 32 bytes. Returns nil for zero, for a number that is not less than the order
    /// of the curve, and for a curve with numbers of another length.
    public init?(_ secret: [UInt8], on curve: EllipticCurve) {
        let point = OpenSSL.withoutErrors { CurveArithmetic(curve)?.point(secret) }
        guard let point else { return nil }
        (self.curve, self.point, self.secret) = (curve, point, secret)
    }
    /// Creates a key from an ECPrivateKey of P-256 in DER (RFC 5915). Returns nil for other data, and if the contained
    /// public key does not belong to the private key.
    public init?(privateKey der: [UInt8]) {
        let parts = OpenSSL.withPrivateKey(der, type: EVP_PKEY_EC) { key -> (secret: [UInt8], publicKey: [UInt8])? in
            var number: OpaquePointer?
            guard EVP_PKEY_get_bn_param(key, "priv", &number) == 1, let number else { return nil }
            let secret = Number(taking: number).bytes(32)
            return secret.map { ($0, OpenSSL.publicKey(key)) }
        }
        guard let parts else { return nil }
        self.init(parts.secret, on: .p256)
        guard publicKey == parts.publicKey else { return nil }
    }
    /// The public key as SubjectPublicKeyInfo in DER.
    public var publicKey: [UInt8] { curve.header + point }
    /// Returns the signature in DER. On secp256k1 it is the smaller of the two forms (BIP 62), which some verifiers
    /// require.
    public func sign(_ message: [UInt8]) -> [UInt8] {
        OpenSSL.withoutErrors { CurveArithmetic(curve)?.sign(SHA256.hash(message), secret) } ?? []
    }

    /// Returns whether the bytes are a SubjectPublicKeyInfo in DER with a point of P-224, P-256, P-384 or P-521.
    public static func isPublicKey(_ der: [UInt8]) -> Bool {
        EllipticCurve.of(publicKey: der) != nil && OpenSSL.withPublicKey(der) { _ in true } == true
    }
    /// Returns whether the bytes are a valid point in the format of the curve.
    public static func isPoint(_ point: [UInt8], on curve: EllipticCurve) -> Bool {
        point.count == curve.pointSize && OpenSSL.withPublicKey(curve.header + point) { _ in true } == true
    }
    /// Returns whether `signature`, in DER, is valid for `message` and a key that passes `isPublicKey`.
    public static func verify(publicKey: [UInt8], message: [UInt8], signature: [UInt8]) -> Bool {
        EllipticCurve.of(publicKey: publicKey) != nil
            && OpenSSL.withPublicKey(publicKey) { OpenSSL.verify($0, message, signature) } == true
    }
    /// Returns whether `signature`, in DER, is valid for `message` and a point of a curve.
    public static func verify(
        point: [UInt8], on curve: EllipticCurve, message: [UInt8], signature: [UInt8]
    ) -> Bool {
        point.count == curve.pointSize
            && OpenSSL.withPublicKey(curve.header + point) { OpenSSL.verify($0, message, signature) } == true
    }
}
