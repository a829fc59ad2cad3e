import Node
import Wire

/// What several peers or hubs are told of one that left: a notice for each.
struct LeaveNotice: Sendable {
    /// Who is told.
    enum Hearers: Hashable, Sendable {
        /// All that are connected.
        case all
        /// The members of a network, `exceptHubs` without the hubs among them.
        case members(NetworkName, exceptHubs: Bool = false)
        /// The other hubs.
        case hubs
    }
    let peer: PeerID
    let isHub: Bool
    let reason: String?
    let network: NetworkName?
    let hearers: Hearers
    /// Who joined a network later than that did not know of the peer.
    var joins = 0

    init(_ peer: PeerID, _ isHub: Bool, _ reason: String?, _ network: NetworkName?, to hearers: Hearers) {
        (self.peer, self.isHub, self.reason, self.network, self.hearers) = (peer, isHub, reason, network, hearers)
    }
}

/// Departures that a hub has not reported yet, in their order. A hub reports a departure at once unless many peers leave at
/// the same time: then a notice to each of the others for each of them would hold everybody up.
struct DelayedNotices: Sendable {
    private var all: [LeaveNotice?] = []
    /// Those before this place are done.
    private var start = 0
    /// How many wait for each peer.
    private var counts: [PeerID: Int] = [:]
    /// How many wait.
    private(set) var count = 0
    /// Since when some wait; nil: none does.
    private(set) var since: Instant?
    /// Notices that were sent since a moment.
    private var sent = (since: Instant.zero, count: 0)
    /// As long as nobody leaves for so long, the next ones are reported at once.
    private static let rest = Duration.seconds(1)

    /// Whether so many notices may be sent now. They count as sent.
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
    /// The next one; nil: none waits.
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
    /// Those of a peer.
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
    /// A round of notices begins, in which so many were sent.
    mutating func note(_ count: Int, _ now: Instant) { sent = (now, count) }
}
