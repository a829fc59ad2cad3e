import Libp2p
import Node

/// A DHT of thousands of peers in virtual time, without the layers that carry its messages: each peer is its table.
struct SimulatedDHT {
    private struct Member {
        var peer: PeerID
        var place: KadID
        var table: RoutingTable
        var isAlive = true
        /// The contents for which it has a provider record.
        var records: Set<Int> = []
    }
    private enum Purpose { case join, refresh, look, provide(content: Int), search(content: Int) }
    private struct Task {
        var purpose: Purpose
        var member: Int
        var key: [UInt8]
        var lookup: Lookup
        var began: Instant
        var isFound = false
    }
    private enum Happening {
        case join
        case leave
        case begin(Purpose)
        case refresh(member: Int)
        case answer(task: Int, peer: PeerID, closer: [PeerID]?)
    }
    private struct Event: Comparable {
        var at: Instant
        var number: Int
        var what: Happening
        static func == (a: Self, b: Self) -> Bool { a.number == b.number }
        static func < (a: Self, b: Self) -> Bool { (a.at, a.number) < (b.at, b.number) }
    }
    private let plan: LookupPlan
    private let options: DHTOptions
    private var random: Random
    private var members: [Member] = []
    private var places: [PeerID: Int] = [:]
    private var alive: [Int] = []
    private var tasks: [Int: Task] = [:]
    private var lastTask = 0
    private var queue = Heap<Event>()
    private var lastEvent = 0
    private var outcome = LookupOutcome()
    /// The contents that were provided, by their number.
    private var provided: [Int] = []

    private init(_ plan: LookupPlan) {
        (self.plan, random) = (plan, Random(seed: plan.seed))
        options = NodeParameters(plan.settings).dht
    }

