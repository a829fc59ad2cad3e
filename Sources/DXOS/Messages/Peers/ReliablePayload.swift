public import Wire

/// A payload that is repeated until `dxos.acknowledgement` arrives (dxos.mesh.messaging.ReliablePayload).
public struct ReliablePayload: Message {
    public static var name: StaticString { "dxos.reliable_payload" }
    public static var form: Form { .protobuf }
    public static var summary: MessageSummary {
        [
            "reliable ", .first([[.message("payload", ReliableContent.self)], ["payload"]]),
        ]
    }
    /// The same id in each copy.
    public var messageID: PublicKey?
    public var payload: ReliableContent?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "message_id", &messageID, as: .implicit)
        c.tag(2, "payload", &payload, as: .implicit)
        c.unknown(&unknown)
    }
}
