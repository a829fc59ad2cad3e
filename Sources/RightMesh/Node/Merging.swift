internal import Node
import Wire

/// Applies the lists of messages to the tables.
extension MeshNode {
    /// Enters the sender of a message as a neighbour. Returns the slot of its route, or nil if it gets no route: a
    /// phone of profile target has no route to a superpeer except the one that it has chosen.
    mutating func hear(_ h: Header, from endpoint: Endpoint, at now: Instant, into out: inout [Action]) -> Int? {
        if !isSuperpeer, h.role.isSuperpeer { name(h.src, at: endpoint, role: h.role, now, &out) }
        guard isWanted(h.src, role: h.role, at: endpoint),
            let heard = routing.hear(h.src, at: endpoint, role: h.role, now)
        else { return nil }
        note(heard.change, of: h.src, at: now, into: &out)
        return heard.slot
    }
    /// Returns true if there may be a route to a node. `endpoint` is given if the node is the sender itself.
    private func isWanted(_ peer: MeshID, role: Role, at endpoint: Endpoint? = nil) -> Bool {
        guard !isSuperpeer, profile == .target, role.isSuperpeer else { return true }
        if uplink.isUsed { return uplink.isChosen(peer, at: endpoint) }
        // A phone without an uplink uses the uplink of its neighbours: the first superpeer that it learns about.
        if routing.slot(of: peer) != nil { return true }
        return !routing.usedSlots.contains { routing.route(at: $0).role.isSuperpeer }
    }

    /// Applies PEERS: the routes that a neighbour offers.
    mutating func merge(
        _ list: Peers?, of h: Header, through neighbour: Int?, _ now: Instant, _ out: inout [Action]
    ) {
        guard let list else { return }
        let isSnapshot = list.flags.isSnapshot
        if isSnapshot { routing.beginSnapshot() }
        for p in list.records where p.id != id {
            guard p.id != MeshID(), p.hop > 0 else {
                reassembler.counters[.badRecord] += 1
                continue
            }
            guard let neighbour else { continue }
            let role = Role(rawValue: p.role)
            let life = Limits.life(p.distance + 1)
            if p.distance >= Limits.hops || p.isWithdrawn || Int64(p.age) * 1_000_000_000 >= life {
                if let gone = routing.withdraw(p.id, through: neighbour) {
                    removed(gone, because: .withdrawn, at: now, into: &out)
                }
            } else {
                if !isSuperpeer, role.isSuperpeer { name(p.id, at: nil, role: role, now, &out) }
                if isWanted(p.id, role: role) {
                    let change = routing.offer(
                        p.id, through: neighbour, hops: p.distance + 1, role: role,
                        heard: Route.heard(age: p.age, now), isListed: isSnapshot, now)
                    if change != .none { note(change, of: p.id, at: now, into: &out) }
                    continue
                }
            }
            if isSnapshot { routing.list(p.id, of: neighbour) }
        }
        if isSnapshot, let neighbour {
            if !routing.hasListedAll(neighbour) { load.spend(routing.slotCount * LoadShedding.Cost.slot) }
            for gone in routing.endSnapshot(of: neighbour) { removed(gone, because: .unlisted, at: now, into: &out) }
        }
    }

