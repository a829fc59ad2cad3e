import Node
import Wire

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
    /// operator has named these peers. While the connected representatives have enough weight, the node contacts none
    /// of them, except in the development branch of 2026 (nano-node, repcrawler.cpp `run`).
    mutating func contactConfigured(_ now: Instant, _ out: inout [Action]) {
        let rests =
            core.rules.profile.restsWithEnoughWeight && core.representatives.suffice(core.ledger, now)
            && !core.has(.crawlsForEver)
        for i in peering.configured.indices {
            guard let at = peering.configured[i].at, at <= now else { continue }
            let peer = peering.configured[i].peer
            if rests || isConnected(to: peer) {
                // The peer may have connected to us in the meantime.
                peering.configured[i].at = now + core.limits.crawlPeriod
                continue
            }
            peering.configured[i].at = nil
            peering.configured[i].since = now
            // The peer may also be a stored one that is being contacted.
            guard !peering.dialing.contains(peer) else { continue }
            peering.attempts.insert(peer, now: now)
            peering.dialing.insert(peer, now: now)
            out.append(.connect(peer))
        }
    }
    /// Contacts the peers that an earlier run stored. Up to V25 the node contacts all of them at once, before the
    /// configured peers (nano-node, node.cpp `add_initial_peers`). Later the loop of the history contacts one after the
    /// other.
    mutating func contactStored(_ now: Instant, _ out: inout [Action]) {
        let peers = peering.history.peers
        guard !peers.isEmpty else { return }
        if core.has(.storeUndated) { peering.history.renew(now) }
        if core.has(.configuredUnlessStored) { peering.configured = [] }
        if core.rules.profile.hasPeerHistory {
            peering.search(for: peers, goesOn: true, now)
        } else if core.has(.storedAfterConfigured) {
            peering.search(for: peers, goesOn: true, now + .seconds(5))
        } else {
            for peer in peers { contact(peer, now, &out) }
        }
    }
    /// Stores the connected peers, and queues the other peers of the history for a new attempt. Up to V25 the connected
    /// peers replace all others in the store, if there are any; they are those that the node dialed.
    mutating func storePeers(_ now: Instant, _ out: inout [Action]) {
        let keepsHistory = core.rules.profile.hasPeerHistory
        let connected = keepsHistory ? core.listeningPeers.map(\.peer) : dialedPeers
        let isReplaced = !connected.isEmpty || core.has(.storeEmptied)
        if !keepsHistory, isReplaced, !core.has(.storeGrows) { peering.history.removeAll() }
        for peer in connected { peering.history.note(peer, now: now) }
        if keepsHistory { peering.history.expire(now) }
        if peering.store() {
            out.report("peers_stored", nil, [.init("count", .uint(UInt64(peering.stored.count)))])
        }
        let gone = keepsHistory ? peering.history.peers.filter { !connected.contains($0) } : []
        let goesOn = keepsHistory ? !connected.isEmpty || peering.history.count > 0 : core.established > 0
        peering.search(for: gone, goesOn: goesOn, now)
    }
    /// Takes one step of the loop that contacts the peers of unread keepalives and of the history.
    mutating func mergeNext(_ now: Instant, _ out: inout [Action]) {
        let read = peering.needsKeepalive ? readKeepalive() : []
        if let peer = peering.next(now, read) { contact(peer, now, &out) }
    }
}
