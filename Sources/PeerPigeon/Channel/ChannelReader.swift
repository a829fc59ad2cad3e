public import Wire

/// A message of a data channel, assembled from its frames.
public enum ChannelMessage: Equatable, Sendable {
    /// A text that announces no bytes. Texts that are not JSON are passed on too.
    case text([UInt8])
    /// A binary message of the application.
    case binary([UInt8])
    /// The beginning, the end, or the abort of a stream.
    case streamInit(StreamInit)
    case streamEnd(StreamEnd)
    case streamAbort(StreamAbort)
    /// A piece of a stream.
    case streamChunk(StreamChunk, [UInt8])
}

/// The reason why a frame is dropped.
public enum ChannelFault: Error, Equatable, Sendable, CustomStringConvertible {
    /// Bytes that no text announced.
    case unannounced(count: Int)
    /// A number of bytes that differs from the announced number.
    case size(announced: Int64, count: Int)
    /// A malformed text of the framing.
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

/// A reader that assembles the frames of one direction of a data channel. Texts that announce bytes may precede the
/// bytes by several frames, in the same order; all other texts are passed on at once.
public struct ChannelReader: Sendable {
    /// The maximum number of announcements that wait for their bytes.
    public static let limit = 1024

    private enum Announcement {
        case binary(Int64?)
        case chunk(StreamChunk)
        /// The announcement in a malformed text: its bytes are dropped too.
        case none
    }
    private var announced: [Announcement] = []

    public init() {}

    /// Returns the message that a frame completes; nil if the frame announces the next one.
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
        let kind = ChannelMessages.type(named: type)
        if kind == BinaryHeader.self {
            try announce(text) { (m: BinaryHeader) in .binary(m.size) }
            return nil
        }
        if kind == StreamChunk.self {
            try announce(text) { (m: StreamChunk) in .chunk(m) }
            return nil
        }
        if kind == StreamInit.self { return .streamInit(try Self.read(text)) }
        if kind == StreamEnd.self { return .streamEnd(try Self.read(text)) }
        return kind == StreamAbort.self ? .streamAbort(try Self.read(text)) : .text(text)
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
    /// Checks a size. A missing size allows any number of bytes.
    private static func check(_ size: Int64?, _ bytes: [UInt8]) throws(ChannelFault) {
        if let size, size != bytes.count { throw .size(announced: size, count: bytes.count) }
    }
}
