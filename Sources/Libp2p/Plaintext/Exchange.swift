public import Wire

/// What both sides of plaintext/2.0.0 say first (libp2p specs, plaintext): who they are.
public struct PlaintextExchange: Message {
    public static var name: StaticString { "libp2p.exchange" }
    /// Bytes behind it.
    public var length = Derived<UInt32>()
    public var exchange = ExchangeContent()

    /// Bytes that may stand behind the length (go-libp2p).
    public static let limit = 1 << 16

    public init() {}
    /// What an identity says.
    public init(_ identity: Identity) {
        exchange.id = Bytes(identity.peer.bytes)
        exchange.publicKey = identity.publicKey
    }

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.length("length", &length, most: UInt32(Self.limit), UInt32(clamping: exchange.byteCount()))
        c.message("exchange", &exchange, length: length.count, by: "length")
    }
}

/// Its content.
public struct ExchangeContent: Message {
    public static var name: StaticString { "libp2p.exchange_content" }
    public static var form: Form { .protobuf }
    /// The multihash.
    public var id: Bytes?
    public var publicKey: PublicKey?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "id", &id)
        c.tag(2, "pubkey", &publicKey)
        c.unknown(&unknown)
    }
}
