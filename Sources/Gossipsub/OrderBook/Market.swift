import Node
import Wire

/// The Orders and Fills of one market, merged. The result does not depend on the order in which they arrive, or how
/// often.
struct Market: Sendable {
    private struct Entry: Sendable {
        var order: MarketOrder
        /// The time since when the Order is known to be gone: its amount is 0, or Fills have used it up.
        var gone: Instant?
    }
    private var entries: [OrderKey: Entry] = [:]
    private let faults: Set<BookFault>
    var fills: MarketFills
    /// The size of all Orders in bytes.
    private var orderBytes = 0
    /// The size of all Orders and Fills in bytes.
    var byteCount: Int { orderBytes + fills.byteCount }

    /// The time for which an Order that is gone stays known, so that a peer with an older state cannot restore it.
    static let goneTime = Duration.seconds(600)
    /// The maximum size of the Orders and Fills in bytes, with `overhead` added to each, so that one answer can hold all
    /// of them. Further ones are dropped.
    static let byteLimit = SnapshotPart.answerLimit - (1 << 16)
    static let overhead = 8

    init(_ faults: Set<BookFault> = []) { (self.faults, fills) = (faults, MarketFills(faults)) }

    /// The result of merging an Order or a Fill.
    enum Outcome { case new, known, full }
    /// Returns the result that merging an Order would have.
    func outcome(of order: MarketOrder) -> Outcome {
        if let old = entries[order.key]?.order { return order.replaces(old, faults) ? .new : .known }
        return hasRoom(for: order.bytes) ? .new : .full
    }
    private func hasRoom(for bytes: [UInt8]) -> Bool { byteCount + bytes.count + Self.overhead <= Self.byteLimit }
    /// Merges an Order if it is new.
    @discardableResult
    mutating func merge(_ order: MarketOrder, now: Instant) -> Outcome {
        let outcome = outcome(of: order)
        guard outcome == .new else { return outcome }
        if let old = entries[order.key] { orderBytes -= old.order.bytes.count + Self.overhead }
        if order.isGone, faults.contains(.forgetsGone) {
            entries[order.key] = nil
            return outcome
        }
        orderBytes += order.bytes.count + Self.overhead
        entries[order.key] = Entry(order: order, gone: isUsedUp(order) ? now : nil)
        return outcome
    }
    /// Merges a Fill if it is new. The Orders that it names may be unknown; then it counts when they arrive.
    @discardableResult
    mutating func merge(_ fill: MarketFill, now: Instant) -> Outcome {
        if faults.contains(.unknownFillDropped), entries[fill.maker.key] == nil { return .known }
        let outcome = fills.outcome(of: fill)
        guard outcome == .new, fills[fill.key] != nil || hasRoom(for: fill.bytes) else {
            return outcome == .new ? .full : outcome
        }
        fills.insert(fill, now: now)
        for key in [fill.maker.key, fill.taker.key] {
            guard var entry = entries[key] else { continue }
            entry.gone = isUsedUp(entry.order) ? entry.gone ?? now : nil
            entries[key] = entry
        }
        return outcome
    }
    /// Returns the amount of an Order that is left: its amount less the Fills of its version, and at least 0.
    func remaining(of order: MarketOrder) -> DecimalNumber {
        let amount = order.read.amount?.bytes.own.flatMap { DecimalNumber($0) } ?? .zero
        return amount.reduced(by: fills.sum(of: order.filled))
    }
    private func isUsedUp(_ order: MarketOrder) -> Bool {
        // Most Orders have no Fills, and need not be decoded.
        order.isGone || !fills.sum(of: order.filled).isZero && remaining(of: order).isZero
    }
    /// Forgets Orders that have been gone for `goneTime`, and Fills that were learned before that time and reduce no
    /// known Order.
    mutating func expire(now: Instant) {
        for (key, entry) in entries {
            guard let gone = entry.gone, now - gone >= Self.goneTime else { continue }
            orderBytes -= entry.order.bytes.count + Self.overhead
            entries[key] = nil
        }
        let known = entries
        fills.expire(before: now, after: Self.goneTime) { filled in
            // An Order of an older version may still be replaced by the version that the Fill names.
            known[filled.key].map { $0.order.version <= filled.version } ?? false
        }
    }
    /// All Orders, sorted by author and id.
    var orders: [MarketOrder] { entries.sorted { $0.key < $1.key }.map(\.value.order) }
    func order(_ key: OrderKey) -> MarketOrder? { entries[key]?.order }
    var count: Int { entries.count }
    /// The Orders that are not gone with the amounts that are left, sorted by author and id.
    var open: [(order: MarketOrder, amount: DecimalNumber)] {
        orders.lazy.map { ($0, remaining(of: $0)) }.filter { !$0.1.isZero }
    }
}
