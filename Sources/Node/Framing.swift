public import Wire

/// The result of reading the front of a stream.
public enum FramingResult: Sendable {
    /// A message of this type fills the first `length` bytes. Its content may still be refused.
    case message(any Message.Type, length: Int)
    /// The beginning of a message: at least this many more bytes are needed.
    case needMore(Int)
    /// No message begins here, and one can be found only by guessing (`Framing.resync`).
    case refused(WireError)
}

/// The type and the length of an incomplete message, as far as its first bytes define them.
public struct Announcement: Sendable {
    /// The type of the message.
    public var type: any Message.Type
    /// The number of bytes of the whole message; nil if its end is found only in the bytes that follow.
    public var length: Int?
    /// Creates an announcement.
    public init(_ type: any Message.Type, length: Int?) { (self.type, self.length) = (type, length) }
    /// The name of the message, and its number of bytes if it is known: `nano.publish that announces 208`. Fingerprints
    /// in baselines contain this text.
    public var text: String { length.map { "\(type.name) that announces \($0)" } ?? type.name.description }
}

/// A reader that finds the messages in one direction of a stream, or in a datagram.
public protocol Framing: Sendable {
    /// Reads the front of `bytes`. It is called again from the same place when more bytes are there.
    mutating func next(_ bytes: RawSpan) -> FramingResult
    /// Returns what the header of an incomplete message announces; nil if these bytes do not define its type. `next`
    /// has returned `needMore` for the same bytes.
    func announced(by bytes: RawSpan) -> Announcement?
    /// Reads a message that a layer below delivers whole, which may be empty. `kind` is the layer's number for it, see
    /// `LayerOutput.Item.whole`.
    mutating func whole(_ bytes: RawSpan, kind: UInt8) -> FramingResult
    /// Returns the offset at which a message may begin again after `next` refused: the first plausible beginning after
    /// the first byte, or nil. Only decoders of captures call it; a node closes instead.
    func resync(_ bytes: RawSpan) -> Int?
    /// Handles a message that was found in the other direction. The answer may be next in this direction, in a form of
    /// its own.
    mutating func heard(_ type: any Message.Type, _ bytes: RawSpan)
    /// Returns true if messages of this type can be recognized by themselves. Others are found only from earlier
    /// messages.
    func isMarked(_ type: any Message.Type) -> Bool
    /// Handles that bytes are missing before the next ones: `count` bytes, after `kept` bytes of a message that is not
    /// whole. `count` is nil if their number, or the bytes before them, are unknown. Returns the number of bytes after
    /// which something begins again, if that is known nevertheless.
    mutating func lose(_ count: Int64?, behind kept: Int) -> Int?
    /// Returns true if a message may begin with these bytes, which follow missing ones. It judges only the bytes that
    /// are there. It returns false if no message can be recognized by itself. Then the direction is read no further
    /// until `resync` finds a message. Only decoders of captures call it.
    func mayResume(at bytes: RawSpan) -> Bool
    /// True if after missing bytes a message can be found only where a segment begins, for which `mayResume` is asked.
    /// The bytes then end where a segment ends.
    var resumesAtSegments: Bool { get }
}

/// The limits for callers that split a stream with a `Framing` or a `Layer`.
public enum StreamLimits {
    /// The maximum number of bytes of an incomplete message that are kept, 16 MiB. A longer message is given up.
    public static let message = 16 << 20
    /// The number of consecutive messages after missing bytes that cannot be an accident. Each begins where the one
    /// before ends.
    public static let firmMessages = 4
    /// The minimum number of bytes of these messages. Bytes that only resemble them inside a message would have to fill
    /// a large part of it.
    public static let firmBytes = 256
}

extension Framing {
    /// Returns nil, for messages without a header that defines their type.
    public func announced(by bytes: RawSpan) -> Announcement? { nil }
    /// Reads the message by itself, regardless of the layer's kind.
    public mutating func whole(_ bytes: RawSpan, kind: UInt8) -> FramingResult { next(bytes) }
    /// Does nothing: each message can be recognized by itself.
    public mutating func heard(_ type: any Message.Type, _ bytes: RawSpan) {}
    /// Returns true for all types.
    public func isMarked(_ type: any Message.Type) -> Bool { true }
    /// Returns nil: no message depends on earlier ones.
    public mutating func lose(_ count: Int64?, behind kept: Int) -> Int? { nil }
    /// Returns true: `next` refuses bytes that are not a message.
    public func mayResume(at bytes: RawSpan) -> Bool { true }
    /// False: `resync` finds the beginning of a message in any bytes, or none can be found.
    public var resumesAtSegments: Bool { false }
}

/// The severity of a finding.
public enum Severity: String, Comparable, Sendable {
    /// Additional information.
    case info
    /// Something odd, or a broken recommendation.
    case warning
    /// A broken rule of the specification.
    case violation
    /// Orders severities from info to violation.
    public static func < (a: Self, b: Self) -> Bool { a.rank < b.rank }
    var rank: Int { self == .info ? 0 : self == .warning ? 1 : 2 }
}

/// Something wrong or odd about a message in a capture.
public struct Finding: Hashable, Sendable {
    /// The severity.
    public var severity: Severity
    /// The requirement id, such as `NANO-18`, if a requirement is concerned.
    public var requirement: String?
    /// The field path, such as `response.signature`; empty for the whole message.
    public var path: String
    /// A text for people, in one line.
    public var text: String
    /// Creates a finding without a requirement. It is about the whole message, unless a path is given. `ObservedRule`
    /// creates findings with a requirement.
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

/// A passive judge of a conversation between two other participants, which reports broken rules. It keeps the state of
/// the conversation without a node.
///
/// It may begin in the middle of a conversation, where a capture begins or after bytes that the capture lacks. Earlier
/// messages are then unknown, not absent. An observer judges only what it saw itself.
public protocol Observer: Sendable {
    /// Judges a message that `Framing` found. The side that opened the connection (`us`) or the other one (`them`) sent
    /// it. `time` is the time since an earlier moment; it may stop or go back if the capture's clock does. `isGood` is
    /// true if the message's description accepts it. Findings are appended to `findings`, which may already hold
    /// others.
    ///
    /// It is called for every message of a capture, so it should not allocate if it finds nothing.
    mutating func observe(
        _ type: any Message.Type, _ bytes: RawSpan, isGood: Bool, from sender: Opener, at time: Instant,
        into findings: inout [Finding])
    /// Handles that messages before the next one were not seen, in either direction. From here on, a violation is
    /// reported only if no unseen message can explain it. If one could, it is a warning that mentions this.
    mutating func miss()
    /// Handles that one side has ended its direction by its own message, and not by a reset. The end of the connection
    /// or of the capture does not count. Only streams in a layer report this.
    mutating func end(by sender: Opener, into findings: inout [Finding])
    /// Returns true if refused bytes may be valid in a newer generation of the protocol than the known ones, according
    /// to their own version fields. The framing or the description refused them.
    func mayBeNewer(_ bytes: RawSpan) -> Bool
    /// The name of the message of a handshake that has begun and is not finished; nil without such a handshake, and
    /// if unseen messages may have finished it.
    var unfinishedHandshake: String? { get }
}

extension Observer {
    /// Does nothing, because each message is judged by itself.
    public mutating func end(by sender: Opener, into findings: inout [Finding]) {}
    /// Returns false, because messages do not state their generation.
    public func mayBeNewer(_ bytes: RawSpan) -> Bool { false }
    /// Nil, because the protocol has no handshake.
    public var unfinishedHandshake: String? { nil }
}
