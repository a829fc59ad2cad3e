import Node
import Wire

/// A stream of a call: the connection, and the id of the request on it.
struct StreamID: Hashable, Comparable, Sendable {
    var link: LinkID
    var id: Int32

    static func < (a: Self, b: Self) -> Bool { a.link == b.link ? a.id < b.id : a.link < b.link }
}

/// The members of the swarms of one host. It does no I/O and reads no clock.
struct Swarms: Sendable {
    /// An event for streams.
    struct Notice: Equatable, Sendable {
        var streams: [StreamID]
        var peer: [UInt8]
        /// The time since which the peer is there; nil: it left.
        var since: UnixTime?
    }
    /// A peer in a swarm.
    struct Place: Hashable, Comparable, Sendable {
        var swarm: [UInt8]
        var peer: [UInt8]

        static func < (a: Self, b: Self) -> Bool {
            a.swarm == b.swarm
                ? a.peer.lexicographicallyPrecedes(b.peer) : a.swarm.lexicographicallyPrecedes(b.swarm)
        }
    }
    /// The result of the end of streams.
    struct Change: Sendable {
        var notices: [Notice] = []
        /// The members that left.
        var left: [Place] = []
    }
    /// A member of a swarm.
    private struct Member: Sendable {
        var since: UnixTime
        var streams: Set<StreamID> = []
        /// The time at which the member leaves unless it comes back; nil: it is connected.
        var leaves: Instant?
    }
    private var all: [[UInt8]: [[UInt8]: Member]] = [:]
    /// The members with a stream, which receive notices. A notice needs no search through lost members.
    private var present: [[UInt8]: Set<[UInt8]>] = [:]
    /// The number of members that searches for the receivers of notices have visited.
    private(set) var visits = 0
    /// The members that lost their connection and are due to leave, so that no search through all members is needed.
    private var leaving: Set<Place> = []
    /// The members whose last stream their caller closed, but whose leave is not reported yet, by swarm.
    private var closed: [[UInt8]: Set<[UInt8]>] = [:]
    /// The number of events about leaves until the given time.
    private var burst = (end: Instant.zero, events: 0)
    let grace: Duration
    let fault: Misbehaviour?

    init(grace: Duration, fault: Misbehaviour?) {
        self.grace = grace
        self.fault = fault
    }
    /// The earliest possible time at which a lost member leaves; nil: no member is lost.
    private(set) var deadline: Instant?
    /// True if no swarm has a member.
    var isEmpty: Bool { all.isEmpty }
    func hasMembers(_ swarm: [UInt8]) -> Bool { all[swarm] != nil }
    /// Returns the time since which a member is there; nil if it is not a member.
    func since(_ place: Place) -> UnixTime? { all[place.swarm]?[place.peer]?.since }
    /// Returns true if a member has lost its last connection.
    func isLost(_ place: Place) -> Bool { all[place.swarm]?[place.peer]?.streams.isEmpty ?? false }
    /// Returns the members of a swarm, in order.
    func places(of swarm: [UInt8]) -> [Place] {
        (all[swarm] ?? [:]).keys.map { Place(swarm: swarm, peer: $0) }.sorted()
    }
    /// All members, in order.
    var places: [Place] {
        all.flatMap { swarm, members in members.keys.map { Place(swarm: swarm, peer: $0) } }.sorted()
    }

    /// The swarms in order, each with its number of members.
    var sizes: [(swarm: [UInt8], members: Int)] {
        all.map { ($0.key, $0.value.count) }.sorted { $0.0.lexicographicallyPrecedes($1.0) }
    }
    /// Returns the time at which a member leaves unless it comes back; nil if it is connected, or not a member.
    func leaves(_ place: Place) -> Instant? { all[place.swarm]?[place.peer]?.leaves }

