import Libp2p
import Node
import Testing
import Wire

@testable import Gossipsub

@Suite struct OrderBookTests {
    private typealias Scene = BookScene

    /// Merging ends with the same Orders, no matter in which order, how often and in which messages they arrive.
    @Test func mergingIsTheSame() throws {
        var all: [MarketOrder] = []
        for author in 1...3 {
            for id in 1...4 {
                for version in 1...3 as ClosedRange<UInt64> {
                    // The author makes two Orders of each version, which is not allowed.
                    for amount in ["1", "2"] {
                        all.append(try Scene.order(id, version: version, amount: amount, by: author))
                    }
                }
            }
        }
        all += try (5...7).map { try Scene.order($0, version: 9, amount: "0") }
        var expected: [MarketOrder]?
        var random = Random(seed: 7)
        for _ in 0..<200 {
            var book = Scene.book()
            var come = all.shuffled(using: &random)
            come += all.filter { _ in random.next() % 3 == 0 }.shuffled(using: &random)
            while !come.isEmpty {
                let count = min(come.count, Int(random.next() % 5) + 1)
                book.merge(Array(come[..<count]), Scene.market, now: .zero)
                come.removeFirst(count)
            }
            let known = book.orders(Scene.market, now: .zero)
            if let expected { #expect(known == expected) }
            expected = known
        }
        let known = try #require(expected)
        #expect(known.count == 15 && known.filter { $0.version == 3 }.count == 12)
        // If two Orders have the same version, the one with the lower bytes is kept.
        for order in known where order.version == 3 {
            let twins = all.filter { $0.key == order.key && $0.version == 3 }
            #expect(twins.count == 2 && twins.allSatisfy { !$0.bytes.lexicographicallyPrecedes(order.bytes) })
        }
        // Merging a book with itself changes nothing.
        var book = Scene.book()
        #expect(book.merge(known, Scene.market, now: .zero) == true)
        #expect(book.merge(known, Scene.market, now: .zero) == false)
        #expect(book.merge(all, Scene.market, now: .zero) == false)
    }
    /// Each fault leads to another book, so the test above can fail.
    @Test(arguments: [BookFault.staleOrderWins, .firstOfVersionWins, .forgetsGone])
    func mergingWithFaults(fault: BookFault) throws {
        let pair = try [Scene.order(1, version: 1, amount: "0"), Scene.order(1, version: 1, amount: "2")]
        let later = try [Scene.order(2, version: 1), Scene.order(2, version: 2, amount: "0")]
        func merged(_ orders: [MarketOrder]) -> [MarketOrder] {
            var book = Scene.book([fault])
            for order in orders { book.merge([order], Scene.market, now: .zero) }
            return book.orders(Scene.market, now: .zero)
        }
        #expect(merged(pair + later) != merged((pair + later).reversed()))
    }
    /// An Order that is gone stays known for ten minutes, and cannot be restored before.
    @Test func gone() throws {
        var book = Scene.book()
        let (there, gone) = try (Scene.order(1), Scene.order(1, version: 2, amount: "0"))
        #expect(book.merge([there], Scene.market, now: Scene.at(0)) == true)
        #expect(book.merge([gone], Scene.market, now: Scene.at(100)) == true)
        #expect(book.merge([there], Scene.market, now: Scene.at(699)) == false)
        #expect(book.orders(Scene.market, now: Scene.at(699)) == [gone])
        // A repeated Order does not extend the time.
        #expect(book.merge([gone], Scene.market, now: Scene.at(699)) == false)
        #expect(book.orders(Scene.market, now: Scene.at(700)).isEmpty)
        #expect(book.markets[Scene.market]?.byteCount == 0)
    }
    @Test func verdicts() throws {
        var book = Scene.book()
        func verdict(_ orders: [[UInt8]], _ topic: [UInt8] = Scene.market) -> MessageValidator.Verdict? {
            book.verdict(Scene.listed(orders), topic, now: .zero)
        }
        #expect(verdict([Scene.bytes(1)]) == .accept && verdict([Scene.bytes(1)]) == .ignore)
        #expect(verdict([Scene.bytes(1), Scene.bytes(2, version: 5)]) == .accept)
        #expect(verdict([Scene.bytes(2, version: 4)]) == .ignore)
        #expect(verdict([Scene.bytes(2, version: 6)]) == .accept)
        var wrong = Scene.bytes(3)
        wrong[wrong.count - 1] ^= 1
        // If a message has one invalid Order, its other Orders do not count.
        #expect(verdict([Scene.bytes(4), wrong]) == .reject && book.orders(Scene.market, now: .zero).count == 2)
        #expect(verdict([]) == .reject && verdict([Scene.bytes(1, of: Array("ETH/USDT".utf8))]) == .reject)
        #expect(book.verdict([0xff], Scene.market, now: .zero) == .reject)
        #expect(book.verdict([0x0a, 0xff], Scene.market, now: .zero) == .reject)
        // Order books do not judge other topics.
        #expect(verdict([wrong], Array("meshspec".utf8)) == nil && verdict([wrong], Array("A/B".utf8)) == nil)
        book.leave(Scene.market)
        #expect(verdict([Scene.bytes(1)]) == nil && book.orders(Scene.market, now: .zero).isEmpty)
    }
    @Test func markets() {
        for good in ["BTC/USDT", "a/b", "BTC/USDT-0a1b", "märkte/€"] { #expect(OrderBook.isMarket(Array(good.utf8))) }
        for bad in ["", "/", "a/", "/b", "a/b/c", "meshspec", "a//b"] { #expect(!OrderBook.isMarket(Array(bad.utf8))) }
        #expect(!OrderBook.isMarket(Array("a/".utf8) + [0xff]))
        let long = Array("a/".utf8) + [UInt8](repeating: 0x62, count: 253)
        #expect(OrderBook.isMarket(long) && !OrderBook.isMarket(long + [0x62]))
    }
    /// An Order with a changed byte, or cut anywhere, is never accepted, and the decoder never traps.
    @Test func changed() throws {
        let good = Scene.bytes(1)
        #expect(throws: Never.self) { try MarketOrder(good, of: Scene.market) }
        for at in good.indices {
            for change in [UInt8(1), 0x80, 0xff] {
                var other = good
                other[at] ^= change
                #expect(throws: OrderDefect.self, "\(at) \(change)") { try MarketOrder(other, of: Scene.market) }
            }
            #expect(throws: OrderDefect.self) { try MarketOrder(Array(good[..<at]), of: Scene.market) }
        }
    }
    /// An answer can hold all Orders of a market, in parts that respect their limit.
    @Test func parts() throws {
        var book = Scene.book()
        let all = (0..<700).map { Scene.bytes($0) }
        #expect(book.verdict(Scene.listed(all), Scene.market, now: .zero) == .accept)
        let parts = book.answer(Scene.market, now: .zero)
        #expect(parts.count == 2 && parts.allSatisfy { $0.count <= SnapshotPart.limit + 3 })
        var reader = PartReader()
        let read = reader.take(parts.flatMap { $0 })
        #expect(read.isLast && !read.isUnreadable && read.parts.count == 2)
        let orders = read.parts.flatMap { BookContent($0, Scene.market).orders }
        #expect(Set(orders.map(\.key)).count == 700)
        #expect(book.answer(Array("no/market".utf8), now: .zero) == [[2, 0x10, 1]])
    }
    /// The Orders of a market never exceed the size of an answer.
    @Test func full() throws {
        var market = Market()
        let one = try Scene.order(1)
        var kept = 0
        for n in 0..<200_000 {
            let key = OrderKey(author: one.key.author, id: withUnsafeBytes(of: n) { [UInt8]($0) })
            let order = MarketOrder(bytes: [UInt8](repeating: 0, count: 1000), key: key, version: 1, isGone: false)
            if market.merge(order, now: .zero) == .full { break }
            kept += 1
        }
        #expect(kept > 16_000 && kept < 17_000 && market.byteCount <= Market.byteLimit)
        // Known Orders can still change.
        let first = try #require(market.orders.first)
        let changed = MarketOrder(bytes: first.bytes, key: first.key, version: 2, isGone: true)
        #expect(market.merge(changed, now: .zero) == .new)
    }
    @Test func numbers() {
        for good in ["0", "7", "0.25", "50000.5", "10", "1.05"] {
            #expect(MarketOrder.isNumber(Array(good.utf8)), "\(good)")
        }
        for bad in ["", ".", "00", "07", "1.", ".5", "1.50", "0.0", "-1", "1e3", "1 ", "1.2.3", "x"] {
            #expect(!MarketOrder.isNumber(Array(bad.utf8)), "\(bad)")
        }
    }
    /// Each fault has a unique name, by which it is found.
    @Test func faults() {
        let names = NodeFaults.bugs.map(\.name)
        #expect(Set(names).count == names.count && BookFault.allCases.count >= 20)
        #expect(BookFault.named["accepts-unsigned-order"] == .acceptsUnsignedOrder)
        #expect(RendezvousFault.named["ignores-ttl-limit"] == .ignoresTTLLimit)
        #expect(BookFault.bugs.allSatisfy { $0.requirement.hasPrefix("GS-") && !$0.summary.isEmpty })
    }
}
