import Node

/// Who is in the swarms of this host at other hosts, as those announced it.
struct RemoteMembers: Sendable {
    private struct Member {
        var since: UnixTime
        /// When the announcement ends; nil: never.
        var until: Instant?
    }
    private var all: [[UInt8]: [[UInt8]: Member]] = [:]
    private var count = 0
    /// No announcement ends before; nil: none ends.
    private(set) var deadline: Instant?
    /// Announced members that are kept; further ones are passed over.
    static let limit = 1 << 17

    func has(_ place: Swarms.Place) -> Bool { all[place.swarm]?[place.peer] != nil }
    /// Since when each member of a swarm is there.
    func members(of swarm: [UInt8]) -> [[UInt8]: UnixTime] { (all[swarm] ?? [:]).mapValues(\.since) }
    /// A peer is announced. Whether it was not known.
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
    /// A peer left. Whether it was known.
    @discardableResult
    mutating func remove(_ place: Swarms.Place) -> Bool {
        guard all[place.swarm]?.removeValue(forKey: place.peer) != nil else { return false }
        if all[place.swarm]?.isEmpty ?? false { all[place.swarm] = nil }
        count -= 1
        return true
    }
    /// Nobody here is in the swarm any more.
    mutating func forget(_ swarm: [UInt8]) { count -= all.removeValue(forKey: swarm)?.count ?? 0 }
    /// Takes those whose announcements have ended.
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
