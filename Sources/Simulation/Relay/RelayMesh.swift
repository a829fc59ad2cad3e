internal import Network
internal import Node
internal import Wire

/// A mesh of hubs and clients over a simulated network, with a record of their signals.
final class RelayMesh {
    let plan: RelayPlan
    let model: RelayModel
    private let definition: Definition
    let driver: Driver
    private(set) var ledger = SignalLedger()
    var outcome = RelayOutcome()
    /// The hubs that each hub dials.
    let edges: [[Int]]
    private let hubNames: [String: Int]
    private let identities: [[UInt8]]
    private(set) var clients: [Member] = []
    private(set) var hubs: [Member] = []
    private var owners: [NodeID: Int] = [:]
    /// The open links between hubs, as the dialing hub sees them.
    private(set) var links: [LinkID: (from: Int, to: Int)] = [:]
    private let clientSettings: [Settings]

    /// A hub or a client.
    struct Member {
        /// The node; nil if it is dead.
        var node: NodeID?
        var starts = 0
        /// The peers that a client knows.
        var known: Set<String> = []
    }

    init(_ definition: Definition, _ model: RelayModel, _ plan: RelayPlan) throws {
        (self.definition, self.model, self.plan) = (definition, model, plan)
        driver = Driver(SimulatedNetwork(seed: plan.seed))
        driver.tellsReports = true
        var chance = Random(seed: plan.seed, "who dials whom")
        edges = (0..<plan.hubs).map { Self.dialed($0, plan, &chance) }
        var random = Random(seed: plan.seed, "identities")
        identities = (0..<plan.hubs + plan.clients).map { _ in random.bytes(20) }
        hubNames = Dictionary(
            identities.prefix(plan.hubs).enumerated().map { (model.name($1), $0) }, uniquingKeysWith: { a, _ in a })
        clientSettings = try model.network.choices.map { name in
            try definition.settings(
                profile: plan.settings.profile,
                model.quiet.merging([model.network.parameter: name]) { a, _ in a })
        }
        hubs = Array(repeating: Member(), count: plan.hubs)
        clients = Array(repeating: Member(), count: plan.clients)
    }
    private static func dialed(_ hub: Int, _ plan: RelayPlan, _ chance: inout Random) -> [Int] {
        guard hub > 0 else { return plan.shape == .ring && plan.hubs > 2 ? [plan.hubs - 1] : [] }
        switch plan.shape {
        case .star: return [0]
        case .line, .ring: return [hub - 1]
        case .random:
            let first = Int(chance.next() % UInt64(hub))
            let second = Int(chance.next() % UInt64(hub))
            return chance.next() % 2 == 0 && second != first ? [first, second] : [first]
        }
    }
    func name(_ client: Int) -> String { model.name(identities[plan.hubs + client]) }
    /// Returns the hub of a client.
    func home(_ client: Int) -> Int { client % plan.hubs }
    /// Returns the network of a client. With enough clients, each hub has clients of both networks.
    func network(_ client: Int) -> Int { (client + client / plan.hubs) % model.network.choices.count }
    private static let port: UInt16 = 40_000
    private static func endpoint(_ hub: Int, _ offset: UInt16 = 0) -> Endpoint {
        Endpoint(v4: 0x0a00_0001 &+ UInt32(clamping: hub), port: port + offset)
    }
    private static func number(_ at: Endpoint) -> Int? { at.v4.map { Int($0) - 0x0a00_0001 } }

    // MARK: - Start and end of nodes

