import Node
import Wire

/// Checks whole messages for content that no node may send, based on earlier messages of all nodes.
///
/// A violation is reported only if no message missing from the capture could explain it. Otherwise the finding is a
/// warning that mentions the possible explanation.
struct MessageChecks: Sendable {
    /// The model of the nodes' knowledge, with which their statements about other nodes are compared; nil if the
    /// scrutiny does not include these checks.
    private var model: PeerStateModel?
    private var rhythm = HelloRhythm()
    private var relays = RelayWatch()
    /// The endpoints that have sent a datagram of this protocol, at most `speakerLimit`, and the last of them.
    private var speakers = ExpiringLRU<Endpoint, Bool>()
    private var speaker = Endpoint(high: 0, low: 0, port: 0)
    private static let speakerLimit = 65_536

    init(_ scrutiny: Scrutiny) { model = scrutiny == .content ? PeerStateModel() : nil }

    /// Records an endpoint that has sent a datagram of this protocol.
    mutating func speaks(_ end: Endpoint) {
        guard end != speaker else { return }
        speaker = end
        if speakers.count < Self.speakerLimit, !speakers.has(end) { speakers.set(end, true, at: .zero) }
    }
    func hasSpoken(_ end: Endpoint) -> Bool { speakers.has(end) }

    /// Checks a datagram with a valid header. Returns who wrote its content.
    mutating func datagram(
        _ h: Header, from source: Endpoint, to destination: Endpoint, at time: Instant, into findings: inout [Finding]
    ) -> RelayWatch.Writer {
        if !h.type.isRelayed, h.hopLimit != 1 {
            findings.add(.violation, .rm45, path: "hop_limit", "a \(h.type.name) is never relayed: it has 1")
        } else if h.hopLimit > Limits.firstHopLimit {
            findings.add(.violation, .rm44, path: "hop_limit", "it begins with 16 and only goes down")
        }
        if h.dst == MeshID(), h.type != .hello, h.type != .info {
            findings.add(.violation, .rm45, path: "dst", "only a HELLO or INFO may have no receiver")
        }
        if h.type == .helloAck, h.flags.isBroadcast, h.role.isSuperpeer {
            findings.add(.violation, .rm50, path: "flags", "superpeers never broadcast")
        }
        if h.type == .helloAck || h.type == .infoAck, h.ackID == 0 {
            findings.add(.violation, .rm63, path: "ack_id", "an answer names its request, which is never 0")
        }
        return relays.hear(h, from: source, to: destination, at: time, into: &findings)
    }
    /// Checks a whole message with its body that is no repetition.
    mutating func message(_ h: Header, _ body: RawSpan, at time: Instant, into findings: inout [Finding]) {
        var at = 0
        var (hasPeers, hasSuperpeers) = (false, false)
        while let section = SectionHeader(body, at: at) {
            at += SectionHeader.size
            guard section.content <= body.byteCount - at else { break }
            let records = body.extracting(at..<at + section.content)
            at += section.content
            if section.kind == .peers {
                let scan = PeersScan(h, isSnapshot: section.flags & 1 != 0, section.recLen, records)
                scan.tell(h, into: &findings)
                hasPeers = true
                model?.hear(h, isSnapshot: scan.isSnapshot, length: section.recLen, records, at: time, into: &findings)
            } else if section.kind == .superpeers {
                hasSuperpeers = true
                Self.superpeers(h, section.recLen, records, into: &findings)
            }
        }
        if h.type == .hello, !h.role.isSuperpeer, h.role.isKnownKind, hasSuperpeers {
            findings.add(.violation, .rm07, path: "superpeers", "a phone lists none in its HELLO")
        }
        if h.type == .hello, hasPeers {
            rhythm.hear(h, isAmongSuperpeers: hasSuperpeers && h.role.isSuperpeer, at: time, into: &findings)
        }
        model?.heard(h, at: time)
    }
    private static func superpeers(_ h: Header, _ length: Int, _ records: RawSpan, into findings: inout [Finding]) {
        var bad = 0
        var isSelfFirst = false
        for (i, at) in stride(from: 0, to: records.byteCount, by: length).enumerated() {
            let id = MeshID.load(records, at, .big)
            let hop = UInt8.load(records, at + 39, .big)
            if id == MeshID() || hop == 0 && id != h.src { bad += 1 }
            if i == 0 { isSelfFirst = id == h.src && hop == 0 }
        }
        if bad > 0 {
            findings.add(
                .violation, .rm37, path: "superpeers.records",
                "\(bad) records that no table may take: no id, or no hop away and not the sender")
        }
        guard h.role.isSuperpeer, !isSelfFirst, h.type == .hello || h.type == .helloAck || h.type == .infoAck else {
            return
        }
        findings.add(
            .violation, h.type == .infoAck ? .rm16 : .rm07, path: "superpeers.records",
            "the sender is not the first of them")
    }
}

