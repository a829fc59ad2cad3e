internal import Node
import Wire

/// A node of RMPX v1 in any role. Superpeers keep routes to all nodes, exchange them with each other, answer FINDs and
/// push changes. Phones greet their neighbours, report to a superpeer of their choice and relay FINDs.
///
/// Each of its tables has a limit (`Limits`), regardless of what other nodes send.
struct MeshNode: Node {
    let id: MeshID
    let kind: Kind
    let profile: Profile
    /// True if the node advertises to other superpeers only the peers attached to itself, and not all known peers.
    let isFullMesh: Bool
    /// True if the HELLO_ACKs of a phone are sent to all phones one hop away.
    let broadcasts: Bool
    /// True if the node lists superpeers with metrics.
    let hasMetrics: Bool
    let maxDatagram: Int
    /// True if unproved addresses get only one short answer.
    var isGuarded: Bool { gate.isStrict }
    let listening: Endpoint?
    let bug: Misbehaviour?
    private let acquaintances: [NodeOptions.Acquaintance]
    /// The endpoints that the operator has configured.
    let configuredEndpoints: Set<Endpoint>
    private let seed: UInt64
    /// The number of earlier starts with the same seed.
    private let starts: Int

    var clock = LocalClock()
    var boot: UInt16 = 1
    var lastMessage: UInt32 = 0
    private(set) var started = Instant.zero
    var generator: Random
    var links = Links()
    var reassembler: Reassembler
    var answers = AnswerCache()
    var requests = Requests()
    var routing: RoutingTable
    var superpeers = SuperpeerTable()
    var candidates = CandidateList()
    var greetings = Greetings()
    var subscriptions = Subscriptions()
    var remote = RemotePeers()
    var remembered = RememberedPeers()
    var reversePaths = ReversePath()
    var gate: AmplificationGuard
    var load = LoadShedding()
    /// The msg_id of the last answer of each node that this node sends requests to. The next request returns it.
    var lastAnswers = ExpiringLRU<MeshID, UInt32>()
    var uplink: Uplink
    var log = EventLog()
    /// The changes of routes that are still unpushed.
    var changes: [Pushed] = []
    /// State of seeded faults.
    var faultCount: UInt32 = 0
    var waiting: [[UInt8]] = []
    /// The time of the next sweep of tables whose entries expire.
    private var nextSweep: Instant?

    /// A record of a push.
    struct Pushed: Sendable {
        var id: MeshID
        /// The route; nil if the peer is gone.
        var route: Route?
    }

    init(_ options: NodeOptions) {
        var random = options.random
        seed = random.next()
        starts = options.starts
        generator = Random(seed: seed &+ UInt64(starts), "choices")
        id = options.identity.flatMap { MeshID($0) } ?? MeshID(Random(seed: seed, "id").first(20)) ?? MeshID()
        kind = Kind(options.kind)
        profile = Profile(options.settings)
        isFullMesh = options.settings["advertise"] == "full-mesh"
        broadcasts = options.settings["hello_ack"] != "unicast"
        hasMetrics = options.settings["metrics"] == "yes"
        maxDatagram = Int(options.settings["max_datagram"]) ?? Limits.datagram.upperBound
        gate = AmplificationGuard(isStrict: options.settings["guard"] == "on")
        listening = options.listening
        bug = options.bug.flatMap { Misbehaviour.named[$0] }
        // Endpoints without a kind are superpeers.
        acquaintances =
            options.acquaintances.isEmpty
            ? options.peers.map { NodeOptions.Acquaintance(name: $0.description, endpoint: $0) } : options.acquaintances
        configuredEndpoints = Set(acquaintances.map(\.endpoint))
        reassembler = Reassembler(own: id)
        reassembler.bug = bug
        routing = RoutingTable()
        routing.bug = bug
        (answers.bug, requests.bug, reversePaths.bug, subscriptions.bug) = (bug, bug, bug, bug)
        let seeds = kind.role.isSuperpeer ? [] : acquaintances.filter(\.isSuperpeer).map(\.contact)
        uplink = Uplink(seeds: seeds)
        uplink.bug = bug
    }

    /// True if the node is a superpeer.
    var isSuperpeer: Bool { kind.role.isSuperpeer }
    /// Returns true if the node has this seeded fault.
    func has(_ fault: Misbehaviour) -> Bool { bug == fault }

    // Node

