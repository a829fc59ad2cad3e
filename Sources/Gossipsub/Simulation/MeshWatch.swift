import Libp2p
import Node
import Wire

/// An observer of a simulated mesh of routers. It tracks deliveries, and checks rules that no router may break.
struct MeshWatch {
    /// A published message.
    private struct Published {
        var at: Instant
        var author: Int
        /// The number of hops to each peer that received it, plus one; 0 if the peer did not.
        var depths: [UInt8]
    }
    private var messages: [Published] = []
    /// The time since when each peer has the topic; nil if it does not have it.
    private var since: [Instant?]
    /// The time until which a peer must not send GRAFT to another peer, according to the other peer's PRUNE.
    private var backoffs: [Int: Instant] = [:]
    /// The time until which a peer does not send GRAFT to another peer, because it sent PRUNE itself.
    private var ownBackoffs: [Int: Instant] = [:]
    private let parameters: RouterParameters
    private let peers: Int
    /// The maximum delay of a message if nothing is lost; nil if the plan has loss or upsets.
    private let bound: Duration?

    init(_ plan: GossipPlan, _ parameters: RouterParameters) {
        (self.peers, self.parameters) = (plan.peers, parameters)
        // A delivery over the mesh takes a few hops. Gossip waits for a heartbeat at each hop.
        bound = plan.loss == 0 && plan.upsets == 0 ? plan.delay.upperBound * 20 : nil
        since = Array(repeating: nil, count: peers)
    }
    mutating func joined(_ peer: Int, _ now: Instant) { since[peer] = now }
    mutating func left(_ peer: Int) { since[peer] = nil }
    func hasTopic(_ peer: Int) -> Bool { since[peer] != nil }
    private func key(_ a: Int, _ b: Int) -> Int { a * peers + b }

    /// The number of the message that is published next.
    var next: Int { messages.count }
    mutating func published(by author: Int, _ now: Instant) {
        var depths = [UInt8](repeating: 0, count: peers)
        depths[author] = 1
        messages.append(Published(at: now, author: author, depths: depths))
    }
    /// Returns the number in the data of a message.
    static func number(_ message: PublishedMessage) -> Int? {
        guard let data = message.data?.own, data.count >= 8 else { return nil }
        return Int(truncatingIfNeeded: data[..<8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }
    static func data(_ number: Int, size: Int) -> [UInt8] {
        withUnsafeBytes(of: UInt64(number).bigEndian) { [UInt8]($0) } + [UInt8](repeating: 0, count: max(0, size - 8))
    }
    /// Counts a message that was delivered to the application.
    mutating func delivered(
        _ message: PublishedMessage, at peer: Int, from: Int?, _ now: Instant, _ outcome: inout GossipOutcome
    ) {
        guard let number = Self.number(message), messages.indices.contains(number) else { return }
        guard messages[number].depths[peer] == 0 else {
            return outcome.add(.twice(message: number, peer: peer))
        }
        let hops = from.map { messages[number].depths[$0] } ?? 1
        messages[number].depths[peer] = min(hops, 254) + 1
        outcome.delivered += 1
        if outcome.hops.count <= Int(hops) {
            outcome.hops += [Int](repeating: 0, count: Int(hops) + 1 - outcome.hops.count)
        }
        outcome.hops[Int(hops)] += 1
        let delay = now - messages[number].at
        outcome.totalDelay += delay
        if let bound, delay > bound { outcome.add(.late(message: number, peer: peer)) }
        outcome.longestDelay = max(outcome.longestDelay, delay)
    }
    /// Notes that a peer received PRUNE from another peer.
    mutating func pruned(_ peer: Int, by other: Int, _ prune: Prune, _ now: Instant) {
        backoffs[key(peer, other)] = max(backoffs[key(peer, other)] ?? .zero, now + time(prune))
    }
    /// Notes that a peer sent PRUNE to another peer.
    mutating func prunes(_ peer: Int, _ other: Int, _ prune: Prune, at now: Instant) {
        ownBackoffs[key(peer, other)] = max(ownBackoffs[key(peer, other)] ?? .zero, now + time(prune))
    }
    private func time(_ prune: Prune) -> Duration {
        prune.backoff.map { Duration.seconds(Int64(clamping: $0)) } ?? parameters.backoff
    }
    mutating func grafts(_ peer: Int, _ other: Int, at now: Instant, into outcome: inout GossipOutcome) {
        if let end = backoffs[key(peer, other)], now < end { outcome.add(.graftInBackoff(peer: peer, to: other)) }
    }
    /// Returns whether a peer may send GRAFT to another peer, and must if its mesh is too small: no backoff of either
    /// side applies.
    func isFree(_ peer: Int, _ other: Int, _ now: Instant) -> Bool {
        let end = max(backoffs[key(peer, other)] ?? .zero, ownBackoffs[key(peer, other)] ?? .zero)
        return end == .zero || now >= end + parameters.backoffSlack
    }
    /// Counts the deliveries at the end. The simulation publishes no messages in its last moments, so that each one has
    /// time to arrive.
    mutating func finish(_ outcome: inout GossipOutcome) {
        outcome.published = messages.count
        for (number, message) in messages.enumerated() {
            var missing = 0
            for peer in 0..<peers where peer != message.author {
                guard let since = since[peer], since <= message.at else { continue }
                outcome.wanted += 1
                if message.depths[peer] == 0 { missing += 1 } else { outcome.reached += 1 }
            }
            if missing > 0, bound != nil { outcome.add(.missing(message: number, peers: missing)) }
        }
    }
}
