import Node
import Wire

/// The cookies that were sent and not answered yet: one for each remote address and port.
///
/// A cookie can be answered once. A periodic purge removes the cookies past their lifetime, so a cookie lives between
/// `lifetime` and `lifetime + purge`.
struct SynCookies: Sendable {
    private struct Entry: Sendable {
        var cookie: Key32
        var since: Instant
    }
    private var open: [Endpoint: Entry] = [:]
    private var perAddress: [Endpoint: Int] = [:]
    private var lastPurge = Instant.zero
    let lifetime: Duration
    let purge: Duration
    let limit: Int

    /// Creates an empty table; `limit` is the most cookies for one address.
    init(lifetime: Duration, purge: Duration, limit: Int) {
        self.lifetime = lifetime
        self.purge = purge
        self.limit = limit
    }
    /// The number of open cookies.
    var count: Int { open.count }
    var all: [Key32] { open.values.map(\.cookie) }

    /// Stores `cookie` for this peer. Returns false, without storing it, if the peer already has one or its address has
    /// reached `limit`.
    mutating func assign(_ cookie: Key32, to peer: Endpoint, now: Instant) -> Bool {
        expire(now)
        let address = peer.withoutPort
        guard open[peer] == nil, perAddress[address, default: 0] < limit else { return false }
        open[peer] = Entry(cookie: cookie, since: now)
        perAddress[address, default: 0] += 1
        return true
    }
    /// Removes and returns the cookie of this peer.
    mutating func take(_ peer: Endpoint, now: Instant) -> Key32? {
        expire(now)
        return remove(peer)
    }
    /// Removes the cookie of a connection that has ended.
    mutating func forget(_ peer: Endpoint) { _ = remove(peer) }

    private mutating func remove(_ peer: Endpoint) -> Key32? {
        guard let entry = open.removeValue(forKey: peer) else { return nil }
        let address = peer.withoutPort
        if let n = perAddress[address], n > 1 { perAddress[address] = n - 1 } else { perAddress[address] = nil }
        return entry.cookie
    }
    /// Removes the cookies that the purges since the last call would have removed.
    private mutating func expire(_ now: Instant) {
        let period = max(1, purge.nanoseconds)
        let tick = Instant(nanoseconds: now.nanoseconds / period * period)
        guard tick > lastPurge else { return }
        lastPurge = tick
        for peer in open.filter({ $0.value.since + lifetime <= tick }).keys { _ = remove(peer) }
    }
}