    mutating func start(now: Instant, _ out: inout [Action]) {
        let now = clock.read(now)
        started = now
        // The boot differs at each start, even with the same seed.
        var random = Random(seed: seed &+ UInt64(bitPattern: now.nanoseconds) &+ UInt64(starts), "boot")
        boot = UInt16(truncatingIfNeeded: random.next() % 65_535) + 1
        tell(
            "identity", ["id": .bytes(id.array), "kind": .text(kind.rawValue), "boot": .uint(UInt64(boot))], at: now,
            into: &out)
        for a in acquaintances {
            switch (isSuperpeer, a.isSuperpeer) {
            case (true, true):
                if a.contact.id != MeshID() {
                    superpeers.configure(a.contact.id, at: a.endpoint, role: Kind(a.kind).role, now)
                }
                greetings.add(a.contact, first: now, isConfigured: true)
            case (false, false): greetings.add(a.contact, first: now, isConfigured: true)
            // Superpeers do not greet phones; phones report to superpeers.
            case (true, false), (false, true): break
            }
        }
        if !isSuperpeer { chooseSuperpeer(now, &out) }
        nextSweep = now + Limits.rejoining
        work(now, &out)
    }
    mutating func opened(_ link: LinkID, peer: Endpoint, by opener: Opener, now: Instant, _ out: inout [Action]) {
        links.opened(link, peer, &out)
    }
    mutating func closed(_ link: LinkID, now: Instant, _ out: inout [Action]) { links.closed(link) }
    mutating func unreachable(_ peer: Endpoint, now: Instant, _ out: inout [Action]) { links.unreachable(peer) }
    mutating func received(_ bytes: RawSpan, on link: LinkID, now: Instant, _ out: inout [Action]) {
        guard let from = links.peer(of: link) else { return }
        let now = clock.read(now)
        switch load.admits(now) {
        case .everybody: break
        case .known where isKnown(bytes, at: from): break
        case .known, .nobody: return load.drop()
        }
        load.take(bytes.byteCount)
        expireRoutes(now, &out)
        if let bug {
            if let heard = bug.heard(bytes, by: id) { receive(heard.span.bytes, from: from, at: now, into: &out) }
        } else {
            receive(bytes, from: from, at: now, into: &out)
        }
        push(now, &out)
    }
    /// Returns true if the address of a datagram has proved that it receives what is sent there. It is also true if the
    /// sender has been known at this address for HOLD.
    private func isKnown(_ bytes: RawSpan, at endpoint: Endpoint) -> Bool {
        if gate.isProved(endpoint) { return true }
        guard let h = try? Header.read(bytes) else { return false }
        return reassembler.standing(of: h.src, at: endpoint) == .established
    }
    /// Handles a datagram.
    private mutating func receive(_ bytes: RawSpan, from: Endpoint, at now: Instant, into out: inout [Action]) {
        if bug != nil, misroutes(bytes, from: from, at: now, into: &out) { return }
        switch reassembler.receive(bytes, from: from, now: now) {
        case .message(let whole): take(whole, now, &out)
        case .done(let request):
            if bug != nil, ignoresRepetition(bytes, from: from, at: now, into: &out) { return }
            // An address that has proved that it receives messages needs no new request.
            if !isGuarded || gate.isProved(from) { repeatAnswer(request, to: from, now, &out) }
        case .relay(let header): relay(header, bytes, from: from, at: now, into: &out)
        case .more: if has(.appliesHalf) { applyHalf(bytes, from: from, at: now, into: &out) }
        case .dropped: break
        }
    }
    mutating func wake(now: Instant, _ out: inout [Action]) { work(clock.read(now), &out) }
    var deadline: Instant? {
        let all = [
            reassembler.deadline, routing.deadline, requests.deadline, greetings.deadline, uplink.next,
            remembered.deadline, nextSweep,
        ]
        let at = all.reduce(Instant.never) { min($0, $1 ?? .never) }
        return at == .never ? nil : clock.outside(at)
    }

    /// Does the work that is due.
    private mutating func work(_ now: Instant, _ out: inout [Action]) {
        expireRoutes(now, &out)
        reassembler.expire(now: now)
        if let at = nextSweep, at <= now { sweep(now) }
        resend(now, &out)
        greet(now, &out)
        keepUplink(now, &out)
        if remembered.isDue(now) {
            let peers = remembered.sorted
            find(peers.map { Target($0.id, port: $0.port, .subscribe) }, now, &out)
        }
        push(now, &out)
    }
    /// Drops expired entries whose time need not be exact.
    private mutating func sweep(_ now: Instant) {
        answers.expire(now: now)
        reversePaths.expire(now)
        gate.expire(now)
        routing.compact()
        lastAnswers.removeAll(olderThan: Limits.hold, now: now)
        subscriptions.expire(now)
        // A phone whose tables are empty wakes up less often.
        let isIdle = answers.isEmpty && reversePaths.count == 0 && subscriptions.count == 0
        nextSweep = now + (isIdle ? Limits.interval : .seconds(1))
        for gone in superpeers.expire(now) { greetings.remove(gone) }
    }
    /// Reports an event and keeps it in the log. `ticket` is the ticket of the control that caused the event.
    mutating func tell(
        _ name: String, _ details: KeyValuePairs<String, Value>, ticket: Value? = nil, at now: Instant,
        into out: inout [Action]
    ) {
        var event = Event(name, nil, details.map { Value.Entry($0, $1) })
        if let ticket { event.details.append(.init("ticket", ticket)) }
        load.spend(LoadShedding.Cost.event)
        log.add(event, now)
        out.append(.report(event))
    }
    /// Returns INTERVAL, plus or minus a tenth.
    mutating func interval() -> Duration {
        Limits.interval * 9 / 10 + .nanoseconds(Int64(generator.next() % UInt64((Limits.interval / 5).nanoseconds)))
    }
}

extension Random {
    /// Returns the first bytes of the generator, without advancing it.
    fileprivate func first(_ count: Int) -> [UInt8] {
        var copy = self
        return copy.bytes(count)
    }
}

extension NodeOptions.Acquaintance {
    fileprivate var isSuperpeer: Bool { Kind(kind).role.isSuperpeer }
    fileprivate var contact: Greetings.Contact {
        .init(id: identity.flatMap { MeshID($0) } ?? MeshID(), endpoint: endpoint)
    }
}
