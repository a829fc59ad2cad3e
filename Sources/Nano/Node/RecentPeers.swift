import Node

/// Endpoints that are kept for `lifetime`, at most `capacity` of them, with their counts by site and subnetwork.
struct RecentPeers: Sendable {
    private var since: [Endpoint: Instant] = [:]
    /// The endpoints in the order of arrival. Entries before `head` are removed, and entries with a time other than in
    /// `since`.
    private var order: [(peer: Endpoint, at: Instant)] = []
    private var head = 0
    private(set) var prefixCounts = PrefixCounts()
    let lifetime: Duration
    let capacity: Int

    init(lifetime: Duration, capacity: Int) {
        self.lifetime = lifetime
        self.capacity = max(1, capacity)
    }
    var count: Int { since.count }
    var isFull: Bool { since.count >= capacity }
    func contains(_ peer: Endpoint) -> Bool { since[peer] != nil }

    /// Adds a peer. Returns false if it is already present or the table is full.
    @discardableResult
    mutating func insert(_ peer: Endpoint, now: Instant) -> Bool {
        expire(now)
        guard since[peer] == nil, !isFull else { return false }
        since[peer] = now
        prefixCounts.add(peer)
        order.append((peer, now))
        if order.count > 2 * capacity + 16 {
            order = order[head...].filter { since[$0.peer] == $0.at }
            head = 0
        }
        return true
    }
    mutating func remove(_ peer: Endpoint) {
        if since.removeValue(forKey: peer) != nil { prefixCounts.remove(peer) }
    }
    /// Removes the expired endpoints.
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
