import Node
import Testing
import Wire

@testable import PeerPigeon

/// The choice of the hubs to which a hub offers channels.
@Suite struct KnownHubsTests {
    /// The id whose bytes are all this one.
    private func id(_ byte: UInt8) -> PeerID { PeerID(unchecked: [UInt8](repeating: byte, count: 20).hex) }
    private var me: PeerID { id(0) }

    @Test func nextNearestAfterFailure() {
        var hubs = KnownHubs()
        let isNew = [1, 2, 3, 4, 1].map { hubs.learn(id($0), .zero) }
        #expect(isNew == [true, true, true, true, false])
        func nearest(_ count: Int, evenFailed: Bool = false) -> [PeerID] {
            hubs.nearest(to: me, beside: [id(5)], atMost: count, evenFailed: evenFailed)
        }
        #expect(nearest(2) == [id(1), id(2)] && nearest(9).last == id(5))
        _ = hubs.fail(id(1))
        #expect(nearest(2) == [id(2), id(3)])
        #expect(nearest(9) == [2, 3, 4, 5].map(id) && nearest(9, evenFailed: true) == [2, 3, 4, 5, 1].map(id))
        hubs.opened(id(1))
        #expect(nearest(2) == [id(1), id(2)])
    }
    /// A neighbour that gossip never reported must not be offered a channel again at once, without end.
    @Test func failedNeighbourIsRemembered() {
        var hubs = KnownHubs()
        let hasRoom = hubs.fail(id(5))
        #expect(hasRoom)
        #expect(hubs.nearest(to: me, beside: [id(5)], atMost: 3, evenFailed: false) == [])
        hubs.expire(beside: [id(5)], .zero + .seconds(1000))
        #expect(hubs.nearest(to: me, beside: [id(5)], atMost: 3, evenFailed: false) == [])
        hubs.expire(beside: [], .zero + .seconds(1000))
        #expect(hubs.nearest(to: me, beside: [id(5)], atMost: 3, evenFailed: false) == [id(5)])
    }
    @Test func forgetsHubsThatAreNotReported() {
        var hubs = KnownHubs()
        _ = hubs.learn(id(1), .zero)
        _ = hubs.learn(id(2), .zero + .seconds(100))
        hubs.expire(beside: [], .zero + MeshPeers.lifetime + .seconds(1))
        #expect(hubs.nearest(to: me, beside: [], atMost: 3, evenFailed: true) == [id(2)])
    }
    @Test func hasLimits() {
        var hubs = KnownHubs()
        var random = Random(seed: 1)
        let many = (0...Limits.hubs).compactMap { _ in PeerID(random.bytes(20).hex) }
        let (learned, failed) = (many.filter { hubs.learn($0, .zero) }, many.filter { hubs.fail($0) })
        #expect(learned.count == Limits.hubs && failed.count == Limits.hubs)
    }
}
