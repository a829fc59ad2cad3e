import Node

/// The counters of a peer, from which its score is computed.
struct PeerStats: Sendable {
    /// The counters of a peer in one topic.
    struct Topic: Sendable {
        /// The time since when the peer is in the mesh.
        var grafted: Instant?
        var first = 0.0
        var deliveries = 0.0
        var failures = 0.0
        var invalid = 0.0
    }
    var topics: [[UInt8]: Topic] = [:]
    /// The score that the application gave.
    var application = 0.0
    var behaviour = 0.0

    /// Returns the score. `sharing`: the number of peers with its address, including the peer itself.
    func score(_ p: ScoreParameters, sharing: Int, now: Instant) -> Double {
        var sum = 0.0
        for topic in topics.values { sum += p.topic.weight * topic.score(p.topic, now: now) }
        if p.topicCap > 0 { sum = min(sum, p.topicCap) }
        sum += p.applicationWeight * application
        let surplus = Double(sharing) - p.addressThreshold
        if surplus > 0 { sum += p.addressWeight * surplus * surplus }
        let excess = behaviour - p.behaviourThreshold
        if excess > 0 { sum += p.behaviourWeight * excess * excess }
        return sum
    }
    /// Reduces the counters, which decay with time.
    mutating func decay(_ p: ScoreParameters) {
        func decay(_ counter: inout Double, _ factor: Double) {
            counter *= factor
            if counter < p.decayToZero { counter = 0 }
        }
        decay(&behaviour, p.behaviourDecay)
        var i = topics.startIndex
        while i != topics.endIndex {
            decay(&topics.values[i].first, p.topic.firstDecay)
            decay(&topics.values[i].deliveries, p.topic.deliveryDecay)
            decay(&topics.values[i].failures, p.topic.failureDecay)
            decay(&topics.values[i].invalid, p.topic.invalidDecay)
            i = topics.index(after: i)
        }
    }
    mutating func grafted(_ topic: [UInt8], now: Instant) { topics[topic, default: Topic()].grafted = now }
    /// Notes that the peer leaves the mesh. Its missing deliveries stay counted.
    mutating func pruned(_ topic: [UInt8], _ p: ScoreParameters.Topic, now: Instant) {
        guard var stats = topics[topic] else { return }
        let deficit = stats.deficit(p, now: now)
        stats.failures += deficit * deficit
        stats.grafted = nil
        topics[topic] = stats
    }
}

extension PeerStats.Topic {
    /// Returns the number of missing deliveries; 0 while missing deliveries do not count yet.
    func deficit(_ p: ScoreParameters.Topic, now: Instant) -> Double {
        guard let grafted, now - grafted > p.activation, deliveries < p.deliveryThreshold else { return 0 }
        return p.deliveryThreshold - deliveries
    }
    func score(_ p: ScoreParameters.Topic, now: Instant) -> Double {
        var sum = 0.0
        if let grafted {
            // Only whole quanta count, as in go-libp2p-pubsub.
            let quanta = (now - grafted).nanoseconds / max(1, p.timeQuantum.nanoseconds)
            sum += p.timeWeight * min(Double(quanta), p.timeCap)
        }
        sum += p.firstWeight * min(first, p.firstCap)
        let deficit = deficit(p, now: now)
        sum += p.deliveryWeight * deficit * deficit
        sum += p.failureWeight * failures
        return sum + p.invalidWeight * invalid * invalid
    }
}
