public import Wire

/// A private key in the format of implementations' key files (libp2p specs, peer-ids). It is never sent.
public struct PrivateKey: Message {
    public static var name: StaticString { "libp2p.private_key" }
    public static var form: Form { .protobuf }
    public var type: KeyType?
    /// Ed25519: the private key and the public key, in old files the public key twice; secp256k1: 32 bytes; RSA: an
    /// RSAPrivateKey in DER; ECDSA: an ECPrivateKey in DER, which the specification calls PKIX.
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
}
