import Crypto
import Node
import Wire

/// The state that all connections of a node share: identity, rules, open cookies, established channels.
struct NodeCore: Sendable {
    let rules: Ruleset
    let limits: Limits
    let bug: Misbehaviour?
    let key: SigningKey
    let nodeID: Key32
    var ledger: Ledger
    /// The number of blocks at the start.
    private let firstBlocks: Int
    /// The payloads of publish and confirm_ack that were received recently.
    var duplicates: Duplicates
    /// The connections of legacy bootstrap.
    private var bootstrapping: Set<LinkID> = []
    /// The messages to send to peers other than the peer of the connection.
    private var floods: [(bytes: [UInt8], except: LinkID)] = []
    /// Our listening endpoint.
    let listening: Endpoint?
    /// The port that keepalives state; 0 if we do not listen.
    var port: UInt16 { listening?.port ?? 0 }
    /// The number of established connections.
    var established = 0
    var cookies: SynCookies
    private var channels: [Channel: LinkID] = [:]
    /// The listening endpoints of the peers of established connections, if they are known.
    private(set) var listeningPeers: [(link: LinkID, peer: Endpoint)] = []
    /// The peers that a keepalive named and that must be contacted at once: only in an early generation.
    private var named: [Endpoint] = []
    /// The addresses that sent telemetry of another genesis.
    var exclusions: Exclusions
    /// The representatives among the peers.
    var representatives = Representatives()
    /// The latest telemetry of each peer.
    var telemetries: [LinkID: (data: TelemetryAck.Telemetry, at: Instant)] = [:]
    var statistics = Statistics()
    /// The generator for choices among peers.
    var choices: Random
    // These are used only with a seeded fault: the cookies that were sent, the ids that were verified, and the number
    // of values that were drawn.
    private(set) var issued: [Key32] = []
    var verified: Set<Key32> = []
    var drawn = 0
    private var cookieBytes: Random
    private var saltBytes: Random

    /// A node id and the site that it is connected from.
    private struct Channel: Hashable, Sendable {
        var nodeID: Key32?
        var site: Endpoint
    }

    init(_ options: NodeOptions) {
        rules = Ruleset(options.settings)
        bug = options.bug.flatMap { Misbehaviour.named[$0] }
        limits = Limits(rules).spoiled(by: bug, isDev: rules.network.id == .dev)
        ledger = Ledger.made(rules.network, LedgerSize(rawValue: options.settings["ledger"]) ?? .small)
        firstBlocks = ledger.blockCount
        duplicates = Duplicates(lifetime: limits.duplicates, capacity: limits.duplicatesKept)
        listening = options.listening
        var random = options.random
        let seed = random.next()
        // The node keeps its key over a restart, and draws other values anew.
        let drawn = seed &+ UInt64(bitPattern: Int64(options.starts))
        cookieBytes = Random(seed: drawn, "cookie")
        saltBytes = Random(seed: drawn, "salt")
        var keys = Random(seed: seed, "key")
        key = SigningKey(keys.key32().bytes)
        nodeID = Key32(exactly: key.publicKey) ?? Key32()
        choices = Random(seed: seed, "peering")
        exclusions = Exclusions(period: limits.exclusion, capacity: limits.exclusions)
        cookies = SynCookies(
            lifetime: limits.cookieLifetime, purge: limits.cookiePurge, limit: limits.cookiesPerAddress)
    }

    /// Returns true if the node has this seeded fault.
    func has(_ fault: Misbehaviour) -> Bool { bug == fault }

    mutating func cookie() -> Key32 {
        drawn += 1
        let cookie = cookieBytes.fresh(bug, drawn, same: .sameCookie, counter: .cookieCounter, ring: .cookieRing)
        if has(.takesEarlierCookie), issued.count < 1000 { issued.append(cookie) }
        return cookie
    }
    mutating func salt() -> Key32 {
        drawn += 1
        return saltBytes.fresh(bug, drawn, same: .sameSalt, counter: .saltCounter, ring: .saltRing)
    }