extension Role {
    /// True for a client, master or router, which is certainly no superpeer.
    fileprivate var isKnownKind: Bool { (1...3).contains(rawValue) }
}

extension [Finding] {
    /// Adds a finding about the field `path`, or about the whole message if the path is empty. `rule` is the
    /// requirement, if there is one.
    mutating func add(_ severity: Severity, _ rule: RightMeshRule? = nil, path: String = "", _ text: String) {
        append(Finding(severity, rule, path: path, text))
    }
}

/// The times at which nodes sent HELLOs to each other.
struct HelloRhythm: Sendable {
    /// The most pairs of nodes that are remembered.
    static let limit = 65_536
    /// The delay of a packet or a clock that causes no finding.
    static let slack = Duration.milliseconds(500)
    /// The limits in nanoseconds after the previous HELLO beyond which a HELLO is late, and below which it is early.
    private static let due = (
        latest: (Limits.interval * 11 / 10 + slack).nanoseconds,
        earliest: (Limits.interval * 9 / 10 - slack).nanoseconds
    )

    private struct Pair: ExpiringKey {
        var src: MeshID
        var dst: MeshID
        func add(to hash: inout WordHash) {
            src.add(to: &hash)
            dst.add(to: &hash)
        }
    }
    private struct Last: Sendable {
        var boot: UInt16
        var time: Instant
        var isEarlyTold = false
    }
    private var pairs = ExpiringLRU<Pair, Last>()

    /// Records a HELLO that is no repetition. Between superpeers, one is due in each INTERVAL.
    mutating func hear(_ h: Header, isAmongSuperpeers: Bool, at time: Instant, into findings: inout [Finding]) {
        guard h.dst != MeshID() else { return }
        let pair = Pair(src: h.src, dst: h.dst)
        var next = Last(boot: h.boot, time: time)
        let slot = pairs.slot(of: pair, at: time, orNew: Last(boot: 0, time: time))
        let last = pairs[at: slot]
        if last.boot == h.boot, isAmongSuperpeers {
            let passed = time.nanoseconds - last.time.nanoseconds
            next.isEarlyTold = last.isEarlyTold
            if passed > Self.due.latest {
                findings.add(
                    .warning, .rm05,
                    "\(Self.seconds(passed)) after the HELLO before, unless one is missing from the capture: one is due every 6 s"
                )
            } else if passed < Self.due.earliest, !last.isEarlyTold {
                next.isEarlyTold = true
                findings.add(
                    .warning, .rm05, "only \(Self.seconds(passed)) after the HELLO before: one is due every 6 s")
            }
        }
        pairs[at: slot] = next
        pairs.trim(to: Self.limit)
    }
    /// Returns a time in the form `5.9 s`.
    private static func seconds(_ nanoseconds: Int64) -> String {
        let tenths = "\(nanoseconds / 100_000_000)"
        return "\(tenths.dropLast().isEmpty ? "0" : tenths.dropLast()).\(tenths.last ?? "0") s"
    }
}
