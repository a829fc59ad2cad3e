public import Node
import Wire

/// One end of a yamux session. Streams of the side that opened the connection have odd ids.
///
/// Data that it passes up count as read: the window is granted anew once half of it is used. If the other side breaks
/// the rules, the session ends with a go-away of code 1. Breaches are: an unknown version or type, data or window of
/// the session itself, a new stream with an id of the wrong side or of an open stream, and more data than the window.
/// Data for unknown streams are ignored, because such a stream may just have been reset.
public struct YamuxEnd: LayerEnd {
    private let opener: Opener
    private let fault: Libp2pFault?
    private var streams: [UInt32: YamuxStream] = [:]
    private var nextID: UInt32
    /// The received part of an incomplete header.
    private var header: [UInt8] = []
    /// The number of missing payload bytes of a data frame, and its stream.
    private var (payload, payloadStream): (Int, UInt32) = (0, 0)
    /// The flags of a data frame, which take effect after its payload.
    private var payloadFlags: UInt16 = 0
    private var isOver = false
    /// True if the other side accepts no new streams.
    private var isGoingAway = false
    /// Streams that are not accepted yet, if a fault delays the acceptance.
    private var unanswered: Set<UInt32> = []
    public private(set) var deadline: Instant?

    /// The number of bytes that a side may send on a fresh stream.
    public static let window = 262_144
    /// The maximum payload of a sent data frame in bytes.
    public static let frameSize = 65_536
    /// The maximum number of streams that are open and not accepted (libp2p specs, yamux).
    public static let unacceptedLimit = 256
    /// The maximum number of open streams of the other side. Further streams are reset.
    public static let inwardLimit = 1024
    /// The maximum number of bytes that wait for the other side's window. More bytes reset the stream.
    public static let waitingLimit = 16 << 20
    /// The largest window that is used.
    private static let largestWindow = 1 << 30

    /// Creates an end of a fresh session.
    public init(_ options: LayerOptions, fault: Libp2pFault? = nil) {
        (opener, self.fault) = (options.opener, fault)
        nextID = (options.opener == .us) == (fault != .yamuxParity) ? 1 : 2
    }
    public mutating func begin(now: Instant, _ turn: inout LayerTurn) {}

    // From bytes to streams

