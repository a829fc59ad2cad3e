public import Wire

/// One message of a data channel, unchanged.
public enum ChannelFrame: Equatable, Sendable {
    /// A text in UTF-8.
    case text([UInt8])
    case bytes([UInt8])

    /// Returns the two frames of a binary message of the application.
    public static func binary(_ bytes: [UInt8]) -> [ChannelFrame] {
        var header = BinaryHeader()
        header.type = "__BINARY__"
        header.size = Int64(bytes.count)
        return [.text(header.encoded()), .bytes(bytes)]
    }
    /// Returns the frames of a stream of bytes: its beginning, two frames for each piece, and its end.
    public static func stream(
        _ id: String, metadata: JSONValue? = nil, _ bytes: [UInt8], chunk: ChunkSize = ChunkSize()
    ) -> [ChannelFrame] {
        var first = StreamInit()
        (first.type, first.streamID, first.metadata) = ("__STREAM_INIT__", Text(id), metadata)
        var frames: [ChannelFrame] = [.text(first.encoded())]
        var count: Int64 = 0
        for start in stride(from: 0, to: bytes.count, by: chunk.bytes) {
            let piece = Array(bytes[start..<min(start + chunk.bytes, bytes.count)])
            var header = StreamChunk()
            (header.type, header.streamID, header.chunkIndex) = ("__STREAM_CHUNK__", Text(id), count)
            (header.size, header.encoding) = (Int64(piece.count), "binary")
            frames += [.text(header.encoded()), .bytes(piece)]
            count += 1
        }
        var last = StreamEnd()
        (last.type, last.streamID, last.totalChunks) = ("__STREAM_END__", Text(id), count)
        return frames + [.text(last.encoded())]
    }
    /// Returns the frame that aborts a stream.
    public static func abort(_ id: String, _ reason: String) -> ChannelFrame {
        var message = StreamAbort()
        (message.type, message.streamID, message.reason) = ("__STREAM_ABORT__", Text(id), Text(reason))
        return .text(message.encoded())
    }
}
