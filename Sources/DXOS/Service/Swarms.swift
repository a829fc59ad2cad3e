import Node
import Wire

/// A stream of a call: the connection, and the id of the request on it.
struct StreamID: Hashable, Comparable, Sendable {
    var link: LinkID
    var id: Int32

    static func < (a: Self, b: Self) -> Bool { a.link == b.link ? a.id < b.id : a.link < b.link }
}

/// Who is in which swarm, as one host knows it. It does no I/O and reads no clock.
struct Swarms: Sendable {
    /// What streams are told.
    struct Notice: Equatable, Sendable {
        var streams: [StreamID]
        var peer: [UInt8]
        /// Since when it is there; nil: it left.
        var since: Instant?
    }
    /// A member of a swarm.
    private struct Member: Sendable {
        var since: Instant
        var streams: Set<StreamID> = []
        /// When it has left unless it comes back; nil: it is there.
        var leaves: Instant?
    }
    private var all: [[UInt8]: [[UInt8]: Member]] = [:]
    /// When members leave who lost their connection, so that nobody has to look at all of them.
    private var leaving: Set<Place> = []
    /// Those who left, of a node that remembers them.
    private(set) var gone: [[UInt8]: [[UInt8]: Instant]] = [:]
    private struct Place: Hashable {
        var swarm: [UInt8]
        var peer: [UInt8]
    }
    let grace: Duration
    let fault: Misbehaviour?

    init(grace: Duration, fault: Misbehaviour?) {
        self.grace = grace
        self.fault = fault
    }
    /// When the next member leaves who lost its connection.
    var deadline: Instant? { leaving.compactMap { all[$0.swarm]?[$0.peer]?.leaves }.min() }
    /// How many members there are in all.
    var count: Int { all.values.reduce(0) { $0 + $1.count } }

    /// A stream joins for a peer. Gives what it is told of those who are there, and what others are told.
    mutating func join(_ stream: StreamID, _ swarm: [UInt8], _ peer: [UInt8], _ now: Instant) -> [Notice] {
        var out: [Notice] = []
        var members = all.removeValue(forKey: swarm) ?? [:]
        var told: [[UInt8]: Instant] = fault == .remembersLeft ? gone[swarm] ?? [:] : [:]
        for (other, member) in members where other != peer { told[other] = member.since }
        if fault == .noLateJoiner { told = [:] }
        if fault == .lateJoinerHearsOne, told.count > 1, let one = told.min(by: { $0.key.hex < $1.key.hex }) {
            told = [one.key: one.value]
        }
        for (other, since) in told.sorted(by: { ($0.value, $0.key.hex) < ($1.value, $1.key.hex) }) {
            out.append(Notice(streams: [stream], peer: other, since: since))
        }
        let isNew = members[peer] == nil
        var member = members[peer] ?? Member(since: now)
        member.streams.insert(stream)
        if fault != .forgetsReturn {
            member.leaves = nil
            leaving.remove(Place(swarm: swarm, peer: peer))
        }
        members[peer] = member
        all[swarm] = members
        if isNew || fault == .announcesReturn {
            let others = fault == .noAnnouncement ? [] : streams(of: swarm, but: peer)
            out.append(Notice(streams: others, peer: peer, since: member.since))
        }
        return out
    }
    /// A stream is closed by its caller: its peer leaves now.
    mutating func leave(_ stream: StreamID, _ swarm: [UInt8], _ peer: [UInt8]) -> [Notice] {
        guard drop(stream, swarm, peer) else { return [] }
        return remove(swarm, peer)
    }
    /// The connection of a stream is lost: its peer leaves unless it comes back.
    mutating func lose(_ stream: StreamID, _ swarm: [UInt8], _ peer: [UInt8], _ now: Instant) -> [Notice] {
        guard drop(stream, swarm, peer) else { return [] }
        if fault == .noGrace { return remove(swarm, peer) }
        all[swarm]?[peer]?.leaves = now + (fault == .graceIsShort ? .nanoseconds(grace.nanoseconds / 4) : grace)
        leaving.insert(Place(swarm: swarm, peer: peer))
        return []
    }
    /// Those leave who lost their connection and did not come back in time.
    mutating func expire(_ now: Instant) -> [Notice] {
        var out: [Notice] = []
        for place in leaving.sorted(by: { ($0.swarm.hex, $0.peer.hex) < ($1.swarm.hex, $1.peer.hex) }) {
            guard let due = all[place.swarm]?[place.peer]?.leaves, due <= now else { continue }
            leaving.remove(place)
            if fault == .graceNeverEnds { continue }
            if let back = all[place.swarm]?[place.peer], !back.streams.isEmpty {
                // Only a node that forgets who came back is here.
                all[place.swarm]?[place.peer]?.leaves = nil
                let others = streams(of: place.swarm, but: place.peer)
                out.append(Notice(streams: others, peer: place.peer, since: nil))
                continue
            }
            let notices = remove(place.swarm, place.peer)
            out += fault == .leftTwiceAfterGrace ? notices + notices : notices
        }
        return out
    }
    /// Takes a stream from a member; true: it has none any more.
    private mutating func drop(_ stream: StreamID, _ swarm: [UInt8], _ peer: [UInt8]) -> Bool {
        guard all[swarm]?[peer]?.streams.remove(stream) != nil else { return false }
        return all[swarm]?[peer]?.streams.isEmpty ?? false
    }
    private mutating func remove(_ swarm: [UInt8], _ peer: [UInt8]) -> [Notice] {
        leaving.remove(Place(swarm: swarm, peer: peer))
        guard let member = all[swarm]?.removeValue(forKey: peer) else { return [] }
        if fault == .remembersLeft { gone[swarm, default: [:]][peer] = member.since }
        if all[swarm]?.isEmpty ?? false { all[swarm] = nil }
        if fault == .neverPeerLeft { return [] }
        return [Notice(streams: streams(of: swarm, but: peer), peer: peer, since: nil)]
    }
    /// The streams of a swarm's other members, in order.
    private func streams(of swarm: [UInt8], but peer: [UInt8]) -> [StreamID] {
        let swarms = fault == .wrongSwarm ? Array(all.values) : [all[swarm] ?? [:]]
        return swarms.flatMap { $0 }.filter { $0.key != peer }.flatMap { $0.value.streams }.sorted()
    }
}