    public mutating func receive(
        _ bytes: RawSpan, now: Instant, _ up: inout LayerOutput, _ turn: inout LayerTurn
    ) -> Int {
        guard !isOver else { return bytes.byteCount }
        if payload > 0 {
            let count = min(payload, bytes.byteCount)
            payload -= count
            let isLost = fault == .yamuxFinDataLost && payloadFlags & YamuxFlags.fin != 0
            if streams[payloadStream]?.isHalfClosed == false, !unanswered.contains(payloadStream), !isLost {
                up.append(.lent(ChannelID(UInt64(payloadStream)), 0..<count))
                use(count, of: payloadStream, &turn)
            }
            if payload == 0 { finish(payloadStream, flags: payloadFlags, into: &up, in: &turn) }
            return count
        }
        let count = min(YamuxFrame.headerSize - header.count, bytes.byteCount)
        header.append(bytes.extracting(0..<count))
        guard header.count == YamuxFrame.headerSize else { return count }
        let whole = header
        header.removeAll(keepingCapacity: true)
        whole.withUnsafeBytes {
            take(
                $0[0], YamuxType(rawValue: $0[1]),
                flags: $0.loadUnaligned(fromByteOffset: 2, as: UInt16.self).bigEndian,
                on: $0.loadUnaligned(fromByteOffset: 4, as: UInt32.self).bigEndian,
                value: $0.loadUnaligned(fromByteOffset: 8, as: UInt32.self).bigEndian, at: now, into: &up, in: &turn)
        }
        return count
    }
    private mutating func take(
        _ version: UInt8, _ type: YamuxType, flags: UInt16, on id: UInt32, value: UInt32, at now: Instant,
        into up: inout LayerOutput, in turn: inout LayerTurn
    ) {
        guard version == 0 || fault == .yamuxVersionIgnored else { return fail("version \(version)", &turn) }
        switch type {
        case .ping:
            guard flags & YamuxFlags.syn != 0 || fault == .yamuxPingAnswersAnswer else { return }
            if fault != .yamuxPingUnanswered {
                put(.ping, flags: YamuxFlags.ack, on: 0, value: fault == .yamuxPingZero ? 0 : value, in: &turn)
            }
        case .goAway:
            isGoingAway = true
            turn.events.append(Event("go_away", nil, [.init("code", .uint(UInt64(value)))]))
        case .data, .windowUpdate:
            guard id != 0 else { return fail("the other side sends data on stream 0", &turn) }
            if flags & YamuxFlags.syn != 0, !begin(id, at: now, into: &up, in: &turn) { return }
            if flags & YamuxFlags.ack != 0 { streams[id]?.isAccepted = true }
            if type == .data {
                guard value <= streams[id]?.inward ?? Int(YamuxLayer.payloadLimit) || fault == .yamuxOverflowTaken
                else {
                    return fail("the other side sends more data than the window", &turn)
                }
                streams[id]?.inward -= Int(value)
                (payload, payloadStream, payloadFlags) = (Int(value), id, flags)
                if value > 0 { return }
            } else if let stream = streams[id] {
                streams[id]?.outward = min(Self.largestWindow, stream.outward + Int(value))
                flush(id, &turn)
            }
            finish(id, flags: flags, into: &up, in: &turn)
        default: if fault != .yamuxTypeIgnored { fail("type \(type.rawValue)", &turn) }
        }
    }
    /// Handles a new stream of the other side. Returns false if the stream breaks the rules.
    private mutating func begin(
        _ id: UInt32, at now: Instant, into up: inout LayerOutput, in turn: inout LayerTurn
    ) -> Bool {
        let isTheirs = (id % 2 == 0) == (opener == .us)
        guard isTheirs || fault == .yamuxParityNotChecked || fault == .yamuxParity else {
            fail("the other side opens a stream with an id of this side", &turn)
            return false
        }
        guard streams[id] == nil else {
            if fault == .yamuxDuplicateTaken { return true }
            fail("the other side opens a stream that is already open", &turn)
            return false
        }
        let count = streams.values.lazy.filter { $0.opener == .them }.count
        guard count < Self.inwardLimit || fault == .yamuxFloodTaken else {
            put(.windowUpdate, flags: YamuxFlags.rst, on: id, value: 0, in: &turn)
            return true
        }
        streams[id] = YamuxStream(by: .them)
        if fault == .yamuxEarlyDataLost {
            unanswered.insert(id)
            deadline = deadline ?? now + Self.lateAnswer
        } else if fault != .yamuxNoAck {
            put(.windowUpdate, flags: YamuxFlags.ack, on: id, value: 0, in: &turn)
        }
        up.append(.begins(ChannelID(UInt64(id)), by: side(.them), speaks: LayerName.stream))
        return true
    }
    /// The delay of the acceptance with the fault `yamuxEarlyDataLost`.
    private static let lateAnswer = Duration.milliseconds(50)
    /// Returns a side as layers name it: `us` is the side that opened the connection.
    private func side(_ who: Opener) -> Opener { opener == .us ? who : who.opposite }
    /// Handles the flags that take effect after the content of a frame.
    private mutating func finish(_ id: UInt32, flags: UInt16, into up: inout LayerOutput, in turn: inout LayerTurn) {
        guard let stream = streams[id] else { return }
        let channel = ChannelID(UInt64(id))
        if flags & YamuxFlags.rst != 0 {
            streams[id] = nil
            for who in [Opener.them, .us] { up.append(.ends(channel, by: side(who), isReset: true)) }
        } else if flags & YamuxFlags.fin != 0, !stream.isHalfClosed {
            streams[id]?.isHalfClosed = true
            up.append(.ends(channel, by: side(.them)))
            if stream.hasEnded { streams[id] = nil }
            if fault == .yamuxFinEndsBoth, !stream.hasEnded {
                put(.windowUpdate, flags: YamuxFlags.fin, on: id, value: 0, in: &turn)
                streams[id] = nil
                up.append(.ends(channel, by: side(.us)))
            }
        }
    }
    /// Grants window for bytes that were passed up.
    private mutating func use(_ count: Int, of id: UInt32, _ turn: inout LayerTurn) {
        guard let stream = streams[id], stream.inward <= Self.window / 2, fault != .yamuxNoGrant else { return }
        put(.windowUpdate, flags: 0, on: id, value: UInt32(Self.window - stream.inward), in: &turn)
        streams[id]?.inward = Self.window
    }
    private mutating func fail(_ why: String, _ turn: inout LayerTurn) {
        turn.events.append(Event("failed", nil, [.init("reason", .text(why))]))
        put(.goAway, flags: 0, on: 0, value: fault == .yamuxGoAwayNormal ? 0 : 1, in: &turn)
        (isOver, turn.isOver) = (true, true)
        streams = [:]
    }

    // From streams to bytes

