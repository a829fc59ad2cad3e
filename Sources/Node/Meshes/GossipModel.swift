/// The plan of a simulated mesh of routers. Each router connects to some random others. All have one topic, and publish
/// in turn.
public struct GossipPlan: Sendable {
    public var peers: Int
    /// The number of routers to which each connects.
    public var dials = 10
    public var settings: Settings
    /// The seed of all random choices: one seed yields one history.
    public var seed: UInt64
    /// The probability that an RPC is lost.
    public var loss = 0.0
    /// The range of the transfer time of an RPC, in whole milliseconds; it is constant over one connection.
    public var delay = Duration.milliseconds(5)...Duration.milliseconds(50)
    /// The time before the first message, in which meshes form.
    public var warmUp = Duration.seconds(5)
    /// The time during which messages are published.
    public var duration = Duration.seconds(60)
    /// The time after the last message, until the end.
    public var rest = Duration.seconds(10)
    /// The total rate of messages, by peers in turn.
    public var messagesEachSecond = 10
    /// The number of bytes of each message, at least 8.
    public var size = 100
    /// The fault of every router.
    public var bug: String?
    /// The number of disturbances while messages are published: connections that break and return after some time, and
    /// topics that are left and joined again.
    public var upsets = 0
    /// True if bytes of control are counted, which takes time.
    public var countsBytes = true

    /// Creates a plan for this number of peers in which nothing is lost.
    public init(peers: Int, _ settings: Settings, seed: UInt64) {
        (self.peers, self.settings, self.seed) = (peers, settings, seed)
    }
}

/// A violation in a simulated mesh of routers.
public enum GossipViolation: Hashable, Sendable, CustomStringConvertible {
    /// A message was delivered to the application again.
    case twice(message: Int, peer: Int)
    /// Nothing was lost, but a message did not arrive at some peers.
    case missing(message: Int, peers: Int)
    /// Nothing was lost, but a message took longer to a peer than over the mesh.
    case late(message: Int, peer: Int)
    /// After a heartbeat a mesh was too small, although there were other peers.
    case small(peer: Int, mesh: Int, others: Int)
    /// After a heartbeat a mesh was too large.
    case large(peer: Int, mesh: Int)
    /// A peer sent GRAFT to a peer that had pruned it, before the backoff time of the PRUNE had passed.
    case graftInBackoff(peer: Int, to: Int)
    /// A peer sent a message to the peer from which it had received it.
    case back(message: Int, peer: Int)
    /// Messages circulate without end: the simulation was given up.
    case endless

    /// A text for people, in one line.
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

/// The results of a simulated mesh of routers.
public struct GossipOutcome: Equatable, Sendable {
    public var published = 0
    /// The number of messages times the peers that were there to receive them, and the number of deliveries among
    /// these.
    public var wanted = 0
    public var reached = 0
    /// The number of messages that were delivered to applications.
    public var delivered = 0
    /// The number of messages that arrived, each copy counted.
    public var received = 0
    /// The number of deliveries by their number of hops.
    public var hops: [Int] = []
    /// The time from publication to delivery.
    public var totalDelay = Duration.zero
    public var longestDelay = Duration.zero
    public var heartbeats = 0
    /// The number of RPCs with control that were sent, their bytes without messages, and the count of each control
    /// message.
    public var controlRPCs = 0
    public var controlBytes = 0
    public var control: [String: Int] = [:]
    public var rpcs = 0
    public var lost = 0
    public var upsets = 0
    /// The first 100 violations, and the total number.
    public var violations: [GossipViolation] = []
    public var violationCount = 0
    public init() {}

    public mutating func add(_ violation: GossipViolation) {
        violationCount += 1
        if violations.count < 100 { violations.append(violation) }
    }
    /// The share of expected deliveries that arrived, 0 to 1.
    public var ratio: Double { wanted > 0 ? Double(reached) / Double(wanted) : 1 }
    /// The number of unneeded copies for each delivery.
    public var duplicates: Double { delivered > 0 ? Double(received - delivered) / Double(delivered) : 0 }
    public var meanHops: Double {
        let sum = hops.enumerated().reduce(0) { $0 + $1.offset * $1.element }
        return delivered > 0 ? Double(sum) / Double(max(1, hops.reduce(0, +))) : 0
    }
    public var meanDelay: Duration { delivered > 0 ? totalDelay / delivered : .zero }
}

/// The simulation of meshes of a protocol's routers, without the layers that carry their messages.
public struct GossipModel: Sendable {
    /// The default parameters of a simulation.
    public var presets: [String: String]
    /// The names of the faults that its routers can have, from `ReferenceImplementation.bugs`.
    public var faults: [String]
    public var run: @Sendable (GossipPlan) -> GossipOutcome
    public init(
        presets: [String: String], faults: [String], run: @escaping @Sendable (GossipPlan) -> GossipOutcome
    ) { (self.presets, self.faults, self.run) = (presets, faults, run) }
}
