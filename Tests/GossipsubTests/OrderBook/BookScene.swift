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
    static func stream(_ n: UInt64) -> HostStream { HostStream(LinkID(n), [ChannelID(1)]) }
    static func at(_ seconds: Int64) -> Instant { Instant.zero + .seconds(seconds) }
}
