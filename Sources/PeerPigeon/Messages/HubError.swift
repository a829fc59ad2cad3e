public import Wire

/// The error of a hub that does not know the type of a message.
public struct HubError: Message {
    public static var name: StaticString { "peerpigeon.error" }
    public static var form: Form { .json }
    public static var summary: MessageSummary { ["error: ", .value("error")] }
    public static var meanings: [String: FieldMeaning] { ["timestamp": .time(step: 1_000_000)] }
    public var type: Text?
    /// The text for people.
    public var error: Text?
    /// The time in milliseconds since 1970.
    public var timestamp: Int64?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.constant("type", &type, "error")
        c.member("error", &error)
        c.member("timestamp", &timestamp)
        c.unknown(&unknown)
    }
}
