import Node

/// The announcements of this host, with the time of the next repetition. An announcement is repeated after two thirds
/// of its validity, so that one third is left for delays.
struct Announcements: Sendable {
    private struct Announcement {
        var until: Instant?
        var again: Instant?
    }
    /// The validity of an announcement; nil: it does not end.
    let ttl: Duration?
    /// The time from one announcement to the next.
    private var interval: Duration? { ttl.map { $0 / 3 * 2 } }
    private var all: [Swarms.Place: Announcement] = [:]
    /// The repetitions in order of time, because all have the same interval. The queue still has entries that were
    /// announced again since, or withdrawn.
    private var queue: [(at: Instant, place: Swarms.Place)] = []
    private var first = 0

    init(ttl: Duration?) { self.ttl = ttl }
    /// The time of the next repetition, or an earlier time.
    var deadline: Instant? { first < queue.count ? queue[first].at : nil }
    /// Returns the end of the last announcement of a place.
    func until(_ place: Swarms.Place) -> Instant? { all[place]?.until }
    /// Records an announcement.
    mutating func announce(_ place: Swarms.Place, _ now: Instant) {
        let again = interval.map { now + $0 }
        all[place] = Announcement(until: ttl.map { now + $0 }, again: again)
        if let again { queue.append((again, place)) }
    }
    mutating func withdraw(_ place: Swarms.Place) { all[place] = nil }
    /// Returns the places that must be announced again now.
    mutating func due(_ now: Instant) -> [Swarms.Place] {
        var due: [Swarms.Place] = []
        while first < queue.count, queue[first].at <= now {
            let entry = queue[first]
            if all[entry.place]?.again == entry.at { due.append(entry.place) }
            first += 1
        }
        if first > 64, first > queue.count / 2 {
            queue.removeFirst(first)
            first = 0
        }
        return due
    }
}
