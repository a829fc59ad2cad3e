public import Wire

/// How to find out who is at an address, before a node there is judged.
public struct Inquiry: Sendable {
    /// Capability without which a node answers nobody; nil: every node does.
    public var needs: String?
    /// Ways to ask, the one that fits the settings first. Each is tried over a link of its own until one is answered.
    public var questions: @Sendable (Settings, Random) -> [any Question]
    /// An inquiry of nodes that have the capability `needs`.
    public init(needs: String? = nil, _ questions: @escaping @Sendable (Settings, Random) -> [any Question]) {
        self.needs = needs
        self.questions = questions
    }
}

/// One way to ask a node who it is: what to say on a link of its own, and what the answer tells. A value without I/O
/// that leaves as little behind in the node as the protocol allows.
public protocol Question: Sendable {
    /// In what it differs from other questions, such as `on network live`; empty where there is only one.
    var title: String { get }
    /// What is to be said now, as bytes of a stream or as one datagram: when the link stands, and each time that it has
    /// changed. Over UDP it is said again while nothing comes.
    var message: [UInt8] { get }
    /// Takes the next bytes of a stream, or one datagram.
    mutating func hear(_ bytes: RawSpan, at time: Instant)
    /// What is known by now.
    var answer: Answer { get }
}

/// What a question has brought so far.
public enum Answer: Hashable, Sendable {
    /// Nothing came.
    case none
    /// What came is not of the protocol: its first bytes.
    case foreign([UInt8])
    /// It speaks the protocol and may still tell more.
    case partial(Identification)
    /// There is nothing more to learn.
    case whole(Identification)
}

/// What a node tells of itself.
public struct Identification: Hashable, Sendable {
    /// Its identity in the protocol.
    public var identity: [UInt8]?
    /// What it is, of `Definition.kinds`.
    public var kind: String?
    /// Profiles that it may be of; none: what it said fits none, or tells nothing about them.
    public var profiles: [String] = []
    /// Parameters, by name, with what they are at this node.
    public var parameters: [String: String] = [:]
    /// What else people want to know, such as `handshake V2`.
    public var remarks: [String] = []
    /// It speaks the protocol, and has told nothing of itself.
    public init() {}
}
