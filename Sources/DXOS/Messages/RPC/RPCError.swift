public import Wire

/// The reason why a call failed (dxos.rpc.Error, later dxos.error.Error). Names and texts differ between builds.
public struct RPCError: Message {
    public static var name: StaticString { "dxos.error" }
    public static var form: Form { .protobuf }
    public var name: Text?
    public var message: Text?
    /// The stack trace, only in JavaScript builds.
    public var stack: Text?
    /// Additional data, only in later builds.
    public var context: Structure?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "name", &name, as: .explicit)
        c.tag(2, "message", &message, as: .explicit)
        c.tag(3, "stack", &stack, as: .explicit)
        c.tag(4, "context", &context, as: .explicit)
        c.unknown(&unknown)
    }
}