    func startAll() throws(NetworkError) {
        for hub in hubs.indices { try startHub(hub) }
        for client in clients.indices { startClient(client) }
    }
    func startHub(_ hub: Int) throws(NetworkError) {
        // The second listener is for connections that replace data channels.
        let listeners = [try driver.listen(Self.endpoint(hub)).id, try driver.listen(Self.endpoint(hub, 1)).id]
        var options = options(hub, plan.settings, kind: model.hub, starts: hubs[hub].starts)
        options.listening = Self.endpoint(hub)
        options.peers = edges[hub].map { Self.endpoint($0) }
        options.bug = plan.bug
        let node = watched(definition.reference.node(options)) { Self.number($0) }
        let id = driver.add(node, listeners: listeners)
        owners[id] = hub
        (hubs[hub].node, hubs[hub].starts) = (id, hubs[hub].starts + 1)
    }
    func startClient(_ client: Int) {
        let i = plan.hubs + client
        var options = options(
            i, clientSettings[network(client)], kind: model.client, starts: clients[client].starts)
        options.peers = [Self.endpoint(home(client))]
        let id = driver.add(watched(definition.reference.node(options), nil))
        owners[id] = i
        clients[client] = Member(node: id, starts: clients[client].starts + 1)
    }
    private func options(_ i: Int, _ settings: Settings, kind: String, starts: Int) -> NodeOptions {
        var options = NodeOptions(
            settings, random: Random(seed: plan.seed, "node", String(i), String(starts)))
        (options.kind, options.identity, options.starts) = (kind, identities[i], starts)
        return options
    }
    private func watched(_ node: any Node, _ places: (@Sendable (Endpoint) -> Int?)?) -> any Node {
        let (model, hubNames) = (model, hubNames)
        func watch(_ inner: any Node) -> any Node { SignalWatch(inner, model, hubs: hubNames, places: places) }
        guard let layered = node as? LayeredNode else { return watch(node) }
        return layered.wrapping(watch)
    }
    func killHub(_ hub: Int) {
        guard let node = hubs[hub].node else { return }
        driver.remove(node)
        hubs[hub].node = nil
        links = links.filter { $0.value.from != hub && $0.value.to != hub }
    }
    func killClient(_ client: Int) {
        guard let node = clients[client].node else { return }
        driver.remove(node)
        (clients[client].node, clients[client].known) = (nil, [])
    }
    /// Breaks a link between two hubs.
    func breakLink(_ link: LinkID) {
        links[link] = nil
        driver.breakLink(link)
    }

    // MARK: - Signals

    func begin(_ session: UInt64, from: Int, to: Int?, hasWay: Bool) {
        guard let node = clients[from].node else { return }
        ledger.begin(session, .init(from: from, to: to, hasWay: hasWay))
        var random = Random(seed: session, "nobody")
        let target = to.map { name($0) } ?? model.name(random.bytes(20))
        _ = driver.control(
            node, model.offer.control,
            [.init(model.offer.to, .text(target)), .init(model.offer.session, .uint(session))])
    }
    /// True if hubs pass on signals without end: far more often than the number of signals can explain.
    private var isEndless: Bool { ledger.total > 200_000 && ledger.total > 100 * plan.hubs * (said + 1) }
    private(set) var said = 0
    /// Runs for a time. Returns false if the simulation was given up.
    func run(for time: Duration) -> Bool {
        let end = driver.now + time
        while let what = driver.next(until: end) {
            guard case .reported(let id, let event) = what, let member = owners[id] else { continue }
            hear(event, of: member)
            if isEndless || outcome.violations.count >= 100 { return false }
        }
        return true
    }
    func finish(_ session: UInt64) {
        said += 1
        outcome.relays = ledger.total
        outcome.farthest = ledger.farthest
        ledger.forget(session, [model.types.offer, model.types.answer, "ice-candidate"])
    }
    private func hear(_ event: Event, of member: Int) {
        let words = Value.map(event.details)
        if member < plan.hubs, !event.name.hasPrefix("watch") { outcome.reports[event.name, default: 0] += 1 }
        switch event.name {
        case SignalWatch.up:
            if let link = event.link, case .uint(let to)? = words["to"], edges[member].contains(Int(to)) {
                links[link] = (member, Int(to))
            }
        case SignalWatch.down: if let link = event.link { links[link] = nil }
        case SignalWatch.relayed, SignalWatch.delivered:
            guard case .text(let type)? = words["type"], case .uint(let session)? = words["session"],
                case .uint(let to)? = words["to"]
            else { return }
            let key = SignalLedger.Key(type: type, session: session)
            if event.name == SignalWatch.relayed {
                ledger.relayed(key, from: member, to: Int(to), isOne: isOne(type))
            } else {
                arrived(key, at: member - plan.hubs)
            }
        case model.learned, model.lost:
            guard member >= plan.hubs, case .text(let peer)? = words["peer"] else { return }
            if event.name == model.learned {
                clients[member - plan.hubs].known.insert(peer)
            } else {
                clients[member - plan.hubs].known.remove(peer)
            }
        default: break
        }
    }
    private func isOne(_ type: String) -> Bool { type == model.types.offer || type == model.types.answer }
    private func arrived(_ key: SignalLedger.Key, at client: Int) {
        ledger.delivered(key, to: client)
        guard let session = ledger.sessions[key.session] else { return }
        if ledger.deliveries[key]?[client] ?? 0 > 1 { outcome.add(.twice(type: key.type, client: client)) }
        let isMeant: Bool
        switch key.type {
        case model.types.offer: isMeant = client == session.to
        case model.types.answer: isMeant = client == session.from
        default: isMeant = client == session.to || client == session.from
        }
        if !isMeant { return outcome.add(.stray(type: key.type, client: client)) }
        if let to = session.to, network(to) != network(session.from) {
            outcome.add(.otherNetwork(type: key.type, client: client))
        }
    }
}
