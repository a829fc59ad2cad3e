public import Wire

/// The confirmation of `dxos.open` (dxos.rpc.RpcMessage, member `open_ack`).
public struct OpenAck: Message {
    public static var name: StaticString { "dxos.open_ack" }
    public static var form: Form { .protobuf }
    public static var summary: MessageSummary { ["open acknowledged"] }
    public var openAck: Bool?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(4, "open_ack", &openAck, as: .oneof)
        c.unknown(&unknown)
    }
}
