import Node
import Wire

/// One end of identify. The side that accepted the stream sends its identify data, and nothing more. The receiving end
/// reports an event for each message, because the data may be split into several messages. Each event holds the data
/// received so far.
struct IdentifyEnd: LayerEnd {
    private let opener: Opener
    private let content: IdentifyContent
    private let isPush: Bool
    private let fault: Libp2pFault?
    private var reader = UnitReader()
    private var said = Identified()
    private var messages = 0
    private var isOver = false
    private(set) var deadline: Instant?

    /// The maximum number of messages for the data of one side (go-libp2p).
    static let messageLimit = 10

    /// `content`: the identify data of this side. `isPush`: the side that opened the stream sends its data.
    init(_ content: IdentifyContent, isPush: Bool = false, fault: Libp2pFault? = nil, _ options: LayerOptions) {
        (opener, self.content, self.isPush, self.fault) = (options.opener, content, isPush, fault)
    }
    private var speaks: Bool { (opener == .us) == isPush }
    mutating func begin(now: Instant, _ turn: inout LayerTurn) {
        guard speaks else { return }
        IdentifyMessage(content).encode(appendingTo: &turn.down)
        if fault == .identifyTwice { IdentifyMessage(content).encode(appendingTo: &turn.down) }
        (isOver, turn.isOver) = (true, fault != .identifyStaysOpen)
    }
    mutating func receive(_ bytes: RawSpan, now: Instant, _ up: inout LayerOutput, _ turn: inout LayerTurn) -> Int {
        guard !isOver else { return bytes.byteCount }
        var at = 0
        var heard: IdentifyContent?
        let result = reader.next(IdentifyMessage.self, in: bytes, at: &at) { _, unit in
            heard = (try? IdentifyMessage(copying: unit))?.identify
        }
        switch result {
        case .needMore: break
        case .refused: fail(&turn)
        case .unit:
            messages += 1
            guard let heard, messages <= Self.messageLimit else {
                fail(&turn)
                return bytes.byteCount
            }
            said.add(heard)
            if !isPush || fault != .pushIgnored { turn.events.append(said.event) }
        }
        return at == 0 ? bytes.byteCount : at
    }
    private mutating func fail(_ turn: inout LayerTurn) { (isOver, turn.isOver, turn.isReset) = (true, true, true) }
    mutating func send(
        _ bytes: RawSpan, kind: UInt8, on channel: ChannelID, now: Instant, _ turn: inout LayerTurn
    ) {}
    mutating func close(with status: CloseStatus?, now: Instant, _ turn: inout LayerTurn) {
        (isOver, turn.isOver) = (true, true)
    }
    mutating func closed(now: Instant, _ turn: inout LayerTurn) { isOver = true }
    mutating func wake(now: Instant, _ turn: inout LayerTurn) {}
}

/// One end of ping, which sends received bytes back.
struct PingEnd: LayerEnd {
    private let opener: Opener
    private(set) var deadline: Instant?
    init(_ options: LayerOptions) { opener = options.opener }
    mutating func begin(now: Instant, _ turn: inout LayerTurn) {}
    mutating func receive(_ bytes: RawSpan, now: Instant, _ up: inout LayerOutput, _ turn: inout LayerTurn) -> Int {
        if opener == .them { turn.down.append(bytes) }
        return bytes.byteCount
    }
    mutating func send(
        _ bytes: RawSpan, kind: UInt8, on channel: ChannelID, now: Instant, _ turn: inout LayerTurn
    ) {}
    mutating func close(with status: CloseStatus?, now: Instant, _ turn: inout LayerTurn) { turn.isOver = true }
    mutating func closed(now: Instant, _ turn: inout LayerTurn) {}
    mutating func wake(now: Instant, _ turn: inout LayerTurn) {}
}
