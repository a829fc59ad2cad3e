import Libp2p
public import Wire

/// What somebody offers on a market (Spec/gossipsub/lib2p2.md). It is known by its author and id, and signed by the author.
public struct Order: Message {
    public static var name: StaticString { "gossipsub.order" }
    public static var form: Form { .protobuf }
    /// Of the author's choice.
    public var id: Bytes?
    /// The topic.
    public var market: Text?
    public var side: OrderSide?
    /// A decimal number, as the amount.
    public var price: Text?
    /// What is left of it; 0: the order is gone.
    public var amount: Text?
    /// Higher for each change of the order.
    public var version: UInt64?
    /// A peer id that holds its key.
    public var author: Bytes?
    public var signature: Bytes?
    public var unknown = Unknown()

    /// What stands before an Order where it is signed.
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
    /// What is signed: the prefix, and all but the signature. For an Order that owns its bytes.
    var signed: [UInt8] {
        var copy = self
        copy.signature = nil
        return Self.signaturePrefix + copy.encoded()
    }
    /// The same with the signature of an identity, which is its author.
    func signed(by identity: Identity) -> Self {
        var copy = self
        copy.author = Bytes(identity.peer.bytes)
        copy.signature = Bytes(identity.sign(copy.signed))
        return copy
    }
}

/// Whether an Order is of one who buys or who sells.
@frozen public struct OrderSide: CodePoint, TagValue {
    public var rawValue: UInt32
    @inlinable @inline(__always) public init(rawValue: UInt32) { self.rawValue = rawValue }
    public static let buy = Self(rawValue: 1)
    public static let sell = Self(rawValue: 2)
    public static let names = [CodeName(1, "buy"), CodeName(2, "sell")]
}
