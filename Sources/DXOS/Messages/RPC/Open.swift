public import Wire

/// A peer wants to begin, and says so until `dxos.open_ack` comes (dxos.rpc.RpcMessage, member `open`).
public struct Open: Message {
    public static var name: StaticString { "dxos.open" }
    public static var form: Form { .protobuf }
    public var open: Bool?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(3, "open", &open, .oneof)
        c.unknown(&unknown)
    }
}
