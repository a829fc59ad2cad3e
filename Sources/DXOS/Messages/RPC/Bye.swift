public import Wire

/// The end of a peer's use of a connection, or the confirmation of it (dxos.rpc.RpcMessage, member `bye`). Builds
/// before 2023 do not know it.
public struct Bye: Message {
    public static var name: StaticString { "dxos.bye" }
    public static var form: Form { .protobuf }
    public static var summary: MessageSummary { ["bye"] }
    public var bye: NoFields?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(6, "bye", &bye, as: .oneof)
        c.unknown(&unknown)
    }
}
