import Node

// Whom the reference node contacts, and when.
extension ReferenceNode {
    /// Opens a connection to a peer that others told of, unless something speaks against it (nano-node,
    /// `merge_peer` and `track_reachout`).
    mutating func contact(_ peer: Endpoint, _ now: Instant, _ out: inout [Action]) {
        peering.attempts.expire(now)
        peering.dialing.expire(now)
        guard !peering.attempts.isFull, !peering.dialing.isFull, mayBePeer(peer),
            !core.exclusions.contains(peer, now: now), !isCrowded(peer),
            peering.dialing.crowd.atSite(of: peer) < core.limits.dialingPerAddress,
            core.has(.contactsAgain) || !isConnected(to: peer)
        else { return }
        let isNew = peering.attempts.insert(peer, now: now)
        guard isNew || core.has(.contactsAgain) else { return }
        peering.dialing.insert(peer, now: now)
        out.append(.connect(peer))
    }
    /// Whether somebody else could be there at all.
    private func mayBePeer(_ peer: Endpoint) -> Bool {
        if core.isOwn(peer) { return false }
        if core.has(.contactsReserved) { return peer.port != 0 }
        if let judgement = core.misjudges(peer) { return judgement && peer.port != 0 }
        return !peer.isReserved(allowingLocal: core.rules.network.allowsLocalPeers)
    }

    /// Contacts the configured peers whose time has come. They are the operator's word: neither range nor place speaks
    /// against them.
    mutating func contactConfigured(_ now: Instant, _ out: inout [Action]) {
        for i in peering.configured.indices {
            guard let at = peering.configured[i].at, at <= now else { continue }
            let peer = peering.configured[i].peer
            if isConnected(to: peer) {
                // It came to us meanwhile.
                peering.configured[i].at = now + core.limits.crawlPeriod
                continue
            }
            peering.configured[i].at = nil
            peering.configured[i].since = now
            peering.attempts.insert(peer, now: now)
            peering.dialing.insert(peer, now: now)
            out.append(.connect(peer))
        }
    }
    /// Puts the connected peers down and looks for those that are gone.
    mutating func storePeers(_ now: Instant) {
        if !core.has(.forgetsPeers) {
            for place in core.places { peering.history.note(place.peer, now: now) }
        }
        peering.history.expire(now)
        let gone = peering.history.peers.filter { peer in !core.places.contains { $0.peer == peer } }
        peering.look(for: gone, goesOn: !core.places.isEmpty || peering.history.count > 0, now)
    }
    /// One step of the loop that looks at the peers of kept keepalives and of the history.
    mutating func mergeNext(_ now: Instant, _ out: inout [Action]) {
        let read = peering.needsKeepalive ? readKeepalive() : []
        if let peer = peering.next(now, read) { contact(peer, now, &out) }
    }
}
