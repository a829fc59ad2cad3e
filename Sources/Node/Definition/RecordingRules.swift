public import Wire

/// The rules for turning a capture of a protocol into a scenario: the fields that are new in every run, and the way to
/// compute fields that follow from others. A protocol can be recorded without any rules. A field without a rule is
/// taken unchanged from the capture.
///
/// Paths are full, as in `NodeNaming.identities`: `nano.node_id_handshake.response.salt`. Elements of lists have no
/// index: `nano.keepalive.peers.port`. The public keys of the participants are the `identities` themselves.
public struct RecordingRules: Sendable {
    /// The fields that are drawn anew each time, such as cookies and salts.
    public var fresh: [FreshField]
    /// The fields that a node also draws anew each time, but that keep their value in messages of others: keys and ids
    /// that scenarios write out.
    public var drawn: [FreshField] = []
    /// Further fields that are random, such as masks, or that follow from random ones. They differ from run to run like
    /// those of `changing`.
    public var random: [String] = []
    /// The elements of lists whose values are random. `elements` has the elements that follow from other ones.
    public var randomElements: [NamedElement] = []
    /// The fields, or groups and lists of fields, that differ from run to run and on which no other field depends:
    /// clocks, counters, addresses of others.
    public var changing: [String]
    /// The signatures, with the fields that they sign.
    public var signatures: [SignedField]
    /// The messages that a node sends on its own, at any time.
    public var unprompted: [UnpromptedMessage]
    /// The fields in which an answer names its request by a number that differs from run to run.
    public var answers: [AnswerField] = []
    /// The elements of lists that follow from the last message of the other side.
    public var elements: [ElementField] = []
    /// The messages whose number differs from run to run: except for the expected ones, they are ignored.
    public var recurrent: [String] = []
    /// The minimum time to wait for a recurrent message, however soon it arrived in the capture.
    public var patience = Duration.seconds(5)
    /// Returns the sender of a message from its fields, if scenarios name participants by their ids; nil: they do not.
    public var sender: (@Sendable (Value) -> Sender?)? = nil
    /// The full path of the field in which the opener of a connection requests a target, such as
    /// `websocket.upgrade.target`. The field belongs to a layer's message. Nil if the target is the same on all
    /// connections.
    public var target: String? = nil
    /// Returns true if a message of a layer, given its name and fields, ends the connection for its sender; nil: only
    /// the transport ends it.
    public var isEnd: (@Sendable (String, Value) -> Bool)? = nil
    /// Returns the place of a message, given its name and fields, among those that the same node sends on the same
    /// connection; nil: all messages are in one order.
    public var order: (@Sendable (String, Value) -> MessageOrder)? = nil
    /// Creates rules; without any, all values are taken unchanged.
    public init(
        fresh: [FreshField] = [], changing: [String] = [], signatures: [SignedField] = [],
        unprompted: [UnpromptedMessage] = []
    ) {
        self.fresh = fresh
        self.changing = changing
        self.signatures = signatures
        self.unprompted = unprompted
    }

    /// A sender of messages, as listed in `actors` of a scenario.
    public struct Sender: Hashable, Sendable {
        /// The `id` of the actor.
        public var id: [UInt8]
        /// The `kind` of the actor, from `ReferenceImplementation.kinds`; nil if it is unknown.
        public var kind: String?
        /// Creates a sender with an id.
        public init(id: [UInt8], kind: String?) {
            self.id = id
            self.kind = kind
        }
    }

    /// The fields, groups and lists that differ from run to run and are taken from the capture.
    public var unsteady: [String] { changing + random }
    /// Returns true if a field, or a group that contains it, differs from run to run.
    public func isChanging(_ path: String) -> Bool {
        unsteady.contains { path == $0 || path.hasPrefix($0 + ".") }
    }
}

