public import Wire

/// What a data channel says once its frames are put together.
public enum ChannelMessage: Equatable, Sendable {
    /// A text that announces no bytes; not only JSON is passed on.
    case text([UInt8])
    /// A binary message of the application.
    case binary([UInt8])
    /// A stream begins, ends, or is given up.
    case streamInit(StreamInit)
    case streamEnd(StreamEnd)
    case streamAbort(StreamAbort)
    /// A piece of a stream.
    case streamChunk(StreamChunk, [UInt8])
}

/// Why a frame is dropped.
public enum ChannelFault: Error, Equatable, Sendable, CustomStringConvertible {
    /// No text announced these bytes.
    case unannounced(count: Int)
    /// Another number of bytes than announced.
    case size(announced: Int64, count: Int)
    /// A text of the framing is not as it has to be.
    case malformed(WireError)
    /// More announcements without bytes than `ChannelReader.limit`.
    case tooMany

    public var description: String {
        switch self {
        case .unannounced(let count): "\(count) bytes that no text announced"
        case .size(let announced, let count): "\(count) bytes where \(announced) were announced"
        case .malformed(let error): "\(error)"
        case .tooMany: "more than \(ChannelReader.limit) announcements without bytes"
        }
    }
}

/// Puts the frames of one direction of a data channel together. Texts that announce bytes may run ahead of these, in the
/// same order; all other texts pass them by.
public struct ChannelReader: Sendable {
    /// Announcements that wait for their bytes.
    public static let limit = 1024

    private enum Announcement {
        case binary(Int64?)
        case chunk(StreamChunk)
        /// Of a text that is wrong: the bytes are dropped with it.
        case none
    }
    private var announced: [Announcement] = []

    public init() {}

    /// What a frame completes; nil when it announces the next one.
    public mutating func receive(_ frame: ChannelFrame) throws(ChannelFault) -> ChannelMessage? {
        switch frame {
        case .text(let text): try receive(text)
        case .bytes(let bytes): try receive(bytes: bytes)
        }
    }
    private mutating func receive(_ text: [UInt8]) throws(ChannelFault) -> ChannelMessage? {
        var typed = Unrouted()
        guard typed.read(borrowing: text.span.bytes), case .text(let type)? = typed.type?.value(in: text.span.bytes)
        else { return .text(text) }
        switch type {
        case "__BINARY__":
            try announce(text) { (m: BinaryHeader) in .binary(m.size) }
            return nil
        case "__STREAM_CHUNK__":
            try announce(text) { (m: StreamChunk) in .chunk(m) }
            return nil
        case "__STREAM_INIT__": return .streamInit(try Self.read(text))
        case "__STREAM_END__": return .streamEnd(try Self.read(text))
        case "__STREAM_ABORT__": return .streamAbort(try Self.read(text))
        default: return .text(text)
        }
    }
    private mutating func announce<M: Message>(
        _ text: [UInt8], _ announcement: (M) -> Announcement
    ) throws(ChannelFault) {
        guard announced.count < Self.limit else { throw .tooMany }
        do {
            announced.append(announcement(try Self.read(text)))
        } catch {
            announced.append(.none)
            throw error
        }
    }
    private static func read<M: Message>(_ text: [UInt8]) throws(ChannelFault) -> M {
        do throws(WireError) { return try M(copying: text) } catch { throw .malformed(error) }
    }
    private mutating func receive(bytes: [UInt8]) throws(ChannelFault) -> ChannelMessage? {
        guard !announced.isEmpty else { throw .unannounced(count: bytes.count) }
        switch announced.removeFirst() {
        case .none: return nil
        case .binary(let size):
            try Self.check(size, bytes)
            return .binary(bytes)
        case .chunk(let header):
            try Self.check(header.size, bytes)
            return .streamChunk(header, bytes)
        }
    }
    /// A size that is not told is any.
    private static func check(_ size: Int64?, _ bytes: [UInt8]) throws(ChannelFault) {
        if let size, size != bytes.count { throw .size(announced: size, count: bytes.count) }
    }
}
