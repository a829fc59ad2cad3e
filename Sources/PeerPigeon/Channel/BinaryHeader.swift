public import Wire

/// The next binary message of a data channel that no other text announces is one of the application.
public struct BinaryHeader: Message {
    public static var name: StaticString { "peerpigeon.binary" }
    public static var form: Form { .json }
    public var type: Text?
    /// Bytes of it.
    public var size: Int64?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.constant("type", &type, "__BINARY__")
        c.member("size", &size)
        c.unknown(&unknown)
    }
}
