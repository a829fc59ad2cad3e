public import Wire

/// The answer to `Ping`.
public struct Pong: Message {
    public static var name: StaticString { "peerpigeon.pong" }
    public static var form: Form { .json }
    public static var summary: MessageSummary { ["pong", .maybe(" to ", .name("targetPeerId"))] }
    public static var meanings: [String: FieldMeaning] { ["timestamp": .time(step: 1_000_000)] }
    public var type: Text?
    public var data: Moment?
    /// Always `system`.
    public var fromPeerID: Text?
    /// The peer that sent the ping.
    public var targetPeerID: Text?
    /// The time in milliseconds since 1970.
    public var timestamp: Int64?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.constant("type", &type, "pong")
        c.member("data", &data)
        c.member("fromPeerId", &fromPeerID)
        c.member("targetPeerId", &targetPeerID)
        c.member("timestamp", &timestamp)
        c.unknown(&unknown)
    }
}
