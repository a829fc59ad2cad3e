public import Wire

/// The answer to DISCOVER: the registered peers.
public struct RendezvousDiscoverResponse: Message {
    public static var name: StaticString { "libp2p.rendezvous_discover_response" }
    public static var form: Form { .protobuf }
    public static var summary: MessageSummary {
        [
            "discovered ", .first([[.count("registrations", "registration")], ["nothing"]]),
            .maybe(": ", .value("status")),
            .maybe(", ", .name("status_text")),
        ]
    }
    public var registrations: [RendezvousRegister] = []
    /// The cookie for the next request.
    public var cookie: Bytes?
    public var status: RendezvousStatus?
    public var statusText: Text?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "registrations", &registrations)
        c.tag(2, "cookie", &cookie)
        c.tag(3, "status", &status)
        c.tag(4, "status_text", &statusText)
        c.unknown(&unknown)
    }
}
