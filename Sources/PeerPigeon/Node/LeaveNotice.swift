import Node
import Wire

/// A departure to report to several peers or hubs, with a notice to each.
struct LeaveNotice: Sendable {
    /// The receivers of the notices.
    enum Hearers: Hashable, Sendable {
        /// All connected peers.
        case all
        /// The members of a network; with `exceptHubs`, without the hubs among them.
        case members(NetworkName, exceptHubs: Bool = false)
        /// The other hubs.
        case hubs
    }
    let peer: PeerID
    let isHub: Bool
    let reason: String?
    let network: NetworkName?
    let hearers: Hearers
    /// The number of joins when the peer left. A peer that joined a network later did not know of the departed peer.
    var joins = 0

    init(_ peer: PeerID, isHub: Bool, because reason: String?, in network: NetworkName?, to hearers: Hearers) {
        (self.peer, self.isHub, self.reason, self.network, self.hearers) = (peer, isHub, reason, network, hearers)
    }
}

/// Departures that a hub has not reported yet, in order. A hub reports a departure at once, unless many peers leave at
/// the same time. Then a notice of each departure to each other peer would delay all peers.
struct DelayedNotices: Sendable {
    private var all: [LeaveNotice?] = []
    /// The place of the first departure that is not done.
    private var start = 0
    /// The number of departures that wait, by peer.
    private var counts: [PeerID: Int] = [:]
    /// The number of departures that wait.
    private(set) var count = 0
    /// The time since when departures wait; nil if no departure waits.
    private(set) var since: Instant?
    /// The number of notices sent since a moment.
    private var sent = (since: Instant.zero, count: 0)
    /// The time without a departure after which the next ones are reported at once.
    private static let rest = Duration.seconds(1)

    /// Returns true if this number of notices may be sent now. It then counts them as sent.
    mutating func admits(_ count: Int, _ now: Instant) -> Bool {
        guard since == nil else { return false }
        if now - sent.since >= Self.rest { sent = (now, 0) }
        guard sent.count == 0 || sent.count + count <= Limits.noticesAtOnce else { return false }
        sent.count += count
        return true
    }
    mutating func append(_ one: LeaveNotice, _ now: Instant) {
        all.append(one)
        counts[one.peer, default: 0] += 1
        count += 1
        since = since ?? now
    }
    /// Removes the next departure and returns it; nil if no departure waits.
    mutating func removeFirst() -> LeaveNotice? {
        if start > 1000, 2 * start > all.count {
            all.removeFirst(start)
            start = 0
        }
        while start < all.count {
            defer { start += 1 }
            guard let one = all[start] else { continue }
            if let left = counts[one.peer] { counts[one.peer] = left > 1 ? left - 1 : nil }
            count -= 1
            return one
        }
        (all, start, since) = ([], 0, nil)
        return nil
    }
    /// Removes the departures of a peer and returns them.
    mutating func remove(of peer: PeerID) -> [LeaveNotice] {
        guard counts.removeValue(forKey: peer) != nil else { return [] }
        var out: [LeaveNotice] = []
        for i in start..<all.count {
            guard let one = all[i], one.peer == peer else { continue }
            out.append(one)
            all[i] = nil
        }
        count -= out.count
        return out
    }
    /// Begins a round of notices in which this number was sent.
    mutating func note(_ count: Int, _ now: Instant) { sent = (now, count) }
}
