public import Wire

/// The header of a binary message of the application on a data channel. It belongs to the next binary message without
/// another header.
public struct BinaryHeader: Message {
    public static var name: StaticString { "peerpigeon.binary" }
    public static var form: Form { .json }
    public static var summary: MessageSummary { ["binary message of ", .number("size"), " B follows"] }
    public var type: Text?
    /// The number of bytes of the binary message.
    public var size: Int64?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.constant("type", &type, "__BINARY__")
        c.member("size", &size)
        c.unknown(&unknown)
    }
}
