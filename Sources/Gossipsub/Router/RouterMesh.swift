import Libp2p
import Node
import Wire

// The mesh of a topic: GRAFT and PRUNE.
extension Router {
    /// The degrees that are in effect.
    var degrees: (d: Int, low: Int, high: Int, best: Int, out: Int) {
        let p = parameters
        return (p.degree, p.lowDegree, p.highDegree, p.bestDegree, p.outboundDegree)
    }
    /// The reason why a peer is removed from a mesh, or not added to it.
    enum PruneReason {
        /// This node leaves the topic.
        case leaving
        /// The mesh is full. The PRUNE names other peers.
        case full
        /// The peer broke a rule, or its score is too low.
        case refused
        /// This node has not joined the topic. This reason is used only for peers of 1.0.
        case unknownTopic
    }

    /// Returns the peers that may enter a mesh, in the order in which they subscribed to the topic.
    func meshCandidates(_ topic: [UInt8], _ now: Instant) -> [Int] {
        guard let state = topicTable[topic] else { return [] }
        return state.peers.filter { i in
            !table[i].isExplicit && !table[i].isFloodsub && !state.mesh.contains(i) && !isBackedOff(i, topic, now)
                && score(i, now) >= 0
        }
    }
    private func isBackedOff(_ i: Int, _ topic: [UInt8], _ now: Instant) -> Bool {
        guard let end = backoffs.end(table[i].id, topic), !has(.graftsInBackoff) else { return false }
        return now < end + parameters.backoffSlack
    }
    /// Adds a peer to a mesh, and sends GRAFT to it.
    mutating func graft(_ i: Int, in topic: [UInt8], at now: Instant, into out: inout [RouterAction]) {
        enterMesh(i, of: topic, because: "own", at: now, into: &out)
        outbox.control(i) { $0.graft.append(Graft(topic)) }
    }
    mutating func enterMesh(
        _ i: Int, of topic: [UInt8], because why: String, at now: Instant, into out: inout [RouterAction]
    ) {
        guard topicTable[topic]?.mesh.contains(i) == false else { return }
        topicTable[topic]?.mesh.append(i)
        if parameters.score != nil { table[i].stats.grafted(topic, now: now) }
        report("mesh_in", of: i, in: topic, because: why, into: &out)
    }
    mutating func leaveMesh(
        _ i: Int, of topic: [UInt8], because why: String, at now: Instant, into out: inout [RouterAction]
    ) {
        guard topicTable[topic]?.mesh.remove(i) == true else { return }
        if let score = parameters.score { table[i].stats.pruned(topic, score.topic, now: now) }
        report("mesh_out", of: i, in: topic, because: why, into: &out)
    }
    /// Sends PRUNE to a peer and begins a backoff, which this node observes too.
    mutating func prune(_ i: Int, in topic: [UInt8], for reason: PruneReason, at now: Instant) {
        var prune = Prune()
        prune.topic = Text(bytes: Bytes(topic))
        let time = reason == .leaving ? parameters.leaveBackoff : parameters.backoff
        backoffs.set(table[i].id, topic, until: now + time, now: now)
        if table[i].version >= .meshsub11 {
            prune.backoff = UInt64(max(1, time.wholeSeconds))
            if reason == .full { prune.peers = exchanged(for: i, topic, now) }
        }
        outbox.control(i) { $0.prune.append(prune) }
    }
    /// Handles GRAFT of a peer.
    mutating func take(_ graft: Graft, from i: Int, at now: Instant, into out: inout [RouterAction]) {
        guard let topic = graft.topic?.bytes.array() else { return }
        guard let state = topicTable[topic], state.isJoined else {
            // Since 1.1 a GRAFT for an unknown topic gets no answer.
            if table[i].version == .meshsub10 { prune(i, in: topic, for: .unknownTopic, at: now) }
            return
        }
        guard !state.mesh.contains(i) else { return }
        if table[i].isExplicit { return prune(i, in: topic, for: .refused, at: now) }
        if let end = backoffs.end(table[i].id, topic), now < end {
            return refuseInBackoff(i, in: topic, until: end, at: now, into: &out)
        }
        if score(i, now) < 0 { return prune(i, in: topic, for: .refused, at: now) }
        let isFull = state.mesh.count >= degrees.high && !table[i].isDialed
        if isFull || parameters.degree == 0 { return prune(i, in: topic, for: .full, at: now) }
        enterMesh(i, of: topic, because: "peer", at: now, into: &out)
    }
    private mutating func refuseInBackoff(
        _ i: Int, in topic: [UInt8], until end: Instant, at now: Instant, into out: inout [RouterAction]
    ) {
        misbehaves(i)
        // A peer that sends GRAFT this early keeps sending it, so it counts twice.
        if now < end + (parameters.graftFlood - parameters.backoff) { misbehaves(i) }
        report("graft_in_backoff", of: i, in: topic, because: nil, into: &out)
        prune(i, in: topic, for: .refused, at: now)
    }
    /// Handles PRUNE of a peer.
    mutating func take(_ prune: Prune, from i: Int, at now: Instant, into out: inout [RouterAction]) {
        guard let topic = prune.topic?.bytes.array(), topicTable[topic]?.isJoined == true else { return }
        leaveMesh(i, of: topic, because: "pruned", at: now, into: &out)
        if let seconds = prune.backoff {
            backoffs.set(table[i].id, topic, until: now + .seconds(Int64(clamping: seconds)), now: now)
        } else {
            backoffs.set(table[i].id, topic, until: now + parameters.backoff, now: now)
        }
        guard !prune.peers.isEmpty else { return }
        guard score(i, now) >= parameters.score?.acceptExchange ?? 0 else {
            return report("exchange_refused", of: i, in: topic, because: "score", into: &out)
        }
        take(prune.peers, i, &out)
    }
}

extension Graft {
    init(_ topic: [UInt8]) {
        self.init()
        self.topic = Text(bytes: Bytes(topic))
    }
}

extension Prune {
    init(_ topic: [UInt8]) {
        self.init()
        self.topic = Text(bytes: Bytes(topic))
    }
}

extension Duration {
    /// The number of whole seconds; a fraction is dropped.
    var wholeSeconds: Int64 { components.seconds }
}
