import Node
import Wire

/// One end of the made-up layer. The opener asks, the other side grants, and the opener opens channel 1 for the
/// protocol. The carried bytes are reversed, in units of at most 200 bytes. The end of channel 1 ends the connection.
/// An opener that gets no grant for 20 s gives up.
struct EnvelopeEnd: LayerEnd {
    static let first = ChannelID(1)
    let opener: Opener
    /// The protocol in channel 1.
    let speaks: String
    let carriesMessages: Bool
    var layer = EnvelopeLayer()
    var pending: [UInt8] = []
    var isOpen = false
    private var given: Instant?
    private var nextChannel: UInt8

    init(_ opener: Opener, _ speaks: String, carriesMessages: Bool) {
        (self.opener, self.speaks, self.carriesMessages) = (opener, speaks, carriesMessages)
        nextChannel = opener == .us ? 3 : 2
    }

    mutating func begin(now: Instant, _ turn: inout LayerTurn) {
        guard opener == .us else { return }
        turn.down += unit(.ask)
        given = now + .seconds(20)
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
            act(Envelope.Kind(rawValue: all[0]), ChannelID(UInt64(all[1])), &up, &turn)
            return length - before
        case .needMore: return bytes.byteCount
        case .waits, .becomes, .refused:
            turn.isOver = true
            return bytes.byteCount
        }
    }
    /// Adds the contents of a unit as made bytes, because the lent bytes may be only its end.
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
    private mutating func act(
        _ kind: Envelope.Kind?, _ channel: ChannelID, _ up: inout LayerOutput, _ turn: inout LayerTurn
    ) {
        switch kind {
        case .ask:
            layer.isAsked = false
            turn.down += unit(.grant)
        case .grant where opener == .us && !isOpen:
            isOpen = true
            turn.down += unit(.open, 1, Array(speaks.utf8))
            up.append(.begins(Self.first, by: .us, speaks: speaks))
        case .close where channel == Self.first: turn.isOver = true
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
    mutating func close(with status: CloseStatus?, now: Instant, _ turn: inout LayerTurn) {
        turn.down += unit(.close, 1)
        turn.isOver = true
    }
    mutating func open(
        _ wanted: String, now: Instant, _ up: inout LayerOutput, _ turn: inout LayerTurn
    ) -> ChannelID? {
        guard isOpen else { return nil }
        let channel = ChannelID(UInt64(nextChannel))
        turn.down += unit(.open, nextChannel, Array(wanted.utf8))
        nextChannel += 2
        up.append(.begins(channel, by: opener, speaks: wanted))
        return channel
    }
    mutating func close(_ channel: ChannelID, isReset: Bool, now: Instant, _ turn: inout LayerTurn) -> Bool {
        turn.down += unit(.close, UInt8(truncatingIfNeeded: channel.number))
        return true
    }
    mutating func closed(now: Instant, _ turn: inout LayerTurn) {}
    mutating func wake(now: Instant, _ turn: inout LayerTurn) {
        turn.events.append(Event("refused", nil, [Value.Entry("why", "silence")]))
        turn.isOver = true
    }
    var deadline: Instant? { isOpen ? nil : given }
}
