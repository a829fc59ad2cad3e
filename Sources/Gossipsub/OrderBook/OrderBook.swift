import Libp2p
import Node
import Wire

/// The Orders of all markets that a node has, as a value without I/O (Spec/gossipsub/lib2p2.md).
struct OrderBook: Sendable {
    private(set) var markets: [[UInt8]: Market] = [:]
    let faults: Set<BookFault>

    /// Bytes of the name of a market.
    static let nameLimit = 255

    init(_ faults: Set<BookFault> = []) { self.faults = faults }
    func has(_ fault: BookFault) -> Bool { !faults.isEmpty && faults.contains(fault) }

    /// Whether a topic is a market: two names with a slash between them.
    static func isMarket(_ topic: [UInt8]) -> Bool {
        let parts = topic.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { !$0.isEmpty } && topic.count <= nameLimit
            && String(validating: topic, as: UTF8.self) != nil
    }
    /// The node has a topic from now on.
    mutating func join(_ topic: [UInt8]) {
        if Self.isMarket(topic), markets[topic] == nil { markets[topic] = Market() }
    }
    /// It does not have it any more.
    mutating func leave(_ topic: [UInt8]) { if !has(.servesUnsubscribedMarket) { markets[topic] = nil } }

    /// What becomes of a message of a topic; its Orders are merged where it is accepted. Nil: it is no market of this node.
    ///
    /// One Order that is not good makes the message bad; one that is new makes it worth to be passed on.
    mutating func verdict(_ data: [UInt8], _ topic: [UInt8], now: Instant) -> MessageValidator.Verdict? {
        guard markets[topic] != nil else { return nil }
        let (orders, defect) = Self.read(data, topic, faults)
        if defect != nil { return .reject }
        guard !orders.isEmpty else { return .reject }
        let isNew = merge(orders, topic, now: now)
        if has(.knownForwarded) { return .accept }
        return isNew ? .accept : .ignore
    }
    /// The Orders of a message or of a part that are good, and what is wrong with the first one that is not.
    static func read(
        _ content: [UInt8], _ market: [UInt8], _ faults: Set<BookFault>
    ) -> (orders: [MarketOrder], defect: OrderDefect?) {
        guard let fields = ProtobufScan.fields(content) else { return ([], .unreadable) }
        var (orders, defect): ([MarketOrder], OrderDefect?) = ([], nil)
        for field in fields where field.number == 1 {
            guard let order = field.content else {
                defect = defect ?? .unreadable
                continue
            }
            do throws(OrderDefect) {
                orders.append(try MarketOrder(Array(order), of: market, faults))
            } catch {
                defect = defect ?? error
            }
        }
        return (orders, defect)
    }
    /// Merges good ones; whether one of them was new.
    @discardableResult
    mutating func merge(
        _ orders: [MarketOrder], _ market: [UInt8], now: Instant, ofSnapshot isSnapshot: Bool = false
    ) -> Bool {
        guard markets[market] != nil else { return false }
        if !has(.keepsGone) { markets[market]?.expire(now: now) }
        let faults = isSnapshot && has(.believesStaleSnapshot) ? self.faults.union([.staleOrderWins]) : self.faults
        var isNew = false
        for order in orders where markets[market]?.merge(order, now: now, faults) == .new { isNew = true }
        return isNew
    }
    /// The Orders of a market, in order of authors and ids; none of one that this node does not have.
    mutating func orders(_ market: [UInt8], now: Instant) -> [MarketOrder] {
        if !has(.keepsGone) { markets[market]?.expire(now: now) }
        return markets[market]?.orders ?? []
    }
    /// The answer to a request for a market, part by part.
    mutating func answer(_ market: [UInt8], now: Instant) -> [[UInt8]] {
        var all = orders(market, now: now)
        if has(.goneNotServed) { all.removeAll(where: \.isGone) }
        if has(.halfServed) { all.removeLast(all.count / 2) }
        var parts = [SnapshotPart()]
        var size = Self.lastSize
        let limit = has(.partsTooLarge) ? Int.max : SnapshotPart.limit
        for order in all {
            guard let read = try? Order(copying: order.bytes) else { continue }
            let more = 1 + Varint.size(UInt64(order.bytes.count)) + order.bytes.count
            if size + more > limit {
                parts.append(SnapshotPart())
                size = Self.lastSize
            }
            parts[parts.count - 1].part.orders.append(read)
            size += more
        }
        if !has(.snapshotWithoutLast) { parts[parts.count - 1].part.last = true }
        return parts.map { $0.encoded() }
    }
    /// Bytes of `last`.
    private static let lastSize = 2
}
