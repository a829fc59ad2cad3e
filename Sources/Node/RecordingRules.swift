public import Wire

/// What somebody has to know of a protocol's fields who makes a scenario out of a capture: which values are new in
/// every run, and how those that follow from others are made again. Nothing here has to be said for a protocol to be
/// recorded; what is not said is taken as it stands in the capture.
///
/// Paths are full, as in `Definition.identities`: `nano.node_id_handshake.response.salt`. Elements of lists have no
/// index: `nano.keepalive.peers.port`. The public keys of those who speak are the `identities` themselves.
public struct RecordingRules: Sendable {
    /// Fields that are drawn anew each time, such as cookies and salts.
    public var fresh: [FreshField]
    /// Fields that a node draws anew each time as well, and that stay as they were where others say them: keys and ids that
    /// scenarios write out.
    public var drawn: [FreshField] = []
    /// Fields, or groups and lists of fields, that differ from run to run and that nothing else follows from: clocks,
    /// counters, addresses of others.
    public var changing: [String]
    /// Signatures, and what they are over.
    public var signatures: [SignedField]
    /// Messages that a node sends of its own accord, whenever it wants.
    public var unprompted: [UnpromptedMessage]
    /// Fields in which an answer names its request by a number that differs from run to run.
    public var answers: [AnswerField] = []
    /// Elements of lists that follow from what the other side said last.
    public var elements: [ElementField] = []
    /// Messages that come more often in one run than in another: beside those that are expected, they are ignored.
    public var recurrent: [String] = []
    /// For so long such a message is waited for at least, however soon it came in the capture.
    public var patience = Duration.seconds(5)
    /// Who says a message, by its fields, where scenarios name those who take part by ids of theirs; nil: they do not.
    public var sender: (@Sendable (Value) -> Sender?)? = nil
    /// Full path of the field of a layer's message with which who opens a connection says what it wants there, where that is
    /// another thing on each, such as `websocket.upgrade.target`; nil: it is not.
    public var target: String? = nil
    /// Whether a message of a layer, by its name and fields, ends the connection for who says it; nil: only the transport
    /// ends it.
    public var isEnd: (@Sendable (String, Value) -> Bool)? = nil
    /// Where a message, by its name and fields, stands among those that the same node says on the same connection; nil: all come
    /// in one order.
    public var order: (@Sendable (String, Value) -> MessageOrder)? = nil
    /// Rules; without any, all values are taken as they are.
    public init(
        fresh: [FreshField] = [], changing: [String] = [], signatures: [SignedField] = [],
        unprompted: [UnpromptedMessage] = []
    ) {
        self.fresh = fresh
        self.changing = changing
        self.signatures = signatures
        self.unprompted = unprompted
    }

    /// Who says something, as `actors` of a scenario have it.
    public struct Sender: Hashable, Sendable {
        /// As `id`.
        public var id: [UInt8]
        /// As `kind`, one of those of the definition; nil when it does not say.
        public var kind: String?
        /// Somebody with an id.
        public init(id: [UInt8], kind: String?) {
            self.id = id
            self.kind = kind
        }
    }

    /// Whether a field, or what it stands in, differs from run to run.
    public func isChanging(_ path: String) -> Bool {
        changing.contains { path == $0 || path.hasPrefix($0 + ".") }
    }
}

/// Which messages of one connection come in an order that the protocol promises.
public struct MessageOrder: Hashable, Sendable {
    /// Nothing is promised between messages of several sequences.
    public var sequence: Value
    /// Within a sequence nothing is promised between several parts of it; nil: the message has its place among all parts.
    public var part: Value?
    /// A place in a sequence.
    public init(_ sequence: Value, part: Value? = nil) {
        self.sequence = sequence
        self.part = part
    }
    /// Whether one of the two always comes first.
    public func isFixed(to other: Self) -> Bool {
        sequence == other.sequence && (part == nil || other.part == nil || part == other.part)
    }
}

/// A field in which an answer names its request.
public struct AnswerField: Hashable, Sendable {
    /// Full path of the field.
    public var path: String
    /// Full path of the field of the request that it repeats.
    public var request: String
    /// A field by its full path, and that of the request.
    public init(_ path: String, of request: String) {
        self.path = path
        self.request = request
    }
}

/// An element of a list, found by its name, whose value follows from a list that the other side said last: such as the
/// header field that proves that the other one's was read. Of a list that the node says it is what is compared.
public struct ElementField: Sendable {
    /// Full path of the list; its elements have a `name` and a `value`.
    public var list: String
    /// The name of the element, in any case of letters.
    public var name: String
    /// Full path of the list of the other side.
    public var heard: String
    /// How an expression makes the value of the list that was heard, which it is given under a name.
    public var value: @Sendable (String) -> String
    /// An element of a list, and what makes it.
    public init(_ name: String, in list: String, of heard: String, value: @escaping @Sendable (String) -> String) {
        (self.name, self.list, self.heard, self.value) = (name, list, heard, value)
    }
    /// Whether this is the element.
    public func fits(_ element: Value) -> Bool {
        guard case .text(let other)? = element["name"] else { return false }
        return other.lowercased() == name.lowercased()
    }
}

/// A field that is drawn anew each time.
public struct FreshField: Hashable, Sendable {
    /// Full path of the field.
    public var path: String
    /// What a scenario calls its value, such as `cookie`.
    public var name: String
    /// What says that it is another one on each connection; nil: nothing says so.
    public var requirement: String?
    /// A field by its full path.
    public init(_ path: String, name: String, requirement: String? = nil) {
        self.path = path
        self.name = name
        self.requirement = requirement
    }
}

/// A message that a node sends of its own accord.
public struct UnpromptedMessage: Hashable, Sendable {
    /// Its name.
    public var message: String
    /// The request to which it is an answer as well; nil when it answers nothing.
    public var request: String?
    /// A message by its name, and by that of its request.
    public init(_ message: String, unlessAskedBy request: String? = nil) {
        self.message = message
        self.request = request
    }
}

/// A signature in a message, and what it is over.
public struct SignedField: Hashable, Sendable {
    /// Full path of the signature.
    public var path: String
    /// Name of the scheme, as in `Definition.algorithms`.
    public var algorithm: String
    /// Path of the public key in the same message.
    public var key: String
    /// What is signed: these, one after the other.
    public var over: [Part]
    /// A signature by its full path; `key` and the paths in `over` are those of fields of the same message.
    public init(_ path: String, algorithm: String, key: String, over: [Part]) {
        self.path = path
        self.algorithm = algorithm
        self.key = key
        self.over = over
    }

    /// A part of what is signed. Parts of fields that a message does not have are left out.
    public enum Part: Hashable, Sendable {
        /// Bytes of a field.
        case field(String)
        /// A number in so many bytes, big-endian.
        case number(String, bytes: Int)
        /// What the other side said last on this connection in the field of this full path.
        case heard(String)
        /// What a function of the protocol gives for these fields, which may be groups.
        case call(String, [String])
    }
}
