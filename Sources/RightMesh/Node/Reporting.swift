internal import Node
import Wire

/// How a phone keeps up with a superpeer.
extension MeshNode {
    /// Picks one of those that it knows at random, another than before when there is one, and reports to it.
    mutating func chooseSuperpeer(_ now: Instant, _ out: inout [Action]) {
        var choice = uplink.seeds
        for c in candidates.sorted where uplink.isUsed {
            guard let endpoint = c.endpoint, !choice.contains(where: { $0.id == c.id || $0.endpoint == endpoint })
            else { continue }
            choice.append(.init(id: c.id, endpoint: endpoint))
        }
        if choice.count > 1, let old = uplink.chosen { choice.removeAll { $0.endpoint == old.endpoint } }
        guard !choice.isEmpty else { return }
        choose(choice[Int(chance.next() % UInt64(choice.count))], now, &out)
    }
    /// Takes this one.
    mutating func choose(_ contact: Greetings.Contact, _ now: Instant, _ out: inout [Action]) {
        if profile == .target, let old = uplink.chosen, old.id != contact.id { leave(old.id, now, &out) }
        uplink.choose(contact)
        report(now, &out)
    }
    private mutating func leave(_ superpeer: MeshID, _ now: Instant, _ out: inout [Action]) {
        for gone in routing.remove(superpeer) { removed(gone, now, &out) }
    }
    /// An INFO with the local mesh.
    mutating func report(_ now: Instant, _ out: inout [Action]) {
        guard let chosen = uplink.chosen else { return }
        uplink.next = now + interval()
        var body = Body()
        body.peers = peers(for: chosen.id, now)
        request(.info, to: chosen.id, at: chosen.endpoint, fitting(body), for: .uplink, now, &out)
    }
    /// What is due.
    mutating func keepUplink(_ now: Instant, _ out: inout [Action]) {
        guard let next = uplink.next, next <= now else { return }
        if uplink.isLost(now) {
            if let old = uplink.chosen { leave(old.id, now, &out) }
            return chooseSuperpeer(now, &out)
        }
        report(now, &out)
    }
    /// An INFO was not answered: at first that is enough to try another one, later not.
    mutating func uplinkFailed(_ r: Requests.Request, _ now: Instant, _ out: inout [Action]) {
        guard uplink.state == .boot, r.endpoint == uplink.chosen?.endpoint,
            uplink.seeds.count + candidates.count > 1
        else { return }
        chooseSuperpeer(now, &out)
    }
}
