public import Wire

/// The header of a piece of a stream on a data channel. It belongs to the next binary message without another header.
public struct StreamChunk: Message {
    public static var name: StaticString { "peerpigeon.stream_chunk" }
    public static var form: Form { .json }
    public static var summary: MessageSummary {
        [
            "stream ", .name("streamId"), ", chunk ", .ordinal("chunkIndex"), .maybe(", ", .number("size"), " B"),
        ]
    }
    public var type: Text?
    public var streamID: Text?
    /// The index of the piece, from 0 up.
    public var chunkIndex: Int64?
    /// The number of bytes of the piece.
    public var size: Int64?
    /// The encoding of the piece: `binary`.
    public var encoding: Text?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.constant("type", &type, "__STREAM_CHUNK__")
        c.member("streamId", &streamID)
        c.member("chunkIndex", &chunkIndex)
        c.member("size", &size)
        c.member("encoding", &encoding)
        c.unknown(&unknown)
    }
}
