public import Wire

/// An RpcMessage without a member that is known, such as an empty one: receivers call it malformed and go on.
public struct NoContent: Message {
    public static var name: StaticString { "dxos.no_content" }
    public static var form: Form { .protobuf }
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.unknown(&unknown)
    }
}
