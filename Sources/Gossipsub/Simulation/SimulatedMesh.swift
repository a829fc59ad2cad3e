import Libp2p
import Node
import Wire

extension GossipModel {
    /// A model of gossipsub routers. They sign only if the plan requires it, because signing takes longer than
    /// everything else.
    static let gossipsub = GossipModel(
        presets: ["signing": SignaturePolicy.laxNoSign.rawValue], faults: RouterFault.allCases.map(\.name)
    ) { plan in
        var mesh = SimulatedMesh(plan)
        mesh.run()
        return mesh.outcome
    }
}

/// Routers with RPCs in transit between them, in virtual time, and an observer of the whole mesh.
struct SimulatedMesh {
    /// A connection between two peers.
    struct Connection {
        var from: Int
        var to: Int
        /// The delay in milliseconds.
        var delay: Int
        var isUp = true
        /// A number that changes each time the connection is restored. RPCs of an earlier generation are lost.
        var generation: Int32 = 0
    }
    let plan: GossipPlan
    let parameters: RouterParameters
    var routers: [Router] = []
    var outcome = GossipOutcome()
    var connections: [Connection] = []
    /// The index of the connection to each neighbour, for each peer.
    var neighbours: [[Int: Int]]
    var indices: [PeerID: Int] = [:]
    var calendar: RPCCalendar
    var random: Random
    var watch: MeshWatch
    var out: [RouterAction] = []
    static let topic = Array("simulation".utf8)

    init(_ plan: GossipPlan) {
        self.plan = plan
        parameters = RouterParameters(plan.settings)
        random = Random(seed: plan.seed, "mesh of routers")
        watch = MeshWatch(plan, parameters)
        let period = Int(max(parameters.heartbeat * 3, parameters.firstHeartbeat * 2).nanoseconds / 1_000_000)
        calendar = RPCCalendar(ahead: max(period, Int(plan.delay.upperBound.nanoseconds / 1_000_000), 2000) + 1000)
        neighbours = Array(repeating: [:], count: plan.peers)
        build()
        connect()
    }
    private mutating func build() {
        let faults = Set([plan.bug.flatMap { RouterFault.named[$0] }].compactMap { $0 })
        for i in 0..<plan.peers {
            var random = Random(seed: plan.seed, "router", String(i))
            let isSigning = parameters.signing == .strictSign || parameters.signing == .laxSign
            let identity = isSigning ? Identity(seed: random.bytes(32)) : nil
            // A fake Ed25519 key costs no time.
            let peer = identity?.peer ?? PeerID(of: [8, 1, 18, 32] + random.bytes(32))
            var own = parameters
            let period = own.heartbeat.nanoseconds / 1_000_000
            own.firstHeartbeat = .milliseconds(1 + Int64(random.next() % UInt64(max(1, period))))
            var router = Router(own, own: peer, identity: identity, random, faults: faults)
            router.tellsReports = false
            indices[peer] = i
            routers.append(router)
        }
    }
    /// Connects the routers at random. Every router except the first dials an earlier one, so that all are connected.
    private mutating func connect() {
        for i in routers.indices.dropFirst() {
            link(i, draw(i))
            for _ in 1..<max(1, plan.dials) {
                let other = draw(plan.peers)
                if other != i { link(i, other) }
            }
        }
    }
    private mutating func link(_ a: Int, _ b: Int) {
        guard neighbours[a][b] == nil else { return }
        let least = Int(plan.delay.lowerBound.nanoseconds / 1_000_000)
        let most = Int(plan.delay.upperBound.nanoseconds / 1_000_000)
        neighbours[a][b] = connections.count
        neighbours[b][a] = connections.count
        connections.append(Connection(from: a, to: b, delay: max(1, least + draw(most - least + 1))))
    }
    mutating func draw(_ n: Int) -> Int { n > 1 ? Int(random.next() % UInt64(n)) : 0 }
    var now: Instant { Instant(nanoseconds: Int64(calendar.today) * 1_000_000) }
    static func milliseconds(_ d: Duration) -> Int { Int(d.nanoseconds / 1_000_000) }

    /// True if far more copies were received than there can be.
    private var isEndless: Bool { outcome.received > 100_000 + 100 * plan.peers * (watch.next + 1) }

    /// Runs the simulation from start to end.
    mutating func run() {
        for i in routers.indices {
            routers[i].start(now: .zero)
            routers[i].subscribe(Self.topic, now: .zero, &out)
            watch.joined(i, now)
            schedule(i)
        }
        for c in connections.indices { bring(c) }
        let begin = Self.milliseconds(plan.warmUp)
        let end = begin + Self.milliseconds(plan.duration)
        let count = plan.messagesEachSecond * Self.milliseconds(plan.duration) / 1000
        let last = end + Self.milliseconds(plan.rest)
        func time(_ n: Int, of count: Int) -> Int { begin + n * (end - begin) / max(1, count) }
        var published = 0
        var upsets = 0
        while calendar.today <= last {
            while published < count, time(published, of: count) <= calendar.today {
                publish()
                published += 1
            }
            while upsets < plan.upsets, time(upsets, of: plan.upsets) <= calendar.today {
                upset()
                upsets += 1
            }
            var until = last
            if published < count { until = min(until, time(published, of: count) - 1) }
            if upsets < plan.upsets { until = min(until, time(upsets, of: plan.upsets) - 1) }
            while let events = calendar.take(until: until) {
                for event in events { happen(event) }
                guard !isEndless else { return outcome.add(.endless) }
            }
        }
        watch.finish(&outcome)
    }
}
