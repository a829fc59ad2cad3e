import Libp2p
import Node

/// The peers that other nodes have announced, each with its addresses until they expire. Its size has limits,
/// regardless of what others send.
struct FoundPeers: Sendable {
    /// A change of the table.
    enum Change: Equatable, Sendable {
        /// A peer is new, or has other addresses than before.
        case found(PeerID)
        /// A peer has left, or its addresses have expired.
        case lost(PeerID, isGoodbye: Bool)
    }
    struct Entry: Sendable {
        var addresses: [(address: Multiaddr, expires: Instant)]
        /// The address that announced the peer first.
        var source: Endpoint
        /// True if the peer has said goodbye.
        var isLeaving = false
        var expires: Instant { addresses.map(\.expires).max() ?? .zero }
    }
    private(set) var entries: [PeerID: Entry] = [:]
    /// The number of peers by the address that announced them first, without its port.
    private var counts: [Endpoint: Int] = [:]
    /// The number of announcements that found no room.
    private(set) var refused: UInt64 = 0
    /// A time at or before the first expiry; nil if the table is empty.
    private(set) var nextExpiry: Instant?

    /// The peers in the order of their ids.
    var sorted: [(peer: PeerID, entry: Entry)] {
        entries.sorted { $0.key < $1.key }.map { (peer: $0.key, entry: $0.value) }
    }

    /// Takes an announcement from an address. Returns the change, if there is one.
    mutating func take(_ announcement: PeerAnnouncement, from source: Endpoint, now: Instant) -> Change? {
        let peer = announcement.peer
        guard announcement.ttl > 0 else {
            leave(peer, now)
            return nil
        }
        let expires = now + min(.seconds(Int64(announcement.ttl)), Limits.lifetime)
        let host = Endpoint(high: source.high, low: source.low, port: 0)
        var isChanged = false
        if entries[peer] == nil {
            guard entries.count < Limits.peers, counts[host, default: 0] < Limits.peersPerSource else {
                refused += 1
                return nil
            }
            entries[peer] = Entry(addresses: [], source: host)
            counts[host, default: 0] += 1
            isChanged = true
        }
        guard var entry = entries[peer] else { return nil }
        entry.isLeaving = false
        for address in announcement.addresses {
            if let i = entry.addresses.firstIndex(where: { $0.address == address }) {
                entry.addresses[i].expires = expires
            } else if entry.addresses.count < Limits.addresses {
                entry.addresses.append((address, expires))
                isChanged = true
            }
        }
        entries[peer] = entry
        nextExpiry = Instant.earlier(nextExpiry, expires)
        return isChanged ? .found(peer) : nil
    }
    /// Ends the addresses of a peer that says goodbye. They stay for a second, so that another node can correct a
    /// goodbye that is wrong (RFC 6762, section 10.1).
    private mutating func leave(_ peer: PeerID, _ now: Instant) {
        guard var entry = entries[peer] else { return }
        let expires = now + Limits.goodbye
        entry.isLeaving = true
        for i in entry.addresses.indices { entry.addresses[i].expires = min(entry.addresses[i].expires, expires) }
        entries[peer] = entry
        nextExpiry = Instant.earlier(nextExpiry, expires)
    }
    /// Removes what has expired. Returns the peers that have no address any more.
    mutating func expire(now: Instant) -> [Change] {
        guard let next = nextExpiry, next <= now else { return [] }
        var changes: [Change] = []
        for (peer, entry) in sorted where entry.addresses.contains(where: { $0.expires <= now }) {
            let left = entry.addresses.filter { $0.expires > now }
            entries[peer]?.addresses = left
            guard left.isEmpty else { continue }
            remove(peer, entry)
            changes.append(.lost(peer, isGoodbye: entry.isLeaving))
        }
        nextExpiry = entries.values.lazy.flatMap(\.addresses).map(\.expires).min()
        return changes
    }
    private mutating func remove(_ peer: PeerID, _ old: Entry) {
        entries[peer] = nil
        let left = (counts[old.source] ?? 1) - 1
        counts[old.source] = left > 0 ? left : nil
    }
}
