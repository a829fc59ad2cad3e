import Node
import Wire

/// Who is in the swarms of one host, there and at others: what its own peers do becomes announcements on the bus, and what
/// is announced there becomes notices for its own peers. It does no I/O and reads no clock.
struct HostMembership: Sendable {
    /// What follows from something that happened.
    struct Output: Sendable {
        var notices: [Swarms.Notice] = []
        var calls: [BusCall] = []
    }
    /// Key of this host.
    let me: [UInt8]
    let clock: HostClock
    let form: WireForm
    let isV3: Bool
    let fault: Misbehaviour?
    var swarms: Swarms
    var remote = RemoteMembers()
    var announcements: Announcements
    /// Who asked last to be told, of a host that tells when nobody asks.
    var lastAsker: [UInt8]?

    init(_ parameters: NodeParameters, me: [UInt8], clock: HostClock, fault: Misbehaviour?) {
        (self.me, self.clock, self.fault, isV3) = (me, clock, fault, parameters.isV3)
        form = WireForm(parameters)
        swarms = Swarms(grace: parameters.grace, fault: fault)
        announcements = Announcements(ttl: parameters.announcementTTL, fault: fault)
    }
    var deadline: Instant? {
        [swarms.deadline, remote.deadline, announcements.deadline].compactMap { $0 }.min()
    }

    // Its own peers

    /// A stream joins for a peer.
    mutating func join(
        _ stream: StreamID, _ place: Swarms.Place, _ now: Instant, _ out: inout Output
    ) {
        var calls: [BusCall] = []
        if !swarms.hasMembers(place.swarm) { enter(place.swarm, &calls) }
        var elsewhere = fault == .namesOwnOnly ? [:] : remote.members(of: place.swarm)
        // From here on it is here, and the others know of it.
        let isKnown = elsewhere.removeValue(forKey: place.peer) != nil
        remote.remove(place)
        let joined = swarms.join(stream, place, clock.time(now), elsewhere: elsewhere, isKnown: isKnown)
        out.notices += joined.notices
        if joined.isNew, fault != .secondIsSilent || swarms.places(of: place.swarm).count == 1 {
            announce(place, asks: true, now, &calls)
            if fault == .announcesTwice { announce(place, asks: true, now, &calls) }
        }
        if fault == .announcesFirst { calls = calls.filter(\.isPublication) + calls.filter { !$0.isPublication } }
        out.calls += calls
    }
    /// A stream is closed by its caller.
    mutating func leave(_ stream: StreamID, _ place: Swarms.Place, _ out: inout Output) {
        depart(swarms.leave(stream, place), &out)
    }
    /// The connection of a stream is lost.
    mutating func lose(_ stream: StreamID, _ place: Swarms.Place, _ now: Instant, _ out: inout Output) {
        depart(swarms.lose(stream, place, now), &out)
        if fault == .leftElsewhereAtOnce { out.calls.append(leaves(place)) }
    }
    /// Those leave whose time is over, and what ends soon is announced again.
    mutating func wake(_ now: Instant, _ out: inout Output) {
        let change = swarms.expire(now)
        depart(change, &out)
        if fault == .leavesTwiceElsewhere {
            out.calls += change.left.map { leaves($0) }
        }
        for place in remote.expire(now) where fault != .remoteStays { tellLeft(place, &out) }
        for place in announcements.due(now) { announce(place, asks: fault == .asksAgain, now, &out.calls) }
    }
    /// All peers leave: the host stops.
    mutating func stop(_ out: inout Output) {
        for place in swarms.places where fault != .stopsUnannounced {
            out.calls.append(leaves(place))
        }
        (swarms, remote) = (Swarms(grace: swarms.grace, fault: fault), RemoteMembers())
        announcements = Announcements(ttl: announcements.ttl, fault: fault)
    }
    /// Those have left: hosts are told, and swarms without peers of this host are none of its own any more.
    private mutating func depart(_ change: Swarms.Change, _ out: inout Output) {
        out.notices += change.notices
        for place in change.left {
            announcements.withdraw(place)
            if fault != .leavesSilently { out.calls.append(leaves(place)) }
            if !swarms.hasMembers(place.swarm) || fault == .unsubscribesWithFirst { exit(place.swarm, &out.calls) }
        }
    }

    // Topics

    /// The host topic of a swarm. An event of profile v1 does not say of which swarm it is: there each swarm has its own.
    func hostKey(_ swarm: [UInt8]) -> [UInt8] { isV3 ? me : me + swarm }
    /// Of which swarm an event on a host topic is, where that alone tells it.
    func swarm(ofHost key: [UInt8]) -> [UInt8]? {
        !isV3 && key.starts(with: me) ? Array(key.dropFirst(me.count)) : nil
    }
    private func enter(_ swarm: [UInt8], _ calls: inout [BusCall]) {
        if !isV3 || swarms.isEmpty { calls.append(.subscribe(.host(hostKey(swarm)))) }
        calls.append(.subscribe(.swarm(swarm)))
    }
    mutating func exit(_ swarm: [UInt8], _ calls: inout [BusCall]) {
        if fault != .keepsSwarmTopic { calls.append(.unsubscribe(.swarm(swarm))) }
        if (!isV3 || swarms.isEmpty) && fault != .keepsHostTopic { calls.append(.unsubscribe(.host(hostKey(swarm)))) }
        remote.forget(swarm)
    }

    // What is announced

    /// A peer of this host is announced. `asks`: others are to announce theirs back.
    mutating func announce(_ place: Swarms.Place, asks: Bool, _ now: Instant, _ calls: inout [BusCall]) {
        guard let since = swarms.since(place) else { return }
        announcements.announce(place, now)
        if fault == .subscribesAgain { calls.append(.subscribe(.swarm(place.swarm))) }
        var event = SwarmEvent()
        event.peerAvailable = available(place, since)
        if asks, fault != .asksNobody { event.peerAvailable?.announceBackToHost = Bytes(hostKey(place.swarm)) }
        calls.append(.publish(.swarm(place.swarm), form.bytes(event), about: place.peer))
    }
    func available(_ place: Swarms.Place, _ since: UnixTime) -> PeerAvailable {
        var available = PeerAvailable()
        available.peer = Bytes(place.peer)
        available.since = since.timestamp
        if let until = announcements.until(place), fault != .announcesForEver {
            available.until = clock.time(until).timestamp
        }
        return available
    }
    private func leaves(_ place: Swarms.Place) -> BusCall {
        .publish(.swarm(place.swarm), left(place.peer), about: place.peer)
    }
    /// That a peer left, encoded.
    func left(_ peer: [UInt8]) -> [UInt8] {
        var left = PeerLeft()
        left.peer = Bytes(peer)
        var event = SwarmEvent()
        event.peerLeft = left
        return form.bytes(event)
    }
    /// Peers of this host are told that one elsewhere left.
    func tellLeft(_ place: Swarms.Place, _ out: inout Output) {
        out.notices.append(
            .init(streams: swarms.streams(of: place.swarm, but: place.peer), peer: place.peer, since: nil))
    }
}

extension BusCall {
    fileprivate var isPublication: Bool { if case .publish = self { true } else { false } }
}
