public import Wire

/// A value with its key.
public struct KadRecord: Message {
    public static var name: StaticString { "kad.record" }
    public static var form: Form { .protobuf }
    public static var summary: MessageSummary {
        ["value of ", .first([[.size("value")], ["0 B"]]), .maybe(", received ", .name("time_received"))]
    }
    public var key: Bytes?
    public var value: Bytes?
    /// A field that was removed from the document, and that js-libp2p still has.
    public var author: Bytes?
    /// A field that was removed from the document, and that js-libp2p still has.
    public var signature: Bytes?
    /// The time when the receiver stored the record, in the form of RFC 3339.
    public var timeReceived: Text?
    /// The peer id of the publisher, a field of rust-libp2p.
    public var publisher: Bytes?
    /// The remaining time in seconds, a field of rust-libp2p.
    public var ttl: UInt32?
    public var unknown = Unknown()

    public init() {}
    /// Creates a record of a value.
    public init(key: [UInt8], value: [UInt8]) { (self.key, self.value) = (Bytes(key), Bytes(value)) }

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "key", &key, as: .implicit)
        c.tag(2, "value", &value, as: .implicit)
        c.tag(3, "author", &author)
        c.tag(4, "signature", &signature)
        c.tag(5, "time_received", &timeReceived, as: .implicit)
        c.tag(666, "publisher", &publisher)
        c.tag(777, "ttl", &ttl)
        c.unknown(&unknown)
    }
}
