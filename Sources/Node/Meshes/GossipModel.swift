/// A mesh of routers that is to be simulated: each dials some others by chance, all have one topic, and publish in turn.
public struct GossipPlan: Sendable {
    public var peers: Int
    /// Whom each dials.
    public var dials = 10
    public var settings: Settings
    /// Everything that is left to chance comes from it: one seed gives one history.
    public var seed: UInt64
    /// The probability that an RPC is lost.
    public var loss = 0.0
    /// How long an RPC takes, in whole milliseconds; always the same over one connection.
    public var delay = Duration.milliseconds(5)...Duration.milliseconds(50)
    /// Until the first message, for meshes to form.
    public var warmUp = Duration.seconds(5)
    /// How long messages are published.
    public var duration = Duration.seconds(60)
    /// After the last message, until the end.
    public var rest = Duration.seconds(10)
    /// In all, by peers in turn.
    public var messagesEachSecond = 10
    /// Bytes of each, 8 at least.
    public var size = 100
    /// The fault of every router.
    public var bug: String?
    /// Connections that break, and are there again after some time, and topics that are left and joined again, while
    /// messages go.
    public var upsets = 0
    /// Whether bytes of control are counted, which takes time.
    public var countsBytes = true

    /// A mesh of so many in which nothing is lost.
    public init(peers: Int, _ settings: Settings, seed: UInt64) {
        (self.peers, self.settings, self.seed) = (peers, settings, seed)
    }
}

/// What a simulated mesh of routers did that none may do.
public enum GossipViolation: Hashable, Sendable, CustomStringConvertible {
    /// A message was handed to the application again.
    case twice(message: Int, peer: Int)
    /// Nothing was lost, and a message did not come to a peer.
    case missing(message: Int, peers: Int)
    /// Nothing was lost, and a message took longer to a peer than over the mesh.
    case late(message: Int, peer: Int)
    /// After a heartbeat a mesh was too small, and there were others.
    case small(peer: Int, mesh: Int, others: Int)
    /// After a heartbeat a mesh was too large.
    case large(peer: Int, mesh: Int)
    /// A peer sent GRAFT to one that had pruned it, before the time that the PRUNE said.
    case graftInBackoff(peer: Int, to: Int)
    /// A peer sent a message to whom it came from.
    case back(message: Int, peer: Int)
    /// Messages go round without end: the simulation was given up.
    case endless

    /// One line for people.
    public var description: String {
        switch self {
        case .twice(let message, let peer): "message \(message) was delivered again at peer \(peer)"
        case .missing(let message, let peers): "message \(message) did not come to \(peers) peers"
        case .late(let message, let peer): "message \(message) came late to peer \(peer)"
        case .small(let peer, let mesh, let others):
            "peer \(peer) has \(mesh) in its mesh after a heartbeat, and \(others) others are there"
        case .large(let peer, let mesh): "peer \(peer) has \(mesh) in its mesh after a heartbeat"
        case .graftInBackoff(let peer, let to): "peer \(peer) sent GRAFT to \(to) within its backoff"
        case .back(let message, let peer): "peer \(peer) sent message \(message) back to where it came from"
        case .endless: "messages go round without end"
        }
    }
}

/// What became of a simulated mesh of routers.
public struct GossipOutcome: Equatable, Sendable {
    public var published = 0
    /// Messages by peers that were there to get them, and how many of these got them.
    public var wanted = 0
    public var reached = 0
    /// Messages that were handed to applications.
    public var delivered = 0
    /// Messages that came, each copy counted.
    public var received = 0
    /// Deliveries by how many hops they took.
    public var hops: [Int] = []
    /// From publication to delivery.
    public var totalDelay = Duration.zero
    public var longestDelay = Duration.zero
    public var heartbeats = 0
    /// RPCs with control that were sent, their bytes without messages, and what they said.
    public var controlRPCs = 0
    public var controlBytes = 0
    public var control: [String: Int] = [:]
    public var rpcs = 0
    public var lost = 0
    public var upsets = 0
    /// What went wrong, the first 100, and how much it was.
    public var violations: [GossipViolation] = []
    public var violationCount = 0
    public init() {}

    public mutating func add(_ violation: GossipViolation) {
        violationCount += 1
        if violations.count < 100 { violations.append(violation) }
    }
    /// Of what was wanted, 0 to 1.
    public var ratio: Double { wanted > 0 ? Double(reached) / Double(wanted) : 1 }
    /// Copies that were not needed, for each delivery.
    public var duplicates: Double { delivered > 0 ? Double(received - delivered) / Double(delivered) : 0 }
    public var meanHops: Double {
        let sum = hops.enumerated().reduce(0) { $0 + $1.offset * $1.element }
        return delivered > 0 ? Double(sum) / Double(max(1, hops.reduce(0, +))) : 0
    }
    public var meanDelay: Duration { delivered > 0 ? totalDelay / delivered : .zero }
}

/// How a protocol simulates meshes of its routers, without what carries their messages.
public struct GossipModel: Sendable {
    /// Parameters that a simulation has unless told otherwise.
    public var presets: [String: String]
    /// Names of the faults that its routers can have, of `Definition.bugs`.
    public var faults: [String]
    public var run: @Sendable (GossipPlan) -> GossipOutcome
    public init(
        presets: [String: String], faults: [String], run: @escaping @Sendable (GossipPlan) -> GossipOutcome
    ) { (self.presets, self.faults, self.run) = (presets, faults, run) }
}