    /// Adds a node id to the channels. Returns false if the same id is already connected from the same site.
    mutating func join(_ nodeID: Key32, from peer: Endpoint, link: LinkID) -> Bool {
        if !rules.profile.closesDuplicateIDs { return true }
        let channel = Channel(nodeID: nodeID, site: peer.site)
        guard channels[channel] == nil else { return false }
        channels[channel] = link
        return true
    }
    /// Removes the state of a connection that has ended: its cookie, and the channel of the node id that it had proved.
    mutating func forget(_ link: LinkID, _ peer: Endpoint, _ nodeID: Key32?) {
        cookies.forget(peer)
        bootstrapping.remove(link)
        if !has(.weightForEver) { representatives.remove(link) }
        telemetries[link] = nil
        listeningPeers.removeAll { $0.link == link }
        guard let nodeID else { return }
        let channel = Channel(nodeID: nodeID, site: peer.site)
        if channels[channel] == link { channels[channel] = nil }
    }
}

// Blocks.
extension NodeCore {
    /// Inserts a block into the ledger. Returns nil if the ledger has reached its limit.
    mutating func insert(_ block: Block, now: Instant) -> Ledger.Outcome? {
        guard ledger.blockCount < firstBlocks + limits.publishedBlocks else { return nil }
        return ledger.insert(block, now: now)
    }
    /// Counts a connection as one for bootstrapping. Returns false if there are too many.
    mutating func beginBootstrap(_ link: LinkID) -> Bool {
        guard bootstrapping.count < limits.bootstrapConnections else { return false }
        bootstrapping.insert(link)
        return true
    }
    /// Queues a message for some of the other peers. Above `floodsAtOnce`, it is dropped.
    mutating func flood(_ bytes: [UInt8], except link: LinkID) {
        if floods.count < limits.floodsAtOnce { floods.append((bytes, link)) }
    }
    mutating func takeFloods() -> [(bytes: [UInt8], except: LinkID)] {
        defer { floods.removeAll() }
        return floods
    }
}

// Listening endpoints of peers.
extension NodeCore {
    /// Sets the listening endpoint of the peer of an established connection.
    mutating func setListeningPeer(_ peer: Endpoint, _ link: LinkID) {
        if let i = listeningPeers.firstIndex(where: { $0.link == link }) {
            listeningPeers[i].peer = peer
        } else {
            listeningPeers.append((link, peer))
        }
    }
    /// Returns up to eight different peers at random, without the peer of `link`. It makes sixteen draws, as nano-node
    /// does, so there may be fewer even if there are many peers.
    mutating func randomPeers(except link: LinkID) -> [Endpoint] {
        var out: [Endpoint] = []
        if has(.namesFirstPeers) { return Array(listeningPeers.filter { $0.link != link }.map(\.peer).prefix(8)) }
        for _ in 0..<16 where !listeningPeers.isEmpty && out.count < 8 {
            let chosen = listeningPeers[choices.index(below: listeningPeers.count)]
            if chosen.link != link, !out.contains(chosen.peer) { out.append(chosen.peer) }
        }
        return out
    }
    /// Queues the peers that a keepalive named, to be contacted at once; see `takeNamed`.
    mutating func addNamed(_ peers: [Endpoint]) {
        for peer in peers where named.count < limits.namedAtOnce { named.append(peer) }
    }
    mutating func takeNamed() -> [Endpoint] {
        defer { named.removeAll() }
        return named
    }
    /// Returns true if this is our own listening endpoint, if that is known.
    func isOwn(_ peer: Endpoint) -> Bool {
        guard let listening, peer.port == listening.port else { return false }
        return peer.isLoopback || peer.withoutPort == listening.withoutPort
    }
}

extension Random {
    /// Returns a number from 0 to below `count`; 0 if `count` is not above 0.
    mutating func index(below count: Int) -> Int { Int(next() % UInt64(max(1, count))) }
    /// Returns `count` elements at random, each at most once; all elements if there are fewer.
    mutating func some<T>(_ count: Int, of all: [T]) -> [T] {
        var left = all
        var out: [T] = []
        while out.count < count, !left.isEmpty { out.append(left.remove(at: index(below: left.count))) }
        return out
    }
    /// Returns 32 random bytes.
    mutating func key32() -> Key32 { Fixed(exactly: bytes(32)) ?? Key32() }
}

extension [Action] {
    /// Reports an event to the operator.
    mutating func report(_ name: String, _ link: LinkID?, _ details: [Value.Entry]) {
        append(.report(Event(name, link, details)))
    }
}
