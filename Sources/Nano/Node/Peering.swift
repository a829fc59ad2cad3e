import Node

/// The peers that a node contacts: configured ones, those that keepalives name, those of its history.
struct Peering: Sendable {
    /// A peer from the settings.
    struct Configured: Sendable {
        var peer: Endpoint
        var link: LinkID?
        /// When it was contacted last.
        var since = Instant.zero
        /// When it is contacted next; nil while that is under way, or while it is connected.
        var at: Instant? = .zero
    }
    var configured: [Configured]
    /// Endpoints that were contacted recently, successfully or not.
    var attempts: RecentPeers
    /// Connections that are being opened.
    var dialing: RecentPeers
    var history: PeerHistory
    /// Peers of the current keepalive that are still to be contacted.
    private var named: [Endpoint] = []
    /// Peers of the history that are still to be contacted.
    private var known: [Endpoint] = []
    /// Connections with an unread keepalive.
    private var unread: [LinkID] = []
    private(set) var nextMerge: Instant?
    private(set) var nextStore: Instant?
    private let limits: Limits

    init(_ limits: Limits, configured peers: [Endpoint], after delay: Duration = .zero) {
        self.limits = limits
        configured = peers.map { Configured(peer: $0, at: Instant.zero + delay) }
        attempts = RecentPeers(lifetime: limits.attemptMemory, capacity: limits.attempts)
        dialing = RecentPeers(lifetime: limits.connectTimeout, capacity: limits.dialing)
        history = PeerHistory(lifetime: limits.historyLifetime, capacity: limits.history)
    }
    /// When the next action is due.
    var deadline: Instant? { ([nextMerge, nextStore] + configured.map(\.at)).compactMap { $0 }.min() }

    // Configured peers

    /// An outgoing connection is established.
    mutating func reached(_ peer: Endpoint, _ link: LinkID) {
        dialing.remove(peer)
        guard let i = configured.firstIndex(where: { $0.peer == peer && $0.link == nil }) else { return }
        configured[i].link = link
        configured[i].at = nil
    }
    /// An outgoing connection failed.
    mutating func failed(_ peer: Endpoint, _ now: Instant, _ core: NodeCore) {
        dialing.remove(peer)
        let i = configured.firstIndex { $0.peer == peer && $0.link == nil && $0.at == nil }
        if let i { again(i, now, core) }
    }
    /// A connection has ended.
    mutating func lost(_ link: LinkID, _ now: Instant, _ core: NodeCore) {
        unread.removeAll { $0 == link }
        guard let i = configured.firstIndex(where: { $0.link == link }) else { return }
        configured[i].link = nil
        again(i, now, core)
    }
    private mutating func again(_ i: Int, _ now: Instant, _ core: NodeCore) {
        guard !core.has(.dialsOnce) else { return }
        configured[i].at = max(configured[i].since + limits.attemptMemory, now + limits.crawlPeriod)
    }

    // Peers of keepalives and of the history

    /// A connection has an unread keepalive.
    mutating func hasKeepalive(_ link: LinkID, _ now: Instant) {
        unread.append(link)
        expectMerge(now)
    }
    /// One of the connections with an unread keepalive, at random.
    mutating func takeUnread(_ random: inout Random) -> LinkID? {
        unread.isEmpty ? nil : unread.remove(at: random.index(below: unread.count))
    }
    mutating func expectStore(_ now: Instant) { nextStore = nextStore ?? now + limits.historyPeriod }
    private mutating func expectMerge(_ now: Instant) { nextMerge = nextMerge ?? now + limits.mergePeriod }

    /// Queues the peers of the history that are to be contacted, in this order; `goesOn`: whether to do so again.
    mutating func search(for peers: [Endpoint], goesOn: Bool, _ now: Instant) {
        nextStore = goesOn ? now + limits.historyPeriod : nil
        if known.isEmpty { known = peers.reversed() }
        if !known.isEmpty { expectMerge(now) }
    }
    /// All peers of the current keepalive were taken.
    var needsKeepalive: Bool { named.isEmpty }
    /// The next peer to contact; `read` are the peers of the next keepalive.
    mutating func next(_ now: Instant, _ read: [Endpoint]) -> Endpoint? {
        if named.isEmpty { named = read.reversed() }
        let peer = named.popLast() ?? known.popLast()
        nextMerge = named.isEmpty && known.isEmpty && unread.isEmpty ? nil : now + limits.mergePeriod
        return peer
    }
}
