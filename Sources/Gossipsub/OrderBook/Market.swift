import Node

/// The Orders of one market, merged: whatever the order in which they come, and however often, the same ones are known.
struct Market: Sendable {
    private struct Entry: Sendable {
        var order: MarketOrder
        /// Since when it is known to be gone.
        var gone: Instant?
    }
    private var entries: [OrderKey: Entry] = [:]
    /// Bytes of all Orders.
    private(set) var byteCount = 0

    /// How long an Order that is gone stays known, so that who is behind cannot bring it back.
    static let goneTime = Duration.seconds(600)
    /// Bytes of Orders that are kept, each counted with some more: all of them fit into one answer. Further ones are passed
    /// over.
    static let byteLimit = SnapshotPart.answerLimit - (1 << 16)
    private static let overhead = 8

    /// What becomes of an Order.
    enum Outcome { case new, known, full }
    /// What would become of it.
    func outcome(of order: MarketOrder, _ faults: Set<BookFault> = []) -> Outcome {
        if let old = entries[order.key]?.order { return order.replaces(old, faults) ? .new : .known }
        return byteCount + order.bytes.count + Self.overhead <= Self.byteLimit ? .new : .full
    }
    /// Takes one in, where it is new.
    @discardableResult
    mutating func merge(_ order: MarketOrder, now: Instant, _ faults: Set<BookFault> = []) -> Outcome {
        let outcome = outcome(of: order, faults)
        guard outcome == .new else { return outcome }
        if let old = entries[order.key] { byteCount -= old.order.bytes.count + Self.overhead }
        if order.isGone, faults.contains(.forgetsGone) {
            entries[order.key] = nil
            return outcome
        }
        byteCount += order.bytes.count + Self.overhead
        entries[order.key] = Entry(order: order, gone: order.isGone ? now : nil)
        return outcome
    }
    /// Forgets what is gone for so long.
    mutating func expire(now: Instant) {
        for (key, entry) in entries {
            guard let gone = entry.gone, now - gone >= Self.goneTime else { continue }
            byteCount -= entry.order.bytes.count + Self.overhead
            entries[key] = nil
        }
    }
    /// All that are known, in order of authors and ids.
    var orders: [MarketOrder] { entries.sorted { $0.key < $1.key }.map(\.value.order) }
    func order(_ key: OrderKey) -> MarketOrder? { entries[key]?.order }
    var count: Int { entries.count }
}
