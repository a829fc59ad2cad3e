import Node
import Wire

/// One end of the made-up layer: the opener asks, the other side grants, and the opener opens channel 1 for `toy`.
/// What is carried goes reversed, in units of at most 200 bytes.
struct EnvelopeEnd: LayerEnd {
    static let toy = ChannelID(1)
    let opener: Opener
    let carriesMessages: Bool
    var layer = EnvelopeLayer()
    var pending: [UInt8] = []
    var isOpen = false

    init(_ opener: Opener, carriesMessages: Bool) { (self.opener, self.carriesMessages) = (opener, carriesMessages) }

    mutating func begin(now: Instant, _ turn: inout LayerTurn) {
        if opener == .us { turn.down += unit(.ask) }
    }
    mutating func receive(_ bytes: RawSpan, now: Instant, _ up: inout LayerOutput, _ turn: inout LayerTurn) -> Int {
        let before = pending.count
        bytes.withUnsafeBytes { pending.append(contentsOf: $0) }
        let all = pending
        var found = LayerOutput()
        switch layer.next(all.span.bytes, from: opener.opposite, into: &found) {
        case .unit(_, let length):
            pending = []
            for item in found.items { take(item, found, all, &up) }
            act(Envelope.Kind(rawValue: all[0]), &up, &turn)
            return length - before
        case .needMore: return bytes.byteCount
        case .waits, .refused:
            turn.isOver = true
            return bytes.byteCount
        }
    }
    /// What a unit carries, as bytes that are made: those given may hold only its end.
    private mutating func take(
        _ item: LayerOutput.Item, _ found: LayerOutput, _ all: [UInt8], _ up: inout LayerOutput
    ) {
        switch item {
        case .lent(let channel, let range), .made(let channel, _, let range):
            let start = up.made.count
            up.made += found.withBytes(of: item, in: all.span.bytes) { $0.withUnsafeBytes { [UInt8]($0) } }
            up.append(.made(channel, start..<up.made.count, unit: range))
        case .begins:
            isOpen = true
            up.append(item)
        default: up.append(item)
        }
    }
    private mutating func act(_ kind: Envelope.Kind?, _ up: inout LayerOutput, _ turn: inout LayerTurn) {
        switch kind {
        case .ask:
            layer.isAsked = false
            turn.down += unit(.grant)
        case .grant where opener == .us && !isOpen:
            isOpen = true
            turn.down += unit(.open, 1, Array("toy".utf8))
            up.append(.begins(Self.toy, by: .us, speaks: "toy"))
        case .close: turn.isOver = true
        default: break
        }
    }
    mutating func send(_ bytes: RawSpan, kind: UInt8, on channel: ChannelID, now: Instant, _ turn: inout LayerTurn) {
        guard isOpen else { return }
        let all = bytes.withUnsafeBytes { [UInt8]($0) }
        let number = UInt8(truncatingIfNeeded: channel.number)
        for start in stride(from: 0, to: all.count, by: 200) {
            turn.down += unit(.reversed, number, all[start..<min(all.count, start + 200)].reversed())
        }
        if carriesMessages { turn.down += unit(.end, number) }
    }
    mutating func close(now: Instant, _ turn: inout LayerTurn) {
        turn.down += unit(.close, 1)
        turn.isOver = true
    }
    mutating func closed(now: Instant, _ turn: inout LayerTurn) {}
    mutating func wake(now: Instant, _ turn: inout LayerTurn) {}
    var deadline: Instant? { nil }
}
