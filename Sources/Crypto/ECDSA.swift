internal import COpenSSL

/// ECDSA over the SHA-256 of a message (FIPS 186-4), its signatures in DER. Signing is deterministic (RFC 6979).
public struct ECDSA: Sendable {
    public let curve: EllipticCurve
    /// The point as its curve has it.
    public let point: [UInt8]
    /// 32 bytes.
    private let secret: [UInt8]

    /// From a private key of 32 bytes; nil for zero, for numbers as large as the order of the curve, and for curves whose
    /// numbers have another length.
    public init?(_ secret: [UInt8], on curve: EllipticCurve) {
        let point = OpenSSL.withoutErrors { CurveArithmetic(curve)?.point(secret) }
        guard let point else { return nil }
        (self.curve, self.point, self.secret) = (curve, point, secret)
    }
    /// From an ECPrivateKey of P-256 in DER (RFC 5915); nil for others, and where its public key is another's.
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
    /// A SubjectPublicKeyInfo in DER.
    public var publicKey: [UInt8] { curve.header + point }
    /// The signature in DER. On secp256k1 the smaller of its two forms (BIP 62), which some want there.
    public func sign(_ message: [UInt8]) -> [UInt8] {
        OpenSSL.withoutErrors { CurveArithmetic(curve)?.sign(SHA256.hash(message), secret) } ?? []
    }

    /// Whether this is a SubjectPublicKeyInfo in DER of a point of P-224, P-256, P-384 or P-521.
    public static func isPublicKey(_ der: [UInt8]) -> Bool {
        EllipticCurve.of(publicKey: der) != nil && OpenSSL.withPublicKey(der) { _ in true } == true
    }
    /// Whether this is a point of a curve in the form that it has there.
    public static func isPoint(_ point: [UInt8], on curve: EllipticCurve) -> Bool {
        point.count == curve.pointSize && OpenSSL.withPublicKey(curve.header + point) { _ in true } == true
    }
    /// Whether `signature`, in DER, is that of `message` under a key that `isPublicKey`.
    public static func verify(publicKey: [UInt8], message: [UInt8], signature: [UInt8]) -> Bool {
        EllipticCurve.of(publicKey: publicKey) != nil
            && OpenSSL.withPublicKey(publicKey) { OpenSSL.verify($0, message, signature) } == true
    }
    /// Whether `signature`, in DER, is that of `message` under a point of a curve.
    public static func verify(
        point: [UInt8], on curve: EllipticCurve, message: [UInt8], signature: [UInt8]
    ) -> Bool {
        point.count == curve.pointSize
            && OpenSSL.withPublicKey(curve.header + point) { OpenSSL.verify($0, message, signature) } == true
    }
}
