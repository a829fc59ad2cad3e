import Node

// The peers that the reference node connects to, and the times.
extension ReferenceNode {
    /// Opens a connection to a peer that other nodes have named, unless a limit, an exclusion or a recent attempt
    /// forbids it (nano-node, `merge_peer` and `track_reachout`).
    mutating func contact(_ peer: Endpoint, _ now: Instant, _ out: inout [Action]) {
        peering.attempts.expire(now)
        peering.dialing.expire(now)
        guard !peering.attempts.isFull, !peering.dialing.isFull, mayBePeer(peer),
            !core.exclusions.contains(peer, now: now), !isAtLimit(peer),
            peering.dialing.prefixCounts.atSite(of: peer) < core.limits.dialingPerAddress,
            !isConnected(to: peer)
        else { return }
        let isNew = peering.attempts.insert(peer, now: now)
        guard isNew else { return }
        peering.dialing.insert(peer, now: now)
        out.append(.connect(peer))
    }
    /// Returns true if the endpoint can belong to another node: it is neither our own nor in a reserved range.
    private func mayBePeer(_ peer: Endpoint) -> Bool {
        if core.isOwn(peer) { return false }
        if let judgement = core.misjudges(peer) { return judgement && peer.port != 0 }
        return !peer.isReserved(allowingLocal: core.rules.network.allowsLocalPeers)
    }

    /// Connects to the configured peers that are due. Reserved ranges and limits of addresses do not apply, because the
    /// operator has named these peers.
    mutating func contactConfigured(_ now: Instant, _ out: inout [Action]) {
        for i in peering.configured.indices {
            guard let at = peering.configured[i].at, at <= now else { continue }
            let peer = peering.configured[i].peer
            if isConnected(to: peer) {
                // The peer has connected to us in the meantime.
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
    /// Stores the connected peers in the history, and queues the other peers of the history for a new attempt.
    mutating func storePeers(_ now: Instant) {
        for known in core.listeningPeers { peering.history.note(known.peer, now: now) }
        peering.history.expire(now)
        let gone = peering.history.peers.filter { peer in !core.listeningPeers.contains { $0.peer == peer } }
        peering.search(for: gone, goesOn: !core.listeningPeers.isEmpty || peering.history.count > 0, now)
    }
    /// Takes one step of the loop that contacts the peers of unread keepalives and of the history.
    mutating func mergeNext(_ now: Instant, _ out: inout [Action]) {
        let read = peering.needsKeepalive ? readKeepalive() : []
        if let peer = peering.next(now, read) { contact(peer, now, &out) }
    }
}
