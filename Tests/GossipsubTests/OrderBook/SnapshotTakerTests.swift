import Libp2p
import Node
import Testing
import Wire

@testable import Gossipsub

@Suite struct SnapshotTakerTests {
    private typealias Scene = BookScene

    /// A taker among peers that a test controls.
    private struct Taken {
        var taker: SnapshotTaker
        var book: OrderBook
        var now = Instant.zero
        /// The streams to the peers being asked, and all asked peers in order.
        var open: [PeerID: HostStream] = [:]
        var asked: [PeerID] = []
        var blamed: [PeerID] = []
        var events: [Event] = []
        private var next: UInt64 = 1

        init(_ faults: Set<BookFault> = [], seed: UInt64 = 1) {
            (taker, book) = (SnapshotTaker(Random(seed: seed), faults), Scene.book(faults))
            taker.join(Scene.market)
        }
        mutating func take(_ actions: [SnapshotAction]) {
            for action in actions {
                switch action {
                case .ask(let peer, let market):
                    let stream = Scene.stream(next)
                    next += 1
                    asked.append(peer)
                    open[peer] = stream
                    taker.asking(peer, market, on: stream, now)
                    let opened = taker.opened(stream, now)
                    #expect(opened.count == 2)
                case .act(.reset(let stream)): open = open.filter { $0.value != stream }
                case .act: break
                case .blame(let peer, _): blamed.append(peer)
                case .report(let event): events.append(event)
                }
            }
        }
        /// Updates the peers that have the topic and give snapshots.
        mutating func peers(_ numbers: some Sequence<Int>) {
            let all = numbers.map { Scene.peer($0) }
            take(taker.update(Scene.market, peers: all, candidates: all, now))
        }
        mutating func give(_ peer: PeerID, _ bytes: [UInt8]) {
            guard let stream = open[peer] else { return }
            take(taker.received(bytes, on: stream, &book, now))
        }
        mutating func end(_ peer: PeerID) { if let stream = open[peer] { take(taker.ended(stream, now)) } }
        mutating func pass(_ time: Duration) {
            let end = now + time
            while let due = taker.deadline, due <= end {
                now = max(now, due)
                take(taker.wake(now))
            }
            now = end
        }
        mutating func want() { if let actions = taker.want(Scene.market, now) { take(actions) } }
        /// True if the last snapshot is complete; nil before the first snapshot.
        var isComplete: Bool? {
            events.last { $0.name == "snapshot" }.map { $0.details.contains(.init("complete", .bool(true))) }
        }
    }
    private static let nothing = Scene.part([], isLast: true)

