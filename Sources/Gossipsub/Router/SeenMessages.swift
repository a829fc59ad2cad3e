import Node

/// Ids of messages that came or were published, for a time.
///
/// An id is known by 64 bits of SipHash with the secret key of this run of the program: who does not know the key cannot
/// make two ids look alike, and by chance it happens once in 2^46 look-ups of a full table. What is asked most often
/// stays small, and next to each other.
struct SeenMessages: Sendable {
    private var ids: Set<Int> = []
    /// In order of time, from `first` on.
    private var order: [(at: Instant, id: Int)] = []
    private var first = 0
    /// Ids that are kept at most; the oldest are forgotten before their time.
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
    /// Forgets what came so long ago.
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
