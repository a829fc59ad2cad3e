internal import Node
import Wire

/// What a node lists of what it knows.
extension MeshNode {
    /// Lists for a receiver that may not be sent all.
    struct Part {
        var body = Body()
        /// Where the next one begins.
        var next: AmplificationGuard.Place
        /// Whether peers are left out.
        var isCut: Bool { body.peers?.flags.isSnapshot == false }
    }
    /// As much of the lists as a message of `room` bytes holds, headers included, from where the last part ended; nil
    /// when all of them may be sent. Peers that are not all are no snapshot. `tracked`: these peers, of which none is.
    mutating func part(
        for receiver: MeshID, at endpoint: Endpoint, listing tracked: [Peers.Peer]? = nil,
        isToSuperpeer: Bool = false, hasSuperpeers: Bool = false, _ room: Int, _ now: Instant
    ) -> Part? {
        let others = hasSuperpeers ? superpeers.count : 0
        let peers = tracked?.count ?? min(routing.count, Limits.records)
        var cost = MessageCost(
            peers: 0, maxDatagram: maxDatagram, superpeer: Superpeers.Superpeer.length(hasMetrics: hasMetrics))
        func bytes(_ peers: Int, _ others: Int) -> Int {
            (cost.peers, cost.superpeers) = (peers, hasSuperpeers ? 1 + others : nil)
            return cost.bytes
        }
        guard bytes(peers, others) > room else { return nil }
        var part = Part(next: gate.place(for: endpoint))
        if hasSuperpeers {
            // Half of what is left beside itself is for peers.
            let half = (bytes(0, 0) + room) / 2
            let count = Self.most(others) { bytes(0, $0) <= half }
            part.body.superpeers = superpeerSection(now, from: part.next.superpeer, count)
            part.next.superpeer = others == 0 ? 0 : (part.next.superpeer + count) % others
        }
        let listed = part.body.superpeers?.records.count ?? 0
        let most = Self.most(min(peers, Limits.records - listed)) { bytes($0, listed - 1) <= room }
        if let tracked {
            part.body.peers = Peers(Array(tracked.prefix(most)), isSnapshot: false)
            return part
        }
        let (slots, neighbour) = (routing.slotCount, has(.noSplitHorizon) ? nil : routing.place(of: receiver))
        var records: [Peers.Peer] = []
        var looked = 0
        while looked < slots, records.count < most {
            let place = (part.next.peer + looked) % slots
            looked += 1
            guard routing.isUsed(place), neighbour.map({ !hides(place, from: $0) }) ?? true else { continue }
            if isFullMesh, isToSuperpeer, routing.roleOfNexthop(at: place).isSuperpeer { continue }
            records.append(record(routing.route(at: place), now))
        }
        load.spend(looked * LoadShedding.Cost.place)
        part.next.peer = slots == 0 ? 0 : (part.next.peer + looked) % slots
        part.body.peers = Peers(records, isSnapshot: looked == slots)
        return part
    }
    /// The greatest number up to a limit that will do, as all smaller ones but 0 do.
    private static func most(_ limit: Int, _ willDo: (Int) -> Bool) -> Int {
        var (low, high) = (0, limit)
        while low < high {
            let middle = (low + high + 1) / 2
            if willDo(middle) { low = middle } else { high = middle - 1 }
        }
        return low
    }
    /// What a node lists as all that it has: split horizon leaves out the receiver and what is reached through it.
    mutating func peers(
        for receiver: MeshID, isToSuperpeer: Bool = false, toAll: Bool = false, _ now: Instant
    ) -> Peers {
        let neighbour = toAll && !has(.broadcastWithHorizon) || has(.noSplitHorizon) ? nil : routing.place(of: receiver)
        // In full-mesh mode these are few of many.
        if isFullMesh, isToSuperpeer {
            let attached = routing.attached()
            return snapshot(attached, attached.count, without: neighbour, now)
        }
        return snapshot(routing.places, routing.count, without: neighbour, now)
    }
    private func snapshot(
        _ places: some Sequence<Int>, _ count: Int, without neighbour: Int?, _ now: Instant
    ) -> Peers {
        var records: [Peers.Peer] = []
        records.reserveCapacity(count)
        for place in places {
            if let neighbour, hides(place, from: neighbour) { continue }
            records.append(record(routing.route(at: place), now))
        }
        return Peers(records, isSnapshot: true)
    }
    /// Split horizon: whether a route is no news for a neighbour.
    private func hides(_ place: Int, from neighbour: Int) -> Bool {
        if place == neighbour { return !has(.listsReceiver) }
        return routing.goes(place, through: neighbour) && !has(.listsThroughReceiver)
    }
    func record(_ r: Route, _ now: Instant) -> Peers.Peer {
        let hop = has(.sendsHopZero) && r.hops == 1 ? 0 : UInt8(clamping: r.hops)
        return Peers.Peer(r.peer, hop: hop, role: r.role, age: bug == nil ? r.age(now) : spoiledAge(r, now))
    }
    /// Itself first, then the superpeers that it can reach.
    mutating func superpeerSection(_ now: Instant) -> Superpeers {
        load.spend(superpeers.count * 32 * LoadShedding.Cost.place)
        let places = routing.places(of: superpeers)
        var records: [Superpeers.Superpeer] = []
        records.reserveCapacity(superpeers.count + 1)
        records.append(.init(id, at: listening, role: kind.role, hop: 0, age: 0))
        for (s, place) in zip(superpeers.sorted, places) {
            guard let place else { continue }
            records.append(record(s, routing.route(at: place), now))
        }
        addMetrics(to: &records, now)
        return Superpeers(records)
    }
    /// Itself first, then those that it can reach of so many superpeers.
    private mutating func superpeerSection(_ now: Instant, from first: Int, _ count: Int) -> Superpeers {
        var records: [Superpeers.Superpeer] = [.init(id, at: listening, role: kind.role, hop: 0, age: 0)]
        for i in 0..<count {
            let s = superpeers.sorted[(first + i) % superpeers.count]
            if let r = routing[s.id] { records.append(record(s, r, now)) }
        }
        addMetrics(to: &records, now)
        return Superpeers(records)
    }
    private func record(_ s: SuperpeerTable.Entry, _ r: Route, _ now: Instant) -> Superpeers.Superpeer {
        .init(
            s.id, at: s.endpoint, role: s.role, hop: UInt8(clamping: r.hops),
            age: bug == nil ? r.age(now) : spoiledAge(r, now))
    }
    private func addMetrics(to records: inout [Superpeers.Superpeer], _ now: Instant) {
        if hasMetrics {
            records[0].metrics = metrics(now)
            // All of a section have them or none: of others what they said of themselves.
            for i in records.indices.dropFirst() { records[i].metrics = superpeers[records[i].id]?.metrics ?? .init() }
        }
    }
    /// What a phone may choose this superpeer by. It takes no fees.
    private func metrics(_ now: Instant) -> Superpeers.Metrics {
        var out = Superpeers.Metrics()
        out.sellers = UInt16(clamping: routing.count(of: .master))
        out.buyers = UInt16(clamping: routing.count(of: .client))
        if out.sellers > 0 { out.buyersPerSeller = UInt16(clamping: Int(out.buyers) * 100 / Int(out.sellers)) }
        out.uptime = UInt32(clamping: (now - started).nanoseconds / 1_000_000_000)
        return out
    }
    /// As much of it as a message may hold. What is not all of what a node has is no snapshot.
    func fitting(_ body: Body) -> Body {
        let room = Limits.records - (body.superpeers?.records.count ?? 0)
        guard let all = body.peers?.records, all.count > room else { return body }
        var body = body
        body.peers = Peers(Array(all.prefix(room)), isSnapshot: false)
        return body
    }
}
