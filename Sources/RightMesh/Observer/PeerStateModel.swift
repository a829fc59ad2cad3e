import Node
import Wire

/// A model of the certain knowledge of each node about other nodes, and of the reports that it was sent. It is built
/// from the capture, and the statements of the node are compared with it.
struct PeerStateModel: Sendable {
    /// The most peers of all nodes together that are remembered. Above it, the whole model is cleared.
    static let limit = 262_144
    /// The most neighbours whose reports about one peer are remembered.
    static let reportLimit = 4
    /// The allowance in nanoseconds for the delay of packets and for rounding.
    static let slack: Int64 = 1_500_000_000
    /// Returns the age in seconds that the record of a live peer can have at this distance. The peer sends a HELLO in
    /// every INTERVAL, and one HELLO may be lost.
    private static func stale(_ hop: Int) -> Int64 { Int64(hop + 1) * Limits.interval.nanoseconds / 1_000_000_000 }

    private struct Pair: Hashable, Sendable {
        /// The node that knows or is sent something.
        var node: MeshID
        /// The peer that this is about.
        var peer: MeshID
    }
    /// A peer from which a node has received a message, known from a message of the peer or from an answer of the node.
    private struct Neighbour: Sendable {
        /// The latest time at which the node is known to have received a message from the peer, in nanoseconds;
        /// negative before the capture.
        var heard: Int64
        /// The number of the node's message that proves it.
        var proof: UInt32
        /// Returns true if HOLD has certainly not passed.
        func isHeld(at time: Instant) -> Bool {
            time - Instant(nanoseconds: heard) < Limits.hold - .nanoseconds(PeerStateModel.slack)
        }
    }
    /// A record about a peer that a neighbour has sent.
    private struct Report: Sendable {
        var from: MeshID
        var hop: Int
        /// The time at which any node last received a message from the peer itself, in nanoseconds.
        var origin: Int64
        /// The age in the record, in seconds.
        var age: Int64
    }
    private struct KnownNode: Sendable {
        var boot: UInt16
        var since: Instant
        /// The shortest time between two HELLOs or two INFOs of the node to the same destination; nil if not known yet.
        var interval: Int64?
        /// True if the node uses a shorter INTERVAL than specified. It then forgets a silent neighbour sooner than
        /// others do.
        var isHasty: Bool { interval.map { $0 < Limits.interval.nanoseconds * 9 / 10 - PeerStateModel.slack } ?? false }
        var neighbours: [MeshID: Neighbour] = [:]
    }
    private var nodes: [MeshID: KnownNode] = [:]
    private var neighbourCount = 0
    private var reports: [Pair: [Report]] = [:]
    /// The type and time of the last HELLO or INFO of a node to a peer.
    private var lastRequest: [Pair: (type: MessageType, time: Instant)] = [:]
    /// The time of the last message of a peer to a node.
    private var lastSent: [Pair: Instant] = [:]
    /// The requests that wait for answers, with their destinations.
    private var requests = ExpiringLRU<SourceNumber, (dst: MeshID, time: Instant, isPhone: Bool)>()

    /// Takes the section PEERS of a message.
    mutating func hear(
        _ h: Header, isSnapshot: Bool, length: Int, _ records: RawSpan, at time: Instant,
        into findings: inout [Finding]
    ) {
        // FIND_ACK, a push and the answer to a push report about tables of other nodes.
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
            claim(h, id, hop: hop, origin: origin, at: time, into: &claims)
            if hop == 1, role < Role.superpeer.rawValue { prove(h, id, heard: origin) }
            let before = tell(h, id, Report(from: h.src, hop: hop, origin: origin, age: age))
            // The finding is added once: when the age of the record exceeds the limit for the first time since the
            // previous report of the same neighbour.
            let stale = Self.stale(hop)
            if let before, before.age < stale, age >= stale, origin - Self.slack <= before.origin {
                Claims.add(&claims.stale, "\(id.array.hex), \(age) s")
            }
        }
        claims.tell(into: &findings)
    }
    /// Takes any message, after its statements about other nodes.
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
            // A node that answers has received the request.
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
    /// Records that the sender has received a message from a peer that is no superpeer. The peer is then in the
    /// sender's table, one hop away, until HOLD has passed.
    private mutating func prove(_ h: Header, _ peer: MeshID, heard: Int64) {
        guard peer != h.src else { return }
        makeRoom(0)
        guard nodes[h.src] != nil else { return }
        if let known = nodes[h.src]?.neighbours[peer] {
            // The older proof together with the later time would be valid too, but a single proof suffices.
            if known.heard > heard { return }
        } else {
            neighbourCount += 1
        }
        nodes[h.src]?.neighbours[peer] = Neighbour(heard: heard, proof: h.msgID)
    }
    /// Records the report of a neighbour about a peer. Returns its previous report.
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

    /// Finds neighbours that a snapshot must list but does not.
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
        // The message that removed them may be missing from the capture, and the node may use another INTERVAL.
        let doubt = ", unless news of them is missing from the capture or its INTERVAL is shorter than specified"
        findings.add(
            .warning, h.type == .hello && h.role.isSuperpeer ? .rm07 : .rm23, path: "peers.records",
            "a snapshot without \(absent.count) \(absent.count == 1 ? "peer" : "peers") that the sender has heard "
                + "itself less than 30 s ago\(doubt): \(first)")
    }
    /// The odd statements of a message about other nodes.
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
            Self.tell(near, .rm30, "nearer than any message that reached the sender says", into: &findings)
            Self.tell(young, .rm57, "younger than any message that reached the sender says", into: &findings)
            guard stale.count > 0 else { return }
            findings.add(
                .info, path: "peers.records",
                "\(stale.count) records keep growing older, as if their nodes had fallen silent: \(stale.first)")
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
        _ h: Header, _ peer: MeshID, hop: Int, origin: Int64, at time: Instant, into claims: inout Claims
    ) {
        guard let node = nodes[h.src] else { return }
        if hop > 1, let n = node.neighbours[peer], n.isHeld(at: time),
            node.interval != nil,
            SerialNumber.isNewer(h.msgID, than: n.proof)
        {
            Claims.add(&claims.far, "\(peer.array.hex), \(hop) hops")
        }
        // Reports from before the capture may still be in the table of the node.
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
