import Libp2p
public import Wire

/// The execution of two Orders against each other (Spec/gossipsub/lib2p2.md). The maker is the author of the Order that
/// was in the book, the taker is the author of the Order that meets it. Both sign the Fill. While only the taker has
/// signed it, it is an offer.
public struct Fill: Message {
    public static var name: StaticString { "gossipsub.fill" }
    public static var form: Form { .protobuf }
    public static var summary: MessageSummary {
        [
            .first([[.when("maker_signature", ["fill of "])], ["offer to fill "]]), .value("amount"), " at ",
            .value("price"), .maybe(" on ", .name("market")), .maybe(" by ", .value("taker", as: .peerID)),
            .maybe(" from ", .value("maker", as: .peerID)),
        ]
    }
    /// An id that the taker chooses.
    public var id: Bytes?
    /// The topic.
    public var market: Text?
    /// A decimal number, like the amount.
    public var price: Text?
    /// The amount by which both Orders become smaller.
    public var amount: Text?
    /// A peer id that holds the maker's key.
    public var maker: Bytes?
    /// The id and the version of the maker's Order.
    public var makerOrder: Bytes?
    public var makerVersion: UInt64?
    /// A peer id that holds the taker's key.
    public var taker: Bytes?
    /// The id and the version of the taker's Order.
    public var takerOrder: Bytes?
    public var takerVersion: UInt64?
    public var takerSignature: Bytes?
    /// The maker's signature; nil in an offer.
    public var makerSignature: Bytes?
    public var unknown = Unknown()

    /// The bytes that precede a Fill when it is signed.
    static let signaturePrefix = Array("lib2p2-fill:".utf8)

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "id", &id)
        c.tag(2, "market", &market)
        c.tag(3, "price", &price)
        c.tag(4, "amount", &amount)
        c.tag(5, "maker", &maker)
        c.tag(6, "maker_order", &makerOrder)
        c.tag(7, "maker_version", &makerVersion)
        c.tag(8, "taker", &taker)
        c.tag(9, "taker_order", &takerOrder)
        c.tag(10, "taker_version", &takerVersion)
        c.tag(11, "taker_signature", &takerSignature)
        c.tag(12, "maker_signature", &makerSignature)
        c.unknown(&unknown)
    }
    /// The bytes that both signatures cover: the prefix, then all fields except the signatures. The Fill must own its
    /// bytes.
    var signed: [UInt8] {
        var copy = self
        (copy.takerSignature, copy.makerSignature) = (nil, nil)
        return Self.signaturePrefix + copy.encoded()
    }
    /// Returns a copy signed by an identity as the taker, which it becomes.
    func offered(by identity: Identity) -> Self {
        var copy = self
        copy.taker = Bytes(identity.peer.bytes)
        copy.takerSignature = Bytes(identity.sign(copy.signed))
        return copy
    }
    /// Returns a copy signed by an identity as the maker.
    func executed(by identity: Identity) -> Self {
        var copy = self
        copy.makerSignature = Bytes(identity.sign(signed))
        return copy
    }
}
