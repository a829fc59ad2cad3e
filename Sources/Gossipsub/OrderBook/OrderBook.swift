import Libp2p
import Node
import Wire

/// The Orders of all markets of a node, as a value without I/O (Spec/gossipsub/lib2p2.md).
struct OrderBook: Sendable {
    private(set) var markets: [[UInt8]: Market] = [:]
    let faults: Set<BookFault>

    /// The maximum length of a market's name in bytes.
    static let nameLimit = 255

    init(_ faults: Set<BookFault> = []) { self.faults = faults }

    /// Returns whether a topic is a market: two names separated by a slash.
    static func isMarket(_ topic: [UInt8]) -> Bool {
        let parts = topic.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { !$0.isEmpty } && topic.count <= nameLimit
            && String(validating: topic, as: UTF8.self) != nil
    }
    /// Adds a topic of the node, if it is a market.
    mutating func join(_ topic: [UInt8]) {
        if Self.isMarket(topic), markets[topic] == nil { markets[topic] = Market() }
    }
    /// Removes a topic that the node has left.
    mutating func leave(_ topic: [UInt8]) { markets[topic] = nil }

    /// Returns the verdict on a message of a topic, and merges its Orders if it is accepted; nil if the topic is not a
    /// market of this node.
    ///
    /// One invalid Order makes the message invalid. One new Order is enough to forward it.
    mutating func verdict(_ data: [UInt8], _ topic: [UInt8], now: Instant) -> MessageValidator.Verdict? {
        guard markets[topic] != nil else { return nil }
        let (orders, defect) = Self.read(data, topic, faults)
        if defect != nil { return .reject }
        guard !orders.isEmpty else { return .reject }
        return merge(orders, topic, now: now) ? .accept : .ignore
    }
    /// Returns the valid Orders of a message or of a part, and the defect of the first invalid one.
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
    /// Merges valid Orders. Returns whether any Order was new.
    @discardableResult
    mutating func merge(_ orders: [MarketOrder], _ market: [UInt8], now: Instant) -> Bool {
        guard markets[market] != nil else { return false }
        markets[market]?.expire(now: now)
        var isNew = false
        for order in orders where markets[market]?.merge(order, now: now, faults) == .new { isNew = true }
        return isNew
    }
    /// Returns the Orders of a market, sorted by author and id. The result is empty if this node does not have the
    /// market.
    mutating func orders(_ market: [UInt8], now: Instant) -> [MarketOrder] {
        markets[market]?.expire(now: now)
        return markets[market]?.orders ?? []
    }
    /// Returns the parts of the answer to a request for a market.
    mutating func answer(_ market: [UInt8], now: Instant) -> [[UInt8]] {
        var parts = [SnapshotPart()]
        var size = Self.lastSize
        for order in orders(market, now: now) {
            guard let read = try? Order(copying: order.bytes) else { continue }
            let more = 1 + Varint.size(UInt64(order.bytes.count)) + order.bytes.count
            if size + more > SnapshotPart.limit {
                parts.append(SnapshotPart())
                size = Self.lastSize
            }
            parts[parts.count - 1].part.orders.append(read)
            size += more
        }
        parts[parts.count - 1].part.last = true
        return parts.map { $0.encoded() }
    }
    /// The size of `last` in bytes.
    private static let lastSize = 2
}
