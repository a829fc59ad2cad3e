/// How to identify the node at an address before it is tested.
public struct Inquiry: Sendable {
    /// What comes of a question, for protocols that have an answer of their own.
    public typealias Result = Answer
    /// Capability that a node needs in order to answer; nil: every node answers.
    public var needs: String?
    /// Questions, the one that fits the settings first. Each is tried over a link of its own until one is answered.
    public var questions: @Sendable (Settings, Random) -> [any Question]
    /// Whether the answer tells what a node is, and not only that it is there.
    public var tells: Bool
    /// An inquiry of nodes that have the capability `needs`.
    public init(
        needs: String? = nil, tells: Bool = true, _ questions: @escaping @Sendable (Settings, Random) -> [any Question]
    ) {
        self.needs = needs
        self.tells = tells
        self.questions = questions
    }
    /// Whether there is somebody at the address with whom the layers of the protocol stand: what can be found out of a
    /// protocol over TCP that has no inquiry of its own. Asks who accepts connections.
    public static func layers(of definition: Definition) -> Inquiry {
        let server = definition.capabilities.first { $0.name == "server" }
        return Inquiry(needs: server?.name, tells: false) { _, _ in [LayerQuestion()] }
    }
}

/// Says nothing: that the layers stand is the answer.
private struct LayerQuestion: Question {
    let title = ""
    let message: [UInt8] = []
    private(set) var answer = Answer.none
    mutating func begin() { answer = .whole(Identification()) }
    mutating func hear(_ bytes: RawSpan, at time: Instant) {}
}

/// One way to ask a node for its identity over a link of its own. A value without I/O, which leaves as little state in
/// the node as the protocol allows.
public protocol Question: Sendable {
    /// In what it differs from other questions, such as `on network live`; empty where there is only one.
    var title: String { get }
    /// What is wanted at the node, as of `LayerOptions.target`, where its address names `target`.
    func target(_ target: String) -> String
    /// The bytes to send, as a part of a stream, as one datagram or as a message of the layers: once the link is open and
    /// its layers stand, and each time that they have changed. Over UDP they are sent again until something comes.
    var message: [UInt8] { get }
    /// The channels to open as soon as the layers are up, in the form that `LayerEnds.open` takes.
    var channels: [String] { get }
    /// Takes the events that the layers report, such as the identity of the other side.
    mutating func note(_ events: [Event])
    /// The link is open, and its layers stand.
    mutating func begin()
    /// Takes the next bytes of a stream, one datagram, or a message of the layers.
    mutating func hear(_ bytes: RawSpan, at time: Instant)
    /// The result so far.
    var answer: Answer { get }
    /// What is said before the link is closed, where a node wants to hear that; empty: nothing.
    var goodbye: [UInt8] { get }
}

extension Question {
    /// As it is: for a question that is asked at any target.
    public func target(_ target: String) -> String { target }
    /// An empty list, for a question that is asked in the first channel.
    public var channels: [String] { [] }
    /// Does nothing, for a question that the protocol itself answers.
    public mutating func note(_ events: [Event]) {}
    /// Nothing: for a question whose answer has to be heard.
    public mutating func begin() {}
    /// Nothing: for a protocol, or layers, that say no goodbye.
    public var goodbye: [UInt8] { [] }
}

/// The result of a question so far.
public enum Answer: Hashable, Sendable {
    /// Nothing came.
    case none
    /// What came is not of the protocol: its first bytes.
    case foreign([UInt8])
    /// It says so itself, or what it says breaks off: why, in a few words.
    case refused(String)
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
    /// True if the profiles follow only from the name of a program or from one answer. Then another profile that the
    /// user gives is no contradiction.
    public var isProfileGuessed = false
    /// The capabilities that the node lacks, each with the evidence for it.
    public var lacks: [String: String] = [:]
    /// Parameters, by name, with what they are at this node.
    public var parameters: [String: String] = [:]
    /// Where it says what it is, such as `role, byte 5 of its answer`; empty: nowhere that can be named.
    public var kindPlace = ""
    /// What is wrong with the answer, which is of the protocol all the same; nil: nothing that was looked at.
    public var fault: String?
    /// Further findings for people, such as `handshake V2`.
    public var remarks: [String] = []
    /// Of a node that speaks the protocol and has said nothing of itself.
    public init() {}
}
