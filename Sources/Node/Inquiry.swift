/// How to identify the node at an address before it is tested.
public struct Inquiry: Sendable {
    /// Capability that a node needs in order to answer; nil: every node answers.
    public var needs: String?
    /// Questions, the one that fits the settings first. Each is tried over a link of its own until one is answered.
    public var questions: @Sendable (Settings, Random) -> [any Question]
    /// An inquiry of nodes that have the capability `needs`.
    public init(needs: String? = nil, _ questions: @escaping @Sendable (Settings, Random) -> [any Question]) {
        self.needs = needs
        self.questions = questions
    }
}

/// One way to ask a node for its identity over a link of its own. A value without I/O, which leaves as little state in
/// the node as the protocol allows.
public protocol Question: Sendable {
    /// In what it differs from other questions, such as `on network live`; empty where there is only one.
    var title: String { get }
    /// The bytes to send, as a part of a stream or as one datagram: once the link is open, and each time that they have
    /// changed. Over UDP they are sent again until something comes.
    var message: [UInt8] { get }
    /// Takes the next bytes of a stream, or one datagram.
    mutating func hear(_ bytes: RawSpan, at time: Instant)
    /// The result so far.
    var answer: Answer { get }
}

/// The result of a question so far.
public enum Answer: Hashable, Sendable {
    /// Nothing came.
    case none
    /// What came is not of the protocol: its first bytes.
    case foreign([UInt8])
    /// It speaks the protocol, and more may follow.
    case partial(Identification)
    /// The answer is complete.
    case whole(Identification)
}

/// What is known of a node from its answer.
public struct Identification: Hashable, Sendable {
    /// Its identity in the protocol.
    public var identity: [UInt8]?
    /// What it is, of `Definition.kinds`.
    public var kind: String?
    /// Profiles that fit the answer; empty: none fits, or the answer says nothing about them.
    public var profiles: [String] = []
    /// Parameters, by name, with what they are at this node.
    public var parameters: [String: String] = [:]
    /// Further findings for people, such as `handshake V2`.
    public var remarks: [String] = []
    /// Of a node that speaks the protocol and has said nothing of itself.
    public init() {}
}
