internal import COpenSSL

/// A curve for ECDSA keys.
public struct EllipticCurve: Hashable, Sendable {
    /// The number of bytes of a coordinate.
    let size: Int
    /// The identifier of the curve in OpenSSL.
    let identifier: Int32
    /// The bytes before the point in a SubjectPublicKeyInfo (RFC 5480) in DER. With a named curve they are always the
    /// same.
    let header: [UInt8]
    /// True if points are compressed: one coordinate and the sign of the other.
    let isCompressed: Bool

    private init(_ size: Int, _ identifier: Int32, name: [UInt8], isCompressed: Bool = false) {
        (self.size, self.identifier, self.isCompressed) = (size, identifier, isCompressed)
        let algorithm = Self.element(0x30, [0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06] + name)
        let point = Self.element(0x03, [0] + [UInt8](repeating: 0, count: isCompressed ? size + 1 : 2 * size + 1))
        let whole = Self.element(0x30, algorithm + point)
        header = Array(whole.dropLast(isCompressed ? size + 1 : 2 * size + 1))
    }
    /// The NIST curves P-224, P-256, P-384 and P-521 with uncompressed points (RFC 5480, section 2.2).
    public static let p224 = Self(28, NID_secp224r1, name: [0x05, 0x2b, 0x81, 0x04, 0x00, 0x21])
    public static let p256 = Self(
        32, NID_X9_62_prime256v1, name: [0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07])
    public static let p384 = Self(48, NID_secp384r1, name: [0x05, 0x2b, 0x81, 0x04, 0x00, 0x22])
    public static let p521 = Self(66, NID_secp521r1, name: [0x05, 0x2b, 0x81, 0x04, 0x00, 0x23])
    /// The curve of Bitcoin (SEC 2) with compressed points.
    public static let secp256k1 = Self(
        32, NID_secp256k1, name: [0x05, 0x2b, 0x81, 0x04, 0x00, 0x0a], isCompressed: true)
    static let nist = [p256, p224, p384, p521]

    /// The number of bytes of a point.
    var pointSize: Int { isCompressed ? size + 1 : 2 * size + 1 }
    /// Returns the NIST curve that a SubjectPublicKeyInfo names; nil for other curves, and for points in another
    /// format.
    static func of(publicKey der: [UInt8]) -> Self? {
        nist.first {
            der.count == $0.header.count + $0.pointSize && der.starts(with: $0.header) && der[$0.header.count] == 4
        }
    }
    /// Returns a DER element. The content must be shorter than 256 bytes.
    private static func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        [tag] + (content.count < 128 ? [] : [0x81]) + [UInt8(truncatingIfNeeded: content.count)] + content
    }
}
