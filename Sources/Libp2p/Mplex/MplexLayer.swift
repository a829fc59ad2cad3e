public import Node
import Wire

/// A decoder of both directions of an mplex session. A channel is a stream. Its number is twice the stream's number,
/// plus one if the stream was opened by the side that did not open the connection.
public struct MplexLayer: Layer {
    private var streams: [ChannelID: Set<Opener>] = [:]
    /// True if the beginning of the session is missing. Its streams then begin with their first data.
    public private(set) var lacksName = false
    /// True if bytes are missing. After them, a frame is looked for where a segment begins.
    public private(set) var resumesAtSegments = false

    /// The maximum number of open streams. Further ones are not decoded.
    public static let streamLimit = 65_536

    /// Creates a decoder of a fresh session.
    public init() {}

    /// Returns the channel of a stream; nil if its number leaves no room for the bit of its opener.
    static func channel(_ stream: UInt64, by opener: Opener) -> ChannelID? {
        stream >> 61 == 0 ? ChannelID(stream << 1 | (opener == .us ? 0 : 1)) : nil
    }
    public mutating func next(_ bytes: RawSpan, from side: Opener, into output: inout LayerOutput) -> LayerStep {
        switch MplexFrame.prefix(of: bytes) {
        case .needMore(let count): return .needMore(count)
        case .refused(let error): return .refused(error)
        case .message(let frame, let length):
            let opener = frame.flag.isOfInitiator ? side : side.opposite
            if let channel = Self.channel(frame.stream, by: opener) {
                carry(frame, channel, length, from: side, into: &output)
            }
            return .unit(MplexFrame.self, length: length)
        }
    }
    public func announced(by bytes: RawSpan, from side: Opener) -> Announcement? {
        // The length of the data is the second number.
        guard let (_, start) = Varint.read(bytes) else { return nil }
        let length = Varint.announced(by: bytes.extracting(start...))
        return Announcement(MplexFrame.self, length: length.map { start &+ $0 })
    }
    public mutating func lose(_ side: Opener) { resumesAtSegments = true }
    public mutating func assume(_ speaks: String) { lacksName = true }
    /// Returns true if frames of open streams may fill the bytes. The last one may be incomplete. If the beginning of
    /// the session is missing, any stream may be open, but the first frame must be whole.
    public func mayResume(at bytes: RawSpan, from side: Opener) -> Bool {
        var at = 0
        while at < bytes.byteCount {
            let rest = bytes.extracting(at...)
            let isOpen = isOpen(rest, from: side)
            guard isOpen || lacksName, Self.isPlausible(rest) else { return false }
            switch MplexFrame.prefix(of: rest) {
            case .needMore: return isOpen || at > 0
            case .refused: return false
            case .message(_, let length): at &+= length
            }
        }
        return true
    }
    /// Returns false if the frame at the front is one of a stream that did not begin.
    private func isOpen(_ front: RawSpan, from side: Opener) -> Bool {
        guard let (header, _) = Varint.read(front) else { return !lacksName }
        let flag = MplexFlag(rawValue: UInt8(header & 7))
        if flag == .newStream { return !lacksName }
        let channel = Self.channel(header >> 3, by: flag.isOfInitiator ? side : side.opposite)
        return channel.map { streams[$0] != nil } ?? false
    }
    /// Returns true if the amount of data fits the flag: messages have data, and the end of a stream has none.
    private static func isPlausible(_ front: RawSpan) -> Bool {
        guard let (header, size) = Varint.read(front), let (count, _) = Varint.read(front.extracting(size...)) else {
            return true
        }
        return switch MplexFlag(rawValue: UInt8(header & 7)) {
        case .newStream: true
        case .messageInitiator, .messageReceiver: count > 0
        default: count == 0
        }
    }
    private mutating func carry(
        _ frame: MplexFrame, _ channel: ChannelID, _ length: Int, from side: Opener, into output: inout LayerOutput
    ) {
        if frame.flag == .newStream {
            guard streams[channel] == nil, streams.count < Self.streamLimit else { return }
            streams[channel] = []
            return output.append(.begins(channel, by: side, speaks: LayerName.stream))
        }
        if streams[channel] == nil, lacksName, frame.data.count > 0, streams.count < Self.streamLimit {
            streams[channel] = []
            output.append(.begins(channel, by: frame.flag.isOfInitiator ? side : side.opposite, speaks: ""))
        }
        guard let ended = streams[channel] else { return }
        switch frame.flag {
        case .messageInitiator, .messageReceiver:
            if frame.data.count > 0 { output.append(.lent(channel, length - frame.data.count..<length)) }
        case .closeInitiator, .closeReceiver:
            guard !ended.contains(side) else { return }
            output.append(.ends(channel, by: side))
            streams[channel] = ended.isEmpty ? [side] : nil
        default:
            for by in [side, side.opposite] where !ended.contains(by) {
                output.append(.ends(channel, by: by, isReset: true))
            }
            streams[channel] = nil
        }
    }
}
