import Node
import Wire

/// What each node knows of others for certain, and what it was told, by what the capture holds: what it says is held
/// against that.
struct PeerStateModel: Sendable {
    /// Peers of all nodes together that are remembered; beyond, all is forgotten.
    static let limit = 262_144
    /// Neighbours of which is remembered what they said of one peer.
    static let reportLimit = 4
    /// What packets may take, and rounding.
    static let slack: Int64 = 1_500_000_000
    /// Seconds within which a peer that says HELLO in every INTERVAL is heard of so many hops away, though one of them
    /// is lost.
    private static func stale(_ hop: Int) -> Int64 { Int64(hop + 1) * Limits.interval.nanoseconds / 1_000_000_000 }

    private struct Pair: Hashable, Sendable {
        /// Who knows, or is told.
        var node: MeshID
        /// Of whom.
        var peer: MeshID
    }
    /// A peer that a node has heard itself: by its own words, or because it answered.
    private struct Neighbour: Sendable {
        /// When the node heard of it, at least: nanoseconds, before the capture below 0.
        var heard: Int64
        /// The message of the node that proves it.
        var proof: UInt32
        /// Whether HOLD is not over for certain.
        func isHeld(at time: Instant) -> Bool {
            time - Instant(nanoseconds: heard) < Limits.hold - .nanoseconds(PeerStateModel.slack)
        }
    }
    /// What a neighbour said of a peer.
    private struct Report: Sendable {
        var from: MeshID
        var hop: Int
        /// When the peer itself was heard by whoever heard it: nanoseconds.
        var origin: Int64
        /// As it was told, in seconds.
        var age: Int64
    }
    private struct KnownNode: Sendable {
        var boot: UInt16
        var since: Instant
        /// The shortest time between two HELLOs, or INFOs, of it to the same node; nil: not seen yet.
        var interval: Int64?
        /// A node with a shorter INTERVAL than specified forgets a silent neighbour sooner than others do.
        var isHasty: Bool { interval.map { $0 < Limits.interval.nanoseconds * 9 / 10 - PeerStateModel.slack } ?? false }
        var neighbours: [MeshID: Neighbour] = [:]
    }
    private var nodes: [MeshID: KnownNode] = [:]
    private var neighbourCount = 0
    private var reports: [Pair: [Report]] = [:]
    /// When the last HELLO, or INFO, of a node to a peer was seen.
    private var lastRequest: [Pair: (type: MessageType, time: Instant)] = [:]
    /// When a message of a peer to a node was seen.
    private var lastSent: [Pair: Instant] = [:]
    /// Requests that wait for answers, and whom they are of.
    private var requests = ExpiringLRU<SourceNumber, (dst: MeshID, time: Instant, isPhone: Bool)>()

    /// PEERS of a message.
    mutating func hear(
        _ h: Header, _ isSnapshot: Bool, _ length: Int, _ records: RawSpan, at time: Instant,
        into findings: inout [Finding]
    ) {
        // FIND_ACK, a push and the answer to one tell of others' tables.
        guard h.type == .hello || h.type == .helloAck || h.type == .info && isSnapshot else { return }
        enter(h, at: time)
        if isSnapshot { missing(h, length, records, at: time, into: &findings) }
        var claims = Claims()
        var at = 0
        while at < records.byteCount {
            defer { at += length }
            let rest = UInt32.load(records, at + 20, .big)
            let (hop, role, age) = (Int(rest >> 24), UInt8(rest >> 16 & 15), Int64(rest & 0xffff))
            let id = MeshID.load(records, at, .big)
            guard hop > 0, hop <= Limits.hops, rest & 0x0010_0000 == 0, id != h.src else { continue }
            let origin = time.nanoseconds &- age &* 1_000_000_000
            claim(h, id, hop, origin, at: time, &claims)
            if hop == 1, role < Role.superpeer.rawValue { prove(h, id, heard: origin) }
            let before = tell(h, id, Report(from: h.src, hop: hop, origin: origin, age: age))
            // Once: when it has become so old since the same neighbour told of it.
            let stale = Self.stale(hop)
            if let before, before.age < stale, age >= stale, origin - Self.slack <= before.origin {
                Claims.add(&claims.stale, "\(id.array.hex), \(age) s")
            }
        }
        claims.tell(into: &findings)
    }
    /// Any message, behind what it says of others.
    mutating func heard(_ h: Header, at time: Instant) {
        guard !h.type.isRelayed else { return }
        enter(h, at: time)
        if !h.type.isAck {
            if h.dst != MeshID() {
                let pair = Pair(node: h.src, peer: h.dst)
                if let last = lastRequest[pair], last.type == h.type, let known = nodes[h.src] {
                    nodes[h.src]?.interval = min(known.interval ?? .max, max(0, (time - last.time).nanoseconds))
                }
                lastRequest[pair] = (h.type, time)
            }
            requests.set(
                SourceNumber(src: h.src, number: h.msgID), (h.dst, time, !h.role.isSuperpeer && h.role.rawValue > 0),
                at: time)
            requests.trim(to: Limits.remembered)
        } else if let request = requests[SourceNumber(src: h.dst, number: h.ackID)], request.isPhone,
            request.dst == h.src || request.dst == MeshID()
        {
            // Who answers has heard the request.
            prove(h, h.dst, heard: request.time.nanoseconds)
        }
        if h.dst != MeshID() {
            makeRoom(lastSent.count)
            lastSent[Pair(node: h.dst, peer: h.src)] = time
        }
    }

