public import Wire

/// The data of a message on the topic of a market (Spec/gossipsub/lib2p2.md).
public struct Orders: Message {
    public static var name: StaticString { "gossipsub.orders" }
    public static var form: Form { .protobuf }
    public static var summary: MessageSummary {
        [
            .first([
                [.joined([[.each("orders", Order.summary.parts)], [.each("fills", Fill.summary.parts)]], by: "; ")],
                ["no order"],
            ])
        ]
    }
    public var orders: [Order] = []
    /// Fills and offers.
    public var fills: [Fill] = []
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "orders", &orders)
        c.tag(3, "fills", &fills)
        c.unknown(&unknown)
    }
}
