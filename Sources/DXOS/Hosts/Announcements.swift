import Node

/// What this host announced, and when it is to be announced again: once two thirds of the time for which it holds are
/// over, so that a third of it is left for what delays it.
struct Announcements: Sendable {
    private struct Announcement {
        var until: Instant?
        var again: Instant?
    }
    /// For how long an announcement holds; nil: it does not end.
    let ttl: Duration?
    /// From one announcement to the next.
    private let interval: Duration?
    private var all: [Swarms.Place: Announcement] = [:]
    /// In order, since all wait equally long; what was announced since or is withdrawn stands here still.
    private var queue: [(at: Instant, place: Swarms.Place)] = []
    private var first = 0

    init(ttl: Duration?, fault: Misbehaviour?) {
        self.ttl = ttl
        switch fault {
        case .announcesOnce: interval = nil
        case .announcesLate: interval = ttl.map { $0 + $0 / 2 }
        default: interval = ttl.map { $0 / 3 * 2 }
        }
    }
    /// When the next one is due; none before.
    var deadline: Instant? { first < queue.count ? queue[first].at : nil }
    /// When what was announced last ends.
    func until(_ place: Swarms.Place) -> Instant? { all[place]?.until }
    /// It is announced now.
    mutating func announce(_ place: Swarms.Place, _ now: Instant) {
        let again = interval.map { now + $0 }
        all[place] = Announcement(until: ttl.map { now + $0 }, again: again)
        if let again { queue.append((again, place)) }
    }
    mutating func withdraw(_ place: Swarms.Place) { all[place] = nil }
    /// Those that are to be announced again now.
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
