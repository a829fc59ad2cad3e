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

extension Hub {
    /// Reports that a peer left: now, or when there is time for it.
    mutating func tell(_ notice: LeaveNotice, _ now: Instant, _ out: inout [Action]) {
        var notice = notice
        notice.joins = members.joins
        if delayed.admits(count(of: notice), now) { return report(notice, now, &out) }
        delayed.append(notice, now)
        while delayed.count > Limits.delayedDepartures, let oldest = delayed.removeFirst() { report(oldest, now, &out) }
    }
    /// Reports some of the departures that wait.
    mutating func tellDelayed(_ now: Instant, _ out: inout [Action]) {
        guard delayed.since != nil else { return }
        voice.prepare(now)
        var sent = 0
        while sent < Limits.noticesAtOnce, let next = delayed.removeFirst() {
            sent += count(of: next)
            report(next, now, &out)
        }
        delayed.note(sent, now)
    }
    /// Reports what others have still to learn of a peer that is here again.
    mutating func tellDelayed(of peer: PeerID, _ now: Instant, _ out: inout [Action]) {
        for one in delayed.remove(of: peer) { report(one, now, &out) }
    }
    private func count(of notice: LeaveNotice) -> Int {
        switch notice.hearers {
        case .all: links.count
        case .members(let network, _): members.count(in: network)
        case .hubs: hubs.count + bootstraps.count
        }
    }
    private func report(_ d: LeaveNotice, _ now: Instant, _ out: inout [Action]) {
        let hearers: [PeerID]
        switch d.hearers {
        case .all: hearers = links.sorted { $0.value < $1.value }.map(\.key)
        case .members(let network, let exceptHubs):
            hearers = members.others(d.peer, in: network, joins: d.joins).filter { !exceptHubs || !hubs.contains($0) }
        case .hubs:
            return tellHubs(
                voice.disconnected(d.peer, isHub: d.isHub, reason: d.reason, d.network, to: nil, now), but: d.peer, &out
            )
        }
        for other in hearers where links[other] != nil {
            say(other, voice.disconnected(d.peer, isHub: d.isHub, reason: d.reason, d.network, to: other, now), &out)
        }
    }
}
