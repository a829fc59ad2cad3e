public import Wire

/// Who left, and why.
public struct Departure: Message {
    public static var name: StaticString { "peerpigeon.departure" }
    public static var form: Form { .json }
    /// What its fields stand for.
    public static var meanings: [String: FieldMeaning] { ["timestamp": .time(step: 1_000_000)] }
    /// Its id.
    public var peerID: Text?
    public var isHub: Bool?
    /// Reason of its Close frame, or a word for how it ended.
    public var reason: Text?
    /// Milliseconds since 1970.
    public var timestamp: Int64?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.member("peerId", &peerID)
        c.member("isHub", &isHub)
        c.member("reason", &reason)
        c.member("timestamp", &timestamp)
        c.unknown(&unknown)
    }
}
