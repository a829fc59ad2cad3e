public import Wire

/// The answer to REGISTER.
public struct RendezvousRegisterResponse: Message {
    public static var name: StaticString { "libp2p.rendezvous_register_response" }
    public static var form: Form { .protobuf }
    public static var summary: MessageSummary {
        [
            "registration: ", .first([[.value("status")], ["ok"]]), .maybe(", ", .name("status_text")),
            .maybe(", for ", .number("ttl"), " s"),
        ]
    }
    public var status: RendezvousStatus?
    public var statusText: Text?
    /// The duration of the registration in seconds.
    public var ttl: UInt64?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "status", &status)
        c.tag(2, "status_text", &statusText)
        c.tag(3, "ttl", &ttl)
        c.unknown(&unknown)
    }
}
