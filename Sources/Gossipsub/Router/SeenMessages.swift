import Node

/// Ids of messages that came or were published, for a time.
struct SeenMessages: Sendable {
    private var times: [ByteKey: Instant] = [:]
    /// In order of time, from `first` on.
    private var order: [(at: Instant, id: [UInt8])] = []
    private var first = 0
    /// Ids that are kept at most; the oldest are forgotten before their time.
    static let limit = 1 << 18

    @inline(__always) func contains(_ id: [UInt8]) -> Bool { times[ByteKey(id)] != nil }
    /// When it came first.
    func first(_ id: [UInt8]) -> Instant? { times[ByteKey(id)] }
    var count: Int { times.count }

    mutating func insert(_ id: [UInt8], now: Instant) {
        guard times.updateValue(now, forKey: ByteKey(id)) == nil else { return }
        order.append((now, id))
        if times.count > Self.limit { forgetFirst() }
    }
    /// Forgets what came so long ago.
    mutating func expire(_ ttl: Duration, now: Instant) {
        while first < order.count, now - order[first].at >= ttl { forgetFirst() }
    }
    private mutating func forgetFirst() {
        times[ByteKey(order[first].id)] = nil
        first += 1
        guard first > 64, 2 * first > order.count else { return }
        order.removeFirst(first)
        first = 0
    }
}
