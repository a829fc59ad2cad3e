import Testing
import Wire

@testable import Node
@testable import RightMesh

@Suite struct RoutingTableTests {
    private func seconds(_ s: Int64) -> Instant { .zero + .seconds(s) }
    private let a = Maker.id(1)
    private let b = Maker.id(2)
    private func table(_ neighbours: MeshID...) -> RoutingTable {
        var t = RoutingTable()
        for n in neighbours { _ = t.hear(n, at: .loopback(1), role: .master, .zero) }
        return t
    }
    private func offer(
        _ t: inout RoutingTable, _ id: MeshID, _ neighbour: MeshID, _ hops: Int, age: UInt16 = 0, at s: Int64 = 0
    ) -> RoutingTable.Change {
        guard let slot = t.slot(of: neighbour) else { return .none }
        return t.offer(
            id, through: slot, hops: hops, role: .client, heard: Route.heard(age: age, seconds(s)), seconds(s))
    }

    /// The table selects the shorter route. It always accepts an update from the current next hop.
    @Test func merging() {
        var t = table(a, b)
        let x = Maker.id(9)
        #expect(offer(&t, x, a, 3) == .added && t[x]?.nexthop == a)
        #expect(offer(&t, x, b, 4) == .none && offer(&t, x, b, 3) == .none && t[x]?.nexthop == a)
        #expect(offer(&t, x, a, 5) == .updated && t[x]?.hops == 5)
        #expect(offer(&t, x, b, 4) == .updated && t[x]?.nexthop == b)
        // A neighbour remains one, regardless of other reports and its own.
        #expect(offer(&t, a, b, 2) == .none && offer(&t, a, a, 2) == .none && t[a]?.hops == 1)
        // A node that is received becomes a neighbour.
        #expect(t.hear(x, at: .loopback(2), role: .client, .zero)?.change == .updated)
        #expect(t[x]?.hops == 1 && t.endpoint(towards: x) == .loopback(2) && t.count == 3)
    }
    /// With equal hops, the fresher route is selected when the current one is older than half its life.
    @Test func equalHops() {
        var t = table(a, b)
        let x = Maker.id(9)
        #expect(offer(&t, x, a, 2) == .added)
        #expect(offer(&t, x, b, 2, age: 0, at: 18) == .none, "LIFE(2)/2 is 18 s")
        #expect(offer(&t, x, b, 2, age: 30, at: 19) == .none, "older than what is there")
        #expect(offer(&t, x, b, 2, age: 1, at: 19) == .updated && t[x]?.nexthop == b)
    }
    /// The life is 30 s at one hop and 6 s more for each further hop. An age from before the start of time counts.
    @Test(arguments: 1...15) func life(hops: Int) {
        var t = table(a)
        let x = Maker.id(9)
        let life = Int64(30 + 6 * (hops - 1))
        for s in stride(from: Int64(0), to: life, by: 5) { _ = t.hear(a, at: .loopback(1), role: .master, seconds(s)) }
        if hops > 1 { #expect(offer(&t, x, a, hops, age: 7) == .added) }
        let (peer, end) = hops > 1 ? (x, life - 7) : (a, (life - 1) / 5 * 5 + 30)
        #expect(t.deadline.map { $0 <= seconds(end) } == true)
        #expect(t.expire(seconds(end) + .nanoseconds(-1)).isEmpty && t[peer] != nil)
        #expect(t.expire(seconds(end)).map(\.peer) == [peer] && t[peer] == nil)
    }
    /// A silent neighbour is removed with the routes through it, and no others.
    @Test func neighbourIsGone() {
        var t = table(a, b)
        for i in 10..<20 { _ = offer(&t, Maker.id(i), i % 2 == 0 ? a : b, 2) }
        _ = t.hear(b, at: .loopback(1), role: .master, seconds(20))
        let gone = t.expire(seconds(30))
        #expect(gone.first?.peer == a && gone.count == 6 && gone.allSatisfy { $0.nexthop == a })
        #expect(t.count == 6 && t.sorted.allSatisfy { $0.nexthop == b })
        #expect(t.remove(b).count == 6 && t.count == 0 && t.slot(of: b) == nil)
    }
    /// A snapshot removes the peers that it does not list, only from this neighbour.
    @Test func snapshots() throws {
        var t = table(a, b)
        for i in 10..<20 { _ = offer(&t, Maker.id(i), i < 15 ? a : b, 2) }
        let slot = try #require(t.slot(of: a))
        func hear(_ listed: Range<Int>) -> [MeshID] {
            t.beginSnapshot()
            for i in listed { t.list(Maker.id(i), of: slot) }
            return t.endSnapshot(of: slot).map(\.peer)
        }
        #expect(hear(10..<20) == [] && t.count == 12)
        #expect(hear(12..<30) == [Maker.id(10), Maker.id(11)] && t.count == 10)
        #expect(hear(0..<0).count == 3 && t[a] != nil && t.count == 7)
    }
    /// Ages are in whole seconds, rounded up, and 0 below a millisecond.
    @Test func ages() {
        func age(_ nanoseconds: Int64) -> UInt16 { Route.age(0, Instant(nanoseconds: nanoseconds)) }
        #expect(age(999_999) == 0 && age(1_000_000) == 1 && age(1_000_000_000) == 1 && age(1_000_000_001) == 2)
        #expect(age(70_000 * 1_000_000_000) == 65_535 && age(-5) == 0)
    }
    /// Each of 100,000 routes takes at most 120 bytes, for neighbours and for other peers.
    @Test(arguments: [true, false]) func memory(areNeighbours: Bool) {
        var t = table(a)
        for i in 10..<100_010 {
            if areNeighbours {
                _ = t.hear(Maker.id(i), at: .loopback(1), role: .client, .zero)
            } else {
                _ = offer(&t, Maker.id(i), a, 2)
            }
        }
        #expect(t.count == 100_001 && t.byteCount <= 120 * 100_000, "\(t.byteCount / 100_000) bytes for each")
        #expect(t[Maker.id(50_000)] != nil && t[Maker.id(100_010)] == nil)
    }
    @Test func limit() {
        var t = RoutingTable(limit: 2)
        #expect(t.hear(a, at: .loopback(1), role: .client, .zero) != nil && offer(&t, b, a, 2) == .added)
        #expect(
            offer(&t, Maker.id(3), a, 2) == .none && t.hear(Maker.id(3), at: .loopback(1), role: .client, .zero) == nil)
        #expect(t.withdraw(b, through: 0)?.peer == b && offer(&t, Maker.id(3), a, 2) == .added)
    }
    /// Insertions and removals in any order give the same result as a table without an index.
    @Test func anyOrder() {
        var t = table(a, b)
        var model: [MeshID: Int] = [a: 1, b: 1]
        var random = Random(seed: 0x5eed, "routes")
        for _ in 0..<20_000 {
            let id = Maker.id(10 + Int(random.next() % 300))
            if random.next() % 2 == 0 {
                let hops = 2 + Int(random.next() % 5)
                _ = offer(&t, id, a, hops)
                model[id] = hops
            } else {
                #expect((t.withdraw(id, through: 0) != nil) == (model.removeValue(forKey: id) != nil))
            }
        }
        #expect(t.count == model.count && t.sorted.count == model.count)
        #expect(model.allSatisfy { t[$0.key]?.hops == $0.value })
    }
    /// The order uses all bytes of the ids, even if the first bytes are equal.
    @Test func sortedByID() throws {
        var t = RoutingTable()
        let heard = t.hear(Maker.id(1), at: .loopback(1), role: .client, .zero)
        let neighbour = try #require(heard?.slot)
        var ids = [Maker.id(1)]
        for i in 0..<600 {
            var id = MeshID(repeating: UInt8(truncatingIfNeeded: i &* 37 >> 4))
            (id.bytes[18], id.bytes[19]) = (UInt8(truncatingIfNeeded: i &* 91), UInt8(i >> 8))
            ids.append(id)
            _ = t.offer(id, through: neighbour, hops: 2, role: .client, heard: 0, .zero)
        }
        #expect(t.sorted.map { $0.peer.array } == ids.map { $0.array }.sorted { $0.lexicographicallyPrecedes($1) })
    }
}
