/// A way to identify the node at an address before it is tested.
public struct Inquiry: Sendable {
    /// The result of a question, for protocols that have an answer of their own.
    public typealias Result = Answer
    /// The capability that a node needs in order to answer; nil: every node answers.
    public var needs: String?
    /// Returns the questions; the first one fits the settings best. Each is tried over a link of its own until one is
    /// answered.
    public var questions: @Sendable (Settings, Random) -> [any Question]
    /// True if the answer identifies the node. False if it only shows that a node is there.
    public var tells: Bool
    /// Creates an inquiry of nodes that have the capability `needs`.
    public init(
        needs: String? = nil, tells: Bool = true, _ questions: @escaping @Sendable (Settings, Random) -> [any Question]
    ) {
        self.needs = needs
        self.tells = tells
        self.questions = questions
    }
    /// Returns an inquiry that checks if the layers of the protocol come up with a node at the address. It serves
    /// protocols over TCP without an inquiry of their own, and asks only nodes that accept connections.
    public static func layers(of definition: Definition) -> Inquiry {
        let server = definition.configuration.capabilities.first { $0.name == "server" }
        return Inquiry(needs: server?.name, tells: false) { _, _ in [LayerQuestion()] }
    }
}

/// A question without a message: it is answered when the layers are up.
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
    /// The difference from other questions, such as `on network live`; empty if there is only one.
    var title: String { get }
    /// Returns the target to request from the node, see `LayerOptions.target`, if its address names `target`.
    func target(_ target: String) -> String
    /// The bytes to send, as a part of a stream, as one datagram or as a message of the layers. They are sent once the
    /// link is open and its layers are up, and each time that they have changed. Over UDP they are sent again until the
    /// node sends something.
    var message: [UInt8] { get }
    /// The channels to open as soon as the layers are up, in the form that `LayerEnds.open` takes.
    var channels: [String] { get }
    /// Takes the events that the layers report, such as the identity of the other side.
    mutating func note(_ events: [Event])
    /// Handles that the link is open and its layers are up.
    mutating func begin()
    /// Takes the next bytes of a stream, one datagram, or a message of the layers.
    mutating func hear(_ bytes: RawSpan, at time: Instant)
    /// The result so far.
    var answer: Answer { get }
    /// The bytes to send before the link is closed, if a node expects a closing message; empty: nothing.
    var goodbye: [UInt8] { get }
    /// A second question for a link of its own, if the node answers this question only because of that link. It is
    /// asked once, when it is not nil any more. Its link is closed as soon as it is answered, and its answer is not used.
    var errand: (any Question)? { get }
}

extension Question {
    /// Returns the target unchanged, for a question that fits any target.
    public func target(_ target: String) -> String { target }
    /// An empty list, for a question that is asked in the first channel.
    public var channels: [String] { [] }
    /// Does nothing, for a question that the protocol itself answers.
    public mutating func note(_ events: [Event]) {}
    /// Does nothing, for a question that is answered by received bytes.
    public mutating func begin() {}
    /// Empty, for a protocol, or layers, without a closing message.
    public var goodbye: [UInt8] { [] }
    /// Nil, for a question that needs one link.
    public var errand: (any Question)? { nil }
}

/// The result of a question so far.
public enum Answer: Hashable, Sendable {
    /// No bytes were received.
    case none
    /// The received bytes do not belong to the protocol. The value has the first of them.
    case foreign([UInt8])
    /// The node refused, or its answer is incomplete. The text is the reason, in a few words.
    case refused(String)
    /// The node uses the protocol, and more information may follow.
    case partial(Identification)
    /// The answer is complete.
    case whole(Identification)
}

/// The information on a node from its answer.
public struct Identification: Hashable, Sendable {
    /// The identity in the protocol.
    public var identity: [UInt8]?
    /// The kind of the node, from `ReferenceImplementation.kinds`.
    public var kind: String?
    /// The profiles that fit the answer. Empty if no profile fits, or if the answer gives no information on them.
    public var profiles: [String] = []
    /// True if the profiles follow only from the name of a program or from one answer. Then another profile that the
    /// user gives is no contradiction.
    public var isProfileGuessed = false
    /// The capabilities that the node lacks, each with the evidence for it.
    public var lacks: [String: String] = [:]
    /// The capabilities that the node has shown.
    public var shown: Set<String> = []
    /// The values of parameters at this node, by name.
    public var parameters: [String: String] = [:]
    /// The place in the answer that states the kind, such as `role, byte 5 of its answer`; empty if it cannot be named.
    public var kindPlace = ""
    /// The fault in an answer that belongs to the protocol nevertheless; nil if the checks found none.
    public var fault: String?
    /// Further findings for people, such as `handshake V2`.
    public var remarks: [String] = []
    /// Creates the identification of a node that uses the protocol and gave no information on itself.
    public init() {}
}
