public import Wire

/// The next binary message of a data channel that no other text announces is a piece of a stream.
public struct StreamChunk: Message {
    public static var name: StaticString { "peerpigeon.stream_chunk" }
    public static var form: Form { .json }
    public var type: Text?
    public var streamID: Text?
    /// From 0 up.
    public var chunkIndex: Int64?
    /// Bytes of the piece.
    public var size: Int64?
    /// How the piece is written: `binary`.
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
