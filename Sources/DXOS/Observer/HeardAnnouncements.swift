import Node

/// Until when hosts announced the peers of a capture, by the times of the capture: those of hosts have another clock.
struct HeardAnnouncements {
    private struct Announcement {
        var until: UnixTime
        /// What that is in the capture.
        var ends: Instant
    }
    private var all: [Swarms.Place: Announcement] = [:]
    /// How late a host may be, and the announcement on its way.
    private static let slack = Duration.seconds(1)

    /// One that asks is the first of a peer, and holds from then on; one that repeats it holds for as much longer as it
    /// says. Of others, the beginning of which was not seen, nothing is known.
    mutating func hear(_ available: PeerAvailable, of place: Swarms.Place, _ now: Instant, limit: Int) {
        guard let time = available.until, let since = available.since, time.seconds ?? 0 != 0 else {
            all[place] = nil
            return
        }
        let until = UnixTime(time)
        if let known = all[place], available.announceBackToHost == nil {
            let (more, over) = until.nanoseconds.subtractingReportingOverflow(known.until.nanoseconds)
            all[place] = over ? nil : Announcement(until: until, ends: known.ends + .nanoseconds(more))
        } else if available.announceBackToHost != nil, all[place] != nil || all.count < limit {
            let (life, over) = until.nanoseconds.subtractingReportingOverflow(UnixTime(since).nanoseconds)
            all[place] = over || life < 0 ? nil : Announcement(until: until, ends: now + .nanoseconds(life))
        }
    }
    mutating func forget(_ isMeant: (Swarms.Place) -> Bool) { all = all.filter { !isMeant($0.key) } }
    /// When a peer's announcement ended, if it did, surely.
    func ended(_ place: Swarms.Place, _ now: Instant) -> Instant? {
        guard let ends = all[place]?.ends, ends + Self.slack < now else { return nil }
        return ends
    }
}
