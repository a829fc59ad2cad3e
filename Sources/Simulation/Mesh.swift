internal import Network
internal import Node
internal import Wire

/// A mesh of reference nodes over a simulated network: hubs first, then peers. All start at once. Each hub except the
/// first initially knows a random hub before it, and learns of the others. Each peer initially knows its hub.
final class Mesh {
    let model: MeshModel
    let plan: MeshPlan
    private let network: SimulatedNetwork
    let driver: Driver
    private(set) var census: Census
    /// Calls `body` for each datagram that is sent from now on, with the numbers of the nodes.
    func onDatagram(_ body: @escaping (_ from: Int, _ to: Int, RawSpan) -> Void) {
        network.onDatagram = { from, to, bytes in
            guard let a = Self.number(from), let b = Self.number(to) else { return }
            body(a, b, bytes)
        }
    }

    /// Creates a mesh. No node starts before `start`.
    init(_ definition: Definition, _ model: MeshModel, _ plan: MeshPlan) {
        (self.model, self.plan) = (model, plan)
        network = SimulatedNetwork(seed: plan.seed)
        network.conditions = plan.conditions
        driver = Driver(network)
        driver.tellsReports = true
        self.definition = definition
        census = Census(
            (0..<plan.size.hubs + plan.size.peers).map { model.identity(Self.name($0, plan)) }, hubs: plan.size.hubs)
    }
    private let definition: Definition
    private var nodes: [NodeID] = []

    private static func name(_ number: Int, _ plan: MeshPlan) -> String {
        let hubs = plan.size.hubs
        return number < hubs ? "hub/\(plan.seed)/\(number)" : "peer/\(plan.seed)/\(number - hubs)"
    }
    /// Returns the address of a node; the first is 10.0.0.1.
    private static func endpoint(_ number: Int) -> Endpoint {
        Endpoint(v4: 0x0a00_0001 &+ UInt32(clamping: number), port: 40_000)
    }
    private static func number(_ e: Endpoint) -> Int? { e.v4.map { Int($0) - 0x0a00_0001 } }

    /// Starts all nodes.
    func start() throws(NetworkError) {
        var chance = Random(seed: plan.seed, "who is told of whom")
        let hubs = plan.size.hubs
        for i in 0..<hubs + plan.size.peers {
            let told: Int? =
                i >= hubs ? (i - hubs) % hubs : i == 0 ? nil : Int(chance.next() % UInt64(i))
            try add(i, kind: i < hubs ? model.hub.kind : model.peer.kind, told: told)
        }
    }
    private func add(_ i: Int, kind: String, told: Int?) throws(NetworkError) {
        let (listener, bound) = try driver.listen(Self.endpoint(i), definition.transport)
        var options = NodeOptions(
            plan.settings, random: Random(seed: plan.seed, "node", String(i)), listening: bound)
        options.kind = kind
        options.identity = census.identities[i]
        if let told {
            options.acquaintances = [
                .init(
                    name: Self.name(told, plan), endpoint: Self.endpoint(told), kind: model.hub.kind,
                    identity: census.identities[told])
            ]
            options.peers = options.acquaintances.map(\.endpoint)
        }
        nodes.append(
            driver.add(definition.reference.node(options), listeners: [listener], transport: definition.transport))
    }
    /// Runs until a time, and passes the nodes' reports to the census.
    func run(until time: Instant) {
        while let what = driver.next(until: time) {
            guard case .reported(let node, let event) = what, let news = model.news(event) else { continue }
            census.take(news, of: node.number - 1, driver.now)
        }
    }
    /// The age of the oldest entry of any hub.
    var oldest: Int {
        (0..<plan.size.hubs).map { i in
            let answer = driver.answer(nodes[i], model.oldest.control, [])
            guard case .map(let members)? = answer else { return 0 }
            return Int(clamping: members.first { $0.key == model.oldest.member }?.value.integer ?? 0)
        }.max() ?? 0
    }
}
