import Wire

/// One end of a layer that takes part in a connection. It reads the bytes of the other side and adds its own messages.
///
/// It does no I/O and reads no clock. Bytes to send are appended to `LayerTurn.down`, one buffer for all layers of a
/// stream. The carried content is passed up in a `LayerOutput`; its `lent` ranges are ranges of the given bytes.
public protocol LayerEnd: Sendable {
    /// Handles that the stream below is up.
    mutating func begin(now: Instant, _ turn: inout LayerTurn)
    /// Handles the next bytes of the stream below, cut at any place. Returns the number of bytes used, at least one. It
    /// stops after each whole message, so that answers are sent down in order. The caller then calls it again with the
    /// rest.
    mutating func receive(
        _ bytes: RawSpan, now: Instant, _ up: inout LayerOutput, _ turn: inout LayerTurn
    ) -> Int
    /// Wraps bytes from above: a whole message, which may be empty, if the layer has messages. `kind` has the meaning
    /// of `LayerOutput.Item.whole`. The call has no effect on a channel that is not open.
    mutating func send(
        _ bytes: RawSpan, kind: UInt8, on channel: ChannelID, now: Instant, _ turn: inout LayerTurn)
    /// Opens a channel for `wanted`, in the form that `LayerStack.resolve` takes, and reports it by `begins`. Returns
    /// nil if the layer opens no channels, or cannot open one now.
    mutating func open(
        _ wanted: String, now: Instant, _ up: inout LayerOutput, _ turn: inout LayerTurn
    ) -> ChannelID?
    /// Ends a channel for this side. Returns false if the layer does not end single channels.
    mutating func close(_ channel: ChannelID, isReset: Bool, now: Instant, _ turn: inout LayerTurn) -> Bool
    /// Ends the layer in the way of its protocol, with `status` if the layer has a status. `turn.isOver` becomes true
    /// when the caller should close the stream below.
    mutating func close(with status: CloseStatus?, now: Instant, _ turn: inout LayerTurn)
    /// Handles the end of the stream below.
    mutating func closed(now: Instant, _ turn: inout LayerTurn)
    /// Handles that `deadline` has come.
    mutating func wake(now: Instant, _ turn: inout LayerTurn)
    /// The next time at which the end needs `wake`; read after every call.
    var deadline: Instant? { get }
    /// True if it may still send when the other side sends nothing more: it answers, or a scenario writes its messages.
    var outlivesTheirEnd: Bool { get }
}

extension LayerEnd {
    /// False, for a layer that sends nothing after the other side has ended.
    public var outlivesTheirEnd: Bool { false }
    /// Returns nil, for a layer whose channels open by themselves.
    public mutating func open(
        _ wanted: String, now: Instant, _ up: inout LayerOutput, _ turn: inout LayerTurn
    ) -> ChannelID? { nil }
    /// Ends the layer without an error.
    public mutating func close(now: Instant, _ turn: inout LayerTurn) { close(with: nil, now: now, &turn) }
    /// Returns false, for a layer whose channels end with it.
    public mutating func close(_ channel: ChannelID, isReset: Bool, now: Instant, _ turn: inout LayerTurn) -> Bool {
        false
    }
}

/// The actions that an end requests. One value is used for all calls; the caller takes `down` out to send it.
public struct LayerTurn: Sendable {
    /// Bytes for the layer below, in order.
    public var down: [UInt8] = []
    /// The events for the operator. The owner of the link sets their `link`.
    public var events: [Event] = []
    /// The status with which the layer ended, if it has ended and has a status.
    public var status: CloseStatus?
    /// True if the caller should close the stream below, after `down`.
    public var isOver = false
    /// True, with `isOver`, if the other side is the cause. A stream that can be reset is reset.
    public var isReset = false
    /// True, with `isOver`, if the other side supports none of the protocols that this end proposed.
    public var isUnsupported = false
    /// The identity of the other side in the form of the protocol, once a layer knows it.
    public var identity: [UInt8]?
    /// The channels that ended because a layer in them is over, each as the path of channels to it.
    public var ended: [[ChannelID]] = []
    /// The reason why an end gave up, if it did.
    public var refusal: String? {
        let details = events.last { $0.name == "refused" }?.details
        return details?.map { entry in
            if case .text(let text) = entry.value { return text }
            return "\(entry.key) \(entry.value)"
        }.joined(separator: ", ")
    }
    /// Creates a turn without actions.
    public init() {}
}
