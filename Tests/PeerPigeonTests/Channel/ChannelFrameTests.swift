import Testing
import Wire

@testable import PeerPigeon

/// The framing of a data channel (HUB-89).
struct ChannelFrameTests {
    private static func texts(_ frames: [ChannelFrame]) -> [String] {
        frames.map {
            switch $0 {
            case .text(let text): String(decoding: text, as: UTF8.self)
            case .bytes(let bytes): "\(bytes.count)"
            }
        }
    }
    @Test(arguments: [
        (Int.min, 4096), (-1, 4096), (0, 4096), (4095, 4096), (4096, 4096), (4097, 4097), (16384, 16384),
        (65535, 65535),
        (65536, 65536), (65537, 65536), (Int.max, 65536),
    ]) func chunkSize(_ asked: Int, _ got: Int) { #expect(ChunkSize(asked).bytes == got) }
    @Test func chunkSizeOfNobody() {
        #expect(ChunkSize().bytes == 16384 && ChunkSize().pauses == 524_288 && ChunkSize().resumes == 131_072)
    }
    @Test func binaryIsWritten() {
        #expect(Self.texts(ChannelFrame.binary([1, 2, 3])) == [#"{"type":"__BINARY__","size":3}"#, "3"])
        #expect(Self.texts(ChannelFrame.binary([])) == [#"{"type":"__BINARY__","size":0}"#, "0"])
    }
    @Test func streamIsWritten() throws {
        let metadata = JSONValue(bytes: Bytes(Array(#"{"name":"x"}"#.utf8)))
        let frames = ChannelFrame.stream(
            "s", metadata: metadata, Array(0..<200) + Array(repeating: 7, count: 4000), chunk: ChunkSize(0))
        #expect(
            Self.texts(frames) == [
                #"{"type":"__STREAM_INIT__","streamId":"s","metadata":{"name":"x"}}"#,
                #"{"type":"__STREAM_CHUNK__","streamId":"s","chunkIndex":0,"size":4096,"encoding":"binary"}"#, "4096",
                #"{"type":"__STREAM_CHUNK__","streamId":"s","chunkIndex":1,"size":104,"encoding":"binary"}"#, "104",
                #"{"type":"__STREAM_END__","streamId":"s","totalChunks":2}"#,
            ])
        #expect(
            Self.texts(ChannelFrame.stream("s", [])) == [
                #"{"type":"__STREAM_INIT__","streamId":"s"}"#,
                #"{"type":"__STREAM_END__","streamId":"s","totalChunks":0}"#,
            ])
        #expect(
            Self.texts([ChannelFrame.abort("s", "no \"more\"")]) == [
                #"{"type":"__STREAM_ABORT__","streamId":"s","reason":"no \"more\""}"#
            ])
    }
    /// The written stream can be read, piece by piece.
    @Test(arguments: [0, 1, 4095, 4096, 4097, 12288, 65537]) func streamIsRead(_ count: Int) throws {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        var (reader, whole, ended) = (ChannelReader(), [UInt8](), false)
        for frame in ChannelFrame.stream("a", bytes, chunk: ChunkSize(4096)) {
            switch try reader.receive(frame) {
            case .streamChunk(let header, let piece)?:
                #expect(header.streamID == "a" && header.chunkIndex == Int64(whole.count / 4096))
                whole += piece
            case .streamEnd(let end)?:
                #expect(end.totalChunks == Int64((count + 4095) / 4096))
                ended = true
            case .streamInit?, nil: break
            case let other?: #expect(Bool(false), "\(other)")
            }
        }
        #expect(whole == bytes && ended)
    }
    private static func text(_ s: String) -> ChannelFrame { .text(Array(s.utf8)) }

    @Test func binaryIsRead() throws {
        var reader = ChannelReader()
        for bytes in [[], [0], Array(repeating: 9, count: 70_000)] as [[UInt8]] {
            let frames = ChannelFrame.binary(bytes)
            #expect(try reader.receive(frames[0]) == nil)
            // Other texts do not affect the announced bytes.
            #expect(try reader.receive(Self.text("{}")) == .text(Array("{}".utf8)))
            #expect(try reader.receive(frames[1]) == .binary(bytes))
        }
        // Several announcements may precede their bytes. The bytes arrive in the same order.
        _ = try reader.receive(Self.text(#"{"type":"__BINARY__","size":1}"#))
        _ = try reader.receive(
            Self.text(#"{"type":"__STREAM_CHUNK__","streamId":"s","chunkIndex":0,"size":2,"encoding":"binary"}"#))
        #expect(try reader.receive(.bytes([1])) == .binary([1]))
        guard case .streamChunk(let header, [1, 2])? = try reader.receive(.bytes([1, 2])) else {
            return #expect(Bool(false))
        }
        #expect(header.size == 2)
        // A missing size allows any size.
        _ = try reader.receive(Self.text(#"{"type":"__BINARY__"}"#))
        #expect(try reader.receive(.bytes([5, 6])) == .binary([5, 6]))
    }
    @Test(arguments: [
        "", "{", "null", "[]", "hello", #"{"type":5}"#, #"{"type":"chat"}"#, #"{"type":"__binary__","size":1}"#,
        #"{"type":"__STREAM_OTHER__"}"#,
    ]) func otherTexts(_ text: String) throws {
        var reader = ChannelReader()
        #expect(try reader.receive(Self.text(text)) == .text(Array(text.utf8)))
    }
    @Test func faults() throws {
        var reader = ChannelReader()
        #expect(throws: ChannelFault.unannounced(count: 2)) { try reader.receive(.bytes([1, 2])) }
        _ = try reader.receive(Self.text(#"{"type":"__BINARY__","size":3}"#))
        #expect(throws: ChannelFault.size(announced: 3, count: 2)) { try reader.receive(.bytes([1, 2])) }
        // The error ends with its bytes.
        _ = try reader.receive(Self.text(#"{"type":"__BINARY__","size":1}"#))
        #expect(try reader.receive(.bytes([1])) == .binary([1]))
        // Bytes belong to the text that announced them, even if the text is wrong.
        #expect(throws: ChannelFault.self) { try reader.receive(Self.text(#"{"type":"__BINARY__","size":"3"}"#)) }
        _ = try reader.receive(Self.text(#"{"type":"__BINARY__","size":1}"#))
        #expect(try reader.receive(.bytes([1, 2, 3])) == nil)
        #expect(try reader.receive(.bytes([4])) == .binary([4]))
        #expect(throws: ChannelFault.self) {
            try reader.receive(Self.text(#"{"type":"__STREAM_END__","totalChunks":1.5}"#))
        }
    }
    @Test func announcementsAreBounded() throws {
        var reader = ChannelReader()
        let header = Self.text(#"{"type":"__BINARY__","size":0}"#)
        for _ in 0..<ChannelReader.limit { _ = try reader.receive(header) }
        #expect(throws: ChannelFault.tooMany) { try reader.receive(header) }
        #expect(try reader.receive(.bytes([])) == .binary([]))
        #expect(try reader.receive(header) == nil)
    }
}
