public import Wire

/// A request for the messages to a peer (dxos.mesh.signal.ReceptionRequest).
public struct ReceptionRequest: Message {
    public static var name: StaticString { "dxos.reception_request" }
    public static var form: Form { .protobuf }
    public static var summary: MessageSummary { ["receive messages to ", .name("peer")] }
    /// The recipient, raw.
    public var peer: Bytes?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "peer", &peer, as: .implicit)
        c.unknown(&unknown)
    }
}
