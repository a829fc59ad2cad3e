public import Wire

/// The beginning of a stream of bytes on a data channel.
public struct StreamInit: Message {
    public static var name: StaticString { "peerpigeon.stream_init" }
    public static var form: Form { .json }
    public static var summary: MessageSummary {
        ["stream ", .name("streamId"), " begins", .maybe(": ", .name("metadata.filename"))]
    }
    public var type: Text?
    /// The id of the stream on this channel.
    public var streamID: Text?
    /// The sender's description of the stream; any value.
    public var metadata: JSONValue?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.constant("type", &type, "__STREAM_INIT__")
        c.member("streamId", &streamID)
        c.member("metadata", &metadata)
        c.unknown(&unknown)
    }
}
