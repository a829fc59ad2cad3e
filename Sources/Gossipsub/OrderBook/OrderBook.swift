import Libp2p
import Node
import Wire

/// The Orders and Fills of all markets of a node, as a value without I/O (Spec/gossipsub/lib2p2.md).
struct OrderBook: Sendable {
    private(set) var markets: [[UInt8]: Market] = [:]
    let faults: Set<BookFault>
    /// The author of this node's Orders, a peer id; empty if it has none.
    private let owner: [UInt8]
    private var news: [(market: [UInt8], news: BookNews)] = []

    /// The maximum length of a market's name in bytes.
    static let nameLimit = 255

    init(_ faults: Set<BookFault> = [], owner: [UInt8] = []) { (self.faults, self.owner) = (faults, owner) }

    /// Returns whether a topic is a market: two names separated by a slash.
    static func isMarket(_ topic: [UInt8]) -> Bool {
        let parts = topic.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { !$0.isEmpty } && topic.count <= nameLimit
            && String(validating: topic, as: UTF8.self) != nil
    }
    /// Adds a topic of the node, if it is a market.
    mutating func join(_ topic: [UInt8]) {
        if Self.isMarket(topic), markets[topic] == nil { markets[topic] = Market(faults) }
    }
    /// Removes a topic that the node has left.
    mutating func leave(_ topic: [UInt8]) { markets[topic] = nil }

    /// Returns the verdict on a message of a topic, and merges its Orders and Fills if it is accepted; nil if the topic
    /// is not a market of this node.
    ///
    /// One invalid Order or Fill makes the message invalid. One new Order, Fill or offer is enough to forward it.
    mutating func verdict(_ data: [UInt8], _ topic: [UInt8], now: Instant) -> MessageValidator.Verdict? {
        guard markets[topic] != nil else { return nil }
        let content = BookContent(data, topic, faults)
        guard content.defect == nil, !content.isEmpty else { return .reject }
        return merge(content, topic, now: now) ? .accept : .ignore
    }
    /// Merges valid Orders and Fills, and remembers offers. Returns whether any of them was new.
    @discardableResult
    mutating func merge(_ content: BookContent, _ topic: [UInt8], now: Instant) -> Bool {
        guard var market = markets.removeValue(forKey: topic) else { return false }
        defer { markets[topic] = market }
        market.expire(now: now)
        var isNew = false
        for order in content.orders where market.merge(order, now: now) == .new { isNew = true }
        for fill in content.fills {
            let offer = market.fills.own[fill.key]
            guard market.merge(fill, now: now) == .new else { continue }
            isNew = true
            news.append((topic, .filled(fill)))
            if let offer, let order = market.order(offer.taker.key), order.version > offer.taker.version {
                news.append((topic, .late(fill)))
            }
        }
        for offer in content.offers where market.fills.note(offer, now: now) {
            isNew = true
            if offer.key.maker == owner { news.append((topic, .offered(offer))) }
        }
        return isNew
    }
    /// Remembers an offer of this node. Returns false if there are too many.
    mutating func noteOwn(_ offer: MarketFill, _ topic: [UInt8]) -> Bool {
        markets[topic]?.fills.noteOwn(offer) ?? false
    }
    /// Removes and returns the news since the last call, in order.
    mutating func takeNews() -> [(market: [UInt8], news: BookNews)] {
        guard !news.isEmpty else { return [] }
        defer { news = [] }
        return news
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
        /// Reserves room for an element, in a new part if the current one is full.
        func place(_ bytes: [UInt8]) {
            let more = 1 + Varint.size(UInt64(bytes.count)) + bytes.count
            if size + more > SnapshotPart.limit {
                parts.append(SnapshotPart())
                size = Self.lastSize
            }
            size += more
        }
        for order in orders(market, now: now) {
            guard let read = try? Order(copying: order.bytes) else { continue }
            place(order.bytes)
            parts[parts.count - 1].part.orders.append(read)
        }
        let fills = faults.contains(.fillsNotInSnapshot) ? [] : markets[market]?.fills.all ?? []
        for fill in fills {
            guard let read = try? Fill(copying: fill.bytes) else { continue }
            place(fill.bytes)
            parts[parts.count - 1].part.fills.append(read)
        }
        parts[parts.count - 1].part.last = true
        return parts.map { $0.encoded() }
    }
    /// The size of `last` in bytes.
    private static let lastSize = 2
}