    /// Applies the SUPERPEERS of another superpeer.
    mutating func takeSuperpeers(
        _ list: Superpeers?, of h: Header, from endpoint: Endpoint, _ now: Instant, _ out: inout [Action]
    ) {
        for s in usable(list, of: h) where isSuperpeer && h.role.isSuperpeer && s.id != id {
            let isItself = s.id == h.src
            guard let at = bug == nil ? s.endpoint(from: endpoint) : spoiledEndpoint(s, from: endpoint) else {
                continue
            }
            switch superpeers.learn(s, at: at, isItself: isItself, now) {
            case .none: continue
            case .moved: break
            case .added:
                tell("superpeer", ["id": .bytes(s.id.array), "address": .text(at.description)], at: now, into: &out)
            }
            guard let known = superpeers[s.id] else { continue }
            // A superpeer that has just sent this message has the lists. Others are greeted at once.
            greetings.add(.init(id: s.id, endpoint: known.endpoint), first: isItself ? now + interval() : now)
        }
    }
    /// Seeded faults: returns the endpoint that is assumed for a superpeer.
    private func spoiledEndpoint(_ s: Superpeer, from source: Endpoint) -> Endpoint? {
        let at = s.endpoint(from: source)
        return switch bug {
        case .superpeersFromNowhere where s.endpoint == nil: nil
        case .superpeersPortReadSwapped: Endpoint(high: at.high, low: at.low, port: at.port.byteSwapped)
        case .superpeersStandardPort: Endpoint(high: at.high, low: at.low, port: Limits.port)
        default: at
        }
    }
    /// Applies SUPERPEERS at a phone, which may choose from them.
    mutating func takeCandidates(
        _ list: Superpeers?, of h: Header, from endpoint: Endpoint, _ now: Instant, _ out: inout [Action]
    ) {
        for s in usable(list, of: h) where !isSuperpeer && h.role.isSuperpeer {
            name(
                s.id, at: s.id == h.src ? endpoint : s.endpoint(from: endpoint), role: s.role, metrics: s.metrics, now,
                &out)
        }
    }
    private mutating func usable(_ list: Superpeers?, of h: Header) -> [Superpeer] {
        guard let list else { return [] }
        // Usually there are no records to leave out.
        if list.records.allSatisfy({ $0.isUsable(src: h.src) }) { return list.records }
        let good = list.records.filter { $0.isUsable(src: h.src) }
        reassembler.counters[.badRecord] += UInt64(list.records.count - good.count)
        return good
    }
    /// Enters a superpeer that was named to a phone.
    private mutating func name(
        _ superpeer: MeshID, at endpoint: Endpoint?, role: Role, metrics: Superpeer.Metrics? = nil, _ now: Instant,
        _ out: inout [Action]
    ) {
        guard candidates.name(superpeer, at: endpoint, role: role, metrics: metrics, now) else { return }
        tell("considerChannel", ["superpeer": .bytes(superpeer.array)], at: now, into: &out)
        if candidates.count > 1 {
            tell("chooseSuperpeer", ["count": .uint(UInt64(candidates.count))], at: now, into: &out)
        }
    }

    /// Records the states of peers outside the local mesh.
    mutating func remember(_ list: Peers?, _ now: Instant, _ out: inout [Action]) {
        for p in list?.records ?? [] where p.id != id {
            guard p.isUsable else {
                reassembler.counters[.badRecord] += 1
                continue
            }
            let role = Role(rawValue: p.role)
            if remote.tell(p.id, isOnline: !p.isWithdrawn, role: role, now) {
                tell("remote", ["peer": .bytes(p.id.array), "online": .bool(!p.isWithdrawn)], at: now, into: &out)
            }
        }
    }

    // Changes of routes

    mutating func note(_ change: RoutingTable.Change, of peer: MeshID, at now: Instant, into out: inout [Action]) {
        guard change != .none, let r = routing[peer] else { return }
        tell(
            change == .added ? "added" : "updated",
            ["peer": .bytes(peer.array), "nexthop": .bytes(r.nexthop.array), "hopcount": .uint(UInt64(r.hops))],
            at: now,
            into: &out)
        if change == .added, isSuperpeer {
            changes.append(Pushed(id: peer, route: r))
        }
    }
    mutating func removed(_ r: Route, because why: Removal, at now: Instant, into out: inout [Action]) {
        tell(
            "removed",
            ["peer": .bytes(r.peer.array), "nexthop": .bytes(r.nexthop.array), "reason": .text(why.rawValue)], at: now,
            into: &out
        )
        guard isSuperpeer else { return }
        subscriptions.removeAll(of: r.peer)
        changes.append(Pushed(id: r.peer, route: nil))
    }
    mutating func expireRoutes(_ now: Instant, _ out: inout [Action]) {
        for gone in routing.expire(now) { removed(gone, because: .expired, at: now, into: &out) }
    }
}
