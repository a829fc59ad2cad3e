import Wire

/// One end of a layer that takes part: it reads what the other side sends and adds what has to be said.
///
/// It does no I/O and reads no clock. What it wants sent is appended to `LayerTurn.down`, one buffer for all layers of a
/// stream; what it carries goes up in a `LayerOutput`, whose `lent` ranges are of the bytes given.
public protocol LayerEnd: Sendable {
    /// The stream below stands.
    mutating func begin(now: Instant, _ turn: inout LayerTurn)
    /// The next bytes of the stream below, cut anywhere. Returns how many were used, at least one: it stops behind each
    /// whole message, so that what is said in answer goes down in order, and is then called again with the rest.
    mutating func receive(
        _ bytes: RawSpan, now: Instant, _ up: inout LayerOutput, _ turn: inout LayerTurn
    ) -> Int
    /// Wraps bytes from above: a whole message where the layer has messages, which may be empty. `kind`: as of
    /// `LayerOutput.Item.whole`. Nothing happens on a channel that is not open.
    mutating func send(
        _ bytes: RawSpan, kind: UInt8, on channel: ChannelID, now: Instant, _ turn: inout LayerTurn)
    /// Opens a channel that is to carry this, as `LayerStack.resolve` takes it, and tells of it by `begins`; nil: the layer
    /// opens none, or none now.
    mutating func open(
        _ wanted: String, now: Instant, _ up: inout LayerOutput, _ turn: inout LayerTurn
    ) -> ChannelID?
    /// Ends a channel for this side. False: the layer ends none by itself.
    mutating func close(_ channel: ChannelID, isReset: Bool, now: Instant, _ turn: inout LayerTurn) -> Bool
    /// Ends the layer in its own words, with a status where it has some and one is given; `turn.isOver` once the stream
    /// below is to be closed.
    mutating func close(with status: CloseStatus?, now: Instant, _ turn: inout LayerTurn)
    /// The stream below ended.
    mutating func closed(now: Instant, _ turn: inout LayerTurn)
    /// `deadline` has come.
    mutating func wake(now: Instant, _ turn: inout LayerTurn)
    /// When `wake` is wanted next; read after every call.
    var deadline: Instant? { get }
    /// Whether it may still speak where the other side says no more: it answers, or is spoken by hand.
    var outlivesTheirEnd: Bool { get }
}

extension LayerEnd {
    /// False: for a layer that has nothing to say to who says no more.
    public var outlivesTheirEnd: Bool { false }
    /// Nil: for a layer whose channels come by themselves.
    public mutating func open(
        _ wanted: String, now: Instant, _ up: inout LayerOutput, _ turn: inout LayerTurn
    ) -> ChannelID? { nil }
    /// Ends the layer as it ends where nothing is wrong.
    public mutating func close(now: Instant, _ turn: inout LayerTurn) { close(with: nil, now: now, &turn) }
    /// False: for a layer whose channels end with it.
    public mutating func close(_ channel: ChannelID, isReset: Bool, now: Instant, _ turn: inout LayerTurn) -> Bool {
        false
    }
}

/// What an end wants done. One value is used for all calls; `down` is taken out to be sent.
public struct LayerTurn: Sendable {
    /// Bytes for the layer below, in order.
    public var down: [UInt8] = []
    /// What is worth telling the operator; their `link` is set by whoever has the link.
    public var events: [Event] = []
    /// How the layer ended, once it has, where it has words for that.
    public var status: CloseStatus?
    /// The stream below is to be closed, behind `down`.
    public var isOver = false
    /// With `isOver`: for what the other side did. A stream that can be reset is.
    public var isReset = false
    /// Who the other side is, once a layer knows that, as a protocol has it.
    public var identity: [UInt8]?
    /// Channels that ended because a layer in them is over, each by the channels that lead to it.
    public var ended: [[ChannelID]] = []
    /// Why an end gave up, where one did.
    public var refusal: String? {
        let details = events.last { $0.name == "refused" }?.details
        return details?.map { entry in
            if case .text(let text) = entry.value { return text }
            return "\(entry.key) \(entry.value)"
        }.joined(separator: ", ")
    }
    /// A turn in which the end wants no action.
    public init() {}
}
