/// How many nodes a mesh has: hubs that all talk with one another, and peers that are attached to them evenly.
public struct MeshSize: Hashable, Sendable {
    /// Those that all talk with one another, such as superpeers.
    public var hubs: Int
    /// Those that each talk with one hub.
    public var peers: Int
    /// A mesh of so many.
    public init(hubs: Int, peers: Int) {
        self.hubs = hubs
        self.peers = peers
    }
    /// Peers of a hub, by its number from 0. When they cannot all have as many, the first ones have one more.
    public func attached(to hub: Int) -> Int { hubs > 0 ? peers / hubs + (hub < peers % hubs ? 1 : 0) : 0 }
}

/// What is sent: counts of the same thing, by formula or as it went out.
public struct MeshTraffic: Hashable, Sendable {
    /// Messages, however many datagrams they take.
    public var messages = 0
    /// Datagrams.
    public var datagrams = 0
    /// Ids of nodes that are told, with what goes with each.
    public var ids = 0
    /// Bytes of UDP payload.
    public var bytes = 0
    /// Nothing, or so much.
    public init(messages: Int = 0, datagrams: Int = 0, ids: Int = 0, bytes: Int = 0) {
        (self.messages, self.datagrams, self.ids, self.bytes) = (messages, datagrams, ids, bytes)
    }
    /// Both together.
    public static func + (a: Self, b: Self) -> Self {
        Self(
            messages: a.messages + b.messages, datagrams: a.datagrams + b.datagrams, ids: a.ids + b.ids,
            bytes: a.bytes + b.bytes)
    }
    /// So many times that.
    public static func * (n: Int, a: Self) -> Self {
        Self(messages: n * a.messages, datagrams: n * a.datagrams, ids: n * a.ids, bytes: n * a.bytes)
    }
}

/// What an interval costs: every hub asks every other hub once, every peer its hub, and all are answered.
public struct MeshCost: Hashable, Sendable {
    /// Among the hubs.
    public var hubs = MeshTraffic()
    /// Between peers and their hubs.
    public var uplinks = MeshTraffic()
    /// Nothing, or so much.
    public init(hubs: MeshTraffic = MeshTraffic(), uplinks: MeshTraffic = MeshTraffic()) {
        (self.hubs, self.uplinks) = (hubs, uplinks)
    }
}

/// What one datagram is a part of, as far as counting needs it.
public struct Exchange: Hashable, Sendable {
    /// Name of the message.
    public var message: String
    /// What the message is told apart by, among those of one sender.
    public var number: UInt64
    /// The number of the request that it answers.
    public var answers: UInt64?
    /// Ids of nodes that the message tells; 0 in all its datagrams but the first.
    public var ids: Int
    /// Whether it is the first datagram of the message.
    public var isFirst: Bool
    /// A part of a message.
    public init(_ message: String, number: UInt64, answers: UInt64? = nil, ids: Int, isFirst: Bool) {
        (self.message, self.number, self.answers) = (message, number, answers)
        (self.ids, self.isFirst) = (ids, isFirst)
    }
}

/// What an event of a node says of the other nodes that it knows.
public enum MeshNews: Hashable, Sendable {
    /// It knows this one now.
    case learned([UInt8])
    /// It knows this one still, and reaches it another way now.
    case moved([UInt8])
    /// It does not know this one any more; `isExpired`: because it was not heard of for too long.
    case lost([UInt8], isExpired: Bool)
}

/// The words of a protocol for the nodes in one place of a mesh: in text, names of options and keys of JSON.
public struct MeshRole: Hashable, Sendable {
    /// Such a node, of `Definition.kinds`.
    public var kind: String
    /// One of them.
    public var singular: String
    /// Several of them.
    public var plural: String
    /// A role; its option is `--` and the plural.
    public init(kind: String, singular: String, plural: String) {
        (self.kind, self.singular, self.plural) = (kind, singular, plural)
    }
}

/// What a protocol tells of meshes of its nodes, for `meshspec cost` and `meshspec simulate`: what they cost by
/// formula, and how to see what they do.
public struct MeshModel: Sendable {
    /// The nodes that all talk with one another.
    public var hub: MeshRole
    /// The nodes that each talk with one of those.
    public var peer: MeshRole
    /// The word for the id of a node, such as MeshID.
    public var id: String
    /// The parameter that says what hubs tell one another; its choices are the modes that there are.
    public var mode: String
    /// Between two requests of one node to another, on average.
    public var interval: Duration
    /// The longest that this may be.
    public var longestInterval: Duration
    /// Nodes that a hub can tell of; the formulas hold for no more.
    public var limit: Int
    /// The identity of a node that goes by a name.
    public var identity: @Sendable (String) -> [UInt8]
    /// What an interval costs by formula once every hub knows every node.
    public var cost: @Sendable (MeshSize, Settings) -> MeshCost
    /// What a message costs that tells so many ids and nothing else, by formula and as a node encodes and cuts it.
    public var message: @Sendable (Int, Settings) -> (formula: MeshTraffic, encoded: MeshTraffic)
    /// What a datagram is; nil: none of the protocol.
    public var exchange: @Sendable (RawSpan) -> Exchange?
    /// What an event says of the nodes that are known; nil: nothing.
    public var news: @Sendable (Event) -> MeshNews?
    /// The control that tells the age in seconds of the oldest entry of a node's table, as a map with this member.
    public var oldest: (control: String, member: String)

    /// All of it; protocols do this once.
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
