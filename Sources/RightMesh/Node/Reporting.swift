internal import Node
import Wire

/// How a phone keeps up with a superpeer.
extension MeshNode {
    /// Picks one of those that it knows at random, another than before when there is one, and reports to it.
    mutating func chooseSuperpeer(_ now: Instant, _ out: inout [Action]) {
        let others = otherSuperpeers
        guard !others.isEmpty else {
            if let old = uplink.chosenAsTold { choose(old, now, &out) }
            return
        }
        let pick = has(.picksFirst) ? 0 : Int(chance.next() % UInt64(others.count))
        choose(others[pick], now, &out)
    }
    /// Those that it was told of, and candidates, but for the chosen one.
    private var otherSuperpeers: [Greetings.Contact] {
        guard uplink.isUsed else { return [] }
        var all = uplink.seeds
        for c in candidates.sorted {
            guard let endpoint = c.endpoint, !all.contains(where: { $0.id == c.id || $0.endpoint == endpoint })
            else { continue }
            all.append(.init(id: c.id, endpoint: endpoint))
        }
        return all.filter { $0.endpoint != uplink.chosen?.endpoint }
    }
    /// Takes this one.
    mutating func choose(_ contact: Greetings.Contact, _ now: Instant, _ out: inout [Action]) {
        if profile == .target, let old = uplink.chosen, old.id != contact.id || old.id == MeshID() {
            leave(old, now, &out)
        }
        uplink.choose(contact)
        report(now, &out)
    }
    private mutating func leave(_ old: Greetings.Contact, _ now: Instant, _ out: inout [Action]) {
        var ids = [old.id]
        // Of one that has not said who it is: whoever has spoken from there.
        if old.id == MeshID() {
            ids = routing.neighbours.filter { $0.endpoint == old.endpoint && $0.route.role.isSuperpeer }
                .map(\.route.peer)
        }
        for id in ids {
            for gone in routing.remove(id) { removed(gone, .left, now, &out) }
        }
    }
    /// An INFO with the local mesh.
    mutating func report(_ now: Instant, _ out: inout [Action]) {
        guard let chosen = uplink.chosen else { return }
        uplink.next = now + bug.span(interval(), early: .infoEarly, late: .infoLate)
        var body = Body()
        // One that others have named has to show that it hears this node.
        let room = isTrusted(chosen.endpoint) ? .max : gate.left(for: chosen.endpoint, now)
        let part = part(for: chosen.id, at: chosen.endpoint, room, now)
        body.peers = part?.body.peers ?? peers(for: chosen.id, now)
        if room < .max { _ = gate.allows(Limits.header + body.byteCount(), to: chosen.endpoint, now) }
        if let part { gate.go(on: part.next, for: chosen.endpoint) }
        request(.info, to: chosen.id, at: chosen.endpoint, fitting(body), for: .uplink, now, &out)
    }
    /// What is due.
    mutating func keepUplink(_ now: Instant, _ out: inout [Action]) {
        guard let next = uplink.next, next <= now else { return }
        if uplink.isLost(now) {
            if let old = uplink.chosen { leave(old, now, &out) }
            return chooseSuperpeer(now, &out)
        }
        report(now, &out)
    }
    /// An INFO was not answered: at first that is enough to try another one, later not.
    mutating func uplinkFailed(_ r: Requests.Request, _ now: Instant, _ out: inout [Action]) {
        guard uplink.state == .boot, !has(.retriesSame), r.endpoint == uplink.chosen?.endpoint, !otherSuperpeers.isEmpty
        else { return }
        chooseSuperpeer(now, &out)
    }
}
