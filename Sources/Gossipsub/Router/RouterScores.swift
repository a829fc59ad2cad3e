public import Libp2p
import Node

// The scores of peers.
extension Router {
    /// Returns the score of a peer; 0 if scores are off.
    @inline(__always) func score(_ i: Int, _ now: Instant) -> Double {
        guard let p = parameters.score else { return 0 }
        return table[i].stats.score(p, sharing: sharing[host(table[i].address)] ?? 1, now: now)
    }
    /// Counts a broken rule of a peer (P7).
    mutating func misbehaves(_ i: Int, _ count: Int = 1) {
        if parameters.score != nil { table[i].stats.behaviour += Double(count) }
    }
    /// Counts an invalid message of a peer (P4).
    mutating func invalid(_ topic: [UInt8], _ i: Int) {
        if parameters.score != nil { table[i].stats.topics[topic, default: PeerStats.Topic()].invalid += 1 }
    }
    /// Counts invalid data that a peer sent for a topic outside of a message. It counts like an invalid message.
    public mutating func blame(_ peer: PeerID, for topic: [UInt8]) {
        if let i = table.index(peer) { invalid(topic, i) }
    }
    /// Counts a message of a peer, the first copy or a duplicate (P2 and P3).
    mutating func delivered(_ id: [UInt8], in topic: [UInt8], by i: Int, isFirst: Bool, at now: Instant) {
        guard let p = parameters.score?.topic else { return }
        let isInMesh = topicTable[topic]?.mesh.contains(i) ?? false
        guard isFirst || isInMesh && p.deliveryWeight != 0 else { return }
        var stats = table[i].stats.topics[topic] ?? PeerStats.Topic()
        if isFirst {
            stats.first = min(stats.first + 1, p.firstCap)
            if p.deliveryWeight != 0 { deliveries.add(id, by: i, now: now) }
        } else if !deliveries.counts(id, by: i, within: p.deliveryWindow, now: now) {
            return
        }
        if isInMesh { stats.deliveries = min(stats.deliveries + 1, p.deliveryCap) }
        table[i].stats.topics[topic] = stats
    }
    mutating func decayScores(_ now: Instant) {
        guard let p = parameters.score, now - lastDecay >= p.decayInterval else { return }
        lastDecay = now
        for i in table.slots.indices { table[i].stats.decay(p) }
    }
}

/// The senders of recent messages. A duplicate soon after the first copy counts as a delivery, once for each peer.
struct RecentDeliveries: Sendable {
    private var recent: [[UInt8]: (at: Instant, by: Set<Int>)] = [:]

    mutating func add(_ id: [UInt8], by peer: Int, now: Instant) { recent[id] = (now, [peer]) }
    /// Returns whether a duplicate counts.
    mutating func counts(_ id: [UInt8], by peer: Int, within window: Duration, now: Instant) -> Bool {
        guard let first = recent[id], now - first.at <= window else { return false }
        return recent[id]?.by.insert(peer).inserted ?? false
    }
    mutating func forget(_ peer: Int) {
        for id in recent.keys { recent[id]?.by.remove(peer) }
    }
    mutating func expire(_ window: Duration?, now: Instant) {
        guard !recent.isEmpty else { return }
        recent = recent.filter { now - $0.value.at <= window ?? .zero }
    }
}