    /// Adds a stream for a peer. Returns the notices to this stream about present members and members `elsewhere`, and
    /// the notices to the others, unless they know the peer.
    mutating func join(
        _ stream: StreamID, _ place: Place, _ now: UnixTime, elsewhere: [[UInt8]: UnixTime] = [:], isKnown: Bool = false
    ) -> (change: Change, isNew: Bool) {
        let (swarm, peer) = (place.swarm, place.peer)
        var out: [Notice] = []
        // The new stream must not learn of members that are gone.
        var left: [Place] = []
        for other in (closed[swarm] ?? []).sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            let change = remove(Place(swarm: swarm, peer: other))
            out += change.notices
            left += change.left
        }
        var members = all.removeValue(forKey: swarm) ?? [:]
        var told = elsewhere
        for (other, member) in members where other != peer { told[other] = member.since }
        if fault == .noLateJoiner { told = [:] }
        for (other, since) in told.sorted(by: {
            $0.value == $1.value ? $0.key.lexicographicallyPrecedes($1.key) : $0.value < $1.value
        }) {
            out.append(Notice(streams: [stream], peer: other, since: since))
        }
        let isNew = members[peer] == nil
        var member = members[peer] ?? Member(since: now)
        member.streams.insert(stream)
        present[swarm, default: []].insert(peer)
        if fault != .forgetsReturn {
            member.leaves = nil
            leaving.remove(place)
        }
        members[peer] = member
        all[swarm] = members
        if isNew && !isKnown {
            let others = fault == .noAnnouncement ? [] : streams(of: swarm, but: peer)
            out.append(Notice(streams: others, peer: peer, since: member.since))
        }
        return (Change(notices: out, left: left), isNew)
    }
    /// Removes a stream that its caller closed: the peer leaves now. If many callers close streams at once, the events
    /// about most of them wait a moment, because then fewer streams are there to receive them.
    mutating func leave(_ stream: StreamID, _ place: Place, _ now: Instant) -> Change {
        guard drop(stream, place) else { return Change() }
        if now >= burst.end { burst = (now + Limits.gathering, 0) }
        guard !closed.isEmpty || burst.events > Limits.noticesAtOnce else {
            let change = remove(place)
            burst.events += change.notices.reduce(0) { $0 + $1.streams.count }
            return change
        }
        let leaves = now + Limits.gathering
        all[place.swarm]?[place.peer]?.leaves = leaves
        leaving.insert(place)
        closed[place.swarm, default: []].insert(place.peer)
        deadline = min(deadline ?? .never, leaves)
        return Change()
    }
    /// Removes a stream whose connection is lost: the peer leaves unless it comes back.
    mutating func lose(_ stream: StreamID, _ place: Place, _ now: Instant) -> Change {
        guard drop(stream, place) else { return Change() }
        if fault == .noGrace { return remove(place) }
        let leaves = now + (fault == .graceIsShort ? .nanoseconds(grace.nanoseconds / 4) : grace)
        all[place.swarm]?[place.peer]?.leaves = leaves
        leaving.insert(place)
        deadline = min(deadline ?? .never, leaves)
        return Change()
    }
    /// Removes members that lost their connection and did not return in time. If many are due at once, removes only
    /// some. The others stay due, and streams that end meanwhile need no event about them.
    mutating func expire(_ now: Instant) -> Change {
        var out = Change()
        guard let due = deadline, due <= now else { return out }
        var count = 0
        for place in leaving.sorted() {
            guard count < Limits.noticesAtOnce else { break }
            guard let due = all[place.swarm]?[place.peer]?.leaves, due <= now else { continue }
            forgetLeave(place)
            if fault == .graceNeverEnds { continue }
            if let back = all[place.swarm]?[place.peer], !back.streams.isEmpty {
                // Only a node with the fault `forgetsReturn` gets here.
                all[place.swarm]?[place.peer]?.leaves = nil
                let others = streams(of: place.swarm, but: place.peer)
                out.notices.append(Notice(streams: others, peer: place.peer, since: nil))
                continue
            }
            let change = remove(place)
            count += change.notices.reduce(1) { $0 + $1.streams.count }
            out.notices += change.notices
            out.left += change.left
        }
        deadline = leaving.compactMap { all[$0.swarm]?[$0.peer]?.leaves }.min()
        return out
    }
    /// Removes a lost member that is at another host now, without a notice that it left.
    mutating func handOver(_ place: Place) {
        forgetLeave(place)
        forgetPresence(place)
        all[place.swarm]?[place.peer] = nil
        if all[place.swarm]?.isEmpty ?? false { all[place.swarm] = nil }
    }
    /// Removes a stream from a member. Returns true if it was the last one.
    private mutating func drop(_ stream: StreamID, _ place: Place) -> Bool {
        guard all[place.swarm]?[place.peer]?.streams.remove(stream) != nil else { return false }
        guard all[place.swarm]?[place.peer]?.streams.isEmpty ?? false else { return false }
        forgetPresence(place)
        return true
    }
    private mutating func forgetPresence(_ place: Place) {
        present[place.swarm]?.remove(place.peer)
        if present[place.swarm]?.isEmpty ?? false { present[place.swarm] = nil }
    }
    private mutating func forgetLeave(_ place: Place) {
        leaving.remove(place)
        closed[place.swarm]?.remove(place.peer)
        if closed[place.swarm]?.isEmpty ?? false { closed[place.swarm] = nil }
    }
    private mutating func remove(_ place: Place) -> Change {
        forgetLeave(place)
        let (swarm, peer) = (place.swarm, place.peer)
        guard all[swarm]?.removeValue(forKey: peer) != nil else { return Change() }
        forgetPresence(place)
        if all[swarm]?.isEmpty ?? false { all[swarm] = nil }
        if fault == .neverPeerLeft { return Change(left: [place]) }
        return Change(
            notices: [Notice(streams: streams(of: swarm, but: peer), peer: peer, since: nil)], left: [place])
    }
    /// Returns the streams of a swarm's other members here, in order.
    mutating func streams(of swarm: [UInt8], but peer: [UInt8]) -> [StreamID] {
        guard let others = present[swarm] else { return [] }
        visits += others.count
        return others.filter { $0 != peer }.flatMap { all[swarm]?[$0]?.streams ?? [] }.sorted()
    }
}
