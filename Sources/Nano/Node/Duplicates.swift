import Crypto
import Node
import Wire

/// The payloads that were received recently from any peer (nano-node, node/network_filter).
///
/// nano-node has a table of 2^20 slots in which a newer payload overwrites an older one. Here the oldest payload is
/// evicted when the table is full.
struct Duplicates: Sendable {
    private var since: [Key32: Instant] = [:]
    /// The digests in the order of arrival. The ones before `head` are removed.
    private var order: [Key32] = []
    private var head = 0
    let lifetime: Duration
    let capacity: Int

    init(lifetime: Duration, capacity: Int) {
        self.lifetime = lifetime
        self.capacity = max(1, capacity)
    }
    var count: Int { since.count }

    /// Stores the digest of a message without its header. Returns false if the same one was received within `lifetime`.
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