    /// Runs a plan to its end.
    static func run(_ plan: LookupPlan) -> LookupOutcome {
        var mesh = Self(plan)
        mesh.schedule()
        while let event = mesh.queue.removeFirst() { mesh.handle(event.what, event.at) }
        mesh.outcome.remaining = mesh.alive.count
        mesh.outcome.tableEntries = mesh.alive.reduce(0) { $0 + mesh.members[$1].table.count }
        return mesh.outcome
    }
    private mutating func add(_ what: Happening, at time: Instant) {
        lastEvent += 1
        queue.insert(Event(at: time, number: lastEvent, what: what))
    }
    /// Plans the joins, the lookups and the churn.
    private mutating func schedule() {
        for i in 0..<plan.peers { add(.join, at: .zero + .milliseconds(20) * i) }
        let step = plan.duration / max(1, plan.lookups)
        for i in 0..<plan.lookups {
            add(.begin(.look), at: start + step * i)
            add(.begin(.provide(content: i)), at: start + step * i)
            add(.begin(.search(content: i)), at: start + step * i + .seconds(30))
        }
        let changes = Double(plan.peers) * plan.churn * Double(plan.duration / .seconds(60))
        guard changes >= 1 else { return }
        let pause = plan.duration / Int(changes)
        for i in 0..<Int(changes) {
            add(.leave, at: start + pause * i)
            add(.join, at: start + pause * i)
        }
    }
    private mutating func handle(_ what: Happening, _ now: Instant) {
        switch what {
        case .join: join(now)
        case .leave: leave()
        case .begin(let purpose):
            guard let member = anyone() else { return }
            if case .provide(let content) = purpose { provided.append(content) }
            begin(purpose, by: member, now)
        case .refresh(let member):
            guard members[member].isAlive else { return }
            begin(.refresh, by: member, now)
            if let interval = options.refresh, now + interval < end {
                add(.refresh(member: member), at: now + interval)
            }
        case .answer(let task, let peer, let closer): take(closer, of: peer, for: task, now)
        }
    }
    /// The time after the last joins, when lookups begin.
    private var start: Instant { Instant.zero + .milliseconds(20) * plan.peers + .seconds(60) }
    /// The time after which no peer refreshes its table, so that the simulation ends.
    private var end: Instant { start + plan.duration }
    private mutating func anyone() -> Int? {
        alive.isEmpty ? nil : alive[Int(random.next() % UInt64(alive.count))]
    }
    private mutating func join(_ now: Instant) {
        // An id that is the hash of a key, which no simulated peer needs.
        guard let peer = PeerID([0x12, 32] + random.bytes(32)) else { return }
        let member = members.count
        let first = anyone()
        let place = KadID(peer)
        members.append(
            Member(
                peer: peer, place: place, table: RoutingTable(around: place, bucketSize: options.bucketSize)))
        places[peer] = member
        alive.append(member)
        outcome.joined += 1
        if let first {
            meet(member, first)
            begin(.join, by: member, now)
        }
        if plan.churn > 0, let interval = options.refresh { add(.refresh(member: member), at: now + interval) }
    }
    private mutating func leave() {
        guard alive.count > 1 else { return }
        let i = Int(random.next() % UInt64(alive.count))
        members[alive[i]].isAlive = false
        alive.swapAt(i, alive.count - 1)
        alive.removeLast()
        outcome.left += 1
    }
    /// Both sides of a connection learn that the other one is a server.
    private mutating func meet(_ a: Int, _ b: Int) {
        _ = members[a].table.add(members[b].peer)
        _ = members[b].table.add(members[a].peer)
    }
    private mutating func begin(_ purpose: Purpose, by member: Int, _ now: Instant) {
        let key: [UInt8] =
            switch purpose {
            case .join, .refresh: members[member].peer.bytes
            case .look: random.bytes(32)
            case .provide(let content), .search(let content): Array("content \(content)".utf8)
            }
        let place = KadID(of: key)
        let seeds = members[member].table.nearest(to: place, atMost: options.bucketSize)
        let lookup = Lookup(
            of: place, from: seeds, by: members[member].peer, count: options.bucketSize,
            parallelism: options.parallelism)
        lastTask += 1
        tasks[lastTask] = Task(purpose: purpose, member: member, key: key, lookup: lookup, began: now)
        advance(lastTask, now)
    }
    private mutating func advance(_ id: Int, _ now: Instant) {
        while let peer = tasks[id]?.lookup.next() { ask(peer, for: id, now) }
        if let task = tasks[id], task.lookup.isOver || task.isFound { finish(id, task, now) }
    }
    private mutating func ask(_ peer: PeerID, for id: Int, _ now: Instant) {
        guard let task = tasks[id], let asked = places[peer] else { return }
        outcome.requests += 1
        guard members[asked].isAlive else {
            return add(.answer(task: id, peer: peer, closer: nil), at: now + options.requestPatience)
        }
        let asker = members[task.member].peer
        let closer = members[asked].table.nearest(to: task.lookup.place, atMost: options.bucketSize) {
            $0 != asker
        }
        if case .search(let content) = task.purpose, members[asked].records.contains(content) {
            tasks[id]?.isFound = true
        }
        meet(task.member, asked)
        let range = (plan.delay.upperBound - plan.delay.lowerBound).nanoseconds / 1_000_000
        let delay = plan.delay.lowerBound + .milliseconds(Int64(random.next() % UInt64(max(1, range + 1))))
        add(.answer(task: id, peer: peer, closer: closer), at: now + delay)
    }
    private mutating func take(_ closer: [PeerID]?, of peer: PeerID, for id: Int, _ now: Instant) {
        guard let task = tasks[id] else { return }
        if let closer {
            tasks[id]?.lookup.answered(peer, closer: closer)
        } else {
            outcome.timeouts += 1
            if let next = members[task.member].table.remove(peer) { _ = members[task.member].table.add(next) }
            tasks[id]?.lookup.failed(peer)
        }
        advance(id, now)
    }
    private mutating func finish(_ id: Int, _ task: Task, _ now: Instant) {
        tasks[id] = nil
        switch task.purpose {
        case .join, .refresh: return
        case .look: judge(task)
        case .provide(let content):
            for peer in task.lookup.nearest { if let i = places[peer] { members[i].records.insert(content) } }
        case .search:
            outcome.searches += 1
            if task.isFound { outcome.found += 1 }
        }
        outcome.lookupRequests += task.lookup.requests
        outcome.totalDelay += now - task.began
    }
    /// Compares the result of a lookup with the nearest of all peers that are there.
    private mutating func judge(_ task: Task) {
        outcome.lookups += 1
        let nearest = nearest(to: task.lookup.place, but: task.member)
        let found = task.lookup.nearest
        if found.first == nearest.first { outcome.exact += 1 }
        let common = Set(found).intersection(nearest).count
        outcome.nearestShare += Double(common) / Double(max(1, nearest.count))
        let hops = task.lookup.hops ?? 0
        while outcome.hops.count <= hops { outcome.hops.append(0) }
        outcome.hops[hops] += 1
    }
    /// Returns the k peers of all that are nearest to a place, the nearest first.
    private func nearest(to place: KadID, but own: Int) -> [PeerID] {
        var best: [(distance: KadID, member: Int)] = []
        for i in alive where i != own {
            let distance = members[i].place ^ place
            if best.count == options.bucketSize, let last = best.last {
                guard distance < last.distance else { continue }
                best.removeLast()
            }
            let at = best.firstIndex { distance < $0.distance } ?? best.count
            best.insert((distance, i), at: at)
        }
        return best.map { members[$0.member].peer }
    }
}
