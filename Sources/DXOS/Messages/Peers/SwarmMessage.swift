public import Wire

/// A message with which two peers negotiate a connection (dxos.mesh.swarm.SwarmMessage).
public struct SwarmMessage: Message {
    public static var name: StaticString { "dxos.swarm_message" }
    public static var form: Form { .protobuf }
    public static var summary: MessageSummary {
        [
            .first([[.message("data", MessageData.self)], ["empty message"]]), .maybe(" in ", .name("topic.data")),
            .maybe(.unless("data.answer", [" (session ", .name("session_id.data"), ")"])),
        ]
    }
    /// The swarm.
    public var topic: PublicKey?
    public var sessionID: PublicKey?
    public var data: MessageData?
    public var messageID: PublicKey?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(3, "topic", &topic, as: .implicit)
        c.tag(4, "session_id", &sessionID, as: .implicit)
        c.tag(5, "data", &data, as: .implicit)
        c.tag(6, "message_id", &messageID, as: .implicit)
        c.unknown(&unknown)
    }
}
