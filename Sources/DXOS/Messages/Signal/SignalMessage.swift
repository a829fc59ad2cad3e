public import Wire

/// A message from peer to peer (dxos.mesh.signal.Message). A server passes it on and does not read its payload.
public struct SignalMessage: Message {
    public static var name: StaticString { "dxos.message" }
    public static var form: Form { .protobuf }
    public static var summary: MessageSummary {
        [
            .first([[.message("payload", ApplicationPayload.self)], ["message"]]), ", ",
            .first([
                [.name("author"), " > ", .name("recipient")], ["to ", .name("recipient")], ["of ", .name("author")],
                ["to nobody"],
            ]),
        ]
    }
    public var author: Bytes?
    public var recipient: Bytes?
    public var payload: ApplicationPayload?
    /// The metadata, only in profile v3.
    public var metadata: Structure?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "author", &author, as: .implicit)
        c.tag(2, "recipient", &recipient, as: .implicit)
        c.tag(3, "payload", &payload, as: .implicit)
        c.tag(4, "metadata", &metadata, as: .explicit)
        c.unknown(&unknown)
    }
}
