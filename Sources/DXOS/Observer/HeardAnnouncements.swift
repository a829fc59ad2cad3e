import Node

/// The ends of the peers' announcements in a capture, in capture time, because hosts have other clocks.
struct HeardAnnouncements {
    private struct Announcement {
        var until: UnixTime
        /// The end in capture time.
        var ends: Instant
    }
    private var all: [Swarms.Place: Announcement] = [:]
    /// The tolerance for a slow host and for the transfer of the announcement.
    private static let slack = Duration.seconds(1)

    /// Records an announcement. One that asks for answers is the first of a peer: it holds from now on. A repetition
    /// extends it by the difference of the ends. Nothing is recorded for other announcements, because their beginning
    /// was not seen.
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
    /// Returns the end of a peer's announcement, if it has certainly ended.
    func ended(_ place: Swarms.Place, _ now: Instant) -> Instant? {
        guard let ends = all[place]?.ends, ends + Self.slack < now else { return nil }
        return ends
    }
}
