import Node
import Wire

@testable import Gossipsub
@testable import Libp2p

/// Orders and peers for tests.
enum BookScene {
    static let market = Array("BTC/USDT".utf8)
    static func identity(_ n: Int) -> Identity {
        Identity(
            seed: [UInt8](repeating: UInt8(truncatingIfNeeded: n), count: 31) + [UInt8(truncatingIfNeeded: n >> 8)])
    }
    static func peer(_ n: Int) -> PeerID { identity(n).peer }
    /// Returns the bytes of a signed Order.
    static func bytes(
        _ id: Int, version: UInt64 = 1, amount: String = "1", by author: Int = 1, of market: [UInt8] = market
    ) -> [UInt8] {
        var order = Order()
        order.id = Bytes([UInt8(truncatingIfNeeded: id), UInt8(truncatingIfNeeded: id >> 8)])
        order.market = Text(bytes: Bytes(market))
        (order.side, order.price, order.amount, order.version) = (.sell, "50000.5", Text(amount), version)
        return order.signed(by: identity(author)).encoded()
    }
    static func order(
        _ id: Int, version: UInt64 = 1, amount: String = "1", by author: Int = 1
    ) throws -> MarketOrder {
        try MarketOrder(bytes(id, version: version, amount: amount, by: author), of: market)
    }
    /// Returns the data of a message, or the content of a part, with these Orders.
    static func listed(_ orders: [[UInt8]]) -> [UInt8] {
        orders.flatMap { order in
            var out: [UInt8] = [0x0a]
            Varint.append(UInt64(order.count), to: &out)
            return out + order
        }
    }
    static func part(_ orders: [[UInt8]], isLast: Bool) -> [UInt8] {
        let content = listed(orders) + (isLast ? [0x10, 1] : [])
        var out: [UInt8] = []
        Varint.append(UInt64(content.count), to: &out)
        return out + content
    }
    static func book(_ faults: Set<BookFault> = []) -> OrderBook {
        var book = OrderBook(faults)
        book.join(market)
        return book
    }
    /// Returns the bytes of a Fill of two Orders of `BookScene.bytes`. Author 1 is the maker, author 2 the taker.
    static func fill(
        _ id: Int, amount: String = "1", maker: (order: Int, version: UInt64) = (1, 1),
        taker: (order: Int, version: UInt64) = (1, 1), between authors: (maker: Int, taker: Int) = (1, 2),
        of market: [UInt8] = market
    ) -> Fill {
        func bytes(_ n: Int) -> Bytes { Bytes([UInt8(truncatingIfNeeded: n), UInt8(truncatingIfNeeded: n >> 8)]) }
        var fill = Fill()
        (fill.id, fill.market, fill.price, fill.amount) = (bytes(id), Text(bytes: Bytes(market)), "7", Text(amount))
        (fill.maker, fill.makerOrder, fill.makerVersion) = (
            Bytes(peer(authors.maker).bytes), bytes(maker.order), maker.version
        )
        (fill.takerOrder, fill.takerVersion) = (bytes(taker.order), taker.version)
        return fill.offered(by: identity(authors.taker))
    }
    static func executed(
        _ id: Int, amount: String = "1", maker: (order: Int, version: UInt64) = (1, 1),
        taker: (order: Int, version: UInt64) = (1, 1), between authors: (maker: Int, taker: Int) = (1, 2)
    ) throws -> MarketFill {
        let fill = fill(id, amount: amount, maker: maker, taker: taker, between: authors)
        return try MarketFill(fill.executed(by: identity(authors.maker)).encoded(), of: market)
    }
    static func stream(_ n: UInt64) -> HostStream { HostStream(LinkID(n), [ChannelID(1)]) }
    static func at(_ seconds: Int64) -> Instant { Instant.zero + .seconds(seconds) }
}

extension OrderBook {
    /// Merges Orders alone.
    @discardableResult
    mutating func merge(_ orders: [MarketOrder], _ market: [UInt8], now: Instant) -> Bool {
        merge(BookContent(orders: orders), market, now: now)
    }
}
