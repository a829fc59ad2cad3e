import Node

/// The Orders of one market, merged. The result does not depend on the order in which they arrive, or how often.
struct Market: Sendable {
    private struct Entry: Sendable {
        var order: MarketOrder
        /// The time since when the Order is known to be gone.
        var gone: Instant?
    }
    private var entries: [OrderKey: Entry] = [:]
    /// The size of all Orders in bytes.
    private(set) var byteCount = 0

    /// The time for which an Order that is gone stays known, so that a peer with an older state cannot restore it.
    static let goneTime = Duration.seconds(600)
    /// The maximum size of the Orders in bytes, with `overhead` added to each, so that one answer can hold every Order.
    /// Further ones are dropped.
    static let byteLimit = SnapshotPart.answerLimit - (1 << 16)
    private static let overhead = 8

    /// The result of merging an Order.
    enum Outcome { case new, known, full }
    /// Returns the result that merging an Order would have.
    func outcome(of order: MarketOrder, _ faults: Set<BookFault> = []) -> Outcome {
        if let old = entries[order.key]?.order { return order.replaces(old, faults) ? .new : .known }
        return byteCount + order.bytes.count + Self.overhead <= Self.byteLimit ? .new : .full
    }
    /// Merges an Order if it is new.
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
    /// Forgets Orders that have been gone for `goneTime`.
    mutating func expire(now: Instant) {
        for (key, entry) in entries {
            guard let gone = entry.gone, now - gone >= Self.goneTime else { continue }
            byteCount -= entry.order.bytes.count + Self.overhead
            entries[key] = nil
        }
    }
    /// All Orders, sorted by author and id.
    var orders: [MarketOrder] { entries.sorted { $0.key < $1.key }.map(\.value.order) }
    func order(_ key: OrderKey) -> MarketOrder? { entries[key]?.order }
    var count: Int { entries.count }
}
