public import Wire

/// A message of a type that hubs do not route; they answer with an error.
public struct Unrouted: Message {
    public static var name: StaticString { "peerpigeon.unrouted" }
    public static var form: Form { .json }
    public static var summary: MessageSummary {
        [.first([["unrouted type ", .name("type")], ["unrouted, without a type"]])]
    }
    /// The type; any value, or missing.
    public var type: JSONValue?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.member("type", &type)
        c.unknown(&unknown)
    }
}
