internal import Node
import Wire

/// A node of RMPX v1 for all roles: superpeers keep routes to all, tell each other of them, answer FINDs and push what
/// changes; phones greet their neighbours, report to a superpeer of their choice and pass FINDs on.
///
/// Each of its tables has a limit (`Limits`), whatever others send.
struct MeshNode: Node {
    let id: MeshID
    let kind: Kind
    let profile: Profile
    /// What superpeers tell each other: all, or those attached to themselves.
    let isFullMesh: Bool
    /// Whether the HELLO_ACKs of a phone go to all phones one hop away.
    let broadcasts: Bool
    /// Whether the superpeers that it lists have metrics.
    let hasMetrics: Bool
    let maxDatagram: Int
    /// Whether unproved addresses get one short answer only.
    var isGuarded: Bool { gate.isStrict }
    let listening: Endpoint?
    let bug: Misbehaviour?
    private let acquaintances: [NodeOptions.Acquaintance]
    /// The endpoints that the operator has configured.
    let configuredEndpoints: Set<Endpoint>
    private let seed: UInt64
    /// How often it was started before, from the same seed.
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
    /// The number of the last answer of each whom this node asks, to be returned with the next request.
    var lastAnswers = ExpiringLRU<MeshID, UInt32>()
    var uplink: Uplink
    var log = EventLog()
    /// Changes of routes that are to be pushed.
    var changes: [Pushed] = []
    /// What some seeded faults count and remember.
    var faultCount: UInt32 = 0
    var faulted: Set<MeshID> = []
    var waiting: [[UInt8]] = []
    var firstAsked: [MessageKey: Endpoint] = [:]
    /// When tables with entries that expire are swept next.
    private var nextSweep: Instant?

    /// A record of a push.
    struct Pushed: Sendable {
        var id: MeshID
        /// Nil: it is gone.
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

    /// Whether it is one itself.
    var isSuperpeer: Bool { kind.role.isSuperpeer }
    /// Whether it has this fault.
    func has(_ fault: Misbehaviour) -> Bool { bug == fault }

    // Node

    mutating func start(now: Instant, _ out: inout [Action]) {
        let now = clock.read(now)
        started = now
        // Another one each time it is started, from the same seed too.
        var random = Random(seed: seed &+ UInt64(bitPattern: now.nanoseconds) &+ UInt64(starts), "boot")
        boot = UInt16(truncatingIfNeeded: random.next() % 65_535) + 1
        tell(
            "identity", ["id": .bytes(id.array), "kind": .text(kind.rawValue), "boot": .uint(UInt64(boot))], now, &out)
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
            if let heard = bug.heard(bytes, by: id) { receive(heard.span.bytes, from, now, &out) }
        } else {
            receive(bytes, from, now, &out)
        }
        push(now, &out)
    }
    /// Whether a datagram comes from where its sender was heard for HOLD, or which has shown that it hears this node.
    private func isKnown(_ bytes: RawSpan, at endpoint: Endpoint) -> Bool {
        if gate.isProved(endpoint) { return true }
        guard let h = try? Header.read(bytes) else { return false }
        return reassembler.standing(of: h.src, at: endpoint) == .established
    }
    /// A datagram came.
    private mutating func receive(_ bytes: RawSpan, _ from: Endpoint, _ now: Instant, _ out: inout [Action]) {
        if bug != nil, misroutes(bytes, from, now, &out) { return }
        switch reassembler.receive(bytes, from: from, now: now) {
        case .message(let whole): take(whole, now, &out)
        case .done(let request):
            if bug != nil, ignoresRepetition(bytes, from, now, &out) { return }
            // Who hears us does not have to ask for it again.
            if !isGuarded || gate.isProved(from) { repeatAnswer(request, to: from, now, &out) }
        case .relay(let header): relay(header, bytes, from, now, &out)
        case .more: if has(.appliesHalf) { applyHalf(bytes, from, now, &out) }
        case .dropped(.malformed):
            if has(.answersMalformed), bytes.byteCount >= Limits.header {
                links.send([UInt8](bytes.extracting(..<Limits.header)), to: from, &out)
            }
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

    /// Carries out what is due.
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
        // A phone without anything to forget sleeps on.
        let isIdle = answers.isEmpty && reversePaths.count == 0 && subscriptions.count == 0
        nextSweep = now + (isIdle ? Limits.interval : .seconds(1))
        for gone in superpeers.expire(now) { greetings.remove(gone) }
    }
    /// Reports an event and keeps it in the log; `ticket` is that of the control that has caused it.
    mutating func tell(
        _ name: String, _ details: KeyValuePairs<String, Value>, ticket: Value? = nil, _ now: Instant,
        _ out: inout [Action]
    ) {
        var event = Event(name, nil, details.map { Value.Entry($0, $1) })
        if let ticket { event.details.append(.init("ticket", ticket)) }
        load.spend(LoadShedding.Cost.event)
        log.add(event, now)
        out.append(.report(event))
    }
    /// INTERVAL, give or take a tenth.
    mutating func interval() -> Duration {
        Limits.interval * 9 / 10 + .nanoseconds(Int64(generator.next() % UInt64((Limits.interval / 5).nanoseconds)))
    }
}

extension Random {
    /// The first bytes that it gives.
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
