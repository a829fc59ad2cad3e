public import Wire

/// The end of a complete stream on a data channel.
public struct StreamEnd: Message {
    public static var name: StaticString { "peerpigeon.stream_end" }
    public static var form: Form { .json }
    public static var summary: MessageSummary {
        ["stream ", .name("streamId"), " ends", .maybe(" after ", .count("totalChunks", "chunk"))]
    }
    public var type: Text?
    public var streamID: Text?
    /// The number of pieces.
    public var totalChunks: Int64?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.constant("type", &type, "__STREAM_END__")
        c.member("streamId", &streamID)
        c.member("totalChunks", &totalChunks)
        c.unknown(&unknown)
    }
}
