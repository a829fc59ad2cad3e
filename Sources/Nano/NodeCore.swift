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
    let ledger: GenesisLedger
    /// The port that keepalives tell; 0 when we do not listen.
    let port: UInt16
    var cookies: SynCookies
    private var channels: [Channel: LinkID] = [:]
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
        limits = Limits(rules)
        bug = options.bug.flatMap(Misbehaviour.init)
        ledger = GenesisLedger(network: rules.network)
        port = options.listening?.port ?? 0
        var random = options.random
        let seed = random.next()
        keys = Random(seed: seed, "key")
        cookieBytes = Random(seed: seed, "cookie")
        saltBytes = Random(seed: seed, "salt")
        key = SigningKey(keys.key32().bytes)
        nodeIDs = [Key32(exactly: key.publicKey) ?? Key32()]
        cookies = SynCookies(
            lifetime: bug == .noCookieExpiry ? .seconds(1 << 30) : limits.cookieLifetime, purge: limits.cookiePurge,
            limit: limits.cookiesPerAddress)
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
    mutating func cookie() -> Key32 { has(.sameCookie) ? Key32(repeating: 0x33) : cookieBytes.key32() }
    mutating func salt() -> Key32 { has(.sameSalt) ? Key32(repeating: 0x55) : saltBytes.key32() }

    /// Takes a node id into the channels; false when it has one from the same place already.
    mutating func join(_ nodeID: Key32, from peer: Endpoint, link: LinkID) -> Bool {
        if has(.acceptsDuplicateID) { return true }
        let channel = Channel(nodeID: has(.oneIDPerAddress) ? nil : nodeID, site: peer.site)
        guard channels[channel] == nil else { return false }
        channels[channel] = link
        return true
    }
    /// A connection is gone: its cookie is free again, and the channel of the node id that it had proved.
    mutating func forget(_ link: LinkID, _ peer: Endpoint, _ nodeID: Key32?) {
        cookies.forget(peer)
        guard let nodeID else { return }
        let channel = Channel(nodeID: has(.oneIDPerAddress) ? nil : nodeID, site: peer.site)
        if channels[channel] == link { channels[channel] = nil }
    }
}

extension Random {
    /// 32 bytes.
    mutating func key32() -> Key32 { Fixed(exactly: bytes(32)) ?? Key32() }
}
