public import Wire

/// The confirmation that a reliable payload was received (dxos.mesh.messaging.Acknowledgement).
public struct Acknowledgement: Message {
    public static var name: StaticString { "dxos.acknowledgement" }
    public static var form: Form { .protobuf }
    public static var summary: MessageSummary { ["acknowledge ", .name("message_id.data")] }
    /// The message id of the payload.
    public var messageID: PublicKey?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "message_id", &messageID, as: .implicit)
        c.unknown(&unknown)
    }
}
