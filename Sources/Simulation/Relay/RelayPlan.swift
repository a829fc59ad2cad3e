public import Node

/// A mesh of hubs with clients that is to be simulated.
public struct RelayPlan: Sendable {
    /// Who dials whom.
    public enum Shape: String, CaseIterable, Sendable {
        /// Each hub dials one of those before it, by chance, and every second one another one as well.
        case random
        /// Each hub dials the one before it.
        case line
        /// The same, and the last one dials the first.
        case ring
        /// All dial the first.
        case star
    }
    public var hubs: Int
    /// Each at the hub of its number, and round again.
    public var clients: Int
    public var shape: Shape
    /// What hubs behave as.
    public var settings: Settings
    /// Everything that is left to chance comes from it: one seed gives one history.
    public var seed: UInt64
    /// The fault of all hubs.
    public var bug: String?
    /// Hubs and clients that die and come back, and links that break, while clients talk.
    public var upsets = 0
    /// Signals that are sent one at a time while nothing else happens, before and after.
    public var probes = 10
    /// Whether clients have to know all others of their network, however far.
    public var isOneMesh = true
    /// Whether what is sent while nothing happens has to arrive; off, it may arrive.
    public var hasToArrive = true
    /// Over how many links between hubs a signal goes at most.
    public var hops = 40
    /// Until nothing happens any more, of itself.
    public var rest = Duration.seconds(200)

    /// A random mesh in which nothing dies.
    public init(hubs: Int, clients: Int, shape: Shape = .random, _ settings: Settings, seed: UInt64) {
        (self.hubs, self.clients, self.shape) = (hubs, clients, shape)
        (self.settings, self.seed) = (settings, seed)
    }
}

/// What a simulated mesh did that none may do.
public enum RelayViolation: Hashable, Sendable, CustomStringConvertible {
    /// A signal came to a client again.
    case twice(type: String, client: Int)
    /// A signal came to a client that it was not for, of its network or of another one.
    case stray(type: String, client: Int)
    /// A signal came into another network than that of its sender.
    case otherNetwork(type: String, client: Int)
    /// Nothing happened, a way was there, and a signal did not arrive.
    case lost(type: String, from: Int, to: Int)
    /// Hubs passed a signal on more often than over every link once.
    case loop(type: String, relays: Int, bound: Int)
    /// A signal went over more links than it may.
    case tooFar(hops: Int)
    /// A client does not know those that it has to know, or knows others.
    case table(client: Int, missing: Int, others: Int)
    /// Hubs pass on without end: the simulation was given up.
    case endless

    /// One line for people.
    public var description: String {
        switch self {
        case .twice(let type, let client): "client \(client) got the same \(type) twice"
        case .stray(let type, let client): "client \(client) got an \(type) that is for another"
        case .otherNetwork(let type, let client): "client \(client) got an \(type) of another network"
        case .lost(let type, let from, let to): "an \(type) from client \(from) never came to client \(to)"
        case .loop(let type, let relays, let bound):
            "an \(type) was passed on \(relays) times, where \(bound) are enough"
        case .tooFar(let hops): "a signal went over \(hops) links"
        case .table(let client, let missing, let others):
            "client \(client) does not know \(missing) of its network, and knows \(others) that are not there"
        case .endless: "hubs pass signals on without end"
        }
    }
}

/// What became of a simulated mesh of hubs.
public struct RelayOutcome: Equatable, Sendable {
    /// What went wrong, at most 100.
    public internal(set) var violations: [RelayViolation] = []
    /// Signals that had a way and had to arrive, and did, each once.
    public internal(set) var delivered = 0
    /// Signals that were sent while nothing else happened and did not arrive, where they need not.
    public internal(set) var undelivered = 0
    /// How often hubs passed signals on to hubs.
    public internal(set) var relays = 0
    /// Over how many links the farthest signal went.
    public internal(set) var farthest = 0
    /// Hubs and clients that died or came back, and links that broke.
    public internal(set) var upsets = 0
    /// How often hubs told of what happened to them, by its name.
    public internal(set) var reports: [String: Int] = [:]
    /// How many clients knew all that they had to, of how many.
    public internal(set) var tables = (complete: 0, of: 0)

    public static func == (a: Self, b: Self) -> Bool {
        a.violations == b.violations && a.delivered == b.delivered && a.undelivered == b.undelivered
            && a.relays == b.relays && a.farthest == b.farthest && a.upsets == b.upsets && a.reports == b.reports
            && a.tables == b.tables
    }
    mutating func add(_ violation: RelayViolation) { if violations.count < 100 { violations.append(violation) } }
}
