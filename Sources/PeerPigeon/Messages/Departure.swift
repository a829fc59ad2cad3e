public import Wire

/// A peer that left, with the reason.
public struct Departure: Message {
    public static var name: StaticString { "peerpigeon.departure" }
    public static var form: Form { .json }
    public static var meanings: [String: FieldMeaning] { ["timestamp": .time(step: 1_000_000)] }
    /// The id of the peer.
    public var peerID: Text?
    public var isHub: Bool?
    /// The reason in its Close frame, or a word for the way it ended.
    public var reason: Text?
    /// The time in milliseconds since 1970.
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
