public import Libp2p
public import Node
import Wire

/// The router of gossipsub (libp2p specs, gossipsub 1.0 to 1.3) as a value without I/O. RPCs, connections and the time go
/// in, actions come out, in order.
///
/// Whoever drives it adds a peer when the stream is there on which this node speaks to it, and gives it what that peer
/// says from then on; RPCs have to own their bytes.
public struct Router: Sendable {
    public let parameters: RouterParameters
    /// This node.
    public let own: PeerID
    /// What messages are signed with; nil: they cannot be.
    let identity: Identity?
    let faults: Set<RouterFault>
    /// Whether it tells what it does; off, it tells nothing.
    public var tellsReports = true
    /// Who judges messages of markets; nil: they are as all others.
    var book: OrderBook?
    var random: Random
    var table = RouterPeers()
    var topicTable = TopicTable()
    /// Topics of this node, in order.
    public internal(set) var topics: [[UInt8]] = []
    /// Topics that it does not have and published to.
    var fanouts: [[UInt8]] = []
    var explicit: [PeerID: [Multiaddr]] = [:]
    /// Peers of floodsub.
    var floodsubCount = 0
    var seen = SeenMessages()
    var cache: MessageCache
    var backoffs = Backoffs()
    var promises = Promises()
    var retained = RetainedScores()
    /// Peers at each address.
    var sharing: [Endpoint: Int] = [:]
    var records: [PeerID: [UInt8]] = [:]
    /// Who delivered the messages that came last, where it counts.
    var deliveries = RecentDeliveries()
    var outbox = Outbox()
    var heartbeats = 0
    var nextHeartbeat: Instant?
    var lastDecay = Instant.zero
    var sequence: UInt64 = 0
    var faultState = FaultState()

    /// Topics that this node may have.
    static let topicLimit = 10_000
    /// Records of peers that are kept.
    static let recordLimit = 10_000

    /// A router that has not begun.
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
    /// Some of them, by chance.
    mutating func choose(_ count: Int, of all: [Int]) -> [Int] {
        guard count < all.count else { return all }
        guard count > 0 else { return [] }
        var all = all
        for i in 0..<count { all.swapAt(i, i + draw(all.count - i)) }
        return Array(all[..<count])
    }

    /// Begins; called once, before all else. `date`: nanoseconds since 1970 at this time, from which messages are
    /// numbered: a node that starts again goes on above what it said before.
    public mutating func start(now: Instant, date: Int64 = 0) {
        sequence = UInt64(max(0, date)) &+ UInt64(now.nanoseconds)
        nextHeartbeat = now + parameters.firstHeartbeat
        lastDecay = now
    }
    /// A stream to a peer is there, which speaks this version.
    public mutating func add(
        _ peer: PeerID, _ version: PubsubVersion, by opener: Opener, at address: Endpoint, now: Instant,
        _ out: inout [RouterAction]
    ) {
        guard peer != own else { return }
        if table.index(peer) != nil { remove(peer, now: now, &out) }
        var new = RouterPeer(id: peer, version: version, opener: opener, address: address)
        new.isExplicit = explicit[peer] != nil
        if let old = retained.take(peer, now: now), !has(.scoreForgotten) { new.stats = old }
        sharing[host(address), default: 0] += 1
        if version == .floodsub { floodsubCount += 1 }
        let i = table.add(new)
        if has(.meshOutlivesConnection) {
            for topic in faultState.lostMeshes.removeValue(forKey: peer) ?? [] { topicTable[topic]?.mesh.append(i) }
        }
        greet(i, &out)
    }
    /// The stream to a peer, or the connection, is over.
    public mutating func remove(_ peer: PeerID, now: Instant, _ out: inout [RouterAction]) {
        guard let i = table.index(peer) else { return }
        for topic in topics where topicTable[topic]?.mesh.contains(i) == true {
            if has(.meshOutlivesConnection) { faultState.lostMeshes[peer, default: []].append(topic) }
            leaveMesh(i, topic, "disconnected", now, &out)
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
        table.remove(i)
    }
    /// An address, whatever the port.
    func host(_ address: Endpoint) -> Endpoint { Endpoint(high: address.high, low: address.low, port: 0) }
    /// A topic that a peer does not have any more.
    mutating func drop(_ peer: Int, of topic: [UInt8]) {
        topicTable[topic]?.peers.remove(peer)
        forgetIfIdle(topic)
    }
    mutating func forgetIfIdle(_ topic: [UInt8]) { if topicTable[topic]?.isIdle == true { topicTable[topic] = nil } }

    /// The signed record of a peer, an `Envelope` as bytes, such as identify tells it: it goes into PRUNE.
    public mutating func know(_ record: [UInt8], of peer: PeerID) {
        guard records.count < Self.recordLimit || records[peer] != nil,
            PeerExchange.addresses(in: record, of: peer) != nil
        else { return }
        records[peer] = record
    }
    /// A peer with which the operator wants to exchange all messages, outside of any mesh.
    public mutating func markExplicit(_ peer: PeerID, at addresses: [Multiaddr] = []) {
        explicit[peer] = addresses
        if let i = table.index(peer) { table[i].isExplicit = true }
    }
    /// What the application thinks of a peer (P5).
    public mutating func setApplicationScore(_ score: Double, of peer: PeerID) {
        if let i = table.index(peer) { table[i].stats.application = score }
    }
    /// When `wake` is wanted next.
    public var deadline: Instant? { nextHeartbeat }
    /// `deadline` has come; early calls do nothing.
    public mutating func wake(now: Instant, _ out: inout [RouterAction]) {
        guard let next = nextHeartbeat, next <= now else { return }
        let period = has(.heartbeatIsSlow) ? parameters.heartbeat * 3 : parameters.heartbeat
        // What was slept through is not made up for.
        nextHeartbeat = next + period > now ? next + period : now + period
        heartbeat(now, &out)
    }

    // What it knows

    /// Peers that were added, in order of their ids.
    public var peers: [PeerID] { table.ids.sorted() }
    /// The mesh of a topic, in order of ids.
    public func mesh(_ topic: [UInt8]) -> [PeerID] { (topicTable[topic]?.mesh ?? []).map { table[$0].id }.sorted() }
    /// To whom messages of a topic go that this node does not have, in order of ids.
    public func fanout(_ topic: [UInt8]) -> [PeerID] {
        (topicTable[topic]?.fanout ?? []).map { table[$0].id }.sorted()
    }
    /// Peers that have a topic, in order of ids.
    public func peers(of topic: [UInt8]) -> [PeerID] {
        (topicTable[topic]?.peers ?? []).map { table[$0].id }.sorted()
    }
    /// The score of a peer, also of one that is not connected any more; nil: scores are not counted, or nothing is known.
    public func score(_ peer: PeerID, now: Instant) -> Double? {
        guard let p = parameters.score else { return nil }
        if let i = table.index(peer) { return score(i, now) }
        return retained.stats(peer)?.score(p, sharing: 1, now: now)
    }

    func report(_ name: String, _ peer: Int, _ topic: [UInt8]?, _ why: String? = nil, _ out: inout [RouterAction]) {
        guard tellsReports else { return }
        var details: [Value.Entry] = [.init("peer", .text(table[peer].id.description))]
        if let topic { details.append(.init("topic", .text(String(decoding: topic, as: UTF8.self)))) }
        if let why { details.append(.init("why", .text(why))) }
        out.append(.report(Event(name, nil, details)))
    }
}