    private func put(_ type: YamuxType, flags: UInt16, on id: UInt32, value: UInt32, in turn: inout LayerTurn) {
        YamuxFrame(type, flags: flags, stream: id, length: value).encode(appendingHeaderTo: &turn.down)
    }
    public mutating func open(
        _ wanted: String, now: Instant, _ up: inout LayerOutput, _ turn: inout LayerTurn
    ) -> ChannelID? {
        let unaccepted = streams.values.lazy.filter { !$0.isAccepted }.count
        guard !isOver, !isGoingAway, unaccepted < Self.unacceptedLimit, nextID <= UInt32.max - 2 else { return nil }
        let id = nextID
        nextID += 2
        streams[id] = YamuxStream(by: .us)
        put(.windowUpdate, flags: YamuxFlags.syn, on: id, value: 0, in: &turn)
        let channel = ChannelID(UInt64(id))
        up.append(.begins(channel, by: side(.us), speaks: LayerName.stream))
        return channel
    }
    public mutating func send(
        _ bytes: RawSpan, kind: UInt8, on channel: ChannelID, now: Instant, _ turn: inout LayerTurn
    ) {
        guard let id = UInt32(exactly: channel.number), let stream = streams[id], !stream.isEnding else { return }
        if fault == .yamuxWindowIgnored { return put(bytes, on: id, &turn) }
        guard stream.waiting.isEmpty, stream.outward >= bytes.byteCount else {
            guard stream.waiting.count + bytes.byteCount <= Self.waitingLimit else {
                _ = close(channel, isReset: true, now: now, &turn)
                return
            }
            streams[id]?.waiting.append(bytes)
            return flush(id, &turn)
        }
        streams[id]?.outward -= bytes.byteCount
        put(bytes, on: id, &turn)
    }
    private func put(_ bytes: RawSpan, on id: UInt32, _ turn: inout LayerTurn) {
        var at = 0
        while at < bytes.byteCount {
            let count = min(Self.frameSize, bytes.byteCount - at)
            put(.data, flags: 0, on: id, value: UInt32(count), in: &turn)
            turn.down.append(bytes.extracting(at..<at + count))
            at += count
        }
    }
    /// Sends as many waiting bytes as the window allows. After the last of them, it ends the direction if this side has
    /// ended it.
    private mutating func flush(_ id: UInt32, _ turn: inout LayerTurn) {
        guard var stream = streams.removeValue(forKey: id) else { return }
        let count = min(stream.waiting.count, stream.outward)
        if count > 0 {
            put(stream.waiting.span.bytes.extracting(0..<count), on: id, &turn)
            stream.waiting.removeFirst(count)
            stream.outward -= count
        }
        if stream.isEnding, stream.waiting.isEmpty, !stream.hasEnded {
            put(.windowUpdate, flags: YamuxFlags.fin, on: id, value: 0, in: &turn)
            stream.hasEnded = true
        }
        if !(stream.hasEnded && stream.isHalfClosed) { streams[id] = stream }
    }
    public mutating func close(
        _ channel: ChannelID, isReset: Bool, now: Instant, _ turn: inout LayerTurn
    ) -> Bool {
        guard let id = UInt32(exactly: channel.number), streams[id] != nil else { return true }
        if isReset {
            streams[id] = nil
            put(.windowUpdate, flags: YamuxFlags.rst, on: id, value: 0, in: &turn)
        } else {
            streams[id]?.isEnding = true
            flush(id, &turn)
        }
        return true
    }
    /// Sends a go-away with the code of the status, or 0 without a status.
    public mutating func close(with status: CloseStatus?, now: Instant, _ turn: inout LayerTurn) {
        guard !isOver else { return }
        put(.goAway, flags: 0, on: 0, value: UInt32(status?.code ?? 0), in: &turn)
        (isOver, turn.isOver) = (true, true)
    }
    public mutating func closed(now: Instant, _ turn: inout LayerTurn) { isOver = true }
    public mutating func wake(now: Instant, _ turn: inout LayerTurn) {
        guard let due = deadline, due <= now else { return }
        deadline = nil
        for id in unanswered.sorted() { put(.windowUpdate, flags: YamuxFlags.ack, on: id, value: 0, in: &turn) }
        unanswered = []
    }
}

extension YamuxFrame {
    /// Appends the header alone, with the length that is stored.
    func encode(appendingHeaderTo out: inout [UInt8]) {
        out.append(version)
        out.append(type.rawValue)
        for shift in [8, 0] as [UInt16] { out.append(UInt8(truncatingIfNeeded: flags >> shift)) }
        for shift in [24, 16, 8, 0] as [UInt32] { out.append(UInt8(truncatingIfNeeded: stream >> shift)) }
        for shift in [24, 16, 8, 0] as [UInt32] { out.append(UInt8(truncatingIfNeeded: length.value >> shift)) }
    }
}
