public import Wire

/// What stands at the front of what one side of a layer sent.
public enum LayerStep: Sendable {
    /// A unit: a message of the layer that fills the first `length` bytes. Its content may still be refused.
    case unit(any Message.Type, length: Int)
    /// The beginning of one: at least this many bytes more are needed.
    case needMore(Int)
    /// Nobody can tell before the other side has sent more: the bytes stand behind a proposal that is not answered yet.
    case waits
    /// No unit begins here, nor will with more bytes.
    case refused(WireError)
}

/// A protocol that carries others: both directions of one stream taken apart. The same value serves a capture, a
/// scenario and a node. It does no I/O and reads no clock.
///
/// Over datagrams each call brings one of them, which may be empty: all of it is a unit, or refused.
///
/// No call may trap, loop, or take memory for what a length says before the bytes are there.
public protocol Layer: Sendable {
    /// What stands at the front of `bytes`, which `side` sent; `us` is who opened the stream. Called again from the same
    /// place when more is needed, and, after `waits`, when the other side has sent more.
    ///
    /// What the unit carries is appended to `output`; nothing is appended unless the result is `unit`.
    mutating func next(_ bytes: RawSpan, from side: Opener, into output: inout LayerOutput) -> LayerStep
    /// Where a unit may begin again after `next` refused: the offset of the first plausible beginning behind the first
    /// byte; nil when there is none. For decoders of captures only: an end closes instead.
    func resync(_ bytes: RawSpan) -> Int?
    /// Bytes of this side are missing before those that come next.
    mutating func lose(_ side: Opener)
    /// Returns whether a unit of this side may begin with these bytes, which follow missing ones. It judges only the
    /// bytes that are there. Only decoders of captures call it.
    func mayResume(at bytes: RawSpan, from side: Opener) -> Bool
    /// True if missing bytes decide how everything after them is read, in both directions.
    var isBlind: Bool { get }
    /// It is this late when the next bytes come: for a layer that forgets what is never completed.
    mutating func pass(to now: Instant)
    /// Messages of which parts are missing, a few words about each, such as `hello 7: 2 of 3 parts`.
    var unfinished: [String] { get }
    /// Bytes that it keeps from unit to unit to take later ones apart, such as the beginning of a message; `lose` gives
    /// them back. For decoders of captures, which bound what all connections keep.
    var memory: Int { get }
}

extension Layer {
    /// Nil: nobody knows.
    public func resync(_ bytes: RawSpan) -> Int? { nil }
    /// For a layer in which no unit depends on those before it.
    public mutating func lose(_ side: Opener) {}
    /// Returns false: units cannot be recognized by themselves.
    public func mayResume(at bytes: RawSpan, from side: Opener) -> Bool { false }
    /// False, because each direction is read without the other.
    public var isBlind: Bool { false }
    /// For a layer that waits as long as the stream lasts.
    public mutating func pass(to now: Instant) {}
    /// None.
    public var unfinished: [String] { [] }
    /// Nothing to speak of.
    public var memory: Int { 0 }
}
