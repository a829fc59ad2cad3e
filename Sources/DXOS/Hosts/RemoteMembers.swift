import Node

/// The members of this host's swarms at other hosts, as those hosts announced them.
struct RemoteMembers: Sendable {
    private struct Member {
        var since: UnixTime
        /// The end of the announcement; nil: it does not end.
        var until: Instant?
    }
    private var all: [[UInt8]: [[UInt8]: Member]] = [:]
    /// The number of announced members of all swarms.
    private(set) var count = 0
    /// The earliest possible end of an announcement; nil: no announcement ends.
    private(set) var deadline: Instant?
    /// The maximum number of announced members; further ones are ignored.
    static let limit = 1 << 17

    func has(_ place: Swarms.Place) -> Bool { all[place.swarm]?[place.peer] != nil }
    /// Returns the number of announced members of a swarm.
    func count(of swarm: [UInt8]) -> Int { all[swarm]?.count ?? 0 }
    /// Returns the members of a swarm, with the time since which each is there.
    func members(of swarm: [UInt8]) -> [[UInt8]: UnixTime] { (all[swarm] ?? [:]).mapValues(\.since) }
    /// All members in order, each with the time since which it is there, and the end of its announcement.
    var places: [(place: Swarms.Place, since: UnixTime, until: Instant?)] {
        all.flatMap { swarm, members in
            members.map { (Swarms.Place(swarm: swarm, peer: $0.key), $0.value.since, $0.value.until) }
        }.sorted { $0.0 < $1.0 }
    }
    /// Records an announced peer. Returns true if it was unknown.
    mutating func announce(_ place: Swarms.Place, since: UnixTime, until: Instant?) -> Bool {
        let isNew = !has(place)
        if isNew {
            guard count < Self.limit else { return false }
            count += 1
        }
        all[place.swarm, default: [:]][place.peer] = Member(since: since, until: until)
        if let until { deadline = min(deadline ?? .never, until) }
        return isNew
    }
    /// Removes a peer that left. Returns true if it was known.
    @discardableResult
    mutating func remove(_ place: Swarms.Place) -> Bool {
        guard all[place.swarm]?.removeValue(forKey: place.peer) != nil else { return false }
        if all[place.swarm]?.isEmpty ?? false { all[place.swarm] = nil }
        count -= 1
        return true
    }
    /// Forgets a swarm without local members.
    mutating func forget(_ swarm: [UInt8]) { count -= all.removeValue(forKey: swarm)?.count ?? 0 }
    /// Removes and returns the members whose announcements have ended.
    mutating func expire(_ now: Instant) -> [Swarms.Place] {
        guard let deadline, deadline <= now else { return [] }
        var ended: [Swarms.Place] = []
        var next: Instant?
        for (swarm, members) in all {
            for (peer, member) in members {
                guard let until = member.until else { continue }
                if until <= now {
                    ended.append(.init(swarm: swarm, peer: peer))
                } else {
                    next = min(next ?? .never, until)
                }
            }
        }
        self.deadline = next
        for place in ended { remove(place) }
        return ended.sorted()
    }
}
