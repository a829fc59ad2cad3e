public import Wire

/// The data of a message on the topic of a market (Spec/gossipsub/lib2p2.md).
public struct Orders: Message {
    public static var name: StaticString { "gossipsub.orders" }
    public static var form: Form { .protobuf }
    public static var summary: MessageSummary { [.first([[.each("orders", Order.summary.parts)], ["no order"]])] }
    public var orders: [Order] = []
    public var unknown = Unknown()

    public init() {}
    init(_ orders: [Order]) { self.orders = orders }

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "orders", &orders)
        c.unknown(&unknown)
    }
}
