public import Wire

/// A question to check if the hub is there.
public struct Ping: Message {
    public static var name: StaticString { "peerpigeon.ping" }
    public static var form: Form { .json }
    public static var summary: MessageSummary { ["ping"] }
    public var type: Text?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.constant("type", &type, "ping")
        c.unknown(&unknown)
    }
}
