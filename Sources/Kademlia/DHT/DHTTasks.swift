public import Libp2p
public import Node
import Wire

// The operations of a member: lookups, and what follows from them.
extension DHT {
    /// Stores this node as a provider of a key at the nearest servers. The key is a multihash. `repeats`: it repeats that
    /// before the records expire; otherwise the caller does.
    public mutating func provide(
        _ key: [UInt8], repeats: Bool = true, ticket: UInt64? = nil, host: inout Host, _ now: Instant,
        _ out: inout [Action]
    ) {
        _ = server.providers.add(server.own, server.ownAddresses, of: key, now)
        if repeats { provided[key] = now + options.republish }
        begin(.provide, key, ticket, host: &host, now, &out)
    }
    /// Stops repeating a record. Records at servers stay until they expire.
    public mutating func stopProviding(_ key: [UInt8]) { provided[key] = nil }
    /// Looks for providers of a key, until `count` are found; 0: all that servers name.
    public mutating func findProviders(
        _ key: [UInt8], count: Int = 0, ticket: UInt64? = nil, host: inout Host, _ now: Instant, _ out: inout [Action]
    ) {
        let own = server.providers.providers(of: key, now).map {
            DHTNews.Provider(peer: $0.peer, addresses: $0.addresses)
        }
        begin(.findProviders(count: count), key, ticket, providers: own, host: &host, now, &out)
    }
    /// Looks for the addresses of a peer.
    public mutating func findPeer(
        _ peer: PeerID, ticket: UInt64? = nil, host: inout Host, _ now: Instant, _ out: inout [Action]
    ) {
        guard host.connection(peer) == nil else {
            return news.append(.peer(peer, addresses: server.book[peer], ticket: ticket))
        }
        begin(.findPeer(peer), peer.bytes, ticket, host: &host, now, &out)
    }
    /// Stores a value here and at the nearest servers.
    public mutating func put(
        _ value: [UInt8], for key: [UInt8], ticket: UInt64? = nil, host: inout Host, _ now: Instant,
        _ out: inout [Action]
    ) {
        guard server.values.put(value, for: key, now) else {
            return news.append(.put(key, at: [], isValid: false, ticket: ticket))
        }
        begin(.put(value), key, ticket, host: &host, now, &out)
    }
    /// Looks for the best value of a key.
    public mutating func get(
        _ key: [UInt8], ticket: UInt64? = nil, host: inout Host, _ now: Instant, _ out: inout [Action]
    ) {
        begin(.get, key, ticket, host: &host, now, &out)
    }
    /// Asks a server once, before it enters the table.
    mutating func check(_ peer: PeerID, host: inout Host, _ now: Instant, _ out: inout [Action]) {
        let isChecking = tasks.values.contains {
            if case .check(peer) = $0.goal { true } else { false }
        }
        guard peer != server.own, !server.table.contains(peer), !isChecking else { return }
        begin(.check(peer), peer.bytes, nil, from: [peer], host: &host, now, &out)
    }
    /// Looks up this node itself, and a random place for each length of a prefix.
    public mutating func refresh(host: inout Host, _ now: Instant, _ out: inout [Action]) {
        nextRefresh = options.refresh.map { now + $0 }
        guard server.table.count > 0 else { return }
        let place = KadID(server.own)
        begin(.refresh, server.own.bytes, nil, host: &host, now, &out)
        for prefix in server.table.filledBuckets where prefix <= Self.refreshedPrefix {
            guard let key = KadID.preimage(sharing: prefix, with: place, &random) else { continue }
            begin(.refresh, key, nil, host: &host, now, &out)
        }
    }
    /// The longest prefix whose bucket is refreshed (go-libp2p-kad-dht).
    private static let refreshedPrefix = 15

