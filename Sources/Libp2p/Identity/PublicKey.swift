import Crypto
public import Wire

/// The types of keys.
@frozen public struct KeyType: CodePoint, TagValue {
    public var rawValue: UInt32
    @inlinable @inline(__always) public init(rawValue: UInt32) { self.rawValue = rawValue }
    public static let rsa = Self(rawValue: 0)
    public static let ed25519 = Self(rawValue: 1)
    public static let secp256k1 = Self(rawValue: 2)
    public static let ecdsa = Self(rawValue: 3)
    public static let names = [
        CodeName(0, "rsa"), CodeName(1, "ed25519"), CodeName(2, "secp256k1"), CodeName(3, "ecdsa"),
    ]
}

/// A public key (libp2p specs, peer-ids). Both fields are required. A key from which an id is made must have no other
/// fields.
public struct PublicKey: Message {
    public static var name: StaticString { "libp2p.public_key" }
    public static var form: Form { .protobuf }
    public var type: KeyType?
    /// Ed25519: 32 bytes; secp256k1: the compressed point; RSA and ECDSA: a SubjectPublicKeyInfo in DER. The
    /// specification names no curve for ECDSA: implementations use P-256, and go-libp2p reads the NIST curves.
    public var data: Bytes?
    public var unknown = Unknown()

    public init() {}
    /// Creates a key of this type.
    public init(_ type: KeyType, _ data: [UInt8]) { (self.type, self.data) = (type, Bytes(data)) }

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "type", &type)
        c.tag(2, "data", &data)
        c.unknown(&unknown)
    }
    /// True if it is a valid key of its type without other fields, and a point is on its curve. The key must own its
    /// bytes.
    public var isWellFormed: Bool {
        guard let type, let data = data?.own, unknown.items.isEmpty else { return false }
        switch type {
        case .ed25519: return data.count == 32
        case .secp256k1: return ECDSA.isPoint(data, on: .secp256k1)
        case .rsa: return RSA.isPublicKey(data)
        case .ecdsa: return ECDSA.isPublicKey(data)
        default: return false
        }
    }
    /// Returns whether this is the signature of a message; nil if keys of this type cannot be verified.
    public func verify(_ signature: [UInt8], of message: [UInt8]) -> Bool? {
        guard let type, let data = data?.own else { return nil }
        switch type {
        case .ed25519: return Ed25519.verify(publicKey: data, message: message, signature: signature)
        case .secp256k1: return ECDSA.verify(point: data, on: .secp256k1, message: message, signature: signature)
        case .rsa: return RSA.verify(publicKey: data, message: message, signature: signature)
        case .ecdsa: return ECDSA.verify(publicKey: data, message: message, signature: signature)
        default: return nil
        }
    }
}
