public import Wire

/// A point in time.
public struct Moment: Message {
    public static var name: StaticString { "peerpigeon.moment" }
    public static var form: Form { .json }
    public static var meanings: [String: FieldMeaning] { ["timestamp": .time(step: 1_000_000)] }
    /// The time in milliseconds since 1970.
    public var timestamp: Int64?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.member("timestamp", &timestamp)
        c.unknown(&unknown)
    }
}