    private mutating func begin(
        _ goal: DHTTask.Goal, _ key: [UInt8], _ ticket: UInt64?, from seeds: [PeerID]? = nil,
        providers: [DHTNews.Provider] = [], host: inout Host, _ now: Instant, _ out: inout [Action]
    ) {
        let place = KadID(of: key)
        let seeds = seeds ?? server.table.nearest(to: place, atMost: options.bucketSize)
        let lookup = Lookup(
            of: place, from: seeds, by: server.own, count: options.bucketSize, parallelism: options.parallelism)
        lastTask += 1
        var task = DHTTask(goal: goal, key: key, lookup: lookup, until: now + options.taskPatience, ticket: ticket)
        task.providers = providers
        tasks[lastTask] = task
        advance(lastTask, host: &host, now, &out)
    }
    /// Asks further peers, or ends the lookup.
    private mutating func advance(_ id: Int, host: inout Host, _ now: Instant, _ out: inout [Action]) {
        guard let task = tasks[id], task.storing == nil else { return }
        if task.isSettled || task.lookup.isOver { return settle(id, host: &host, now, &out) }
        let request = task.request
        // A request that fails at once advances the lookup too, and so can end it.
        while let peer = tasks[id]?.lookup.next() { ask(peer, request, for: id, host: &host, now, &out) }
    }
    mutating func unanswered(_ peer: PeerID, for id: Int, host: inout Host, _ now: Instant, _ out: inout [Action]) {
        guard let task = tasks[id], task.storing == nil else { return }
        tasks[id]?.lookup.failed(peer)
        if case .check = task.goal { return tasks[id] = nil }
        advance(id, host: &host, now, &out)
    }
    mutating func answered(
        _ peer: PeerID, _ request: KadContent, _ answer: KadContent, for id: Int, host: inout Host, _ now: Instant,
        _ out: inout [Action]
    ) {
        guard let task = tasks[id] else { return }
        if request.type == .putValue {
            let isSame = answer.record?.value == request.record?.value
            return stored(peer, isGood: isSame, for: id, host: &host, now, &out)
        }
        guard task.storing == nil else { return }
        if case .check = task.goal {
            tasks[id] = nil
            return add(peer, host: &host, now, &out)
        }
        let closer = answer.closerPeers.prefix(DHTOptions.heardLimit).compactMap {
            $0.known(atMost: PeerBook.addressLimit)
        }
        for (named, addresses) in closer where named != server.own { server.hear(addresses, of: named) }
        tasks[id]?.collect(answer, from: peer, by: server)
        tasks[id]?.lookup.answered(peer, closer: closer.map(\.peer))
        advance(id, host: &host, now, &out)
    }
    /// Ends a lookup, and stores a record at the peers that it found if that is the goal.
    private mutating func settle(_ id: Int, host: inout Host, _ now: Instant, _ out: inout [Action]) {
        guard let task = tasks[id] else { return }
        let records: [(peer: PeerID, request: KadContent)] =
            switch task.goal {
            case .provide:
                task.lookup.nearest.map { ($0, advertisement(of: task.key)) }
            case .put(let value): task.lookup.nearest.map { ($0, Self.putting(value, for: task.key)) }
            case .get: corrections(task, now)
            default: []
            }
        guard !records.isEmpty else { return finish(id, host: &host, now, &out) }
        tasks[id]?.storing = records.count
        for (peer, request) in records { ask(peer, request, for: id, host: &host, now, &out) }
    }
    /// The best value for the nearest servers that have a worse one, or none (libp2p specs, kad-dht, "Entry correction").
    private func corrections(_ task: DHTTask, _ now: Instant) -> [(peer: PeerID, request: KadContent)] {
        guard let best = task.bestValue(server.values, now) else { return [] }
        let good = Set(task.values.lazy.filter { $0.value == best }.map(\.peer))
        return task.lookup.nearest.filter { !good.contains($0) }.map { ($0, Self.putting(best, for: task.key)) }
    }
    private func advertisement(of key: [UInt8]) -> KadContent {
        var request = KadContent(.addProvider, key: key)
        request.providerPeers = [KadPeer(server.own, server.ownAddresses, isConnected: false)]
        return request
    }
    private static func putting(_ value: [UInt8], for key: [UInt8]) -> KadContent {
        var request = KadContent(.putValue, key: key)
        request.record = KadRecord(key: key, value: value)
        return request
    }
    /// Handles that a peer was sent a record, or failed.
    mutating func stored(
        _ peer: PeerID, isGood: Bool, for id: Int, host: inout Host, _ now: Instant, _ out: inout [Action]
    ) {
        guard let left = tasks[id]?.storing else { return }
        if isGood { tasks[id]?.stored.append(peer) }
        tasks[id]?.storing = left - 1
        if left == 1 { finish(id, host: &host, now, &out) }
    }
    /// The pause after an advertisement that no server stored.
    private static let retryPause = Duration.seconds(120)
    /// Ends a task, and reports its result.
    mutating func finish(_ id: Int, host: inout Host, _ now: Instant, _ out: inout [Action]) {
        guard let task = tasks.removeValue(forKey: id) else { return }
        switch task.goal {
        case .check: break
        case .refresh: news.append(.refreshed(task.lookup.nearest.count))
        case .findPeer(let peer):
            let isKnown = task.lookup.knows(peer) && !server.book[peer].isEmpty
            news.append(.peer(peer, addresses: isKnown ? server.book[peer] : nil, ticket: task.ticket))
        case .provide:
            if task.stored.isEmpty { namespaces.repeatEarly(task.key, at: now + Self.retryPause) }
            news.append(.provided(task.key, at: task.stored, ticket: task.ticket))
        case .findProviders:
            if namespaces.takesProviders(of: task.key) { connect(task.providers, host: &host, &out) }
            news.append(.providers(task.key, task.providers, ticket: task.ticket))
        case .put: news.append(.put(task.key, at: task.stored, isValid: true, ticket: task.ticket))
        case .get: news.append(.value(task.key, task.bestValue(server.values, now), ticket: task.ticket))
        }
    }
}

extension DHTTask {
    /// The request of the lookup.
    fileprivate var request: KadContent {
        switch goal {
        case .check, .refresh, .findPeer, .provide, .put: KadContent(.findNode, key: key)
        case .findProviders: KadContent(.getProviders, key: key)
        case .get: KadContent(.getValue, key: key)
        }
    }
    /// Keeps the providers and the value of an answer. A value that is invalid, or of another key, is dropped.
    fileprivate mutating func collect(_ answer: KadContent, from peer: PeerID, by server: DHTServer) {
        switch goal {
        case .findPeer(let wanted): isSettled = isSettled || answer.closerPeers.contains { $0.id?.own == wanted.bytes }
        case .findProviders(let count):
            for entry in answer.providerPeers.prefix(ProviderStore.providerLimit) {
                guard let (peer, addresses) = entry.known(atMost: PeerBook.addressLimit),
                    !providers.contains(where: { $0.peer == peer })
                else { continue }
                providers.append(DHTNews.Provider(peer: peer, addresses: addresses))
            }
            if count > 0, providers.count >= count {
                providers.removeLast(providers.count - count)
                isSettled = true
            }
        case .get:
            guard let record = answer.record, record.key?.own == key, let value = record.value?.own,
                server.values.isValid(value, for: key)
            else { return }
            values.append((peer, value))
        default: break
        }
    }
    /// The best value of the answers and of the own store.
    fileprivate func bestValue(_ store: ValueStore, _ now: Instant) -> [UInt8]? {
        values.map(\.value).reduce(store.value(of: key, now)?.value) { best, value in
            guard let best else { return value }
            return store.prefers(value, to: best, for: key) ? value : best
        }
    }
}
