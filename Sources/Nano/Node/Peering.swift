import Node
import Wire

/// The peers that a node contacts: configured peers, peers that keepalives name, and peers of its history.
struct Peering: Sendable {
    /// A peer from the settings.
    struct Configured: Sendable {
        var peer: Endpoint
        var link: LinkID?
        /// The time at which the peer was last contacted.
        var since = Instant.zero
        /// The time of the next contact; nil during an attempt, or while the peer is connected.
        var at: Instant? = .zero
    }
    var configured: [Configured]
    /// The endpoints that were contacted recently, successfully or not.
    var attempts: RecentPeers
    /// The connections that are being opened.
    var dialing: RecentPeers
    var history: PeerHistory
    /// The history as of the last update of the store. A later start of the node gets this state.
    private(set) var stored: PeerHistory
    /// The configured peers that the operator has set while the node runs. The node reads them at its next start only.
    var setPeers: [Endpoint] = []
    /// The peers of the current keepalive that are not yet contacted.
    private var named: [Endpoint] = []
    /// The peers of the history that are not yet contacted.
    private var known: [Endpoint] = []
    /// The connections with an unread keepalive.
    private var unread: [LinkID] = []
    private(set) var nextMerge: Instant?
    private(set) var nextStore: Instant?
    private let limits: Limits

    init(_ core: NodeCore, _ options: NodeOptions) {
        limits = core.limits
        attempts = RecentPeers(lifetime: limits.attemptMemory, capacity: limits.attempts)
        dialing = RecentPeers(lifetime: limits.connectTimeout, capacity: limits.dialing)
        history = PeerHistory(
            lifetime: limits.historyLifetime, capacity: limits.history, beginning: options.date / 1_000_000)
        if let state = options.stored, state["network"] == .text(core.rules.network.name) {
            if !core.has(.storeIgnored) { history.add(stored: state["peers"]) }
            if case .list(let peers)? = state["configured"] { setPeers = Self.endpoints(peers) ?? [] }
        }
        stored = history
        let given = Set(options.peers)
        let peers = options.peers + setPeers.filter { !given.contains($0) }
        configured = peers.map { Configured(peer: $0, at: Instant.zero) }
    }
    /// The time at which the next action is due.
    var deadline: Instant? { ([nextMerge, nextStore] + configured.map(\.at)).compactMap { $0 }.min() }

    // Configured peers

    /// Records that an outgoing connection is established.
    mutating func reached(_ peer: Endpoint, _ link: LinkID) {
        dialing.remove(peer)
        guard let i = configured.firstIndex(where: { $0.peer == peer && $0.link == nil }) else { return }
        configured[i].link = link
        configured[i].at = nil
    }
    /// Records that an outgoing connection failed.
    mutating func failed(_ peer: Endpoint, _ now: Instant, _ core: NodeCore) {
        dialing.remove(peer)
        let i = configured.firstIndex { $0.peer == peer && $0.link == nil && $0.at == nil }
        if let i { again(i, now, core) }
    }
    /// Records that a connection has ended.
    mutating func lost(_ link: LinkID, _ now: Instant, _ core: NodeCore) {
        unread.removeAll { $0 == link }
        guard let i = configured.firstIndex(where: { $0.link == link }) else { return }
        configured[i].link = nil
        again(i, now, core)
    }
    private mutating func again(_ i: Int, _ now: Instant, _ core: NodeCore) {
        configured[i].at = max(configured[i].since + limits.attemptMemory, now + limits.crawlPeriod)
    }

    // The state that a restart keeps

