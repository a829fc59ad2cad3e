import Node
import Wire

/// The members of the swarms of one host, there and at other hosts. Changes of its own peers become announcements on
/// the bus. Announcements of others become notices for its own peers. It does no I/O and reads no clock.
struct HostMembership: Sendable {
    /// The notices and bus calls that follow from an event.
    struct Output: Sendable {
        var notices: [Swarms.Notice] = []
        var calls: [BusCall] = []
    }
    /// The key of this host.
    let me: [UInt8]
    let clock: HostClock
    let form: WireForm
    let isV3: Bool
    let fault: Misbehaviour?
    var swarms: Swarms
    var remote = RemoteMembers()
    var announcements: Announcements

    init(_ parameters: NodeParameters, me: [UInt8], clock: HostClock, fault: Misbehaviour?) {
        (self.me, self.clock, self.fault, isV3) = (me, clock, fault, parameters.isV3)
        form = WireForm(parameters)
        swarms = Swarms(grace: parameters.grace, fault: fault)
        announcements = Announcements(ttl: parameters.announcementTTL)
    }
    var deadline: Instant? {
        [swarms.deadline, remote.deadline, announcements.deadline].compactMap { $0 }.min()
    }

    // The host's own peers

    /// Adds a stream that joins a swarm for a peer.
    mutating func join(
        _ stream: StreamID, _ place: Swarms.Place, at now: Instant, into out: inout Output
    ) {
        var calls: [BusCall] = []
        if !swarms.hasMembers(place.swarm) { enter(place.swarm, &calls) }
        var elsewhere = remote.members(of: place.swarm)
        // From here on the peer is local, and the others know of it.
        let isKnown = elsewhere.removeValue(forKey: place.peer) != nil
        remote.remove(place)
        let joined = swarms.join(stream, place, clock.time(now), elsewhere: elsewhere, isKnown: isKnown)
        depart(joined.change, &out)
        if joined.isNew, fault != .secondIsSilent || swarms.places(of: place.swarm).count == 1 {
            announce(place, asks: true, now, &calls)
        }
        out.calls += calls
    }
    /// Removes a stream that its caller closed.
    mutating func leave(_ stream: StreamID, _ place: Swarms.Place, at now: Instant, into out: inout Output) {
        depart(swarms.leave(stream, place, now), &out)
    }
    /// Removes a stream whose connection is lost.
    mutating func lose(_ stream: StreamID, _ place: Swarms.Place, at now: Instant, into out: inout Output) {
        depart(swarms.lose(stream, place, now), &out)
    }
    /// Removes peers whose time is over, and repeats announcements that end soon.
    mutating func wake(_ now: Instant, _ out: inout Output) {
        let change = swarms.expire(now)
        depart(change, &out)
        for place in remote.expire(now) { tellLeft(place, &out) }
        for place in announcements.due(now) { announce(place, asks: false, now, &out.calls) }
    }
    /// Removes all peers, because the host stops.
    mutating func stop(_ out: inout Output) {
        for place in swarms.places {
            out.calls.append(leaves(place))
        }
        (swarms, remote) = (Swarms(grace: swarms.grace, fault: fault), RemoteMembers())
        announcements = Announcements(ttl: announcements.ttl)
    }
    /// Announces that peers have left, and leaves swarms without local peers.
    private mutating func depart(_ change: Swarms.Change, _ out: inout Output) {
        out.notices += change.notices
        for place in change.left {
            announcements.withdraw(place)
            out.calls.append(leaves(place))
            if !swarms.hasMembers(place.swarm) { exit(place.swarm, &out.calls) }
        }
    }

    // Topics

    /// Returns the host topic of a swarm. An event of profile v1 does not name its swarm, so there each swarm has a
    /// host topic of its own.
    func hostKey(_ swarm: [UInt8]) -> [UInt8] { isV3 ? me : me + swarm }
    /// Returns the swarm of an event on a host topic, if the topic alone determines it.
    func swarm(ofHost key: [UInt8]) -> [UInt8]? {
        !isV3 && key.starts(with: me) ? Array(key.dropFirst(me.count)) : nil
    }
    private func enter(_ swarm: [UInt8], _ calls: inout [BusCall]) {
        if !isV3 || swarms.isEmpty { calls.append(.subscribe(.host(hostKey(swarm)))) }
        calls.append(.subscribe(.swarm(swarm)))
    }
    mutating func exit(_ swarm: [UInt8], _ calls: inout [BusCall]) {
        calls.append(.unsubscribe(.swarm(swarm)))
        if !isV3 || swarms.isEmpty { calls.append(.unsubscribe(.host(hostKey(swarm)))) }
        remote.forget(swarm)
    }

    // Announcements

    /// Announces a peer of this host. With `asks`, other hosts must announce their members back.
    mutating func announce(_ place: Swarms.Place, asks: Bool, _ now: Instant, _ calls: inout [BusCall]) {
        guard let since = swarms.since(place) else { return }
        announcements.announce(place, now)
        var event = SwarmEvent()
        event.peerAvailable = available(place, since)
        if asks { event.peerAvailable?.announceBackToHost = Bytes(hostKey(place.swarm)) }
        calls.append(.publish(.swarm(place.swarm), form.bytes(event), about: place.peer))
    }
    func available(_ place: Swarms.Place, _ since: UnixTime) -> PeerAvailable {
        var available = PeerAvailable()
        available.peer = Bytes(place.peer)
        available.since = since.timestamp
        if let until = announcements.until(place) {
            available.until = clock.time(until).timestamp
        }
        return available
    }
    private func leaves(_ place: Swarms.Place) -> BusCall {
        .publish(.swarm(place.swarm), left(place.peer), about: place.peer)
    }
    /// Returns an encoded event that a peer left.
    func left(_ peer: [UInt8]) -> [UInt8] {
        var left = PeerLeft()
        left.peer = Bytes(peer)
        var event = SwarmEvent()
        event.peerLeft = left
        return form.bytes(event)
    }
    /// Notifies peers of this host that a peer at another host left.
    mutating func tellLeft(_ place: Swarms.Place, _ out: inout Output) {
        out.notices.append(
            .init(streams: swarms.streams(of: place.swarm, but: place.peer), peer: place.peer, since: nil))
    }
}
