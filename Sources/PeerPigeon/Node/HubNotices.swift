import Node
import Wire

// Reports of departures: at once, or in rounds if many peers leave at the same time.
extension Hub {
    /// Reports that a peer left, at once or in a later round.
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
    /// Reports the departures that wait for a peer that has returned.
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