    /// A snapshot asks a third of the peers, rounded up, at most four at a time and each one once.
    @Test(arguments: 1...40) func thirds(count: Int) {
        var taken = Taken()
        taken.peers(1...count)
        let wanted = (count + 2) / 3
        #expect(taken.asked.count == min(wanted, 4))
        while let peer = taken.open.keys.sorted().first { taken.give(peer, Self.nothing) }
        #expect(taken.asked.count == wanted && Set(taken.asked).count == wanted && taken.isComplete == true)
    }
    /// The next snapshot continues where the last one ended.
    @Test func turns() {
        var taken = Taken()
        taken.peers(1...9)
        for round in 1...3 {
            while let peer = taken.open.keys.sorted().first { taken.give(peer, Self.nothing) }
            #expect(taken.asked.count == 3 * round)
            taken.pass(.seconds(10))
            taken.want()
        }
        #expect(Set(taken.asked.prefix(9)).count == 9 && taken.asked[9] == taken.asked[0])
        // The order is random, and stays the same while the peers do not change.
        var other = Taken(seed: 2)
        other.peers(1...9)
        #expect(other.asked != Array(taken.asked.prefix(3)))
    }
    /// A peer that fails is replaced, for each kind of failure.
    @Test func failures() {
        var wrong = Scene.bytes(2)
        wrong[wrong.count - 1] ^= 1
        let unknown = Scene.part([Scene.bytes(2, of: Array("ETH/USDT".utf8))], isLast: true)
        let ways: [(says: [UInt8]?, isBlamed: Bool)] = [
            (nil, false), ([3, 0xff, 0xff, 0xff], true), ([0x81, 0x80, 4], true),
            (Scene.part([wrong], isLast: true), true), (unknown, true), ([0], false), ([], false),
        ]
        for (n, way) in ways.enumerated() {
            var taken = Taken()
            taken.peers(1...3)
            #expect(taken.asked.count == 1)
            let first = taken.asked[0]
            switch way.says {
            case nil: taken.end(first)
            case let says? where !says.isEmpty && says != [0]: taken.give(first, says)
            case let says?:
                taken.give(first, says)
                taken.pass(.seconds(5))
            }
            #expect(taken.asked.count == 2 && taken.asked[1] != first, "\(n)")
            #expect(taken.blamed == (way.isBlamed ? [first] : []), "\(n)")
            taken.give(taken.asked[1], Self.nothing)
            #expect(taken.isComplete == true && taken.asked.count == 2)
        }
    }
    /// If no peer is left, the snapshot is incomplete, but the received Orders count.
    @Test func incomplete() throws {
        var taken = Taken()
        taken.peers(1...2)
        taken.give(taken.asked[0], Scene.part([Scene.bytes(1)], isLast: false))
        taken.pass(.seconds(5))
        #expect(taken.asked.count == 2)
        taken.end(taken.asked[1])
        #expect(taken.isComplete == false && taken.asked.count == 2)
        #expect(taken.book.orders(Scene.market, now: taken.now) == [try Scene.order(1)])
    }
    /// An answer whose last part does not arrive within 30 s fails.
    @Test func endless() {
        var taken = Taken()
        taken.peers(1...2)
        let first = taken.asked[0]
        for n in 1...7 {
            taken.pass(.seconds(4))
            taken.give(first, Scene.part([Scene.bytes(n)], isLast: false))
            #expect(taken.asked.count == 1)
        }
        taken.pass(.seconds(2))
        #expect(taken.asked.count == 2 && taken.book.orders(Scene.market, now: taken.now).count == 7)
    }
    /// The valid Orders in the part of a lying peer count. The peer is not asked again for ten minutes.
    @Test func liars() {
        var wrong = Scene.bytes(2)
        wrong[wrong.count - 1] ^= 1
        var taken = Taken()
        taken.peers(1...1)
        taken.give(Scene.peer(1), Scene.part([Scene.bytes(1), wrong, Scene.bytes(3)], isLast: true))
        #expect(taken.book.orders(Scene.market, now: .zero).count == 2 && taken.isComplete == false)
        taken.want()
        taken.pass(.seconds(599))
        #expect(taken.asked.count == 1)
        taken.pass(.seconds(1))
        #expect(taken.asked.count == 2)
    }
    /// Two snapshots of a market are ten seconds apart; an earlier request waits until then.
    @Test func rest() {
        var taken = Taken()
        #expect(taken.taker.deadline == nil)
        taken.peers(1...1)
        taken.give(Scene.peer(1), Self.nothing)
        taken.pass(.seconds(3))
        for _ in 0..<5 { taken.want() }
        taken.pass(.seconds(6))
        #expect(taken.asked.count == 1)
        taken.pass(.seconds(1))
        #expect(taken.asked.count == 2)
        taken.give(Scene.peer(1), Self.nothing)
        taken.pass(.seconds(100))
        #expect(taken.asked.count == 2)
    }
    /// After a minute without a peer of the topic another snapshot is taken, but not earlier.
    @Test func solitude() {
        var taken = Taken()
        taken.peers(1...1)
        taken.give(Scene.peer(1), Self.nothing)
        for (alone, count) in [(59, 1), (60, 2)] {
            taken.peers([])
            taken.pass(.seconds(alone))
            taken.peers(2...2)
            #expect(taken.asked.count == count)
            taken.give(Scene.peer(2), Self.nothing)
        }
    }
    /// The other peers keep their turn if peers are removed from the ring or added.
    @Test func ring() {
        var (ring, random) = (CandidateRing(), Random(seed: 3))
        let all = (1...6).map { Scene.peer($0) }
        ring.update(all, &random)
        let order = ring.peers
        #expect(Set(order) == Set(all) && ring.take { _ in true } == order[0] && ring.take { _ in true } == order[1])
        ring.update(order.filter { $0 != order[0] && $0 != order[3] }, &random)
        #expect(ring.take { _ in true } == order[2] && ring.take { _ in true } == order[4])
        ring.update([], &random)
        #expect(ring.take { _ in true } == nil)
    }
    /// The result does not depend on the pieces of an answer. With a changed byte the taker never traps, and accepts no
    /// invalid Order.
    @Test func badAnswers() throws {
        let good = Scene.part([Scene.bytes(1)], isLast: false) + Self.nothing
        let known = [try Scene.order(1)]
        for pieces in [1, 2, 50] {
            var taken = Taken()
            taken.peers(1...1)
            for at in stride(from: 0, to: good.count, by: pieces) {
                taken.give(Scene.peer(1), Array(good[at..<min(at + pieces, good.count)]))
            }
            #expect(taken.isComplete == true && taken.book.orders(Scene.market, now: .zero) == known)
        }
        for at in good.indices {
            for change in [UInt8(1), 0x80, 0xff] {
                var other = good
                other[at] ^= change
                var taken = Taken()
                taken.peers(1...1)
                taken.give(Scene.peer(1), other)
                let orders = taken.book.orders(Scene.market, now: .zero)
                #expect(orders.isEmpty || orders == known, "\(at) \(change)")
            }
        }
    }
}
