public import Wire

/// The first message of both sides of plaintext/2.0.0 (libp2p specs, plaintext), which gives their identity.
public struct PlaintextExchange: Message {
    public static var name: StaticString { "libp2p.exchange" }
    public static var summary: MessageSummary {
        ["identity of ", .value("exchange.id", as: .peerID), .maybe(", key ", .value("exchange.pubkey.type"))]
    }
    /// The length of `exchange` in bytes.
    public var length = Derived<UInt32>()
    public var exchange = ExchangeContent()

    /// The maximum length in bytes (go-libp2p).
    public static let limit = 1 << 16

    public init() {}
    /// Creates the message of an identity.
    public init(_ identity: Identity) {
        exchange.id = Bytes(identity.peer.bytes)
        exchange.publicKey = identity.publicKey
    }

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.length("length", &length, most: UInt32(Self.limit), UInt32(clamping: exchange.byteCount()))
        c.message("exchange", &exchange, length: length.count, by: "length")
    }
}

/// The content of an Exchange.
public struct ExchangeContent: Message {
    public static var name: StaticString { "libp2p.exchange_content" }
    public static var form: Form { .protobuf }
    /// The peer id as a multihash.
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
