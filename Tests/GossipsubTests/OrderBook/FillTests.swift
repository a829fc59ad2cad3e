import Libp2p
import Node
import Testing
import Wire

@testable import Gossipsub

@Suite struct FillTests {
    private typealias Scene = BookScene

    /// What a peer sees of a book: its content, and what is left of each order.
    private struct Seen: Equatable {
        var orders: [MarketOrder]
        var fills: [MarketFill]
        var left: [String]
        init(_ book: OrderBook) {
            let market = book.markets[Scene.market] ?? Market()
            (orders, fills) = (market.orders, market.fills.all)
            left = market.open.map { "\($0.order.key.id) \($0.order.version) \($0.amount.text)" }
        }
    }
    /// Makes orders, changes and cancellations of three authors, and Fills of them: partial, excessive, late, early, of
    /// unknown orders, and contradictory.
    private static func history(_ random: inout Random) throws -> [BookContent] {
        func draw(_ n: UInt64) -> Int { Int(random.next() % n) }
        var all: [BookContent] = []
        for author in 1...3 {
            for id in 1...4 {
                for version in 1...UInt64(1 + draw(3)) {
                    // Some authors make two Orders of the same version.
                    for _ in 0...draw(2) {
                        let amount = draw(4) == 0 ? "0" : "\(draw(9)).\(1 + draw(9))"
                        all.append(
                            BookContent(orders: [try Scene.order(id, version: version, amount: amount, by: author)]))
                    }
                }
            }
        }
        for id in 1...40 {
            let maker = 1 + draw(3)
            let authors = (maker: maker, taker: 1 + (maker + draw(2)) % 3)
            let orders = (maker: (order: 1 + draw(5), version: UInt64(1 + draw(3))), taker: 1 + draw(5))
            for _ in 0...draw(2) {
                let fill = try Scene.executed(
                    id, amount: "\(draw(4)).\(1 + draw(9))", maker: orders.maker,
                    taker: (orders.taker, UInt64(1 + draw(3))), between: authors)
                all.append(BookContent(fills: [fill]))
            }
        }
        return all
    }
    /// Returns the book after all content has arrived in random order, some of it repeatedly, and some of it by
    /// snapshots of a book that has a part of it.
    private static func book(
        of all: [BookContent], _ random: inout Random, _ faults: Set<BookFault> = []
    ) -> Seen {
        var (book, other) = (Scene.book(faults), Scene.book())
        for content in all.filter({ _ in random.next() % 2 == 0 }) {
            other.merge(content, Scene.market, now: .zero)
        }
        var come = (all + all.filter { _ in random.next() % 3 == 0 }).shuffled(using: &random)
        while let content = come.popLast() {
            _ = book.verdict(content.data, Scene.market, now: .zero)
            guard random.next() % 20 == 0 else { continue }
            var reader = PartReader()
            for part in reader.take(other.answer(Scene.market, now: .zero).flatMap { $0 }).parts {
                book.merge(BookContent(part, Scene.market), Scene.market, now: .zero)
            }
        }
        return Seen(book)
    }
    /// All books end alike, no matter in which order, how often and by which way Orders and Fills arrive.
    @Test(arguments: 1...6 as ClosedRange<UInt64>)
    func booksConverge(seed: UInt64) throws {
        var random = Random(seed: seed)
        let all = try Self.history(&random)
        let expected = Self.book(of: all, &random)
        #expect(expected.fills.count == 40 && expected.orders.count == 12 && !expected.left.isEmpty)
        for _ in 0..<5 { #expect(Self.book(of: all, &random) == expected) }
    }
    /// Each of these faults makes books differ, so the test above can fail.
    @Test(arguments: [
        BookFault.fillCountedAgain, .firstOfFillsWins, .unknownFillDropped, .staleOrderWins, .firstOfVersionWins,
    ])
    func booksDivergeWithFault(fault: BookFault) throws {
        var random = Random(seed: 1)
        let all = try Self.history(&random)
        let seen = (0..<6).map { _ in Self.book(of: all, &random, [fault]) }
        #expect(seen.contains { $0 != seen[0] })
    }
    /// Books do not depend on Fills that do not count.
    @Test func fillsReduceTheirVersionOnly() throws {
        func left(_ faults: Set<BookFault> = []) throws -> [String] {
            var book = Scene.book(faults)
            book.merge(
                BookContent(
                    orders: [try Scene.order(1, version: 2, amount: "5"), try Scene.order(1, amount: "9", by: 2)],
                    fills: [
                        try Scene.executed(1, amount: "1.25", maker: (1, 2)), try Scene.executed(2, amount: "2"),
                        try Scene.executed(3, amount: "7", maker: (9, 1)),
                    ]), Scene.market, now: .zero)
            return book.markets[Scene.market]?.open.map(\.amount.text) ?? []
        }
        // The maker's order is of author 1; the taker's is used up by 1.25 + 2 + 7.
        #expect(try left() == ["3.75"])
        #expect(try left([.fillOfAnyVersion]) == ["1.75"])
        #expect(try left([.fillsNotCounted]).sorted() == ["5", "9"])
    }
    @Test func verdicts() throws {
        var book = OrderBook(owner: Scene.peer(1).bytes)
        book.join(Scene.market)
        func verdict(_ fills: [Fill], orders: [[UInt8]] = []) -> MessageValidator.Verdict? {
            var message = Orders()
            message.fills = fills
            return book.verdict(message.encoded() + Scene.listed(orders), Scene.market, now: .zero)
        }
        let offer = Scene.fill(1)
        let fill = offer.executed(by: Scene.identity(1))
        #expect(verdict([offer]) == .accept && verdict([offer]) == .ignore && Seen(book).fills.isEmpty)
        #expect(book.takeNews().map(\.news) == [.offered(try MarketFill(offer.encoded(), of: Scene.market))])
        #expect(verdict([fill]) == .accept && verdict([fill]) == .ignore && Seen(book).fills.count == 1)
        // The offer of a known Fill is not new.
        #expect(verdict([offer]) == .ignore && book.takeNews().count == 1)
        // One new item is enough, and one invalid item is too much.
        #expect(verdict([fill, offer], orders: [Scene.bytes(1)]) == .accept)
        var wrong = Scene.fill(2)
        #expect(verdict([wrong.executed(by: Scene.identity(3))], orders: [Scene.bytes(2)]) == .reject)
        wrong.takerSignature = nil
        #expect(verdict([wrong.executed(by: Scene.identity(1))]) == .reject && verdict([wrong]) == .reject)
        #expect(verdict([Scene.fill(3, between: (1, 1))]) == .reject && Seen(book).fills.count == 1)
        let elsewhere = Scene.fill(4, of: Array("ETH/USDT".utf8)).executed(by: Scene.identity(1))
        #expect(verdict([elsewhere]) == .reject && Seen(book).orders.count == 1)
    }
    /// A Fill with a changed byte, or cut anywhere, is never accepted, and the decoder never traps.
    @Test func changed() throws {
        let good = Scene.fill(1).executed(by: Scene.identity(1)).encoded()
        #expect(try MarketFill(good, of: Scene.market).isExecuted)
        for at in good.indices {
            for change in [UInt8(1), 0x80, 0xff] {
                var other = good
                other[at] ^= change
                #expect(throws: OrderDefect.self, "\(at) \(change)") { try MarketFill(other, of: Scene.market) }
            }
            // Without its last field it is an offer.
            let cut = Array(good[..<at])
            if let offer = try? MarketFill(cut, of: Scene.market) {
                #expect(!offer.isExecuted && at == good.count - 66)
            }
        }
    }
    /// A used-up order and its Fill are forgotten after ten minutes. A Fill of an open order stays.
    @Test func expiry() throws {
        var book = Scene.book()
        let orders = try [
            Scene.order(1, amount: "1"), Scene.order(1, amount: "1", by: 2), Scene.order(2, amount: "5"),
        ]
        let fills = try [Scene.executed(1), Scene.executed(2, maker: (2, 1), taker: (7, 1))]
        book.merge(BookContent(orders: orders, fills: fills), Scene.market, now: Scene.at(0))
        #expect(book.orders(Scene.market, now: Scene.at(599)).count == 3 && Seen(book).fills.count == 2)
        #expect(book.orders(Scene.market, now: Scene.at(600)) == [orders[2]])
        #expect(Seen(book).fills == [fills[1]] && Seen(book).left.count == 1)
        // The Fill keeps its order from becoming larger again.
        #expect(book.markets[Scene.market]?.remaining(of: orders[2]).text == "4")
        book.merge(
            BookContent(orders: [try Scene.order(2, version: 2, amount: "0")]), Scene.market, now: Scene.at(700))
        #expect(book.orders(Scene.market, now: Scene.at(1300)).isEmpty && Seen(book).fills.isEmpty)
        #expect(book.markets[Scene.market]?.byteCount == 0)
    }
    /// A Fill that replaces another one can leave more of an order, which is open again then.
    @Test func replacedFillReopensOrder() throws {
        var book = Scene.book()
        let order = try Scene.order(1, amount: "2")
        book.merge(
            BookContent(orders: [order], fills: [try Scene.executed(1, amount: "2")]), Scene.market, now: Scene.at(0))
        #expect(Seen(book).left.isEmpty)
        book.merge(BookContent(fills: [try Scene.executed(1, amount: "1")]), Scene.market, now: Scene.at(1))
        #expect(Seen(book).left.count == 1 && book.orders(Scene.market, now: Scene.at(2000)) == [order])
    }
    /// The news of a Fill says whether it is late: an offer of this node for a version of its order that is over.
    @Test func lateFills() throws {
        var book = OrderBook(owner: Scene.peer(2).bytes)
        book.join(Scene.market)
        let offer = try MarketFill(Scene.fill(1).encoded(), of: Scene.market)
        book.merge(
            BookContent(orders: [try Scene.order(1, version: 2, by: 2)]), Scene.market, now: .zero)
        #expect(book.noteOwn(offer, Scene.market) == true)
        let (fill, other) = try (Scene.executed(1), Scene.executed(2))
        book.merge(BookContent(fills: [fill, other]), Scene.market, now: .zero)
        #expect(book.takeNews().map(\.news) == [.filled(fill), .late(fill), .filled(other)] && book.takeNews().isEmpty)
    }
    @Test func decimals() throws {
        func number(_ text: String) throws -> DecimalNumber { try #require(DecimalNumber(Array(text.utf8))) }
        let long = String(repeating: "9", count: 64)
        for text in ["0", "7", "0.25", "50000.5", "10", "1.05", long, "0." + String(repeating: "3", count: 62)] {
            #expect(try number(text).text == text)
        }
        for bad in ["", "07", "1.0", "-1", "x", long + "9"] { #expect(DecimalNumber(Array(bad.utf8)) == nil) }
        #expect(try (number("0.1") + number("0.2")).text == "0.3" && (number(long) + number("1")).text.count == 65)
        #expect(try (number("9.5") + number("0.5")).text == "10" && (number("0") + number("0")).isZero)
        #expect(try number("10").reduced(by: number("0.01")).text == "9.99")
        #expect(try number("1").reduced(by: number("1")).isZero && number("1").reduced(by: number("2")).isZero)
        #expect(try number("9") < number("10") && number("0.09") < number("0.1") && !(number("2") < number("2")))
    }
}
