import Libp2p
import Node
import Wire

// The periodic work of a router.
extension Router {
    mutating func heartbeat(_ now: Instant, _ out: inout [RouterAction]) {
        heartbeats += 1
        beginCounts()
        if heartbeats % 15 == 0 { backoffs.forget(before: now) }
        // Promised messages that did not arrive
        for (peer, count) in promises.broken(now: now).sorted(by: { $0.key < $1.key }) {
            guard let i = table.index(peer) else { continue }
            misbehaves(i, count)
            report("promise_broken", of: i, in: nil, because: nil, into: &out)
        }
        decayScores(now)
        connectExplicit(&out)
        for topic in topics {
            maintain(topic, now, &out)
            gossip(topic, except: topicTable[topic]?.mesh ?? [], now)
        }
        for topic in fanouts { maintainFanout(topic, now) }
        flush(&out)
        cache.shift()
        seen.expire(parameters.seenTTL, now: now)
        if !missed.isEmpty { missed.expire(until: heartbeats - parameters.missedTicks) }
        deliveries.expire(parameters.score?.topic.deliveryWindow, now: now)
    }
    private mutating func beginCounts() {
        for i in table.slots.indices {
            (table[i].offers, table[i].asked) = (0, 0)
            table[i].dontWantRPCs = 0
            if !table[i].dontWants.isEmpty {
                table[i].dontWants = table[i].dontWants.filter { $0.value > heartbeats }
            }
        }
    }
    private func connectExplicit(_ out: inout [RouterAction]) {
        guard !explicit.isEmpty, heartbeats % parameters.explicitTicks == 1 else { return }
        for (peer, addresses) in explicit.sorted(by: { $0.key < $1.key }) where table.index(peer) == nil {
            out.append(.connect(peer, addresses))
        }
    }
    /// Keeps the size of a topic's mesh within its limits.
    private mutating func maintain(_ topic: [UInt8], _ now: Instant, _ out: inout [RouterAction]) {
        let (d, low, high, _, _) = degrees
        if parameters.score != nil {
            for i in topicTable[topic]?.mesh ?? [] where score(i, now) < 0 {
                leaveMesh(i, of: topic, because: "score", at: now, into: &out)
                prune(i, in: topic, for: .refused, at: now)
            }
        }
        guard let size = topicTable[topic]?.mesh.count else { return }
        if size < low, !has(.neverFillsMesh) {
            for i in choose(d - size, of: meshCandidates(topic, now)) { graft(i, in: topic, at: now, into: &out) }
        } else if size > high, !has(.neverThinsMesh) {
            thin(topic, now, &out)
        }
        keepDialed(topic, now, &out)
        improve(topic, now, &out)
        addHolders(topic, now, &out)
    }
    /// Removes peers from a mesh that is too large. The peers with the best scores stay, and enough peers that this
    /// node dialed. An attacker therefore cannot fill the mesh by dialing this node.
    private mutating func thin(_ topic: [UInt8], _ now: Instant, _ out: inout [RouterAction]) {
        let (d, _, _, best, outbound) = degrees
        guard var mesh = topicTable[topic]?.mesh else { return }
        mesh.shuffle(using: &random)
        if parameters.score != nil {
            let scores = Dictionary(uniqueKeysWithValues: mesh.map { ($0, score($0, now)) })
            mesh.sort { scores[$0] ?? 0 > scores[$1] ?? 0 }
        }
        // The best peers are first; the others follow in random order.
        let kept = min(best, mesh.count)
        mesh[kept...].shuffle(using: &random)
        var missing = outbound - mesh.prefix(d).filter { table[$0].isDialed }.count
        for n in mesh.indices.dropFirst(d) where missing > 0 && table[mesh[n]].isDialed {
            guard let other = mesh[..<d].lastIndex(where: { !table[$0].isDialed }) else { break }
            mesh.swapAt(n, other)
            missing -= 1
        }
        for i in mesh.dropFirst(d) {
            leaveMesh(i, of: topic, because: "full", at: now, into: &out)
            prune(i, in: topic, for: .full, at: now)
        }
    }
    /// Adds peers that this node dialed if there are too few, while the mesh has room.
    private mutating func keepDialed(_ topic: [UInt8], _ now: Instant, _ out: inout [RouterAction]) {
        let (_, low, high, _, outbound) = degrees
        guard let mesh = topicTable[topic]?.mesh, mesh.count >= low, outbound > 0, !has(.neverFillsMesh) else { return }
        let missing = min(outbound - mesh.filter { table[$0].isDialed }.count, high - mesh.count)
        guard missing > 0 else { return }
        for i in choose(missing, of: meshCandidates(topic, now).filter { table[$0].isDialed }) {
            graft(i, in: topic, at: now, into: &out)
        }
    }
    /// Adds better peers if the median score of a mesh is low (gossipsub 1.1, opportunistic grafting).
    private mutating func improve(_ topic: [UInt8], _ now: Instant, _ out: inout [RouterAction]) {
        guard let p = parameters.score, heartbeats % parameters.opportunisticTicks == 0,
            let mesh = topicTable[topic]?.mesh, mesh.count > 1
        else { return }
        let median = mesh.map { score($0, now) }.sorted()[mesh.count / 2]
        guard median < p.opportunistic else { return }
        let better = meshCandidates(topic, now).filter { score($0, now) > median }
        for i in choose(min(parameters.opportunisticPeers, degrees.high - mesh.count), of: better) {
            graft(i, in: topic, at: now, into: &out)
        }
    }
    /// Adds peers to a mesh that repeatedly missed messages: those that delivered the most of them.
    private mutating func addHolders(_ topic: [UInt8], _ now: Instant, _ out: inout [RouterAction]) {
        guard parameters.missedLimit > 0, !missed.isEmpty, !has(.neverAddsHolders) else { return }
        let (all, of) = missed.count(topic)
        guard all >= parameters.missedLimit, let mesh = topicTable[topic]?.mesh else { return }
        let room = min(parameters.opportunisticPeers, degrees.high - mesh.count)
        let holders = meshCandidates(topic, now).filter { of[$0] != nil || has(.addsAnyPeer) }
            .sorted { of[$0] ?? 0 > of[$1] ?? 0 }
        for i in holders.prefix(max(0, room)) {
            graft(i, in: topic, at: now, into: &out)
            // The count begins again, so that the new peers can show what they are worth.
            missed.forget(topic: topic)
        }
    }
    private mutating func maintainFanout(_ topic: [UInt8], _ now: Instant) {
        guard var state = topicTable[topic] else { return }
        let publish = parameters.score?.publish ?? 0
        if now - state.published >= parameters.fanoutTTL {
            state.fanout = []
            fanouts.remove(topic)
        } else {
            state.fanout = state.fanout.filter { score($0, now) >= publish }
            let candidates = state.peers.filter {
                !table[$0].isExplicit && !table[$0].isFloodsub && !state.fanout.contains($0)
                    && score($0, now) >= publish
            }
            state.fanout += choose(degrees.d - state.fanout.count, of: candidates)
        }
        let fanout = state.fanout
        topicTable[topic] = state
        if !fanout.isEmpty { gossip(topic, except: fanout, now) }
        forgetIfIdle(topic)
    }
}
