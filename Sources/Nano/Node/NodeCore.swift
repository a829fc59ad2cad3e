import Crypto
import Node
import Wire

/// What all connections of a node share: who it is, its rules, open cookies, established channels.
struct NodeCore: Sendable {
    let rules: Ruleset
    let limits: Limits
    let bug: Misbehaviour?
    let key: SigningKey
    /// Our node id; several only with a seeded fault.
    private(set) var nodeIDs: Set<Key32>
    var ledger: Ledger
    /// How many blocks it held at the start.
    private let firstBlocks: Int
    /// Payloads of publish and confirm_ack that came in the last time.
    var duplicates: Duplicates
    /// As after a crash, which no node should let others bring about: only with a seeded fault.
    var isDown = false
    /// Connections of legacy bootstrap.
    private var bootstrapping: Set<LinkID> = []
    /// Messages for other peers than that of the connection.
    private var floods: [(bytes: [UInt8], except: LinkID)] = []
    /// Where we listen.
    let listening: Endpoint?
    /// The port that keepalives tell; 0 when we do not listen.
    var port: UInt16 { listening?.port ?? 0 }
    var cookies: SynCookies
    private var channels: [Channel: LinkID] = [:]
    /// Where the other sides of the established connections listen, as far as that is known.
    private(set) var places: [(link: LinkID, peer: Endpoint)] = []
    /// Peers that a keepalive named and that are to be contacted at once: only in an early generation.
    private var named: [Endpoint] = []
    /// Those whose telemetry is of another genesis.
    var exclusions: Exclusions
    /// Chooses among peers.
    var choices: Random
    // Only with a seeded fault: cookies that were sent, ids that were verified, how many values were drawn.
    private(set) var issued: [Key32] = []
    var verified: Set<Key32> = []
    var drawn = 0
    /// The same: connections to close for others, or all; the newest one.
    var replaced: [LinkID] = []
    var closesAll = false
    var newest: LinkID?
    private var keys: Random
    private var cookieBytes: Random
    private var saltBytes: Random

    /// A node id and where it is connected from.
    private struct Channel: Hashable, Sendable {
        var nodeID: Key32?
        var site: Endpoint
    }

    init(_ options: NodeOptions) {
        rules = Ruleset(options.settings)
        bug = options.bug.flatMap(Misbehaviour.init)
        limits = Limits(rules).spoiled(by: bug, isDev: rules.network.id == .dev)
        ledger = Ledger.made(rules.network, LedgerSize(rawValue: options.settings["ledger"]) ?? .small)
        firstBlocks = ledger.blockCount
        duplicates = Duplicates(lifetime: limits.duplicates, capacity: limits.duplicatesKept)
        listening = options.listening
        var random = options.random
        let seed = random.next()
        keys = Random(seed: seed, "key")
        cookieBytes = Random(seed: seed, "cookie")
        saltBytes = Random(seed: seed, "salt")
        key = SigningKey(keys.key32().bytes)
        nodeIDs = [Key32(exactly: key.publicKey) ?? Key32()]
        choices = Random(seed: seed, "peering")
        exclusions = Exclusions(period: limits.exclusion, capacity: limits.exclusions)
        cookies = SynCookies(
            lifetime: limits.cookieLifetime, purge: limits.cookiePurge, limit: limits.cookiesPerAddress)
    }

    /// Whether the node has this fault.
    func has(_ fault: Misbehaviour) -> Bool { bug == fault }

    /// The key of a new connection.
    mutating func connectionKey() -> SigningKey {
        guard has(.newNodeID) else { return key }
        let key = SigningKey(keys.key32().bytes)
        if nodeIDs.count < 1000, let id = Key32(exactly: key.publicKey) { nodeIDs.insert(id) }
        return key
    }
    mutating func cookie() -> Key32 {
        drawn += 1
        return cookieBytes.fresh(bug, drawn, same: .sameCookie, counter: .cookieCounter, ring: .cookieRing)
    }
    mutating func salt() -> Key32 {
        drawn += 1
        return saltBytes.fresh(bug, drawn, same: .sameSalt, counter: .saltCounter, ring: .saltRing)
    }
    /// Notes a cookie that was sent, where a fault asks for it later.
    mutating func issue(_ cookie: Key32) {
        if has(.takesEarlierCookie), issued.count < 1000 { issued.append(cookie) }
    }

