import Libp2p
public import Wire

/// An offer on a market (Spec/gossipsub/lib2p2.md). Its author and id identify it, and the author signs it.
public struct Order: Message {
    public static var name: StaticString { "gossipsub.order" }
    public static var form: Form { .protobuf }
    public static var summary: MessageSummary {
        [
            .value("side"), " ", .value("amount"), " at ", .value("price"), .maybe(" on ", .name("market")),
            .maybe(" by ", .value("author", as: .peerID)),
        ]
    }
    /// An id that the author chooses.
    public var id: Bytes?
    /// The topic.
    public var market: Text?
    public var side: OrderSide?
    /// A decimal number, like the amount.
    public var price: Text?
    /// The amount that is left; 0 means that the order is gone.
    public var amount: Text?
    /// The version, which each change of the order increases.
    public var version: UInt64?
    /// A peer id that holds the author's key.
    public var author: Bytes?
    public var signature: Bytes?
    public var unknown = Unknown()

    /// The bytes that precede an Order when it is signed.
    static let signaturePrefix = Array("lib2p2-order:".utf8)

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "id", &id)
        c.tag(2, "market", &market)
        c.tag(3, "side", &side)
        c.tag(4, "price", &price)
        c.tag(5, "amount", &amount)
        c.tag(6, "version", &version)
        c.tag(7, "author", &author)
        c.tag(8, "signature", &signature)
        c.unknown(&unknown)
    }
    /// The bytes that the signature covers: the prefix, then all fields except the signature. The Order must own its
    /// bytes.
    var signed: [UInt8] {
        var copy = self
        copy.signature = nil
        return Self.signaturePrefix + copy.encoded()
    }
    /// Returns a copy signed by an identity, which becomes its author.
    func signed(by identity: Identity) -> Self {
        var copy = self
        copy.author = Bytes(identity.peer.bytes)
        copy.signature = Bytes(identity.sign(copy.signed))
        return copy
    }
}

/// The side of an Order: buy or sell.
@frozen public struct OrderSide: CodePoint, TagValue {
    public var rawValue: UInt32
    @inlinable @inline(__always) public init(rawValue: UInt32) { self.rawValue = rawValue }
    public static let buy = Self(rawValue: 1)
    public static let sell = Self(rawValue: 2)
    public static let names = [CodeName(1, "buy"), CodeName(2, "sell")]
}
