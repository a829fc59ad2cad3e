/// The number of nodes of a mesh: hubs that are all connected with one another, and peers that are evenly attached to
/// them.
public struct MeshSize: Hashable, Sendable {
    /// The number of nodes that are all connected with one another, such as superpeers.
    public var hubs: Int
    /// The number of nodes that are each connected with one hub.
    public var peers: Int
    /// Creates a size.
    public init(hubs: Int, peers: Int) {
        self.hubs = hubs
        self.peers = peers
    }
    /// Returns the number of peers of a hub, by its number from 0. If the peers cannot be divided evenly, the first
    /// hubs have one more.
    public func attached(to hub: Int) -> Int { hubs > 0 ? peers / hubs + (hub < peers % hubs ? 1 : 0) : 0 }
}

/// An amount of traffic: counts of the same messages, by formula or as sent.
public struct MeshTraffic: Hashable, Sendable {
    /// The number of messages, regardless of their datagrams.
    public var messages = 0
    /// The number of datagrams.
    public var datagrams = 0
    /// The number of node ids in them, with the data of each.
    public var ids = 0
    /// The number of bytes of UDP payload.
    public var bytes = 0
    /// Creates an amount; zero by default.
    public init(messages: Int = 0, datagrams: Int = 0, ids: Int = 0, bytes: Int = 0) {
        (self.messages, self.datagrams, self.ids, self.bytes) = (messages, datagrams, ids, bytes)
    }
    /// Returns the sum.
    public static func + (a: Self, b: Self) -> Self {
        Self(
            messages: a.messages + b.messages, datagrams: a.datagrams + b.datagrams, ids: a.ids + b.ids,
            bytes: a.bytes + b.bytes)
    }
    /// Returns the amount multiplied by `n`.
    public static func * (n: Int, a: Self) -> Self {
        Self(messages: n * a.messages, datagrams: n * a.datagrams, ids: n * a.ids, bytes: n * a.bytes)
    }
}

/// The cost of an interval: every hub asks every other hub once, every peer its hub, and all requests are answered.
public struct MeshCost: Hashable, Sendable {
    /// The traffic among the hubs.
    public var hubs = MeshTraffic()
    /// The traffic between peers and their hubs.
    public var uplinks = MeshTraffic()
    /// Creates a cost; zero by default.
    public init(hubs: MeshTraffic = MeshTraffic(), uplinks: MeshTraffic = MeshTraffic()) {
        (self.hubs, self.uplinks) = (hubs, uplinks)
    }
}

/// The data about one datagram that counting needs.
public struct Exchange: Hashable, Sendable {
    /// The name of the message.
    public var message: String
    /// The number that distinguishes the message from others of the same sender.
    public var number: UInt64
    /// The number of the request that it answers.
    public var answers: UInt64?
    /// The number of node ids in the message; 0 in all its datagrams except the first.
    public var ids: Int
    /// True if it is the first datagram of the message.
    public var isFirst: Bool
    /// Creates the data of a datagram.
    public init(_ message: String, number: UInt64, answers: UInt64? = nil, ids: Int, isFirst: Bool) {
        (self.message, self.number, self.answers) = (message, number, answers)
        (self.ids, self.isFirst) = (ids, isFirst)
    }
}

/// A change in a node's knowledge of other nodes, as an event reports it.
public enum MeshNews: Hashable, Sendable {
    /// The node knows this one now.
    case learned([UInt8])
    /// The node still knows this one, and reaches it another way now.
    case moved([UInt8])
    /// The node does not know this one any more. `isExpired` is true if it received no news of it for too long.
    case lost([UInt8], isExpired: Bool)
}

/// The words of a protocol for the nodes in one role of a mesh: in text, names of options and keys of JSON.
public struct MeshRole: Hashable, Sendable {
    /// The kind of the nodes, from `ReferenceImplementation.kinds`.
    public var kind: String
    /// The word for one node.
    public var singular: String
    /// The word for several nodes.
    public var plural: String
    /// Creates a role; its option is `--` and the plural.
    public init(kind: String, singular: String, plural: String) {
        (self.kind, self.singular, self.plural) = (kind, singular, plural)
    }
}

/// A protocol's model of meshes of its nodes, for `meshspec cost` and `meshspec simulate`: their cost by formula, and
/// the way to see their behaviour.
public struct MeshModel: Sendable {
    /// The role of nodes that are all connected with one another.
    public var hub: MeshRole
    /// The role of nodes that are each connected with one hub.
    public var peer: MeshRole
    /// The word for the id of a node, such as MeshID.
    public var id: String
    /// The parameter that decides which ids hubs send to one another; its choices are the modes.
    public var mode: String
    /// The average time between two requests of one node to another.
    public var interval: Duration
    /// The longest time between two requests of one node to another.
    public var longestInterval: Duration
    /// The maximum number of nodes that a hub can list; the formulas hold up to this number.
    public var limit: Int
    /// Returns the identity of a node with this name.
    public var identity: @Sendable (String) -> [UInt8]
    /// Returns the cost of an interval by formula, once every hub knows every node.
    public var cost: @Sendable (MeshSize, Settings) -> MeshCost
    /// Returns the cost of a message with this number of ids and no other content, by formula and as a node encodes and
    /// splits it.
    public var message: @Sendable (Int, Settings) -> (formula: MeshTraffic, encoded: MeshTraffic)
    /// Returns the data about a datagram; nil if it does not belong to the protocol.
    public var exchange: @Sendable (RawSpan) -> Exchange?
    /// Returns the change in the known nodes from an event; nil if the event reports no change.
    public var news: @Sendable (Event) -> MeshNews?
    /// The control that returns the age in seconds of the oldest entry of a node's table, and the member of the map
    /// that has it.
    public var oldest: (control: String, member: String)

    /// Creates a model; each protocol does this once.
    public init(
        hub: MeshRole, peer: MeshRole, id: String, mode: String, interval: Duration,
        longestInterval: Duration, limit: Int, oldest: (control: String, member: String),
        identity: @escaping @Sendable (String) -> [UInt8],
        cost: @escaping @Sendable (MeshSize, Settings) -> MeshCost,
        message: @escaping @Sendable (Int, Settings) -> (formula: MeshTraffic, encoded: MeshTraffic),
        exchange: @escaping @Sendable (RawSpan) -> Exchange?, news: @escaping @Sendable (Event) -> MeshNews?
    ) {
        (self.hub, self.peer, self.id, self.mode, self.interval) = (hub, peer, id, mode, interval)
        (self.longestInterval, self.limit, self.oldest) = (longestInterval, limit, oldest)
        (self.identity, self.cost, self.message) = (identity, cost, message)
        (self.exchange, self.news) = (exchange, news)
    }
}
