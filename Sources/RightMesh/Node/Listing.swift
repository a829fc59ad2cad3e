internal import Node
import Wire

/// The lists of peers and superpeers that a node sends.
extension MeshNode {
    /// A part of the lists, for a receiver with a byte budget.
    struct Part {
        var body = Body()
        /// The beginning of the next part.
        var next: AmplificationGuard.ListPosition
        /// True if peers are left out.
        var isCut: Bool { body.peers?.flags.isSnapshot == false }
    }
    /// Returns the part of the lists that fits into a message of `budget` bytes, headers included, beginning where the
    /// last part ended. Returns nil if the lists fit as a whole. An incomplete list of peers is no snapshot. If
    /// `tracked` is given, these peers are listed instead of the routes.
    mutating func part(
        for receiver: MeshID, at endpoint: Endpoint, listing tracked: [Peer]? = nil,
        isToSuperpeer: Bool = false, hasSuperpeers: Bool = false, _ budget: Int, _ now: Instant
    ) -> Part? {
        let others = hasSuperpeers ? superpeers.count : 0
        let peers = tracked?.count ?? min(routing.count, Limits.records)
        var cost = MessageCost(
            peers: 0, maxDatagram: maxDatagram, superpeer: Superpeer.length(hasMetrics: hasMetrics))
        func bytes(_ peers: Int, _ others: Int) -> Int {
            (cost.peers, cost.superpeers) = (peers, hasSuperpeers ? 1 + others : nil)
            return cost.bytes
        }
        guard bytes(peers, others) > budget else { return nil }
        var part = Part(next: gate.listPosition(for: endpoint))
        if hasSuperpeers {
            // Half of the space that remains after the node's own record is for peers.
            let half = (bytes(0, 0) + budget) / 2
            let count = Self.most(others) { bytes(0, $0) <= half }
            part.body.superpeers = superpeerSection(now, from: part.next.superpeer, count)
            part.next.superpeer = others == 0 ? 0 : (part.next.superpeer + count) % others
        }
        let listed = part.body.superpeers?.records.count ?? 0
        let most = Self.most(min(peers, Limits.records - listed)) { bytes($0, listed - 1) <= budget }
        if let tracked {
            part.body.peers = Peers(Array(tracked.prefix(most)), isSnapshot: false)
            return part
        }
        let (slots, neighbour) = (routing.slotCount, has(.noSplitHorizon) ? nil : routing.slot(of: receiver))
        var records: [Peer] = []
        var scanned = 0
        while scanned < slots, records.count < most {
            let slot = (part.next.peer + scanned) % slots
            scanned += 1
            guard routing.isUsed(slot), neighbour.map({ !hides(slot, from: $0) }) ?? true else { continue }
            if isFullMesh, isToSuperpeer, routing.roleOfNexthop(at: slot).isSuperpeer { continue }
            records.append(record(routing.route(at: slot), now))
        }
        load.spend(scanned * LoadShedding.Cost.slot)
        part.next.peer = slots == 0 ? 0 : (part.next.peer + scanned) % slots
        part.body.peers = Peers(records, isSnapshot: scanned == slots)
        return part
    }
    /// Returns the greatest number up to a limit that fits. All smaller numbers except 0 are assumed to fit too.
    private static func most(_ limit: Int, _ fits: (Int) -> Bool) -> Int {
        (1..<limit + 1).partitioningIndex { !fits($0) } - 1
    }
    /// Returns the snapshot of the node's peers. Split horizon leaves out the receiver and the peers that are reached
    /// through it.
    mutating func peers(
        for receiver: MeshID, isToSuperpeer: Bool = false, toAll: Bool = false, _ now: Instant
    ) -> Peers {
        let neighbour = toAll || has(.noSplitHorizon) ? nil : routing.slot(of: receiver)
        // In full-mesh mode these are few of many.
        if isFullMesh, isToSuperpeer {
            let attached = routing.attached()
            return snapshot(attached, attached.count, without: neighbour, now)
        }
        return snapshot(routing.usedSlots, routing.count, without: neighbour, now)
    }
    private func snapshot(
        _ slots: some Sequence<Int>, _ count: Int, without neighbour: Int?, _ now: Instant
    ) -> Peers {
        var records: [Peer] = []
        records.reserveCapacity(count)
        for slot in slots {
            if let neighbour, hides(slot, from: neighbour) { continue }
            records.append(record(routing.route(at: slot), now))
        }
        return Peers(records, isSnapshot: true)
    }
    /// Split horizon: returns true if a route is left out of the list for a neighbour.
    private func hides(_ slot: Int, from neighbour: Int) -> Bool {
        slot == neighbour || routing.goes(slot, through: neighbour)
    }
    func record(_ r: Route, _ now: Instant) -> Peer {
        Peer(r.peer, hop: UInt8(clamping: r.hops), role: r.role, age: bug == nil ? r.age(now) : spoiledAge(r, now))
    }
    /// Returns the record of the node itself, followed by the superpeers that it can reach: all, or `count` entries of
    /// the table from index `first` on.
    mutating func superpeerSection(_ now: Instant, from first: Int = 0, _ count: Int? = nil) -> Superpeers {
        if count == nil { load.spend(superpeers.count * 32 * LoadShedding.Cost.slot) }
        let count = count ?? superpeers.count
        var records: [Superpeer] = []
        records.reserveCapacity(count + 1)
        records.append(.init(id, at: listening, role: kind.role, hop: 0, age: 0))
        for i in 0..<count {
            let s = superpeers.sorted[(first + i) % superpeers.count]
            if let r = routing[s.id] { records.append(record(s, r, now)) }
        }
        if hasMetrics {
            records[0].metrics = metrics(now)
            // Either all records of a section have metrics or none has. Other superpeers are listed with the metrics
            // that they have sent.
            for i in records.indices.dropFirst() { records[i].metrics = superpeers[records[i].id]?.metrics ?? .init() }
        }
        return Superpeers(records)
    }
    private func record(_ s: SuperpeerTable.Entry, _ r: Route, _ now: Instant) -> Superpeer {
        .init(
            s.id, at: s.endpoint, role: s.role, hop: UInt8(clamping: r.hops),
            age: bug == nil ? r.age(now) : spoiledAge(r, now))
    }
    /// Returns the metrics by which a phone may choose this superpeer. The superpeer takes no fees.
    private func metrics(_ now: Instant) -> Superpeer.Metrics {
        var out = Superpeer.Metrics()
        out.sellers = UInt16(clamping: routing.count(of: .master))
        out.buyers = UInt16(clamping: routing.count(of: .client))
        if out.sellers > 0 { out.buyersPerSeller = UInt16(clamping: Int(out.buyers) * 100 / Int(out.sellers)) }
        out.uptime = UInt32(clamping: (now - started).nanoseconds / 1_000_000_000)
        return out
    }
    /// Returns the body with at most the number of peers that a message may hold. An incomplete list of peers is no
    /// snapshot.
    func fitting(_ body: Body) -> Body {
        let capacity = Limits.records - (body.superpeers?.records.count ?? 0)
        guard let all = body.peers?.records, all.count > capacity else { return body }
        var body = body
        body.peers = Peers(Array(all.prefix(capacity)), isSnapshot: false)
        return body
    }
}
