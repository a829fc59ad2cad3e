import Libp2p
import Node
import Wire

// The events of a simulated mesh.
extension SimulatedMesh {
    mutating func happen(_ event: RPCCalendar.Event) {
        switch event {
        case .rpc(let rpc, let from, let to, let connection, let generation):
            let c = Int(connection)
            guard connections[c].isUp, connections[c].generation == generation else { return }
            heard(rpc.content, from: Int(from), at: Int(to))
        case .wake(let peer): wake(Int(peer))
        case .reconnect(let c): bring(Int(c))
        case .rejoin(let peer):
            let peer = Int(peer)
            guard !watch.hasTopic(peer) else { return }
            watch.joined(peer, now)
            routers[peer].subscribe(Self.topic, now: now, &out)
            act(peer, from: nil)
        }
    }
    private mutating func heard(_ rpc: RPCContent, from: Int, at to: Int) {
        outcome.received += rpc.publish.count
        if let prunes = rpc.control?.prune, !prunes.isEmpty {
            for prune in prunes { watch.pruned(to, by: from, prune, now) }
        }
        routers[to].receive(rpc, from: routers[from].own, now: now, &out)
        act(to, from: from)
    }
    private mutating func wake(_ peer: Int) {
        routers[peer].wake(now: now, &out)
        outcome.heartbeats += 1
        act(peer, from: nil)
        checkMesh(peer)
        schedule(peer)
    }
    mutating func schedule(_ peer: Int) {
        guard let deadline = routers[peer].deadline else { return }
        let at = Int((deadline.nanoseconds + 999_999) / 1_000_000)
        calendar.add(.wake(Int32(peer)), at: max(at, calendar.today + 1))
    }
    /// Carries out the actions of a router. `from`: the sender of the RPC that caused them.
    mutating func act(_ peer: Int, from: Int?) {
        guard !out.isEmpty else { return }
        var actions: [RouterAction] = []
        swap(&actions, &out)
        var delivered = -1
        for action in actions {
            switch action {
            case .send(let id, let rpc):
                guard let to = indices[id], let c = neighbours[peer][to], connections[c].isUp else { continue }
                if to == from, delivered >= 0,
                    rpc.content.publish.contains(where: { MeshWatch.number($0) == delivered })
                {
                    outcome.add(.back(message: delivered, peer: peer))
                }
                send(rpc, from: peer, to: to, c)
            case .deliver(let message):
                delivered = MeshWatch.number(message) ?? -1
                watch.delivered(message, at: peer, from: from, now, &outcome)
            case .connect, .report: break
            }
        }
        actions.removeAll(keepingCapacity: true)
        swap(&actions, &out)
    }
    private mutating func send(_ rpc: SharedRPC, from: Int, to: Int, _ c: Int) {
        outcome.rpcs += 1
        if rpc.content.control != nil { count(rpc.content, from, to) }
        if plan.loss > 0, random.hits(plan.loss) {
            outcome.lost += 1
            return
        }
        calendar.add(
            .rpc(
                rpc, from: Int32(from), to: Int32(to), connection: Int32(c), generation: connections[c].generation),
            at: calendar.today + connections[c].delay)
    }
    private mutating func count(_ rpc: RPCContent, _ from: Int, _ to: Int) {
        guard let control = rpc.control else { return }
        outcome.controlRPCs += 1
        if plan.countsBytes {
            var bare = RPCContent()
            bare.control = control
            outcome.controlBytes += bare.byteCount()
        }
        func add(_ name: String, _ count: Int) { if count > 0 { outcome.control[name, default: 0] += count } }
        add("graft", control.graft.count)
        add("prune", control.prune.count)
        add("ihave", control.ihave.count)
        add("ids offered", control.ihave.reduce(0) { $0 + $1.messageIDs.count })
        add("ids wanted", control.iwant.reduce(0) { $0 + $1.messageIDs.count })
        add("ids not wanted", control.idontwant.reduce(0) { $0 + $1.messageIDs.count })
        if !control.graft.isEmpty { watch.grafts(from, to, at: now, into: &outcome) }
        for prune in control.prune { watch.prunes(from, to, prune, at: now) }
    }
    /// Checks the size of a mesh, right after a heartbeat.
    private mutating func checkMesh(_ peer: Int) {
        guard let state = routers[peer].topicTable[Self.topic], state.isJoined else { return }
        if state.mesh.count > parameters.highDegree {
            outcome.add(.large(peer: peer, mesh: state.mesh.count))
        } else if state.mesh.count < parameters.lowDegree {
            let others = state.peers.filter { i in
                guard let other = indices[routers[peer].table[i].id] else { return false }
                return !state.mesh.contains(i) && watch.isFree(peer, other, now) && routers[peer].score(i, now) >= 0
            }
            if !others.isEmpty {
                outcome.add(.small(peer: peer, mesh: state.mesh.count, others: others.count))
            }
        }
    }
    mutating func publish() {
        let number = watch.next
        // Authors take turns; peers without the topic are skipped.
        let order = (0..<plan.peers).map { (number + $0) % plan.peers }
        guard let author = order.first(where: watch.hasTopic) else { return }
        watch.published(by: author, now)
        routers[author].publish(MeshWatch.data(number, size: plan.size), to: Self.topic, now: now, &out)
        act(author, from: nil)
    }

    // Connections

    /// Opens the streams of both sides of a connection.
    mutating func bring(_ c: Int) {
        connections[c].isUp = true
        connections[c].generation &+= 1
        let (a, b) = (connections[c].from, connections[c].to)
        routers[a].add(routers[b].own, .meshsub13, by: .us, at: Self.address(b), now: now, &out)
        act(a, from: nil)
        routers[b].add(routers[a].own, .meshsub13, by: .them, at: Self.address(a), now: now, &out)
        act(b, from: nil)
    }
    private static func address(_ peer: Int) -> Endpoint {
        Endpoint(v4: 0x0a00_0001 &+ UInt32(truncatingIfNeeded: peer), port: 4001)
    }
    /// Breaks a connection, or makes a peer leave the topic. Either is restored later.
    mutating func upset() {
        outcome.upsets += 1
        let later = calendar.today + 500 + draw(1500)
        guard draw(2) == 0, !connections.isEmpty else {
            let peer = draw(plan.peers)
            guard watch.hasTopic(peer) else { return }
            watch.left(peer)
            routers[peer].unsubscribe(Self.topic, now: now, &out)
            act(peer, from: nil)
            return calendar.add(.rejoin(Int32(peer)), at: later)
        }
        let c = draw(connections.count)
        guard connections[c].isUp else { return }
        connections[c].isUp = false
        for (one, other) in [(connections[c].from, connections[c].to), (connections[c].to, connections[c].from)] {
            routers[one].remove(routers[other].own, now: now, &out)
            act(one, from: nil)
        }
        calendar.add(.reconnect(Int32(c)), at: later)
    }
}
