import Libp2p
import Node
import Testing
import Wire

@testable import Gossipsub

@Suite struct SnapshotServerTests {
    private typealias Scene = BookScene
    private static let request = SnapshotRequest(Scene.market).encoded()

    /// A server that has one Order, and its actions.
    private struct Served {
        var server: SnapshotServer
        var book: OrderBook
        init(_ faults: Set<BookFault> = []) {
            (server, book) = (SnapshotServer(faults), Scene.book(faults))
            _ = book.verdict(Scene.listed([Scene.bytes(1)]), Scene.market, now: .zero)
        }
        mutating func ask(
            _ n: UInt64, by peer: Int = 1, at now: Instant = .zero, _ bytes: [UInt8] = request, pieces: Int = .max
        ) -> [StreamAction] {
            var out = server.opened(Scene.stream(n), by: Scene.peer(peer), now)
            var at = 0
            while at < bytes.count {
                let end = pieces >= bytes.count - at ? bytes.count : at + pieces
                out += server.received(Array(bytes[at..<end]), on: Scene.stream(n), &book, now)
                at = end
            }
            return out
        }
        mutating func end(_ n: UInt64) -> [StreamAction] { server.ended(Scene.stream(n), isOver: false) }
    }
    private func answer(_ n: UInt64) -> [StreamAction] {
        [.send(Scene.part([Scene.bytes(1)], isLast: true), Scene.stream(n)), .end(Scene.stream(n))]
    }

    @Test func answers() {
        for pieces in [1, 3, Int.max] {
            var served = Served()
            #expect(served.ask(1, pieces: pieces) == answer(1))
            #expect(served.end(1).isEmpty && served.server.count == 0)
        }
        // A stream that ends in the middle of a request gets no answer.
        var served = Served()
        #expect(served.ask(1, Array(Self.request.dropLast())).isEmpty)
        #expect(served.end(1) == [.reset(Scene.stream(1))] && served.server.count == 0)
    }
    /// A request that is cut anywhere gets no answer. A request with a changed byte is answered or reset, and the
    /// server never traps.
    @Test func badRequests() {
        for end in Self.request.indices {
            var served = Served()
            #expect(served.ask(1, Array(Self.request[..<end])).isEmpty, "\(end)")
        }
        for at in Self.request.indices {
            for change in [UInt8(1), 0x80, 0xff] {
                var other = Self.request
                other[at] ^= change
                var served = Served()
                let (whole, cut) = (served.ask(1, other), served.ask(2, other, pieces: 1))
                #expect(whole.count == cut.count && whole != answer(1), "\(at) \(change)")
            }
        }
        var served = Served()
        #expect(served.ask(1, [0x81, 0x80, 4]) == [.reset(Scene.stream(1))])
        // A request without a market is for a market that no node has.
        #expect(served.ask(2, [0]) == [.send([2, 0x10, 1], Scene.stream(2)), .end(Scene.stream(2))])
    }
    /// The server answers four requests of a peer at a time, and ten in a minute.
    @Test func limits() {
        var served = Served()
        for n in 1...4 as ClosedRange<UInt64> { #expect(served.ask(n) == answer(n)) }
        #expect(served.ask(5) == [.reset(Scene.stream(5))])
        #expect(served.ask(6, by: 2) == answer(6))
        for n in 1...4 as ClosedRange<UInt64> { _ = served.end(n) }
        for n in 11...16 as ClosedRange<UInt64> {
            #expect(served.ask(n, at: Scene.at(10)) == answer(n))
            _ = served.end(n)
        }
        #expect(served.ask(20, at: Scene.at(59)) == [.reset(Scene.stream(20))])
        #expect(served.ask(21, at: Scene.at(60)) == answer(21))
        var faulty = Served([.answersUnlimited])
        for n in 1...20 as ClosedRange<UInt64> { #expect(faulty.ask(n) == answer(n)) }
    }
    /// A stream without requests ends after a minute.
    @Test func patience() {
        var served = Served()
        _ = served.ask(1, [], pieces: 1)
        #expect(served.server.deadline == Scene.at(60) && served.server.wake(Scene.at(59)).isEmpty)
        #expect(served.server.wake(Scene.at(60)) == [.reset(Scene.stream(1))] && served.server.deadline == nil)
    }
}