    /// Takes a node id into the channels; false when it has one from the same place already.
    mutating func join(_ nodeID: Key32, from peer: Endpoint, link: LinkID) -> Bool {
        if has(.acceptsDuplicateID) || !rules.profile.closesDuplicateIDs && !has(.oneIDPerAddress) { return true }
        let channel = Channel(nodeID: has(.oneIDPerAddress) ? nil : nodeID, site: peer.site)
        if has(.duplicateReplaces), let first = channels[channel] { replaced.append(first) }
        guard channels[channel] == nil || has(.duplicateReplaces) else { return false }
        channels[channel] = link
        return true
    }
    /// A connection is gone: its cookie is free again, and the channel of the node id that it had proved.
    mutating func forget(_ link: LinkID, _ peer: Endpoint, _ nodeID: Key32?) {
        cookies.forget(peer)
        bootstrapping.remove(link)
        places.removeAll { $0.link == link }
        guard let nodeID else { return }
        let channel = Channel(nodeID: has(.oneIDPerAddress) ? nil : nodeID, site: peer.site)
        if channels[channel] == link, !has(.idNeverReturns) { channels[channel] = nil }
    }
}

// Blocks.
extension NodeCore {
    /// Takes a block into the ledger, if it fits and there is room for it.
    mutating func insert(_ block: Block, now: Instant) -> Ledger.Outcome? {
        guard ledger.blockCount < firstBlocks + limits.publishedBlocks else { return nil }
        return ledger.insert(block, now: now)
    }
    /// Whether one more connection may be for bootstrapping.
    mutating func beginBootstrap(_ link: LinkID) -> Bool {
        guard bootstrapping.count < limits.bootstrapConnections else { return false }
        bootstrapping.insert(link)
        return true
    }
    /// Some of the other peers get this; what is too much at once is lost.
    mutating func flood(_ bytes: [UInt8], except link: LinkID) {
        if floods.count < limits.floodsAtOnce { floods.append((bytes, link)) }
    }
    mutating func takeFloods() -> [(bytes: [UInt8], except: LinkID)] {
        defer { floods.removeAll() }
        return floods
    }
}

// Where others are.
extension NodeCore {
    /// The other side of an established connection listens here.
    mutating func place(_ peer: Endpoint, _ link: LinkID) {
        if let i = places.firstIndex(where: { $0.link == link }) {
            if !has(.firstPortOnly) { places[i].peer = peer }
        } else {
            places.append((link, peer))
        }
    }
    /// Up to eight different peers by chance, not those of `link`: sixteen draws, as nano-node makes, so that there may
    /// be fewer even when there are many peers.
    mutating func somePlaces(except link: LinkID) -> [Endpoint] {
        var out: [Endpoint] = []
        if has(.keepsPortsToItself) { return [] }
        for _ in 0..<16 where !places.isEmpty && out.count < 8 {
            let chosen = places[choices.index(below: places.count)]
            if chosen.link != link, !out.contains(chosen.peer) { out.append(chosen.peer) }
        }
        return out
    }
    /// A keepalive named these: those who contact them at once find them in `takeNamed`.
    mutating func hear(of peers: [Endpoint]) {
        for peer in peers where named.count < limits.namedAtOnce { named.append(peer) }
    }
    mutating func takeNamed() -> [Endpoint] {
        defer { named.removeAll() }
        return named
    }
    /// Whether this is an endpoint of our own, as far as we know them.
    func isOwn(_ peer: Endpoint) -> Bool {
        guard let listening, peer.port == listening.port else { return false }
        return peer.isLoopback || peer.withoutPort == listening.withoutPort
    }
}

extension Random {
    /// A number from 0 to below `count`, which is above 0.
    mutating func index(below count: Int) -> Int { Int(next() % UInt64(max(1, count))) }
    /// Some elements by chance, each once at most.
    mutating func some<T>(_ count: Int, of all: [T]) -> [T] {
        var left = all
        var out: [T] = []
        while out.count < count, !left.isEmpty { out.append(left.remove(at: index(below: left.count))) }
        return out
    }
    /// 32 bytes.
    mutating func key32() -> Key32 { Fixed(exactly: bytes(32)) ?? Key32() }
}
