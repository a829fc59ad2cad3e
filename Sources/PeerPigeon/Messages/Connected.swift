public import Wire

/// The first message of a hub: it has accepted the connection.
public struct Connected: Message {
    public static var name: StaticString { "peerpigeon.connected" }
    public static var form: Form { .json }
    public static var summary: MessageSummary { ["connected as ", .name("data.peerId")] }
    public static var meanings: [String: FieldMeaning] { ["timestamp": .time(step: 1_000_000)] }
    public var type: Text?
    /// The id that the connection requested, unchanged.
    public var data: PeerName?
    /// Always `system`.
    public var fromPeerID: Text?
    /// The time in milliseconds since 1970.
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
