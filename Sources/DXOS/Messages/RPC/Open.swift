public import Wire

/// The request for a handshake. A peer repeats it until it receives `dxos.open_ack` (dxos.rpc.RpcMessage, member
/// `open`).
public struct Open: Message {
    public static var name: StaticString { "dxos.open" }
    public static var form: Form { .protobuf }
    public static var summary: MessageSummary { ["open"] }
    public var open: Bool?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(3, "open", &open, as: .oneof)
        c.unknown(&unknown)
    }
}
