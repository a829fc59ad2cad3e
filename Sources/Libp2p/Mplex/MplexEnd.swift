public import Node
import Wire

/// One end of an mplex session. It ignores data for unknown streams, and for streams that the other side has ended. An
/// undecodable frame ends the session.
public struct MplexEnd: LayerEnd {
    private struct Stream {
        /// True if this side has ended its direction.
        var hasEnded = false
        /// True if the other side has ended its direction.
        var isHalfClosed = false
    }
    private let opener: Opener
    private let fault: Libp2pFault?
    private var streams: [ChannelID: Stream] = [:]
    private var nextStream: UInt64 = 0
    private var reader = UnitReader()
    private var isOver = false
    public private(set) var deadline: Instant?

    /// The maximum number of open streams. Further streams of the other side are reset.
    public static let streamLimit = 1024
    /// The maximum payload of a sent frame in bytes.
    public static let frameSize = 65_536

    /// Creates an end of a fresh session.
    public init(_ options: LayerOptions, fault: Libp2pFault? = nil) { (opener, self.fault) = (options.opener, fault) }
    public mutating func begin(now: Instant, _ turn: inout LayerTurn) {}

    /// Returns a side as layers name it: `us` is the side that opened the connection.
    private func side(_ who: Opener) -> Opener { opener == .us ? who : who.opposite }
    private func isOurs(_ channel: ChannelID) -> Bool { (channel.number & 1 == 0) == (opener == .us) }
    private func put(_ ours: MplexFlag, _ channel: ChannelID, data: [UInt8] = [], _ turn: inout LayerTurn) {
        // The flags of the side that did not open the stream are lower by one.
        let flag = isOurs(channel) || fault == .mplexFlagsSwapped ? ours : MplexFlag(rawValue: ours.rawValue - 1)
        MplexFrame(flag, stream: channel.number >> 1, data).encode(appendingTo: &turn.down)
    }
    public mutating func receive(
        _ bytes: RawSpan, now: Instant, _ up: inout LayerOutput, _ turn: inout LayerTurn
    ) -> Int {
        guard !isOver else { return bytes.byteCount }
        var at = 0
        var found: MplexFrame?
        switch reader.next(
            MplexFrame.self, in: bytes, at: &at,
            {
                found = try? MplexFrame(copying: $1); _ = $0
            })
        {
        case .needMore: break
        case .refused(let error):
            turn.events.append(Event("failed", nil, [.init("reason", .text(error.description))]))
            (isOver, turn.isOver) = (true, true)
            return bytes.byteCount
        case .unit: if let found { take(found, &up, &turn) }
        }
        return at
    }
    private mutating func take(_ frame: MplexFrame, _ up: inout LayerOutput, _ turn: inout LayerTurn) {
        let opener = frame.flag.isOfInitiator ? side(.them) : side(.us)
        guard var channel = MplexLayer.channel(frame.stream, by: opener) else { return }
        if fault == .mplexOneSpace, frame.flag != .newStream,
            let own = MplexLayer.channel(frame.stream, by: side(.us)), streams[own] != nil
        {
            channel = own
        }
        if fault == .mplexShortLimit, frame.data.count > Self.frameSize {
            return (isOver, turn.isOver) = (true, true)
        }
        switch frame.flag {
        case .newStream:
            guard streams[channel] == nil else { return }
            guard streams.count < Self.streamLimit else { return put(.resetInitiator, channel, &turn) }
            streams[channel] = Stream()
            up.append(.begins(channel, by: opener, speaks: LayerName.stream))
        case .messageInitiator, .messageReceiver:
            guard streams[channel]?.isHalfClosed == false, let data = frame.data.own, !data.isEmpty else { return }
            let start = up.made.count
            up.made += data
            up.append(.made(channel, start..<up.made.count, unit: 0..<0))
        case .closeInitiator, .closeReceiver:
            guard let stream = streams[channel], !stream.isHalfClosed else { return }
            streams[channel]?.isHalfClosed = true
            up.append(.ends(channel, by: side(.them)))
            if stream.hasEnded { streams[channel] = nil }
        default:
            guard streams.removeValue(forKey: channel) != nil else { return }
            for who in [Opener.them, .us] { up.append(.ends(channel, by: side(who), isReset: true)) }
        }
    }
    public mutating func open(
        _ wanted: String, now: Instant, _ up: inout LayerOutput, _ turn: inout LayerTurn
    ) -> ChannelID? {
        guard !isOver, streams.count < Self.streamLimit,
            let channel = MplexLayer.channel(nextStream, by: side(.us))
        else { return nil }
        MplexFrame(.newStream, stream: nextStream, Array(String(nextStream).utf8)).encode(appendingTo: &turn.down)
        nextStream += 1
        streams[channel] = Stream()
        up.append(.begins(channel, by: side(.us), speaks: LayerName.stream))
        return channel
    }
    public mutating func send(
        _ bytes: RawSpan, kind: UInt8, on channel: ChannelID, now: Instant, _ turn: inout LayerTurn
    ) {
        guard streams[channel]?.hasEnded == false else { return }
        var at = 0
        while at < bytes.byteCount {
            let count = min(Self.frameSize, bytes.byteCount - at)
            put(.messageInitiator, channel, data: [UInt8](bytes.extracting(at..<at + count)), &turn)
            at += count
        }
    }
    public mutating func close(
        _ channel: ChannelID, isReset: Bool, now: Instant, _ turn: inout LayerTurn
    ) -> Bool {
        guard let stream = streams[channel] else { return true }
        if isReset {
            streams[channel] = nil
            put(.resetInitiator, channel, &turn)
        } else if !stream.hasEnded {
            put(.closeInitiator, channel, &turn)
            streams[channel]?.hasEnded = true
            if stream.isHalfClosed { streams[channel] = nil }
        }
        return true
    }
    /// Ends the session. mplex has no message for it.
    public mutating func close(with status: CloseStatus?, now: Instant, _ turn: inout LayerTurn) {
        (isOver, turn.isOver) = (true, true)
    }
    public mutating func closed(now: Instant, _ turn: inout LayerTurn) { isOver = true }
    public mutating func wake(now: Instant, _ turn: inout LayerTurn) {}
}
