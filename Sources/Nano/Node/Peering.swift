import Node

/// Whom a node looks for: configured peers, those that keepalives name, those that it knew.
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
    /// Endpoints that were contacted not long ago, whatever came of it.
    var attempts: RecentPeers
    /// Connections that are being opened.
    var dialing: RecentPeers
    var history: PeerHistory
    /// Of the keepalive that is being worked off.
    private var named: [Endpoint] = []
    /// Of the history, the same.
    private var known: [Endpoint] = []
    /// Connections with a keepalive that was not looked at.
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
    /// When there is something to do.
    var deadline: Instant? { ([nextMerge, nextStore] + configured.map(\.at)).compactMap { $0 }.min() }

    // Configured peers

    /// A connection that we asked for stands.
    mutating func reached(_ peer: Endpoint, _ link: LinkID) {
        dialing.remove(peer)
        guard let i = configured.firstIndex(where: { $0.peer == peer && $0.link == nil }) else { return }
        configured[i].link = link
        configured[i].at = nil
    }
    /// It could not be made.
    mutating func missed(_ peer: Endpoint, _ now: Instant, _ core: NodeCore) {
        dialing.remove(peer)
        let i = configured.firstIndex { $0.peer == peer && $0.link == nil && $0.at == nil }
        if let i { again(i, now, core) }
    }
    /// It, or another one, has ended.
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

    // What keepalives and the history name

    /// A keepalive came that waits to be looked at.
    mutating func hasKeepalive(_ link: LinkID, _ now: Instant) {
        unread.append(link)
        expectMerge(now)
    }
    /// One of the connections with a keepalive, by chance.
    mutating func takeUnread(_ random: inout Random) -> LinkID? {
        unread.isEmpty ? nil : unread.remove(at: random.index(below: unread.count))
    }
    mutating func expectStore(_ now: Instant) { nextStore = nextStore ?? now + limits.historyPeriod }
    private mutating func expectMerge(_ now: Instant) { nextMerge = nextMerge ?? now + limits.mergePeriod }

    /// The history is looked through once more: who of it is to be contacted, in that order.
    mutating func look(for peers: [Endpoint], goesOn: Bool, _ now: Instant) {
        nextStore = goesOn ? now + limits.historyPeriod : nil
        if known.isEmpty { known = peers.reversed() }
        if !known.isEmpty { expectMerge(now) }
    }
    /// The keepalive before is worked off.
    var needsKeepalive: Bool { named.isEmpty }
    /// The next peer to look at; `read` are those of the next keepalive.
    mutating func next(_ now: Instant, _ read: [Endpoint]) -> Endpoint? {
        if named.isEmpty { named = read.reversed() }
        let peer = named.popLast() ?? known.popLast()
        nextMerge = named.isEmpty && known.isEmpty && unread.isEmpty ? nil : now + limits.mergePeriod
        return peer
    }
}
