public import Libp2p
public import Node
import Wire

/// The router of gossipsub (libp2p specs, gossipsub 1.0 to 1.3) as a value without I/O. Its input are RPCs, connections
/// and the time, its output is an ordered list of actions.
///
/// The caller adds a peer when the stream from this node to the peer is open, and passes on the RPCs of the peer from
/// then on. RPCs must own their bytes.
public struct Router: Sendable {
    public let parameters: RouterParameters
    /// The id of this node.
    public let own: PeerID
    /// The identity that signs messages; nil if messages cannot be signed.
    let identity: Identity?
    let faults: Set<RouterFault>
    /// True if it reports its actions as events.
    public var tellsReports = true
    /// The order book, which judges messages of markets; nil if they are judged like all other messages.
    var book: OrderBook?
    var random: Random
    var table = RouterPeers()
    var topicTable = TopicTable()
    /// The topics of this node, sorted.
    public internal(set) var topics: [[UInt8]] = []
    /// Topics to which it published without having joined them.
    var fanouts: [[UInt8]] = []
    var explicit: [PeerID: [Multiaddr]] = [:]
    /// The number of floodsub peers.
    var floodsubCount = 0
    var seen = SeenMessages()
    var cache: MessageCache
    var backoffs = Backoffs()
    var promises = Promises()
    var retained = RetainedScores()
    /// The messages that its meshes missed, if it acts on them.
    var missed = MissedMessages()
    /// The number of peers at each address.
    var sharing: [Endpoint: Int] = [:]
    var records: [PeerID: [UInt8]] = [:]
    /// The senders of recent messages, if they affect scores.
    var deliveries = RecentDeliveries()
    var outbox = Outbox()
    var heartbeats = 0
    var nextHeartbeat: Instant?
    var lastDecay = Instant.zero
    var sequence: UInt64 = 0

    /// The maximum number of topics of this node.
    static let topicLimit = 10_000
    /// The maximum number of records of peers.
    static let recordLimit = 10_000

    /// Creates a router that has not started.
    public init(
        _ parameters: RouterParameters, own: PeerID, identity: Identity?, _ random: Random,
        faults: Set<RouterFault> = []
    ) {
        (self.parameters, self.own, self.identity) = (parameters, own, identity)
        (self.random, self.faults) = (random, faults)
        var length = parameters.cacheLength
        if faults.contains(.cacheNeverForgets) { length = 1000 }
        if faults.contains(.cacheIsShort) { length = 1 }
        cache = MessageCache(length: length, gossip: parameters.cacheGossip)
    }
    @inline(__always) func has(_ fault: RouterFault) -> Bool { !faults.isEmpty && faults.contains(fault) }
    mutating func draw(_ n: Int) -> Int { n > 1 ? Int(random.next() % UInt64(n)) : 0 }
    /// Returns `count` random elements, or all if there are fewer.
    mutating func choose(_ count: Int, of all: [Int]) -> [Int] {
        guard count < all.count else { return all }
        guard count > 0 else { return [] }
        var all = all
        for i in 0..<count { all.swapAt(i, i + draw(all.count - i)) }
        return Array(all[..<count])
    }

    /// Starts the router. It must be the first call. `date`: the nanoseconds since 1970 at this time. Sequence numbers
    /// start there, so that a restarted node continues above the numbers that it used before.
    public mutating func start(now: Instant, date: Int64 = 0) {
        sequence = UInt64(max(0, date)) &+ UInt64(now.nanoseconds)
        nextHeartbeat = now + parameters.firstHeartbeat
        lastDecay = now
    }
    /// Adds a peer to which a stream of this version is open.
    public mutating func add(
        _ peer: PeerID, _ version: PubsubVersion, by opener: Opener, at address: Endpoint, now: Instant,
        _ out: inout [RouterAction]
    ) {
        guard peer != own else { return }
        if table.index(peer) != nil { remove(peer, now: now, &out) }
        var new = RouterPeer(id: peer, version: version, opener: opener, address: address)
        new.isExplicit = explicit[peer] != nil
        if let old = retained.take(peer, now: now) { new.stats = old }
        sharing[host(address), default: 0] += 1
        if version == .floodsub { floodsubCount += 1 }
        let i = table.add(new)
        greet(i, &out)
    }
    /// Removes a peer whose stream or connection has ended.
    public mutating func remove(_ peer: PeerID, now: Instant, _ out: inout [RouterAction]) {
        guard let i = table.index(peer) else { return }
        for topic in topics where topicTable[topic]?.mesh.contains(i) == true {
            leaveMesh(i, of: topic, because: "disconnected", at: now, into: &out)
        }
        for topic in fanouts { topicTable[topic]?.fanout.remove(i) }
        for topic in table[i].topics { drop(i, of: topic) }
        if let score = parameters.score, table[i].stats.score(score, sharing: 1, now: now) < 0 {
            retained.keep(table[i].stats, of: peer, until: now + score.retain, now: now)
        }
        let host = host(table[i].address)
        sharing[host] = sharing[host].flatMap { $0 > 1 ? $0 - 1 : nil }
        if table[i].isFloodsub { floodsubCount -= 1 }
        outbox.forget(i)
        records[peer] = nil
        deliveries.forget(i)
        missed.forget(peer: i)
        table.remove(i)
    }
    /// Returns an address without its port.
    func host(_ address: Endpoint) -> Endpoint { Endpoint(high: address.high, low: address.low, port: 0) }
    /// Notes that a peer left a topic.
    mutating func drop(_ peer: Int, of topic: [UInt8]) {
        topicTable[topic]?.peers.remove(peer)
        forgetIfIdle(topic)
    }
    mutating func forgetIfIdle(_ topic: [UInt8]) { if topicTable[topic]?.isIdle == true { topicTable[topic] = nil } }

