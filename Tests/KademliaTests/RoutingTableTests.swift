import Libp2p
import Node
import Testing

@testable import Kademlia

@Suite struct RoutingTableTests {
    private let own = peer(0)

    /// The table returns what a search of all its peers returns, for any key and number.
    @Test func findsNearestOfAll() {
        var table = RoutingTable(around: KadID(own), bucketSize: 20)
        for number in 1...400 { _ = table.add(peer(number)) }
        let all = table.all.map(\.peer)
        #expect(all.count == table.count && table.count < 400)
        var random = Random(seed: 1)
        for count in [1, 5, 20, 60, 1000] {
            for _ in 0..<20 {
                let key = random.bytes(34)
                let place = KadID(of: key)
                let wanted = all.sorted { KadID($0) ^ place < KadID($1) ^ place }.prefix(count)
                #expect(table.nearest(to: place, atMost: count) == Array(wanted))
            }
        }
    }
    /// Peers near the own place are found as well, where the buckets are almost empty.
    @Test func findsNearestOfItself() {
        var table = RoutingTable(around: KadID(own), bucketSize: 2)
        for number in 1...200 { _ = table.add(peer(number)) }
        let all = table.all.map(\.peer)
        let wanted = all.sorted { KadID($0) ^ KadID(own) < KadID($1) ^ KadID(own) }
        #expect(table.nearest(to: KadID(own), atMost: 8) == Array(wanted.prefix(8)))
    }
    /// A full bucket keeps its peers. The latest of the others replaces a peer that is removed.
    @Test func fullBucketKeepsItsPeers() {
        let far = (1...300).map(peer).filter { (KadID($0) ^ KadID(own)).leadingZeros == 0 }
        var table = RoutingTable(around: KadID(own), bucketSize: 3)
        #expect(far.prefix(3).allSatisfy { table.add($0) })
        #expect(!table.add(far[3]) && !table.add(far[4]) && !table.add(far[5]) && !table.add(far[6]))
        #expect(table.all.map(\.peer) == Array(far.prefix(3)))
        #expect(table.remove(far[1]) == far[6])
        #expect(table.add(far[6]) && !table.add(far[6]))
        // The earliest of four others is forgotten, and one that was removed is no replacement any more.
        _ = table.remove(far[5])
        #expect(table.remove(far[0]) == far[4] && table.remove(far[2]) == nil)
        #expect(table.all.map(\.peer) == [far[6]])
    }
    @Test func neverContainsItself() {
        var table = RoutingTable(around: KadID(own), bucketSize: 20)
        #expect(!table.add(own) && table.count == 0 && !table.contains(own))
    }
}
