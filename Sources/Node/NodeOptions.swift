/// What a reference node is made from.
public struct NodeOptions: Sendable {
    /// Profile and parameters.
    public var settings: Settings
    /// Keys, cookies and salts come from here.
    public var random: Random
    /// How often it ran before, with the same `random`: what it may draw anew at each start, it draws by this as well.
    public var starts = 0
    /// What `Instant.zero` is by the calendar, in nanoseconds since 1970: of nodes that tell each other dates.
    public var date = NodeOptions.virtualDate
    /// When virtual time begins: 2026-01-01 in UTC, in nanoseconds since 1970.
    public static let virtualDate: Int64 = 1_767_225_600_000_000_000
    /// Where it listens, if it does.
    public var listening: Endpoint?
    /// Whom it opens connections to when it starts.
    public var peers: [Endpoint]
    /// What is wanted of each of `peers`, in the same order, such as the path and query of a URL; none is left out.
    /// Empty: nothing but the protocol.
    public var targets: [String] = []
    /// The fault to have, by name; nil for none.
    public var bug: String?
    /// Another protocol publishes and subscribes for it: it is a `PubsubUser`.
    public var leavesPubsub = false
    /// What it is, of `Definition.kinds`; nil: the first of them.
    public var kind: String?
    /// Its identity in the protocol; nil: it makes one.
    public var identity: [UInt8]?
    /// Where the layers of its connections tell their secrets; nil: nobody wants them.
    public var secrets: Secrets?
    /// Whom it is told of, with what they are: those of `peers`, in the same order, and no others.
    public var acquaintances: [Acquaintance] = []

    /// Another participant as a node is told of it.
    public struct Acquaintance: Equatable, Sendable {
        /// What people call it.
        public var name: String
        /// Where it listens.
        public var endpoint: Endpoint
        /// What it is, of `Definition.kinds`; nil: the first of them.
        public var kind: String?
        /// Its identity in the protocol; nil where nobody says.
        public var identity: [UInt8]?
        /// One that listens there.
        public init(name: String, endpoint: Endpoint, kind: String? = nil, identity: [UInt8]? = nil) {
            self.name = name
            self.endpoint = endpoint
            self.kind = kind
            self.identity = identity
        }
    }
    /// A node that neither listens nor dials unless told, without a fault.
    public init(
        _ settings: Settings, random: Random, listening: Endpoint? = nil, peers: [Endpoint] = [], bug: String? = nil
    ) {
        self.settings = settings
        self.random = random
        self.listening = listening
        self.peers = peers
        self.bug = bug
    }
}
