import Node
import Wire

/// An observer of a yamux session. It judges the ids of streams, the fields of frames, and whether windows are
/// respected.
struct YamuxObserver: Observer {
    /// One direction of a stream.
    private struct Side {
        /// The number of bytes that may still be sent, as far as was seen.
        var window = YamuxEnd.window
        var hasEnded = false
        /// True if the side has sent an ACK, data or a window on the stream.
        var hasSpoken = false
    }
    private struct Stream {
        var opener: Opener
        var us = Side()
        var them = Side()
        /// True if a breach of the window was already reported.
        var isTold = false
        subscript(_ side: Opener) -> Side {
            get { side == .us ? us : them }
            set { if side == .us { us = newValue } else { them = newValue } }
        }
    }
    /// Streams whose beginning was seen, without missing bytes since.
    private var streams: [UInt32: Stream] = [:]
    /// The values of unanswered pings and their counts, by the side that must answer.
    private var pings: [Opener: [UInt32: Int]] = [:]
    private var pingCount = 0
    private var isUnsure = false

    /// The maximum number of unanswered pings. After that, answers are not judged.
    private static let pingLimit = 4096

    mutating func miss() {
        isUnsure = true
        streams = [:]
        pings = [:]
    }
    mutating func observe(
        _ type: any Message.Type, _ bytes: RawSpan, isGood: Bool, from sender: Opener, at time: Instant,
        into findings: inout [Finding]
    ) {
        var frame = YamuxFrame()
        guard isGood, type is YamuxFrame.Type, frame.read(borrowing: bytes) else { return }
        if frame.version != 0 { return tell(.gs21, "version", "version \(frame.version)", into: &findings) }
        switch frame.type {
        case .data, .windowUpdate: onStream(frame, sender, into: &findings)
        case .ping: ping(frame, sender, into: &findings)
        case .goAway: if frame.stream != 0 { tell(.gs22, "stream", "a go-away of a stream", into: &findings) }
        default: tell(.gs21, "type", "type \(frame.type.rawValue)", into: &findings)
        }
    }
    private mutating func ping(_ frame: YamuxFrame, _ sender: Opener, into findings: inout [Finding]) {
        if frame.stream != 0 { tell(.gs22, "stream", "a ping of a stream", into: &findings) }
        let value = frame.length.value
        if frame.flags & YamuxFlags.syn != 0 {
            guard pingCount < Self.pingLimit else { return isUnsure = true }
            pings[sender.opposite, default: [:]][value, default: 0] += 1
            pingCount += 1
        } else if frame.flags & YamuxFlags.ack != 0, !isUnsure {
            guard let count = pings[sender]?[value] else {
                return tell(.gs25, "length", "nobody asked with \(value), or it was answered", into: &findings)
            }
            pings[sender]?[value] = count > 1 ? count - 1 : nil
            pingCount -= 1
        }
    }
    private mutating func onStream(_ frame: YamuxFrame, _ sender: Opener, into findings: inout [Finding]) {
        let id = frame.stream
        guard id != 0 else { return tell(.gs22, "stream", "the session has no data and no window", into: &findings) }
        if frame.flags & YamuxFlags.syn != 0 {
            if (id % 2 == 1) != (sender == .us) {
                tell(.gs22, "stream", "an id of the other side", into: &findings)
            }
            // A SYN of an open stream means nothing. If frames are missing, any frame of a stream may be missing.
            guard !isUnsure, streams[id] == nil, streams.count < YamuxLayer.streamLimit else { return }
            streams[id] = Stream(opener: sender)
        }
        guard var stream = streams[id] else { return }
        let isAnswer = frame.flags & (YamuxFlags.ack | YamuxFlags.rst) != 0
        // A side may delay the ACK until it has data. A side that only ends its direction never has to send it.
        let needsACK = frame.payload.count > 0 || frame.type == .windowUpdate && frame.length.value > 0
        if sender != stream.opener, !stream[sender].hasSpoken, !isAnswer, needsACK {
            tell(.gs23, "flags", "no ACK of the stream before", into: &findings)
        }
        if isAnswer || needsACK { stream[sender].hasSpoken = true }
        if frame.type == .windowUpdate {
            stream[sender.opposite].window += Int(frame.length.value)
        } else if frame.payload.count > 0 {
            if stream[sender].hasEnded { tell(.gs28, "payload", "its FIN was before", into: &findings) }
            stream[sender].window -= frame.payload.count
            if stream[sender].window < 0, !stream.isTold {
                stream.isTold = true
                tell(.gs26, "payload", "\(-stream[sender].window) bytes beyond the window", into: &findings)
            }
        }
        if frame.flags & YamuxFlags.fin != 0 { stream[sender].hasEnded = true }
        let isOver = frame.flags & YamuxFlags.rst != 0 || stream.us.hasEnded && stream.them.hasEnded
        streams[id] = isOver ? nil : stream
    }
    private func tell(_ rule: Libp2pRule, _ path: String, _ text: String, into findings: inout [Finding]) {
        findings.append(Finding(rule.severity, of: rule, path: path, text))
    }
}
