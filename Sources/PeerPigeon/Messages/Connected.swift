public import Wire

/// A hub has accepted a connection: its first message.
public struct Connected: Message {
    public static var name: StaticString { "peerpigeon.connected" }
    public static var form: Form { .json }
    /// What its fields stand for.
    public static var meanings: [String: FieldMeaning] { ["timestamp": .time(step: 1_000_000)] }
    public var type: Text?
    /// The id that the connection asked for, as it was written.
    public var data: PeerName?
    /// `system`.
    public var fromPeerID: Text?
    /// Milliseconds since 1970.
    public var timestamp: Int64?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.constant("type", &type, "connected")
        c.member("data", &data)
        c.member("fromPeerId", &fromPeerID)
        c.member("timestamp", &timestamp)
        c.unknown(&unknown)
    }
}
