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
        guard !isSuperpeer, profile == .target, role.isSuperpeer, !has(.superpeersInRoutes) else { return true }
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
        let isSnapshot = list.flags.isSnapshot || has(.listRemoves)
        if isSnapshot { routing.beginSnapshot() }
        for p in list.records where p.id != id || has(.takesItself) {
            guard p.id != MeshID() || has(.zeroIDTaken), p.hop > 0 || has(.acceptsHopZero) else {
                reassembler.counters[.badRecord] += 1
                if has(.hopZeroListed), isSnapshot, let neighbour { routing.list(p.id, of: neighbour) }
                continue
            }
            guard let neighbour else { continue }
            if bug != nil, overlooks(p, h) { continue }
            let role = Role(rawValue: p.role)
            let life = Limits.life(p.distance + (has(.ageLimitOfNeighbour) ? 0 : 1))
            let farthest = has(.hop15Taken) ? Limits.hops + 1 : has(.hop14Refused) ? Limits.hops - 1 : Limits.hops
            let isWithdrawn = p.isWithdrawn && !has(.withdrawnTaken)
            if p.distance >= farthest || isWithdrawn || Int64(p.age) * 1_000_000_000 >= life {
                if let gone = routing.withdraw(p.id, through: neighbour) {
                    removed(gone, because: .withdrawn, at: now, into: &out)
                }
            } else {
                if !isSuperpeer, role.isSuperpeer { name(p.id, at: nil, role: role, now, &out) }
                if isWanted(p.id, role: role) {
                    let change = routing.offer(
                        p.id, through: neighbour, hops: p.distance + (has(.hopNotAdded) ? 0 : 1), role: role,
                        heard: Route.heard(age: has(.resetsAge) || has(.takesAgeZero) ? 0 : p.age, now),
                        isListed: isSnapshot, now)
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
    /// Seeded faults: returns true if a record is ignored, but still counts as listed in a snapshot.
    private mutating func overlooks(_ p: Peer, _ h: Header) -> Bool {
        let isOver =
            has(.hopAbove15Skipped) && p.hop > 15 || has(.withdrawnIgnored) && p.isWithdrawn
            || has(.hop15Ignored) && p.hop == 15
            || has(.oldAgeIgnored) && Int64(p.age) * 1_000_000_000 >= Limits.life(p.distance + 1)
            || has(.ignoresPhonePeers) && h.type == .hello && !h.role.isSuperpeer
        if isOver, let neighbour = routing.slot(of: h.src) { routing.list(p.id, of: neighbour) }
        return isOver
    }
    /// A seeded fault: applies the records of a fragment as soon as it arrives.
    mutating func applyHalf(_ datagram: RawSpan, from endpoint: Endpoint, at now: Instant, into out: inout [Action]) {
        guard let h = try? Header.read(datagram), !h.type.isRelayed,
            let neighbour = hear(h, from: endpoint, at: now, into: &out)
        else { return }
        var at = Limits.header + (h.fragIndex == 0 ? 8 : 0)
        while at + Peer.least <= datagram.byteCount {
            if let p = try? Peer(copying: datagram.extracting(at..<at + Peer.least)), p.isUsable, p.id != id {
                let change = routing.offer(
                    p.id, through: neighbour, hops: p.distance + 1, role: Role(rawValue: p.role),
                    heard: Route.heard(age: p.age, now), now)
                note(change, of: p.id, at: now, into: &out)
            }
            at += Peer.least
        }
    }

    /// Applies the SUPERPEERS of another superpeer.
    mutating func takeSuperpeers(
        _ list: Superpeers?, of h: Header, from endpoint: Endpoint, _ now: Instant, _ out: inout [Action]
    ) {
        for s in usable(list, of: h) where isSuperpeer && (h.role.isSuperpeer || has(.superpeersOfPhones)) && s.id != id
        {
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
            if has(.neverGreetsLearned) { continue }
            greetings.add(.init(id: s.id, endpoint: known.endpoint), first: isItself ? now + interval() : now)
            if has(.superpeersInPeers), !isItself, let neighbour = routing.slot(of: h.src) {
                let heard = Route.heard(age: s.age, now)
                note(
                    routing.offer(s.id, through: neighbour, hops: 2, role: s.role, heard: heard, now), of: s.id,
                    at: now, into: &out)
            }
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
            if has(.superpeersInRoutes), let neighbour = routing.slot(of: h.src), s.hop > 0 {
                let change = routing.offer(
                    s.id, through: neighbour, hops: Int(s.hop) + 1, role: s.role,
                    heard: Route.heard(age: s.age, now), now)
                note(change, of: s.id, at: now, into: &out)
            }
        }
    }
    private mutating func usable(_ list: Superpeers?, of h: Header) -> [Superpeer] {
        guard let list else { return [] }
        if has(.superpeerHopZeroTaken) { return list.records.filter { $0.id != MeshID() } }
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
        guard candidates.name(superpeer, at: endpoint, role: role, metrics: metrics, now) || has(.considersAgain)
        else { return }
        tell("considerChannel", ["superpeer": .bytes(superpeer.array)], at: now, into: &out)
        if candidates.count > 1, !has(.neverChooses) {
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
        if change == .added || has(.pushOfUpdates), isSuperpeer, !has(.pushOnlyGone) {
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
        if !has(.subscriptionOutlivesRequester) { subscriptions.removeAll(of: r.peer) }
        changes.append(Pushed(id: r.peer, route: nil))
    }
    mutating func expireRoutes(_ now: Instant, _ out: inout [Action]) {
        if has(.neverExpires) { return routing.postpone(now) }
        for gone in routing.expire(now) { removed(gone, because: .expired, at: now, into: &out) }
    }
}
