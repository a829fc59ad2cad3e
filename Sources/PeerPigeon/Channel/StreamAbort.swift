public import Wire

/// The end of a stream on a data channel before it is complete.
public struct StreamAbort: Message {
    public static var name: StaticString { "peerpigeon.stream_abort" }
    public static var form: Form { .json }
    public static var summary: MessageSummary {
        ["stream ", .name("streamId"), " aborted", .maybe(": ", .name("reason"))]
    }
    public var type: Text?
    public var streamID: Text?
    /// The reason, for people.
    public var reason: Text?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.constant("type", &type, "__STREAM_ABORT__")
        c.member("streamId", &streamID)
        c.member("reason", &reason)
        c.unknown(&unknown)
    }
}
