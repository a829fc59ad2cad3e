internal import Network
public import Node

/// A simulation of meshes of hubs whose clients talk to each other, in virtual time. It looks for forbidden behaviour.
public enum RelaySimulation {
    /// Builds a mesh, and sends signals without other events. Then it disturbs the mesh while clients talk, lets it
    /// rest, and sends signals again. One plan has one outcome.
    public static func run(
        _ definition: Definition, _ model: RelayModel, _ plan: RelayPlan
    ) throws -> RelayOutcome {
        var play = try RelayPlay(definition, model, plan)
        return try play.run()
    }
}

/// A running simulation.
private struct RelayPlay {
    private let mesh: RelayMesh
    private let plan: RelayPlan
    private var chance: Random
    private var session: UInt64 = 0
    /// The longest time that a signal and its answer take, over the maximum number of hops.
    private static let patience = Duration.seconds(1)

    init(_ definition: Definition, _ model: RelayModel, _ plan: RelayPlan) throws {
        mesh = try RelayMesh(definition, model, plan)
        (self.plan, chance) = (plan, Random(seed: plan.seed, "what happens"))
    }
    mutating func run() throws -> RelayOutcome {
        try mesh.startAll()
        let isOver = try !goOn()
        if isOver, mesh.outcome.violations.count < 100 { mesh.outcome.add(.endless) }
        return mesh.outcome
    }
    /// Runs all steps. Returns false if the simulation was given up.
    private mutating func goOn() throws -> Bool {
        guard mesh.run(for: .seconds(60)) else { return false }
        checkTables()
        guard leaveOnce(), probe(), try upset() else { return false }
        guard plan.upsets > 0 else { return true }
        guard mesh.run(for: plan.rest) else { return false }
        checkTables()
        return probe()
    }
    /// Removes and restarts one client without other events. All others must learn of it.
    private mutating func leaveOnce() -> Bool {
        let client = draw(mesh.clients.count)
        guard mesh.clients.indices.contains(client) else { return true }
        mesh.killClient(client)
        guard mesh.run(for: Self.patience) else { return false }
        checkTables()
        mesh.startClient(client)
        guard mesh.run(for: Self.patience) else { return false }
        checkTables()
        return true
    }
    private mutating func draw(_ count: Int) -> Int { count > 0 ? Int(chance.next() % UInt64(count)) : 0 }