    /// Takes the history into the store. Returns true if the store has other peers than before.
    mutating func store() -> Bool {
        let isNew = history.peers != stored.peers
        stored = history
        return isNew
    }
    /// Returns the state in the form that a later start takes as `NodeOptions.stored`.
    func state(_ rules: Ruleset) -> Value {
        var state: [Value.Entry] = [.init("network", .text(rules.network.name)), .init("peers", stored.value)]
        if !setPeers.isEmpty { state.append(.init("configured", .list(setPeers.map { .text($0.description) }))) }
        return .map(state)
    }
    /// Returns the endpoints of a list of texts, each once; nil if an element is no endpoint.
    static func endpoints(_ list: [Value]) -> [Endpoint]? {
        var out: [Endpoint] = []
        var seen: Set<Endpoint> = []
        for item in list {
            guard case .text(let text) = item, let peer = Endpoint(text) else { return nil }
            if seen.insert(peer).inserted { out.append(peer) }
        }
        return out
    }

    // Peers of keepalives and of the history

    /// Records that a connection has an unread keepalive.
    mutating func hasKeepalive(_ link: LinkID, _ now: Instant) {
        unread.append(link)
        expectMerge(now)
    }
    /// Removes and returns one of the connections with an unread keepalive, at random.
    mutating func takeUnread(_ random: inout Random) -> LinkID? {
        unread.isEmpty ? nil : unread.remove(at: random.index(below: unread.count))
    }
    mutating func expectStore(_ now: Instant) { nextStore = nextStore ?? now + limits.historyPeriod }
    private mutating func expectMerge(_ now: Instant) { nextMerge = nextMerge ?? now + limits.mergePeriod }

    /// Queues peers of the history for contact, in this order. If `goesOn` is true, the search is repeated later.
    mutating func search(for peers: [Endpoint], goesOn: Bool, _ now: Instant) {
        nextStore = goesOn ? now + limits.historyPeriod : nil
        if known.isEmpty { known = peers.reversed() }
        if !known.isEmpty { expectMerge(now) }
    }
    /// True if all peers of the current keepalive have been taken.
    var needsKeepalive: Bool { named.isEmpty }
    /// Returns the next peer to contact; `read` holds the peers of the next keepalive.
    mutating func next(_ now: Instant, _ read: [Endpoint]) -> Endpoint? {
        if named.isEmpty { named = read.reversed() }
        let peer = named.popLast() ?? known.popLast()
        nextMerge = named.isEmpty && known.isEmpty && unread.isEmpty ? nil : now + limits.mergePeriod
        return peer
    }
}

/// Endpoints that are kept for `lifetime`, at most `capacity` of them, with their counts by site and subnetwork.
struct RecentPeers: Sendable {
    private var since: [Endpoint: Instant] = [:]
    /// The endpoints in the order of arrival. Entries before `head` are removed, and entries with a time other than in
    /// `since`.
    private var order: [(peer: Endpoint, at: Instant)] = []
    private var head = 0
    private(set) var prefixCounts = PrefixCounts()
    let lifetime: Duration
    let capacity: Int

    init(lifetime: Duration, capacity: Int) {
        self.lifetime = lifetime
        self.capacity = max(1, capacity)
    }
    var count: Int { since.count }
    var isFull: Bool { since.count >= capacity }
    func contains(_ peer: Endpoint) -> Bool { since[peer] != nil }

    /// Adds a peer. Returns false if it is already present or the table is full.
    @discardableResult
    mutating func insert(_ peer: Endpoint, now: Instant) -> Bool {
        expire(now)
        guard since[peer] == nil, !isFull else { return false }
        since[peer] = now
        prefixCounts.add(peer)
        order.append((peer, now))
        if order.count > 2 * capacity + 16 {
            order = order[head...].filter { since[$0.peer] == $0.at }
            head = 0
        }
        return true
    }
    mutating func remove(_ peer: Endpoint) {
        if since.removeValue(forKey: peer) != nil { prefixCounts.remove(peer) }
    }
    /// Removes the expired endpoints.
    mutating func expire(_ now: Instant) {
        while head < order.count, order[head].at + lifetime <= now {
            let (peer, at) = order[head]
            if since[peer] == at { remove(peer) }
            head += 1
        }
        guard head == order.count else { return }
        order.removeAll(keepingCapacity: true)
        head = 0
    }
}
