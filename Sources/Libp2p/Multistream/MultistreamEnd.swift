public import Node
import Wire

/// The protocols that an end proposes or accepts.
public struct MultistreamOffers: Sendable {
    /// The proposals of the side that opened the stream, in order. If empty, the proposals are the ids in
    /// `LayerOptions.target`, separated by line feeds.
    public var proposals: [String]
    /// A function that decides whether the side that did not open the stream accepts a proposal.
    public var accepts: @Sendable (String) -> Bool
    /// The fault of the end.
    var fault: Libp2pFault?
    /// Creates offers from the proposals and the accepted ids.
    public init(
        proposals: [String] = [], _ fault: Libp2pFault? = nil, accepts: @escaping @Sendable (String) -> Bool
    ) {
        (self.proposals, self.fault, self.accepts) = (proposals, fault, accepts)
    }
    /// Creates offers in which the proposed and the accepted ids are the same.
    public init(_ ids: [String], _ fault: Libp2pFault? = nil) {
        self.init(proposals: ids, fault) { ids.contains($0) }
    }
}

/// One end of a negotiation.
///
/// Both sides send their header at once. The side that opened the stream sends its first proposal after the header, in
/// one write, and another after each `na`. The other end answers `ls` with `na`, as go-multistream does. It accepts
/// several proposals together, with bytes of the protocol after the accepted one. When a side breaks the rules, or has
/// no proposals left, the channel ends.
public struct MultistreamEnd: LayerEnd {
    private let opener: Opener
    private let offers: MultistreamOffers
    /// The protocols that this end proposes, and the remaining ones.
    private let proposed: [String]
    private var proposals: ArraySlice<String>
    private var reader = UnitReader()
    private var hasHeader = false
    private var isOver = false
    private var rounds = 0
    public private(set) var deadline: Instant?

    /// The time limit from the beginning of a stream until a protocol is agreed on (go-libp2p,
    /// `defaultNegotiateTimeout`).
    public static let patience = Duration.seconds(60)
    /// The maximum number of proposals that are answered. More end the negotiation.
    public static let limit = 1024

    /// Creates an end of a negotiation.
    public init(_ offers: MultistreamOffers, _ options: LayerOptions) {
        opener = options.opener
        self.offers = offers
        let wanted = options.target.split(separator: "\n").map(String.init)
        proposed = offers.proposals.isEmpty ? wanted : offers.proposals
        proposals = proposed[...]
    }
    public mutating func begin(now: Instant, _ turn: inout LayerTurn) {
        deadline = now + Self.patience
        if opener == .them, offers.fault == .msHeaderMissing { return }
        put(ProtocolID.multistream, &turn)
        if opener == .us { propose(&turn) }
    }
    private func put(_ text: String, _ turn: inout LayerTurn) {
        MultistreamToken(text).encode(appendingTo: &turn.down)
    }
    private mutating func propose(_ turn: inout LayerTurn) {
        guard let next = proposals.first else {
            turn.isUnsupported = true
            return fail("the other side accepts none of \(proposed.joined(separator: ", "))", &turn)
        }
        put(next, &turn)
    }
    public mutating func receive(
        _ bytes: RawSpan, now: Instant, _ up: inout LayerOutput, _ turn: inout LayerTurn
    ) -> Int {
        guard !isOver else { return bytes.byteCount }
        var at = 0
        var text: String?
        let isFirst = !hasHeader
        switch reader.next(MultistreamToken.self, in: bytes, at: &at, { text = $0.text.string(in: $1) }) {
        case .needMore where offers.fault == .msWholePieces:
            fail("not in one piece", &turn)
            return bytes.byteCount
        case .needMore: break
        case .refused(let error):
            if offers.fault == .msUnreadableKept { reader = UnitReader() } else { fail(error.description, &turn) }
            return bytes.byteCount
        case .unit: if let text { take(text, &up, &turn) }
        }
        return isFirst && hasHeader && offers.fault == .msSegmentLost && opener == .them ? bytes.byteCount : at
    }
    private mutating func take(_ text: String, _ up: inout LayerOutput, _ turn: inout LayerTurn) {
        guard hasHeader else {
            hasHeader = true
            if text != ProtocolID.multistream, offers.fault != .msAnyHeader {
                fail("begins with \(text.prefix(64))", &turn)
            }
            return
        }
        if offers.fault == .msShortLimit, text.utf8.count > 511 { return fail("too long", &turn) }
        if opener == .us {
            if text == proposals.first {
                agree(text, &up, &turn)
            } else if text == MultistreamLayer.refusal {
                proposals.removeFirst()
                propose(&turn)
            } else {
                fail("\(text.prefix(64)) is no answer", &turn)
            }
        } else if accepts(text) {
            put(offers.fault == .msWrongEcho ? text + "/" : text, &turn)
            agree(text, &up, &turn)
        } else if offers.fault == .msNoNa {
            fail("\(text.prefix(64)) is not spoken", &turn)
        } else if offers.fault != .msNaOnce || rounds == 0 {
            rounds += 1
            if rounds > Self.limit { return fail("too many proposals", &turn) }
            put(MultistreamLayer.refusal, &turn)
        }
    }
    private func accepts(_ text: String) -> Bool {
        switch offers.fault {
        case .msNoNoise where text == ProtocolID.noise: return false
        case .msNoYamux where text == ProtocolID.yamux: return false
        case .msNoMplex where text == ProtocolID.mplex: return false
        default: break
        }
        return offers.accepts(text) || offers.fault == .msAcceptsAll
    }
    private mutating func agree(_ id: String, _ up: inout LayerOutput, _ turn: inout LayerTurn) {
        (isOver, deadline) = (true, nil)
        turn.events.append(Event("negotiated", nil, [.init("protocol", .text(id))]))
        up.append(.becomes(id))
    }
    private mutating func fail(_ why: String, _ turn: inout LayerTurn) {
        turn.events.append(Event("refused", nil, [.init("reason", .text(why))]))
        (isOver, deadline, turn.isOver, turn.isReset) = (true, nil, true, true)
    }
    /// Does nothing, because a negotiation carries no data.
    public mutating func send(
        _ bytes: RawSpan, kind: UInt8, on channel: ChannelID, now: Instant, _ turn: inout LayerTurn
    ) {}
    public mutating func close(with status: CloseStatus?, now: Instant, _ turn: inout LayerTurn) {
        (isOver, deadline, turn.isOver) = (true, nil, true)
    }
    public mutating func closed(now: Instant, _ turn: inout LayerTurn) { (isOver, deadline) = (true, nil) }
    public mutating func wake(now: Instant, _ turn: inout LayerTurn) {
        if let due = deadline, due <= now { fail("nothing is agreed on in time", &turn) }
    }
}
