internal import Node

/// The limits of datagrams.
public enum Datagram {
    /// The maximum number of bytes of a datagram: 65,535 bytes of an IPv4 packet without the IPv4 and UDP headers. The
    /// limit is the same over IPv6, where a few more bytes would fit.
    public static let maximumBytes = 65_507
    /// The maximum number of peers that a listening socket remembers. A sender with many addresses must not fill our
    /// memory.
    public static let maximumPeers = 16_384
}

/// The peers of a listening socket, in the order of the last datagram from or to them.
struct PeerTable {
    private struct Entry {
        var link: LinkID
        /// The neighbours in the order.
        var older: Endpoint?
        var newer: Endpoint?
    }
    private var entries: [Endpoint: Entry] = [:]
    private var oldest: Endpoint?
    private var newest: Endpoint?
    var limit: Int

    init(limit: Int) { self.limit = max(1, limit) }
    var isEmpty: Bool { entries.isEmpty }
    /// Returns the link of a peer, and marks it as used now.
    mutating func use(_ peer: Endpoint) -> LinkID? {
        guard let link = entries[peer]?.link else { return nil }
        if newest != peer {
            unhook(peer)
            hook(peer, link)
        }
        return link
    }
    /// Adds a new peer. Returns the peer that was removed for it.
    mutating func add(_ peer: Endpoint, _ link: LinkID) -> (peer: Endpoint, link: LinkID)? {
        var gone: (peer: Endpoint, link: LinkID)?
        if entries.count >= limit, let old = oldest, let e = entries[old] {
            unhook(old)
            gone = (old, e.link)
        }
        hook(peer, link)
        return gone
    }
    mutating func remove(_ peer: Endpoint) { if entries[peer] != nil { unhook(peer) } }

    private mutating func hook(_ peer: Endpoint, _ link: LinkID) {
        entries[peer] = Entry(link: link, older: newest)
        if let newest { entries[newest]?.newer = peer } else { oldest = peer }
        newest = peer
    }
    private mutating func unhook(_ peer: Endpoint) {
        guard let e = entries.removeValue(forKey: peer) else { return }
        if let older = e.older { entries[older]?.newer = e.newer } else { oldest = e.newer }
        if let newer = e.newer { entries[newer]?.older = e.older } else { newest = e.older }
    }
}
