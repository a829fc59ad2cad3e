import Node

/// The ids of messages that were received or published, kept for a limited time.
///
/// An id is represented by 64 bits of SipHash with a secret key of this process. Without the key, an attacker cannot
/// find two ids with the same hash. By chance, this happens once in 2^46 look-ups of a full table. The set that is
/// searched most often therefore stays small and contiguous.
struct SeenMessages: Sendable {
    private var ids: Set<Int> = []
    /// The ids in order of time, starting at index `first`.
    private var order: [(at: Instant, id: Int)] = []
    private var first = 0
    /// The maximum number of ids. If it is exceeded, the oldest are forgotten early.
    static let limit = 1 << 18

    private static func hash(_ id: RawSpan) -> Int {
        var h = Hasher()
        id.withUnsafeBytes { h.combine(bytes: $0) }
        return h.finalize()
    }
    func contains(_ id: [UInt8]) -> Bool { contains(id.span.bytes) }
    func contains(_ id: RawSpan) -> Bool { ids.contains(Self.hash(id)) }
    var count: Int { ids.count }

    mutating func insert(_ id: [UInt8], now: Instant) {
        let id = Self.hash(id.span.bytes)
        guard ids.insert(id).inserted else { return }
        order.append((now, id))
        if ids.count > Self.limit { forgetFirst() }
    }
    /// Forgets ids that are older than `ttl`.
    mutating func expire(_ ttl: Duration, now: Instant) {
        while first < order.count, now - order[first].at >= ttl { forgetFirst() }
    }
    private mutating func forgetFirst() {
        ids.remove(order[first].id)
        first += 1
        guard first > 64, 2 * first > order.count else { return }
        order.removeFirst(first)
        first = 0
    }
}
