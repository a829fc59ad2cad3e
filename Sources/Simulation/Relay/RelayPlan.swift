public import Node

/// A plan of a mesh of hubs with clients to simulate.
public struct RelayPlan: Sendable {
    /// The links between hubs.
    public enum Shape: String, CaseIterable, Sendable {
        /// Each hub dials a random hub before it, and every second one also a second one.
        case random
        /// Each hub dials the one before it.
        case line
        /// Each hub dials the one before it, and the first dials the last.
        case ring
        /// All hubs dial the first one.
        case star
    }
    public var hubs: Int
    /// The number of clients. Client n is at the hub n modulo `hubs`.
    public var clients: Int
    public var shape: Shape
    /// The settings of the hubs.
    public var settings: Settings
    /// The seed of all random decisions: one seed gives one history.
    public var seed: UInt64
    /// The seeded fault of all hubs.
    public var bug: String?
    /// The number of disturbances while clients talk: hubs and clients that die and come back, and links that break.
    public var upsets = 0
    /// The number of signals that are sent one at a time without other events, before and after the disturbances.
    public var probes = 10
    /// True if clients must know all others of their network, at any distance.
    public var isOneMesh = true
    /// True if a signal that is sent without other events must arrive; false if it may be lost.
    public var hasToArrive = true
    /// The maximum number of links between hubs that a signal crosses.
    public var hops = 40
    /// The time after which the mesh is at rest without help.
    public var rest = Duration.seconds(200)

    /// Creates a random mesh in which no node dies.
    public init(hubs: Int, clients: Int, shape: Shape = .random, _ settings: Settings, seed: UInt64) {
        (self.hubs, self.clients, self.shape) = (hubs, clients, shape)
        (self.settings, self.seed) = (settings, seed)
    }
}

/// A behaviour of a simulated mesh that is never allowed.
public enum RelayViolation: Hashable, Sendable, CustomStringConvertible {
    /// A client received the same signal again.
    case twice(type: String, client: Int)
    /// A client received a signal for another client, of its own or another network.
    case stray(type: String, client: Int)
    /// A client received a signal from another network.
    case otherNetwork(type: String, client: Int)
    /// A signal did not arrive, although there was a path and no other event.
    case lost(type: String, from: Int, to: Int)
    /// Hubs passed a signal on more often than once over every link.
    case loop(type: String, relays: Int, bound: Int)
    /// A signal crossed too many links.
    case tooFar(hops: Int)
    /// A client does not know all peers that it must know, or knows others.
    case table(client: Int, missing: Int, others: Int)
    /// Hubs pass on signals without end, and the simulation was given up.
    case endless

    /// One line for the user.
    public var description: String {
        switch self {
        case .twice(let type, let client): "client \(client) received the same \(type) twice"
        case .stray(let type, let client): "client \(client) received an \(type) for another client"
        case .otherNetwork(let type, let client): "client \(client) received an \(type) from another network"
        case .lost(let type, let from, let to): "an \(type) from client \(from) never reached client \(to)"
        case .loop(let type, let relays, let bound):
            "hubs passed an \(type) on \(relays) times, but \(bound) times are enough"
        case .tooFar(let hops): "a signal crossed \(hops) links"
        case .table(let client, let missing, let others):
            "client \(client) does not know \(missing) clients of its network, and knows \(others) that do not exist"
        case .endless: "hubs pass signals on without end"
        }
    }
}

/// The outcome of a simulated mesh of hubs.
public struct RelayOutcome: Equatable, Sendable {
    /// The violations, at most 100.
    public internal(set) var violations: [RelayViolation] = []
    /// The number of signals that had a path and had to arrive, and arrived, each once.
    public internal(set) var delivered = 0
    /// The number of signals sent without other events that did not arrive, but need not.
    public internal(set) var undelivered = 0
    /// The number of times that hubs passed signals on to hubs.
    public internal(set) var relays = 0
    /// The largest number of links that a signal crossed.
    public internal(set) var farthest = 0
    /// The number of disturbances: hubs and clients that died or came back, and links that broke.
    public internal(set) var upsets = 0
    /// The number of reports of hubs, by name.
    public internal(set) var reports: [String: Int] = [:]
    /// The number of clients that knew all peers that they must know, and the number of clients that were checked.
    public internal(set) var tables = (complete: 0, of: 0)

    public static func == (a: Self, b: Self) -> Bool {
        a.violations == b.violations && a.delivered == b.delivered && a.undelivered == b.undelivered
            && a.relays == b.relays && a.farthest == b.farthest && a.upsets == b.upsets && a.reports == b.reports
            && a.tables == b.tables
    }
    mutating func add(_ violation: RelayViolation) { if violations.count < 100 { violations.append(violation) } }
}
