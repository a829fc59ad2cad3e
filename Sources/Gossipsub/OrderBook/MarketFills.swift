import Node

/// The Fills of one market, the sums of them for each Order, and the offers that have been received.
struct MarketFills: Sendable {
    private struct Entry: Sendable {
        var fill: MarketFill
        var learned: Instant
    }
    private var entries: [FillKey: Entry] = [:]
    private var sums: [FilledOrder: DecimalNumber] = [:]
    /// Offers of peers, which are passed on once.
    private var offers: [FillKey: Instant] = [:]
    /// Offers of this node that are not executed yet. The maker may execute them at any time, so they do not expire.
    private(set) var own: [FillKey: MarketFill] = [:]
    /// The size of all Fills in bytes.
    private(set) var byteCount = 0
    private let faults: Set<BookFault>

    /// The maximum number of offers of peers, and of offers of this node. Further ones are ignored.
    static let offerLimit = 10_000

    init(_ faults: Set<BookFault> = []) { self.faults = faults }

    subscript(key: FillKey) -> MarketFill? { entries[key]?.fill }
    /// All Fills, sorted by taker, id and maker.
    var all: [MarketFill] {
        entries.values.map(\.fill).sorted {
            [$0.key.taker, $0.key.id, $0.key.maker].lexicographicallyPrecedes([$1.key.taker, $1.key.id, $1.key.maker]) {
                $0.lexicographicallyPrecedes($1)
            }
        }
    }
    /// Returns the sum of the Fills that name an Order in a version.
    func sum(of order: FilledOrder) -> DecimalNumber { sums[anyVersion(order)] ?? .zero }

    /// Returns the result that inserting a Fill would have. It is never `full`.
    func outcome(of fill: MarketFill) -> Market.Outcome {
        guard let old = entries[fill.key]?.fill, !faults.contains(.fillCountedAgain) else { return .new }
        return fill.replaces(old, faults) ? .new : .known
    }
    /// Inserts a Fill, which replaces an earlier one of the same maker, taker and id.
    mutating func insert(_ fill: MarketFill, now: Instant) {
        let old = entries[fill.key]
        if let old, !faults.contains(.fillCountedAgain) { discount(old.fill) }
        if let old { byteCount -= old.fill.bytes.count + Market.overhead }
        byteCount += fill.bytes.count + Market.overhead
        entries[fill.key] = Entry(fill: fill, learned: old?.learned ?? now)
        (own[fill.key], offers[fill.key]) = (nil, nil)
        guard !faults.contains(.fillsNotCounted) else { return }
        for order in named(by: fill) { sums[order] = sum(of: order) + fill.amount }
    }
    private func named(by fill: MarketFill) -> [FilledOrder] { [anyVersion(fill.maker), anyVersion(fill.taker)] }
    private func anyVersion(_ order: FilledOrder) -> FilledOrder {
        faults.contains(.fillOfAnyVersion) ? FilledOrder(key: order.key, version: 0) : order
    }
    private mutating func discount(_ fill: MarketFill) {
        for order in named(by: fill) {
            let rest = sum(of: order).reduced(by: fill.amount)
            sums[order] = rest.isZero ? nil : rest
        }
    }
    /// Forgets Fills and offers that were learned `time` before `now` or earlier. A Fill stays while either of its
    /// Orders needs it.
    mutating func expire(before now: Instant, after time: Duration, unless isNeeded: (FilledOrder) -> Bool) {
        for (key, entry) in entries where now - entry.learned >= time {
            guard !isNeeded(entry.fill.maker), !isNeeded(entry.fill.taker) else { continue }
            discount(entry.fill)
            byteCount -= entry.fill.bytes.count + Market.overhead
            entries[key] = nil
        }
        for (key, learned) in offers where now - learned >= time { offers[key] = nil }
    }

    // Offers

    /// Remembers an offer of a peer. Returns whether it is new: neither the offer nor its Fill is known.
    mutating func note(_ offer: MarketFill, now: Instant) -> Bool {
        guard entries[offer.key] == nil, own[offer.key] == nil, offers[offer.key] == nil,
            offers.count < Self.offerLimit
        else { return false }
        offers[offer.key] = now
        return true
    }
    /// Remembers an offer of this node. Returns false if there are too many.
    mutating func noteOwn(_ offer: MarketFill) -> Bool {
        guard own.count < Self.offerLimit else { return false }
        own[offer.key] = offer
        return true
    }
    /// Returns the sum of this node's open offers for its Order in a version.
    func offered(of order: FilledOrder) -> DecimalNumber {
        own.values.filter { $0.taker == order }.reduce(.zero) { $0 + $1.amount }
    }
}
