import Crypto
public import Wire

/// The kinds of keys.
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

/// A public key (libp2p specs, peer-ids). Both fields are required, and nothing else may be there where ids are made of it.
public struct PublicKey: Message {
    public static var name: StaticString { "libp2p.public_key" }
    public static var form: Form { .protobuf }
    public var type: KeyType?
    /// Ed25519: 32 bytes; secp256k1: the compressed point; RSA and ECDSA: a SubjectPublicKeyInfo in DER.
    public var data: Bytes?
    public var unknown = Unknown()

    public init() {}
    /// A key of this type.
    public init(_ type: KeyType, _ data: [UInt8]) { (self.type, self.data) = (type, Bytes(data)) }

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "type", &type)
        c.tag(2, "data", &data)
        c.unknown(&unknown)
    }
    /// Whether it is as its type wants it, as far as that can be told without the curve or the number: both fields, the
    /// length, and how the data begins. For a key that owns its bytes.
    public var isWellFormed: Bool {
        guard let type, let data = data?.own, unknown.items.isEmpty else { return false }
        switch type {
        case .ed25519: return data.count == 32
        case .secp256k1: return data.count == 33 && (data[0] == 2 || data[0] == 3)
        case .rsa, .ecdsa: return DER.isSequence(data)
        default: return false
        }
    }
    /// Whether this is the signature of a message; nil: of keys of this type nobody can tell here.
    public func verify(_ signature: [UInt8], of message: [UInt8]) -> Bool? {
        guard type == .ed25519, let key = data?.own else { return nil }
        return Ed25519.verify(publicKey: key, message: message, signature: signature)
    }
}

/// What can be told of DER without reading it.
private enum DER {
    /// Whether the bytes are one SEQUENCE, all of them.
    static func isSequence(_ bytes: [UInt8]) -> Bool {
        guard bytes.count >= 2, bytes[0] == 0x30 else { return false }
        if bytes[1] < 0x80 { return bytes.count == 2 + Int(bytes[1]) }
        let digits = Int(bytes[1] & 0x7f)
        guard (1...3).contains(digits), bytes.count >= 2 + digits else { return false }
        return bytes.count == 2 + digits + bytes[2..<2 + digits].reduce(0) { $0 << 8 | Int($1) }
    }
}

/// Who we are: an Ed25519 key.
public struct Identity: Sendable {
    private let key: Ed25519
    /// As others get it.
    public let publicKey: PublicKey
    public let peer: PeerID

    /// From a private key. Of another length than 32 bytes it is the hash of it.
    public init(seed: [UInt8]) {
        let key = Ed25519(seed: seed) ?? Ed25519(hashing: seed)
        self.key = key
        publicKey = PublicKey(.ed25519, key.publicKey)
        peer = PeerID(of: publicKey.encoded())
    }
    /// 64 bytes of signature.
    public func sign(_ message: [UInt8]) -> [UInt8] { key.sign(message) }
}
