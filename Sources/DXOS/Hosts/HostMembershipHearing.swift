import Node
import Wire

// The publications of other hosts.
extension HostMembership {
    /// Handles a bus event about swarms. Returns false if it could not be read.
    mutating func hear(_ event: BusEvent, _ now: Instant, _ out: inout Output) -> Bool {
        switch event {
        case .resumed(.swarm(let swarm)):
            for place in swarms.places(of: swarm) { announce(place, asks: true, now, &out.calls) }
        case .published(.swarm(let swarm), let bytes):
            guard let event = try? SwarmEvent(copying: bytes) else { return false }
            // The last stream of the swarm may have ended since.
            guard swarms.hasMembers(swarm) else { return true }
            if let available = event.peerAvailable {
                hear(available, swarm, at: now, into: &out)
            } else if let left = event.peerLeft {
                hear(left, swarm, at: now, into: &out)
            } else {
                return false
            }
        case .published(.host(let key), let bytes): return hear(bytes, onHost: key, now, &out)
        case .published, .resumed: break
        }
        return true
    }
    /// Handles an announcement on the topic of a swarm.
    private mutating func hear(
        _ available: PeerAvailable, _ swarm: [UInt8], at now: Instant, into out: inout Output
    ) {
        let asker = available.announceBackToHost?.array() ?? []
        if fault != .ignoresAnnouncements {
            know(available, swarm, isOurs: asker.isEmpty ? nil : asker == hostKey(swarm), at: now, into: &out)
        }
        guard !asker.isEmpty, asker != hostKey(swarm) else { return }
        let answers = swarms.places(of: swarm).filter { $0.peer != available.peer?.array() ?? [] }
        for place in fault == .answersWithOne ? Array(answers.prefix(1)) : answers {
            guard let since = swarms.since(place) else { continue }
            out.calls.append(answer(place, since, to: asker))
        }
    }
    private func answer(_ place: Swarms.Place, _ since: UnixTime, to asker: [UInt8]) -> BusCall {
        let available = available(place, since)
        guard isV3 else {
            var event = HostEvent()
            event.peerAvailable = available
            return .publish(.host(asker), form.bytes(event), about: nil)
        }
        var back = AnnounceBack()
        (back.swarm, back.peerAvailable) = (Bytes(place.swarm), available)
        var event = HostEventV3()
        event.announceBack = back
        return .publish(.host(asker), form.bytes(event), about: nil)
    }
    /// Handles an announcement to this host alone.
    private mutating func hear(_ bytes: [UInt8], onHost key: [UInt8], _ now: Instant, _ out: inout Output) -> Bool {
        let told: (swarm: [UInt8], available: PeerAvailable)
        if isV3 {
            guard let back = (try? HostEventV3(copying: bytes))?.announceBack, let available = back.peerAvailable else {
                return false
            }
            told = (back.swarm?.array() ?? [], available)
        } else {
            guard let available = (try? HostEvent(copying: bytes))?.peerAvailable, let swarm = swarm(ofHost: key) else {
                return false
            }
            told = (swarm, available)
        }
        guard swarms.hasMembers(told.swarm) else { return true }
        know(told.available, told.swarm, isOurs: false, at: now, into: &out)
        return true
    }
    /// Records a peer at another host. `isOurs` is true for our own announcement that came back; nil: unknown.
    private mutating func know(
        _ available: PeerAvailable, _ swarm: [UInt8], isOurs: Bool?, at now: Instant, into out: inout Output
    ) {
        let place = Swarms.Place(swarm: swarm, peer: available.peer?.array() ?? [])
        let since = available.since.map { UnixTime($0) } ?? clock.time(now)
        let isHere = swarms.since(place) != nil
        if isHere {
            // Either the peer is at both hosts, or this is our own announcement. Another host has a different `since`.
            guard swarms.isLost(place), !(isOurs ?? (swarms.since(place) == since)) else { return }
            // The peer lost its connection here and is at another host now. It belongs to that host; there is no
            // notice.
            swarms.handOver(place)
            announcements.withdraw(place)
            if !swarms.hasMembers(swarm) { return exit(swarm, &out.calls) }
        }
        let until = end(of: available, now)
        // The announcement had ended before it arrived.
        if let until, until <= now, !remote.has(place) { return }
        let isNew = remote.announce(place, since: since, until: until)
        guard !isHere, isNew else { return }
        let streams = swarms.streams(of: swarm, but: place.peer)
        out.notices.append(.init(streams: streams, peer: place.peer, since: since))
    }
    /// Returns the end of an announcement; nil if it does not end.
    private func end(of available: PeerAvailable, _ now: Instant) -> Instant? {
        let time = available.until ?? Timestamp()
        let isEndless = (time.seconds ?? 0) == 0 && (time.nanos ?? 0) == 0
        if isEndless { return nil }
        return clock.instant(UnixTime(time))
    }
    /// Handles that a peer left a swarm at another host.
    private mutating func hear(_ left: PeerLeft, _ swarm: [UInt8], at now: Instant, into out: inout Output) {
        let place = Swarms.Place(swarm: swarm, peer: left.peer?.array() ?? [])
        if swarms.since(place) != nil {
            // The peer left another host but is still here, which the other hosts do not know.
            if !swarms.isLost(place) { announce(place, asks: false, now, &out.calls) }
            return
        }
        if remote.remove(place) { tellLeft(place, &out) }
    }
}
