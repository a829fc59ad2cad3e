import Node

/// Endpoints that are remembered for a while, at most so many, and counted by place.
struct RecentPeers: Sendable {
    private var since: [Endpoint: Instant] = [:]
    /// In the order in which they came; those before `head`, and those that were removed, do not count.
    private var order: [(peer: Endpoint, at: Instant)] = []
    private var head = 0
    private(set) var crowd = PrefixCounts()
    let lifetime: Duration
    let capacity: Int

    init(lifetime: Duration, capacity: Int) {
        self.lifetime = lifetime
        self.capacity = max(1, capacity)
    }
    var count: Int { since.count }
    var isFull: Bool { since.count >= capacity }
    func contains(_ peer: Endpoint) -> Bool { since[peer] != nil }

    /// Remembers a peer from now on; false when it is there already, or too many are.
    @discardableResult
    mutating func insert(_ peer: Endpoint, now: Instant) -> Bool {
        expire(now)
        guard since[peer] == nil, !isFull else { return false }
        since[peer] = now
        crowd.add(peer)
        order.append((peer, now))
        if order.count > 2 * capacity + 16 {
            order = order[head...].filter { since[$0.peer] == $0.at }
            head = 0
        }
        return true
    }
    mutating func remove(_ peer: Endpoint) {
        if since.removeValue(forKey: peer) != nil { crowd.remove(peer) }
    }
    /// Forgets those whose time is over.
    mutating func expire(_ now: Instant) {
        while head < order.count, order[head].at + lifetime <= now {
            let (peer, at) = order[head]
            if since[peer] == at { remove(peer) }
            head += 1
        }
        guard head == order.count else { return }
        order.removeAll(keepingCapacity: true)
        head = 0
    }
}