    /// The component of each live hub: the first hub to which it is connected over any number of links.
    private var components: [Int: Int] {
        var of: [Int: Int] = [:]
        func first(_ hub: Int) -> Int {
            var hub = hub
            while let next = of[hub], next != hub { hub = next }
            return hub
        }
        for hub in mesh.hubs.indices where mesh.hubs[hub].node != nil { of[hub] = hub }
        for (hub, others) in mesh.edges.enumerated() where of[hub] != nil {
            for other in others where of[other] != nil {
                let (a, b) = (first(hub), first(other))
                of[max(a, b)] = min(a, b)
            }
        }
        return Dictionary(uniqueKeysWithValues: of.keys.map { ($0, first($0)) })
    }
    /// Sends signals one at a time: between clients of one network or of two, and to a client that does not exist.
    private mutating func probe() -> Bool {
        let components = components
        for i in 0..<plan.probes {
            let living = mesh.clients.indices.filter {
                mesh.clients[$0].node != nil && mesh.hubs[mesh.home($0)].node != nil
            }
            guard living.count > 1 else { return true }
            let from = living[draw(living.count)]
            let isForNobody = i % 5 == 4
            let isForOther = i % 5 == 3
            let fit = living.filter { $0 != from && (mesh.network($0) == mesh.network(from)) != isForOther }
            guard isForNobody || !fit.isEmpty else { continue }
            let to = isForNobody ? nil : fit[draw(fit.count)]
            let hasWay =
                to.map { !isForOther && components[mesh.home($0)] == components[mesh.home(from)] } ?? false
            session += 1
            mesh.begin(session, from: from, to: to, hasWay: hasWay)
            guard mesh.run(for: Self.patience) else { return false }
            judge(session, bound: bound(components, components[mesh.home(from)] ?? 0))
            mesh.finish(session)
        }
        return true
    }
    /// Returns the maximum number of times that connected hubs pass a signal on. A hub passes it on once over each of
    /// its links except the one over which it arrived. So it crosses each link twice, except the links over which it
    /// first reached each hub other than the first.
    private func bound(_ components: [Int: Int], _ component: Int) -> Int {
        let inside = components.filter { $0.value == component }.keys
        var links: Set<[Int]> = []
        for hub in inside {
            for other in mesh.edges[hub] where components[other] != nil { links.insert([hub, other].sorted()) }
        }
        return 2 * links.count - inside.count + 1
    }
    private func judge(_ session: UInt64, bound: Int) {
        guard let what = mesh.ledger.sessions[session] else { return }
        for type in [mesh.model.types.offer, mesh.model.types.answer] {
            let key = SignalLedger.Key(type: type, session: session)
            let relays = mesh.ledger.relays[key] ?? 0
            if relays > bound { mesh.outcome.add(.loop(type: type, relays: relays, bound: bound)) }
            guard what.hasWay, let to = what.to else { continue }
            let isOffer = type == mesh.model.types.offer
            let (sender, receiver) = isOffer ? (what.from, to) : (to, what.from)
            if mesh.ledger.deliveries[key]?[receiver] ?? 0 > 0 {
                mesh.outcome.delivered += 1
            } else if plan.hasToArrive {
                mesh.outcome.add(.lost(type: type, from: sender, to: receiver))
            } else {
                mesh.outcome.undelivered += 1
            }
        }
        if mesh.ledger.farthest > plan.hops { mesh.outcome.add(.tooFar(hops: mesh.ledger.farthest)) }
    }
    /// Kills and restarts hubs and clients, and breaks links, while clients talk.
    private mutating func upset() throws -> Bool {
        var open: [UInt64] = []
        for _ in 0..<plan.upsets {
            try upsetOne()
            mesh.outcome.upsets += 1
            for _ in 0..<3 {
                let living = mesh.clients.indices.filter { mesh.clients[$0].node != nil }
                guard living.count > 1 else { continue }
                let (from, to) = (living[draw(living.count)], living[draw(living.count)])
                guard from != to else { continue }
                session += 1
                mesh.begin(session, from: from, to: to, hasWay: false)
                open.append(session)
                guard mesh.run(for: .milliseconds(Int64(draw(700)))) else { return false }
            }
        }
        guard mesh.run(for: .seconds(5)) else { return false }
        for one in open { mesh.finish(one) }
        return true
    }
    private mutating func upsetOne() throws {
        let hub = draw(mesh.hubs.count)
        switch draw(4) {
        case 0: if mesh.hubs[hub].node == nil { try mesh.startHub(hub) } else { mesh.killHub(hub) }
        case 1:
            // Most dead hubs come back sooner or later.
            let dead = mesh.hubs.indices.filter { mesh.hubs[$0].node == nil }
            if !dead.isEmpty { try mesh.startHub(dead[draw(dead.count)]) }
        case 2:
            let client = draw(mesh.clients.count)
            guard mesh.clients.indices.contains(client) else { return }
            if mesh.clients[client].node == nil { mesh.startClient(client) } else { mesh.killClient(client) }
        default:
            let links = mesh.links.keys.sorted()
            if !links.isEmpty { mesh.breakLink(links[draw(links.count)]) }
        }
    }
    /// Checks that each client knows all reachable clients of its network, and no others.
    private func checkTables() {
        guard plan.isOneMesh else { return }
        let components = components
        mesh.outcome.tables = (0, 0)
        for client in mesh.clients.indices where mesh.clients[client].node != nil {
            guard let own = components[mesh.home(client)] else { continue }
            let all = mesh.clients.indices.filter {
                $0 != client && mesh.clients[$0].node != nil && components[mesh.home($0)] == own
                    && mesh.network($0) == mesh.network(client)
            }
            let wanted = Set(all.map { mesh.name($0) })
            let known = mesh.clients[client].known
            mesh.outcome.tables.of += 1
            if known == wanted {
                mesh.outcome.tables.complete += 1
            } else {
                mesh.outcome.add(
                    .table(
                        client: client, missing: wanted.subtracting(known).count,
                        others: known.subtracting(wanted).count))
            }
        }
    }
}
