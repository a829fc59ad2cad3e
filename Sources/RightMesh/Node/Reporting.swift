internal import Node
import Wire

/// The uplink of a phone: chooses a superpeer and reports to it.
extension MeshNode {
    /// Chooses one of the known superpeers at random, if possible another than before, and reports to it.
    mutating func chooseSuperpeer(_ now: Instant, _ out: inout [Action]) {
        let others = otherSuperpeers
        guard !others.isEmpty else {
            if let old = uplink.chosenAsTold { choose(old, now, &out) }
            return
        }
        let pick = Int(generator.next() % UInt64(others.count))
        choose(others[pick], now, &out)
    }
    /// The configured superpeers and candidates, except the chosen one.
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
    /// Chooses a superpeer and reports to it.
    mutating func choose(_ contact: Greetings.Contact, _ now: Instant, _ out: inout [Action]) {
        if profile == .target, let old = uplink.chosen, old.id != contact.id || old.id == MeshID() {
            leave(old, now, &out)
        }
        uplink.choose(contact)
        report(now, &out)
    }
    private mutating func leave(_ old: Greetings.Contact, _ now: Instant, _ out: inout [Action]) {
        var ids = [old.id]
        // The id is unknown: these are the superpeers that have sent messages from this endpoint.
        if old.id == MeshID() {
            ids = routing.neighbours.filter { $0.endpoint == old.endpoint && $0.route.role.isSuperpeer }
                .map(\.route.peer)
        }
        for id in ids {
            for gone in routing.remove(id) { removed(gone, because: .left, at: now, into: &out) }
        }
    }
    /// Sends an INFO with the local mesh.
    mutating func report(_ now: Instant, _ out: inout [Action]) {
        guard let chosen = uplink.chosen else { return }
        uplink.next = now + bug.span(interval(), early: .infoEarly, late: .infoLate)
        var body = Body()
        // A superpeer that only other nodes have named has to prove its address.
        let budget = isTrusted(chosen.endpoint) ? .max : gate.left(for: chosen.endpoint, now)
        let part = part(for: chosen.id, at: chosen.endpoint, budget, now)
        body.peers = part?.body.peers ?? peers(for: chosen.id, now)
        if budget < .max { _ = gate.allows(Limits.header + body.byteCount(), to: chosen.endpoint, now) }
        if let part { gate.goOn(at: part.next, for: chosen.endpoint) }
        request(.info, to: chosen.id, at: chosen.endpoint, fitting(body), for: .uplink, now, into: &out)
    }
    /// Sends the INFO that is due, or chooses another superpeer if the current one is lost.
    mutating func keepUplink(_ now: Instant, _ out: inout [Action]) {
        guard let next = uplink.next, next <= now else { return }
        if uplink.isLost(now) {
            if let old = uplink.chosen { leave(old, now, &out) }
            return chooseSuperpeer(now, &out)
        }
        report(now, &out)
    }
    /// Handles an INFO without an answer: before the first answer of a superpeer, another superpeer is tried at once.
    mutating func uplinkFailed(_ r: Requests.Request, _ now: Instant, _ out: inout [Action]) {
        guard uplink.state == .boot, r.endpoint == uplink.chosen?.endpoint, !otherSuperpeers.isEmpty else { return }
        chooseSuperpeer(now, &out)
    }
}
