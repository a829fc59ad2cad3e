import Node
import Testing
import Wire

@testable import DXOS

/// The cost of a swarm for its server, because each peer learns of each other peer.
struct SwarmCostTests {
    /// The messages and bytes for a Join or a leave with n other peers, with keys of 32 bytes and canonical encoding. A
    /// Join needs one answer of 4 bytes, an event of 80 bytes to the new peer for each other peer, and one to each
    /// other peer. A leave needs one answer of 4 bytes, and an event of 72 bytes to each other peer.
    private func join(_ n: Int) -> [Int] { [1 + 2 * n, 4 + 160 * n] }
    private func leave(_ n: Int) -> [Int] { [1 + n, 4 + 72 * n] }

    @Test func thousandPeers() throws {
        let count = 1000
        var server = try ServerHarness(["encoding": "canonical", "ttl": "none"])
        var taken = (1...UInt64(count)).map { _ in 0 }
        func told(_ server: inout ServerHarness, _ links: ClosedRange<Int>) -> [Int] {
            var sum = [0, 0]
            for link in links {
                let said = server.take(UInt64(link))
                taken[link - 1] += said.count
                sum = [sum[0] + said.count, sum[1] + said.reduce(0) { $0 + $1.count }]
            }
            return sum
        }
        func key(_ link: Int) -> [UInt8] {
            (0..<32).map { $0 < 30 ? 7 : UInt8(truncatingIfNeeded: link >> ($0 == 31 ? 8 : 0)) }
        }
        for link in 1...count {
            server.open(UInt64(link))
            server.call(0, "Join", stream: true, [0x0a, 1, 0x50, 0x12, 32] + key(link), UInt64(link))
            #expect(told(&server, 1...link) == join(link - 1), "a Join where \(link - 1) are")
        }
        // Each peer learned of each other peer once: an answer, and the others.
        #expect(taken.allSatisfy { $0 == count })
        for link in stride(from: count, through: count - 9, by: -1) {
            // More leaves at once would wait for each other.
            server.pass(.seconds(1))
            server.close(0, UInt64(link))
            #expect(told(&server, 1...count) == leave(link - 1), "a leave where \(link - 1) are")
        }
    }
    /// Many members lose their connections at once. The server notifies the remaining members in rounds, so that it can
    /// answer other requests between two rounds.
    @Test func notifiesInRoundsWhenManyAreLostAtOnce() {
        var swarms = Swarms(grace: .seconds(10), fault: nil)
        func place(_ i: Int) -> Swarms.Place { Swarms.Place(swarm: [1], peer: [UInt8(i)]) }
        func stream(_ i: Int) -> StreamID { StreamID(link: LinkID(UInt64(i)), id: 0) }
        for i in 0..<250 { _ = swarms.join(stream(i), place(i), UnixTime(nanoseconds: 0)) }
        for i in 0..<200 { _ = swarms.lose(stream(i), place(i), .zero) }
        let end = Instant.zero + .seconds(10)
        var left: [Swarms.Place] = []
        var rounds = 0
        while let due = swarms.deadline, due <= end, rounds < 100 {
            let change = swarms.expire(end)
            rounds += 1
            let events = change.notices.reduce(0) { $0 + $1.streams.count }
            #expect(events <= Limits.noticesAtOnce && change.notices.allSatisfy { $0.streams.count == 50 })
            left += change.left
        }
        #expect(left == (0..<200).map(place) && rounds > 1 && swarms.deadline == nil)
    }
    /// If all members are lost at once, a leave does not search through the others, which are lost as well.
    @Test func leavesOfLostMembersDoNotSearchEachOther() {
        func visits(_ count: Int) -> Int {
            var swarms = Swarms(grace: .seconds(10), fault: nil)
            func place(_ i: Int) -> Swarms.Place {
                Swarms.Place(swarm: [1], peer: [UInt8(i >> 8), UInt8(truncatingIfNeeded: i)])
            }
            func stream(_ i: Int) -> StreamID { StreamID(link: LinkID(UInt64(i)), id: 0) }
            for i in 0..<count { _ = swarms.join(stream(i), place(i), UnixTime(nanoseconds: 0)) }
            let before = swarms.visits
            for i in 0..<count { _ = swarms.lose(stream(i), place(i), .zero) }
            var left = 0
            while let due = swarms.deadline, due <= .zero + .seconds(10) {
                left += swarms.expire(.zero + .seconds(10)).left.count
            }
            #expect(left == count && swarms.isEmpty)
            return swarms.visits - before
        }
        #expect(visits(100) <= 100 && visits(400) <= 400)
    }
    /// If all members close their streams at once, most leave events have no receiver left. The other members receive
    /// each event.
    @Test func closedStreamsAtOnceNeedFewEvents() throws {
        func sent(_ count: Int, staying: Int) throws -> (events: Int, told: Int) {
            var server = try ServerHarness(["encoding": "canonical", "ttl": "none"])
            for link in 1...count + staying {
                server.open(UInt64(link))
                let key = [UInt8](repeating: 7, count: 30) + [UInt8(link >> 8), UInt8(truncatingIfNeeded: link)]
                server.call(0, "Join", stream: true, [0x0a, 1, 0x50, 0x12, 32] + key, UInt64(link))
            }
            for link in 1...count + staying { _ = server.take(UInt64(link)) }
            server.pass(.seconds(1))
            for link in 1...count { server.close(0, UInt64(link)) }
            server.pass(.seconds(1))
            let told = staying == 0 ? 0 : server.responses(UInt64(count + staying)).count { $0.contains("-") }
            return ((1...count).reduce(0) { $0 + server.take(UInt64($1)).count }, told)
        }
        // One answer each, and the events before the server waits: above the limit by those of one leave at most.
        for count in [300, 600] {
            let all = try sent(count, staying: 0)
            #expect(all.events <= count + Limits.noticesAtOnce + count, "\(all.events)")
        }
        #expect(try sent(400, staying: 3).told == 400)
    }
    /// A peer that joins while leave events wait learns nothing of the peers that left. A peer that returns is new.
    @Test func joinsBetweenClosedStreams() throws {
        var server = try ServerHarness(["ttl": "none"])
        for link in 1...120 {
            server.open(UInt64(link))
            server.join(0, 0x50, UInt8(link), UInt64(link))
        }
        for link in 1...100 { server.close(0, UInt64(link)) }
        for link in 1...120 { _ = server.take(UInt64(link)) }
        server.open(200)
        server.join(0, 0x50, 200, 200)
        let first = server.responses(200)
        #expect(first.count == 21 && first.allSatisfy { !$0.contains("-") }, "\(first)")
        // The others learn of the waiting leaves first.
        let other = server.responses(120)
        #expect(
            other.last == "0 +c8" && other.dropLast().allSatisfy { $0.hasPrefix("0 -") } && other.count > 1, "\(other)")
        server.pass(.seconds(1))
        #expect(server.responses(200) == [] && server.responses(120) == [])
    }
}
