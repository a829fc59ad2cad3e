public import Wire

/// A request to be removed from a namespace. It gets no answer.
public struct RendezvousUnregister: Message {
    public static var name: StaticString { "libp2p.rendezvous_unregister" }
    public static var form: Form { .protobuf }
    public static var summary: MessageSummary { ["unregister", .maybe(" from ", .name("namespace"))] }
    public var namespace: Text?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "namespace", &namespace)
        c.unknown(&unknown)
    }
}
