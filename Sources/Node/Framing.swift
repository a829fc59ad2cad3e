public import Wire

/// What stands at the front of a stream.
public enum FramingResult: Sendable {
    /// A message of this type fills the first `length` bytes. Its content may still be refused.
    case message(any Message.Type, length: Int)
    /// The beginning of one: at least this many bytes more are needed.
    case needMore(Int)
    /// No message begins here and none can be found without a guess (`Framing.resync`).
    case refused(WireError)
}

/// Finds the messages in one direction of a stream, or in a datagram.
public protocol Framing: Sendable {
    /// What stands at the front of `bytes`. Called again from the same place when more is needed.
    mutating func next(_ bytes: RawSpan) -> FramingResult
    /// What a message is that a layer below gives whole, which may be empty. `kind`: what that says of it, as of
    /// `LayerOutput.Item.whole`.
    mutating func whole(_ bytes: RawSpan, kind: UInt8) -> FramingResult
    /// Where a message may begin again after `next` refused: the offset of the first plausible beginning behind the
    /// first byte; nil when there is none. For decoders of captures only: a node closes instead.
    func resync(_ bytes: RawSpan) -> Int?
    /// A message that the other direction found: what it asks for may stand next in this one, in a form of its own.
    mutating func heard(_ type: any Message.Type, _ bytes: RawSpan)
    /// Whether messages of this type say by themselves that they are messages; those that do not are found by what was
    /// said before.
    func isMarked(_ type: any Message.Type) -> Bool
    /// Bytes are missing before those that come next: `count`, behind `kept` of a message that is not whole; nil:
    /// nobody knows how many, or what stood before them. Returns behind how many bytes something begins again, where
    /// that is known all the same.
    mutating func lose(_ count: Int64?, behind kept: Int) -> Int?
    /// Returns whether a message may begin with these bytes, which follow missing ones. It judges only the bytes that
    /// are there. It returns false if no message can be recognized by itself. Then the direction is read no further
    /// until `resync` finds a message. Only decoders of captures call it.
    func mayResume(at bytes: RawSpan) -> Bool
}

/// Limits of whoever cuts a stream by a `Framing` or a `Layer`.
public enum StreamLimits {
    /// Bytes of one message that are kept while it is not whole, 16 MiB; a longer one is not waited for.
    public static let message = 16 << 20
    /// Messages in a row after bytes that are missing, each beginning where the one before ends, that are no accident.
    public static let firmMessages = 4
    /// Bytes that they have at least: what looks like them inside a message would have to fill a good part of it.
    public static let firmBytes = 256
}

extension Framing {
    /// Each message says by itself what it is, whatever the layer says.
    public mutating func whole(_ bytes: RawSpan, kind: UInt8) -> FramingResult { next(bytes) }
    /// Nothing: each message says by itself what it is.
    public mutating func heard(_ type: any Message.Type, _ bytes: RawSpan) {}
    /// True of all.
    public func isMarked(_ type: any Message.Type) -> Bool { true }
    /// Nothing: no message depends on those before.
    public mutating func lose(_ count: Int64?, behind kept: Int) -> Int? { nil }
    /// Returns true: `next` refuses bytes that are no message.
    public func mayResume(at bytes: RawSpan) -> Bool { true }
}

/// How much a finding matters.
public enum Severity: String, Comparable, Sendable {
    /// Worth knowing.
    case info
    /// Odd, or against a recommendation.
    case warning
    /// Against the specification.
    case violation
    /// By how much it matters.
    public static func < (a: Self, b: Self) -> Bool { a.rank < b.rank }
    var rank: Int { self == .info ? 0 : self == .warning ? 1 : 2 }
}

/// Something worth telling about a message that was seen.
public struct Finding: Hashable, Sendable {
    /// How much it matters.
    public var severity: Severity
    /// Requirement id, such as `NANO-18`, where one is concerned.
    public var requirement: String?
    /// Field path, such as `response.signature`; empty for the whole message.
    public var path: String
    /// One line for people.
    public var text: String
    /// A finding of no requirement, about the whole message, unless a path is given. Those of requirements:
    /// `ObservedRule`.
    public init(_ severity: Severity, path: String = "", _ text: String) {
        self.init(severity, nil, path: path, text)
    }
    init(_ severity: Severity, _ requirement: String?, path: String = "", _ text: String) {
        self.severity = severity
        self.requirement = requirement
        self.path = path
        self.text = text
    }
}

/// Looks on while two others talk and says what breaks the rules: the state of a conversation without a node.
///
/// It may begin in the middle of a conversation, where a capture begins or after bytes that the capture lacks: what was
/// said before is unknown, not absent. An observer finds fault only with what it saw itself.
public protocol Observer: Sendable {
    /// A message that `Framing` found, sent by the side that opened the connection (`us`) or the other (`them`), and
    /// when it was seen: time since some moment before, which may stand still or go back where clocks do. `isGood`: its
    /// description accepts it. What there is to say is appended to `findings`, where others have been before.
    ///
    /// Called for every message of a capture: what finds nothing should allocate nothing.
    mutating func observe(
        _ type: any Message.Type, _ bytes: RawSpan, isGood: Bool, from sender: Opener, at time: Instant,
        into findings: inout [Finding])
    /// Something was said before what comes next that was not seen, in either direction: from here on a violation is
    /// only what no unseen message can explain. What one could explain is a warning that says so.
    mutating func miss()
    /// One side says no more, as it said itself: neither a reset nor the end of the connection or of the capture ended
    /// its direction. Only streams in a layer tell that.
    mutating func end(by sender: Opener, into findings: inout [Finding])
    /// Whether bytes that framing or description refuse may be good in a generation of the protocol that is newer than
    /// those known here, going by what they say of themselves.
    func mayBeNewer(_ bytes: RawSpan) -> Bool
}

extension Observer {
    /// Nothing: what was said is judged by itself.
    public mutating func end(by sender: Opener, into findings: inout [Finding]) {}
    /// False: messages do not tell their generation.
    public func mayBeNewer(_ bytes: RawSpan) -> Bool { false }
}
