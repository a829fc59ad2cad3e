public import Wire

/// A message that a host passes to the host of its recipient (dxos.mesh.signal.PeerEvent).
public struct PeerEvent: Message {
    public static var name: StaticString { "dxos.peer_event" }
    public static var form: Form { .protobuf }
    public static var summary: MessageSummary {
        [.first([[.message("message", SignalMessage.self)], ["empty peer event"]])]
    }
    public var message: SignalMessage?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "message", &message, as: .oneof)
        c.unknown(&unknown)
    }
}
