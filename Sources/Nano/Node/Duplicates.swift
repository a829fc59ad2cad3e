import Crypto
import Node
import Wire

/// Payloads that came in the last time, from whomever (nano-node, node/network_filter).
///
/// nano-node has a table of 2^20 places in which a newer payload takes the place of an older one; here the oldest one
/// goes when there is no room.
struct Duplicates: Sendable {
    private var since: [Key32: Instant] = [:]
    /// In the order in which they came; those before `head` do not count.
    private var order: [Key32] = []
    private var head = 0
    let lifetime: Duration
    let capacity: Int

    init(lifetime: Duration, capacity: Int) {
        self.lifetime = lifetime
        self.capacity = max(1, capacity)
    }
    var count: Int { since.count }

    /// Remembers a message but for its header; false when the same one came not long ago.
    mutating func isNew(_ message: RawSpan, now: Instant) -> Bool {
        let digest = Key32(Blake2b.digest32 { $0.update(message.extracting(Header.count...)) })
        while head < order.count, (since[order[head]] ?? now) + lifetime <= now { forgetOldest() }
        guard since[digest] == nil else { return false }
        if since.count >= capacity { forgetOldest() }
        since[digest] = now
        order.append(digest)
        return true
    }
    private mutating func forgetOldest() {
        guard head < order.count else { return }
        since[order[head]] = nil
        head += 1
        guard head > capacity else { return }
        order.removeFirst(head)
        head = 0
    }
}