    private mutating func enter(_ h: Header, at time: Instant) {
        if let known = nodes[h.src], known.boot == h.boot { return }
        makeRoom(nodes.count)
        neighbourCount -= nodes[h.src]?.neighbours.count ?? 0
        nodes[h.src] = KnownNode(boot: h.boot, since: time)
    }
    private mutating func makeRoom(_ count: Int) {
        guard count + neighbourCount > Self.limit else { return }
        (nodes, reports, lastSent, lastRequest, neighbourCount) = ([:], [:], [:], [:], 0)
    }
    /// The sender has heard a peer that is no superpeer itself: so it is in its table, one hop away, until HOLD is
    /// over.
    private mutating func prove(_ h: Header, _ peer: MeshID, heard: Int64) {
        guard peer != h.src else { return }
        makeRoom(0)
        guard nodes[h.src] != nil else { return }
        if let known = nodes[h.src]?.neighbours[peer] {
            // The older proof with the later hearing would do; one is enough.
            if known.heard > heard { return }
        } else {
            neighbourCount += 1
        }
        nodes[h.src]?.neighbours[peer] = Neighbour(heard: heard, proof: h.msgID)
    }
    /// A neighbour told the receiver of a peer. Returns what it told before.
    private mutating func tell(_ h: Header, _ peer: MeshID, _ report: Report) -> Report? {
        guard h.dst != MeshID(), peer != h.dst else { return nil }
        makeRoom(reports.count)
        let pair = Pair(node: h.dst, peer: peer)
        var all = reports.removeValue(forKey: pair) ?? []
        defer { reports[pair] = all }
        if let i = all.firstIndex(where: { $0.from == h.src }) {
            defer { all[i] = report }
            return all[i]
        }
        if all.count >= Self.reportLimit { all.removeFirst() }
        all.append(report)
        return nil
    }

    /// Neighbours that a snapshot has to list and does not.
    private func missing(
        _ h: Header, _ length: Int, _ records: RawSpan, at time: Instant, into findings: inout [Finding]
    ) {
        guard let node = nodes[h.src], !node.neighbours.isEmpty, !node.isHasty else { return }
        var due: Set<MeshID> = []
        for (peer, n) in node.neighbours
        where peer != h.dst && n.isHeld(at: time)
            && SerialNumber.isNewer(h.msgID, than: n.proof)
        { due.insert(peer) }
        var at = 0
        while at < records.byteCount, !due.isEmpty {
            due.remove(MeshID.load(records, at, .big))
            at += length
        }
        let absent = due.map { $0.array.hex }.sorted()
        guard let first = absent.first else { return }
        // Whatever took them away may be missing from the capture, and its INTERVAL be another one.
        let doubt = ", unless news of them is missing from the capture or its INTERVAL is shorter than specified"
        findings.add(
            .warning, h.type == .hello && h.role.isSuperpeer ? .rm07 : .rm23, path: "peers.records",
            "a snapshot without \(absent.count) \(absent.count == 1 ? "peer" : "peers") that the sender has heard "
                + "itself less than 30 s ago\(doubt): \(first)")
    }
    /// What is odd in what a node says of others, all of a message together.
    private struct Claims {
        var far: (count: Int, first: String) = (0, "")
        var near: (count: Int, first: String) = (0, "")
        var young: (count: Int, first: String) = (0, "")
        var stale: (count: Int, first: String) = (0, "")
        static func add(_ claim: inout (count: Int, first: String), _ text: @autoclosure () -> String) {
            if claim.count == 0 { claim.first = text() }
            claim.count += 1
        }
        func tell(into findings: inout [Finding]) {
            Self.tell(far, .rm22, "too far away, for the sender has heard them itself", into: &findings)
            Self.tell(near, .rm30, "nearer than anything that reached the sender says", into: &findings)
            Self.tell(young, .rm57, "younger than anything that reached the sender says", into: &findings)
            guard stale.count > 0 else { return }
            findings.add(
                .info, path: "peers.records",
                "\(stale.count) records go on growing older, as if they had fallen silent: \(stale.first)")
        }
        private static func tell(
            _ claim: (count: Int, first: String), _ requirement: RightMeshRule, _ what: String,
            into findings: inout [Finding]
        ) {
            guard claim.count > 0 else { return }
            findings.add(
                .warning, requirement, path: "peers.records",
                "\(claim.count) records are \(what), unless news of them is missing from the capture: \(claim.first)")
        }
    }
    private func claim(
        _ h: Header, _ peer: MeshID, _ hop: Int, _ origin: Int64, at time: Instant, _ claims: inout Claims
    ) {
        guard let node = nodes[h.src] else { return }
        if hop > 1, let n = node.neighbours[peer], n.isHeld(at: time),
            node.interval != nil,
            SerialNumber.isNewer(h.msgID, than: n.proof)
        {
            Claims.add(&claims.far, "\(peer.array.hex), \(hop) hops")
        }
        // What it was told before the capture may still be in its table.
        guard node.since + Limits.hold < time else { return }
        let pair = Pair(node: h.src, peer: peer)
        let direct = lastSent[pair]
        let known = reports[pair] ?? []
        guard direct != nil || !known.isEmpty else { return }
        var best = known.map(\.hop).min().map { $0 + 1 } ?? Int.max
        if let direct, direct + Limits.hold > time { best = 1 }
        if hop < best, best < Int.max { Claims.add(&claims.near, "\(peer.array.hex), \(hop) hops, not \(best)") }
        let newest = max(direct?.nanoseconds ?? .min, known.map(\.origin).max() ?? .min)
        if origin - Self.slack > newest { Claims.add(&claims.young, "\(peer.array.hex)") }
    }
}