/// The place of a message in the order that a protocol guarantees on one connection.
public struct MessageOrder: Hashable, Sendable {
    /// The sequence. There is no guaranteed order between messages of different sequences.
    public var sequence: Value
    /// The part of the sequence. There is no guaranteed order between parts. Nil: the message has its place among all
    /// parts.
    public var part: Value?
    /// Creates a place in a sequence.
    public init(_ sequence: Value, part: Value? = nil) {
        self.sequence = sequence
        self.part = part
    }
    /// Returns true if the two messages have a fixed order.
    public func isFixed(to other: Self) -> Bool {
        sequence == other.sequence && (part == nil || other.part == nil || part == other.part)
    }
}

/// A field in which an answer names its request.
public struct AnswerField: Hashable, Sendable {
    /// The full path of the field.
    public var path: String
    /// The full path of the request's field that it repeats.
    public var request: String
    /// Creates an answer field from its full path and the path in the request.
    public init(_ path: String, of request: String) {
        self.path = path
        self.request = request
    }
}

/// An element of a list, found by its name, whose value follows from the last such list of the other side. An example
/// is the header field that proves that the other side's header was read. In a list of the node under test, the element
/// is compared.
public struct ElementField: Sendable {
    /// The full path of the list; its elements have a `name` and a `value`.
    public var list: String
    /// The name of the element; upper and lower case are equal.
    public var name: String
    /// The full path of the list of the other side.
    public var heard: String
    /// Returns the expression for the value. The argument is the name under which the expression finds the other side's
    /// list.
    public var value: @Sendable (String) -> String
    /// Creates an element of a list, with its expression.
    public init(_ name: String, in list: String, of heard: String, value: @escaping @Sendable (String) -> String) {
        (self.name, self.list, self.heard, self.value) = (name, list, heard, value)
    }
    /// Returns true if this is the element.
    public func fits(_ element: Value) -> Bool {
        guard case .text(let other)? = element["name"] else { return false }
        return other.lowercased() == name.lowercased()
    }
}

/// An element of a list of names and values.
public struct NamedElement: Hashable, Sendable {
    /// The name, regardless of case.
    public var name: String
    /// The full path of the list.
    public var list: String
    /// Creates an element from its name and the full path of its list.
    public init(_ name: String, in list: String) { (self.name, self.list) = (name, list) }
}

/// A field that is drawn anew each time.
public struct FreshField: Hashable, Sendable {
    /// The full path of the field.
    public var path: String
    /// The name of its value in a scenario, such as `cookie`.
    public var name: String
    /// The requirement that the value differs on each connection; nil: it may repeat.
    public var requirement: String?
    /// Creates a field from its full path.
    public init(_ path: String, name: String, requirement: String? = nil) {
        self.path = path
        self.name = name
        self.requirement = requirement
    }
}

/// A message that a node sends on its own.
public struct UnpromptedMessage: Hashable, Sendable {
    /// The name of the message.
    public var message: String
    /// The request to which it is also an answer; nil if it answers nothing.
    public var request: String?
    /// Creates a message from its name and the name of its request.
    public init(_ message: String, unlessAskedBy request: String? = nil) {
        self.message = message
        self.request = request
    }
}

/// A signature in a message, with the fields that it signs.
public struct SignedField: Hashable, Sendable {
    /// The full path of the signature.
    public var path: String
    /// The name of the scheme, as in `ScenarioPlaying.algorithms`.
    public var algorithm: String
    /// The path of the public key in the same message.
    public var key: String
    /// The signed parts, one after the other.
    public var over: [Part]
    /// Creates a signature from its full path; `key` and the paths in `over` name fields of the same message.
    public init(_ path: String, algorithm: String, key: String, over: [Part]) {
        self.path = path
        self.algorithm = algorithm
        self.key = key
        self.over = over
    }

    /// A signed part. Parts for fields that a message does not have are left out.
    public enum Part: Hashable, Sendable {
        /// The bytes of a field.
        case field(String)
        /// A number in this many bytes, big-endian.
        case number(String, bytes: Int)
        /// The value of this field, a full path, in the last message of the other side on this connection.
        case heard(String)
        /// The result of a function of the protocol for these fields, which may be groups.
        case call(String, [String])
    }
}
