public import Wire

/// The options from which a reference node is created.
public struct NodeOptions: Sendable {
    /// The profile and parameters.
    public var settings: Settings
    /// The source of keys, cookies and salts.
    public var random: Random
    /// The number of earlier starts with the same `random`. Values that the node may draw anew at each start depend on
    /// it.
    public var starts = 0
    /// The date of `Instant.zero`, in nanoseconds since 1970, for nodes that exchange dates.
    public var date = NodeOptions.virtualDate
    /// The date at which virtual time begins: 2026-01-01 in UTC, in nanoseconds since 1970.
    public static let virtualDate: Int64 = 1_767_225_600_000_000_000
    /// The address on which the node listens, if it does.
    public var listening: Endpoint?
    /// The addresses to which the node connects when it starts.
    public var peers: [Endpoint]
    /// The target to request from each of `peers`, in the same order, such as the path and query of a URL. It has an
    /// entry for every peer. Empty: no target beyond the protocol.
    public var targets: [String] = []
    /// The name of the seeded fault; nil for a correct node.
    public var bug: String?
    /// The kind of the node, from `ReferenceImplementation.kinds`; nil: the first one.
    public var kind: String?
    /// The identity in the protocol; nil: the node creates one.
    public var identity: [UInt8]?
    /// The place where the layers of its connections record their secrets; nil: they are not recorded.
    public var secrets: Secrets?
    /// The state that an earlier run of the node left, as the question `ReferenceImplementation.store` returned it; nil:
    /// there is none. It may come from a file, so a node ignores what it cannot use.
    public var stored: Value?
    /// The addresses of another node that this node announces, in the text form of the protocol; empty: its own address.
    public var announced: [String] = []
    /// The key of the network to which the node belongs. Nodes of other networks are neither looked for nor heard; nil:
    /// all nodes that it reaches are of one network.
    public var network: String?
    /// True if another node opens data channels for this node (`ChannelUser`).
    public var hasChannels = false
    /// The other participants that the node is given: the nodes in `peers`, in the same order, and no others.
    public var acquaintances: [Acquaintance] = []

    /// Another participant, as described to a node.
    public struct Acquaintance: Equatable, Sendable {
        /// The name for people.
        public var name: String
        /// The address on which it listens.
        public var endpoint: Endpoint
        /// The kind of the participant, from `ReferenceImplementation.kinds`; nil: the first one.
        public var kind: String?
        /// The identity in the protocol; nil if it is unknown.
        public var identity: [UInt8]?
        /// Creates a participant that listens on this address.
        public init(name: String, endpoint: Endpoint, kind: String? = nil, identity: [UInt8]? = nil) {
            self.name = name
            self.endpoint = endpoint
            self.kind = kind
            self.identity = identity
        }
    }
    /// Creates the options of a correct node that neither listens nor connects unless these are given.
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