    /// Stores the signed record of a peer, an `Envelope` as bytes, which identify provides. PRUNE messages include it.
    public mutating func know(_ record: [UInt8], of peer: PeerID) {
        guard records.count < Self.recordLimit || records[peer] != nil,
            PeerExchange.addresses(in: record, of: peer) != nil
        else { return }
        records[peer] = record
    }
    /// Marks a peer as explicit: the operator wants to exchange all messages with it, outside of any mesh.
    public mutating func markExplicit(_ peer: PeerID, at addresses: [Multiaddr] = []) {
        explicit[peer] = addresses
        if let i = table.index(peer) { table[i].isExplicit = true }
    }
    /// Sets the score that the application gives to a peer (P5).
    public mutating func setApplicationScore(_ score: Double, of peer: PeerID) {
        if let i = table.index(peer) { table[i].stats.application = score }
    }
    /// The time at which `wake` must be called.
    public var deadline: Instant? { nextHeartbeat }
    /// Runs the heartbeat if `deadline` has passed. An early call has no effect.
    public mutating func wake(now: Instant, _ out: inout [RouterAction]) {
        guard let next = nextHeartbeat, next <= now else { return }
        // Missed heartbeats are not made up for.
        let following = next + parameters.heartbeat
        nextHeartbeat = following > now ? following : now + parameters.heartbeat
        heartbeat(now, &out)
    }

    // State

    /// The peers that were added, sorted by id.
    public var peers: [PeerID] { table.ids.sorted() }
    /// Returns the mesh of a topic, sorted by id.
    public func mesh(_ topic: [UInt8]) -> [PeerID] { (topicTable[topic]?.mesh ?? []).map { table[$0].id }.sorted() }
    /// Returns the peers that receive messages of a topic that this node has not joined, sorted by id.
    public func fanout(_ topic: [UInt8]) -> [PeerID] {
        (topicTable[topic]?.fanout ?? []).map { table[$0].id }.sorted()
    }
    /// Returns the peers that have a topic, sorted by id.
    public func peers(of topic: [UInt8]) -> [PeerID] {
        (topicTable[topic]?.peers ?? []).map { table[$0].id }.sorted()
    }
    /// Returns the score of a peer, also of a disconnected one; nil if scores are off, or if the peer is unknown.
    public func score(_ peer: PeerID, now: Instant) -> Double? {
        guard let p = parameters.score else { return nil }
        if let i = table.index(peer) { return score(i, now) }
        return retained.stats(peer)?.score(p, sharing: 1, now: now)
    }

    func report(
        _ name: String, of peer: Int, in topic: [UInt8]?, because why: String? = nil, into out: inout [RouterAction]
    ) {
        guard tellsReports else { return }
        var details: [Value.Entry] = [.init("peer", .text(table[peer].id.description))]
        if let topic { details.append(.init("topic", .text(String(decoding: topic, as: UTF8.self)))) }
        if let why { details.append(.init("why", .text(why))) }
        out.append(.report(Event(name, nil, details)))
    }
}

/// The counters of peers that are not connected. They prevent a peer from clearing a bad score by reconnecting.
struct RetainedScores: Sendable {
    private var kept: [PeerID: (stats: PeerStats, until: Instant)] = [:]
    /// The maximum number of peers.
    static let limit = 10_000

    mutating func keep(_ stats: PeerStats, of peer: PeerID, until: Instant, now: Instant) {
        if kept.count >= Self.limit { kept = kept.filter { $0.value.until > now } }
        guard kept.count < Self.limit else { return }
        kept[peer] = (stats, until)
    }
    /// Removes and returns the counters of a peer that reconnects.
    mutating func take(_ peer: PeerID, now: Instant) -> PeerStats? {
        guard let old = kept.removeValue(forKey: peer), old.until > now else { return nil }
        return old.stats
    }
    /// Returns the counters of a peer that stays disconnected.
    func stats(_ peer: PeerID) -> PeerStats? { kept[peer]?.stats }
}

/// Messages that peers offered and that this node requested, one for each IHAVE (gossipsub 1.1, broken promises).
struct Promises: Sendable {
    private var open: [[UInt8]: [PeerID: Instant]] = [:]
    /// The maximum number of ids.
    static let limit = 10_000

    var isEmpty: Bool { open.isEmpty }

    mutating func add(_ id: [UInt8], by peer: PeerID, until: Instant) {
        guard open.count < Self.limit || open[id] != nil else { return }
        if open[id]?[peer] == nil { open[id, default: [:]][peer] = until }
    }
    /// Notes that the message arrived, no matter from which peer.
    mutating func keep(_ id: [UInt8]) { if !open.isEmpty { open[id] = nil } }
    /// Returns the number of promises that each peer has broken by now, and forgets them.
    mutating func broken(now: Instant) -> [PeerID: Int] {
        guard !open.isEmpty else { return [:] }
        var out: [PeerID: Int] = [:]
        for (id, peers) in open {
            let late = peers.filter { $0.value <= now }
            guard !late.isEmpty else { continue }
            for peer in late.keys {
                out[peer, default: 0] += 1
                open[id]?[peer] = nil
            }
            if open[id]?.isEmpty == true { open[id] = nil }
        }
        return out
    }
}
