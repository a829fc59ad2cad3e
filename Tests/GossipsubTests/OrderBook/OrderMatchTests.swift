import Libp2p
import Node
import Testing
import Wire

@testable import Gossipsub

@Suite struct OrderMatchTests {
    private typealias Scene = BookScene

    private static func order(
        _ id: UInt8, _ side: OrderSide, _ amount: String, at price: String, by author: Int, version: UInt64 = 1
    ) throws -> MarketOrder {
        var order = Order()
        (order.id, order.market, order.side) = (Bytes([id]), Text(bytes: Bytes(Scene.market)), side)
        (order.price, order.amount, order.version) = (Text(price), Text(amount), version)
        return try MarketOrder(order.signed(by: Scene.identity(author)).encoded(), of: Scene.market)
    }
    /// Returns an offer of author 2 for an order of author 1.
    private static func offer(
        _ maker: MarketOrder, _ taker: MarketOrder, _ amount: String, at price: String, version: UInt64 = 1
    ) throws -> MarketFill {
        var fill = Fill()
        (fill.id, fill.market, fill.price) = (Bytes([9]), Text(bytes: Bytes(Scene.market)), Text(price))
        (fill.amount, fill.maker, fill.makerOrder) = (Text(amount), Bytes(maker.key.author), Bytes(maker.key.id))
        (fill.makerVersion, fill.takerOrder, fill.takerVersion) = (version, Bytes(taker.key.id), taker.version)
        return try MarketFill(fill.offered(by: Scene.identity(2)).encoded(), of: Scene.market)
    }
    private static func market(_ orders: [MarketOrder]) -> Market {
        var market = Market()
        for order in orders { market.merge(order, now: .zero) }
        return market
    }

    @Test func refusals() throws {
        let sell = try Self.order(1, .sell, "5", at: "7", by: 1)
        let buy = try Self.order(1, .buy, "3", at: "8", by: 2)
        let (low, other) = try (Self.order(2, .buy, "3", at: "6.9", by: 2), Self.order(3, .sell, "3", at: "7", by: 2))
        let unknown = try Self.order(4, .buy, "3", at: "8", by: 2)
        let market = Self.market([sell, buy, low, other])
        func refusal(_ taker: MarketOrder, _ amount: String, at price: String = "7", _ version: UInt64 = 1) throws
            -> OfferRefusal?
        { market.refusal(of: try Self.offer(sell, taker, amount, at: price, version: version)) }
        #expect(try refusal(buy, "3") == nil && refusal(buy, "3.01") == .amount)
        #expect(try refusal(buy, "1", at: "8") == .price && refusal(low, "1") == .price)
        #expect(try refusal(other, "1") == .side && refusal(unknown, "1") == .takerVersion)
        #expect(try refusal(buy, "1", at: "7", 2) == .makerVersion)
        // A Fill leaves two of the maker's order and nothing of the taker's.
        var filled = Self.market([sell, buy, unknown])
        let offer = try Fill(copying: Self.offer(sell, buy, "3", at: "7").bytes)
        filled.merge(
            try MarketFill(offer.executed(by: Scene.identity(1)).encoded(), of: Scene.market), now: .zero)
        #expect(filled.refusal(of: try Self.offer(sell, buy, "1", at: "7")) == .amount)
        #expect(filled.refusal(of: try Self.offer(sell, unknown, "2", at: "7")) == nil)
        #expect(filled.refusal(of: try Self.offer(sell, unknown, "2.1", at: "7")) == .amount)
        // A seller takes any price from its own on.
        let bid = Self.market([
            try Self.order(1, .buy, "5", at: "7", by: 1), try Self.order(1, .sell, "5", at: "6", by: 2),
            try Self.order(2, .sell, "5", at: "8", by: 2),
        ])
        let maker = try Self.order(1, .buy, "5", at: "7", by: 1)
        #expect(bid.refusal(of: try Self.offer(maker, buy, "1", at: "7")) == nil)
        #expect(bid.refusal(of: try Self.offer(maker, low, "1", at: "7")) == .price)
    }
    @Test func bestOrder() throws {
        let own = try Self.order(1, .buy, "4", at: "7", by: 2)
        let cheap = try Self.order(2, .sell, "3", at: "6.5", by: 1)
        let rest = try [
            Self.order(1, .sell, "9", at: "7", by: 1), Self.order(3, .sell, "9", at: "7.1", by: 1),
            Self.order(4, .buy, "9", at: "1", by: 1), Self.order(5, .sell, "9", at: "1", by: 2),
            Self.order(6, .sell, "0", at: "1", by: 1),
        ]
        var market = Self.market([own, cheap] + rest)
        let found = try #require(market.match(own))
        #expect(found.maker == cheap && found.amount.text == "3")
        #expect(market.fills.noteOwn(try Self.offer(cheap, own, "1.5", at: "6.5")) == true)
        #expect(market.match(own)?.amount.text == "2.5" && market.match(own, [.offersTwice])?.amount.text == "3")
        // A new version has promised nothing.
        let changed = try Self.order(1, .buy, "2", at: "7", by: 2, version: 2)
        market.merge(changed, now: .zero)
        #expect(market.match(changed)?.amount.text == "2")
        // The best bid is the highest one.
        let ask = try Self.order(7, .sell, "1", at: "2", by: 2)
        let bids = Self.market([ask] + (try (3...5).map { try Self.order($0, .buy, "1", at: "\($0)", by: 1) }))
        #expect(bids.match(ask)?.maker.key.id == [5])
        #expect(Self.market([own]).match(own) == nil && Self.market([own, rest[1]]).match(own) == nil)
    }
}
