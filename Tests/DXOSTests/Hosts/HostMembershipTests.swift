import Node
import Testing
import Wire

@testable import DXOS

/// Swarms of several hosts on one bus.
struct HostMembershipTests {
    @Test(arguments: ["v1", "v3"]) func theDiagram(_ profile: String) throws {
        var bus = try LocalBus(2, profile: profile)
        let host = profile == "v1" ? ["f00050", "f00150"] : ["f000", "f001"]
        bus.join(0, [0xb0])
        #expect(bus.published == ["0 swarm/50 +b0 <\(host[0])"])
        bus.join(1, [0xa1])
        #expect(bus.published.count == 3 && bus.published[1] == "1 swarm/50 +a1 <\(host[1])")
        #expect(bus.published[2].hasPrefix("0 host/\(host[1]) "))
        #expect(bus.heard([0xb0], of: [0xa1]) == [1, 0] && bus.heard([0xa1], of: [0xb0]) == [1, 0])
        bus.join(0, [0xc0])
        #expect(bus.heard([0xc0], of: [0xa1]) == [1, 0] && bus.heard([0xc0], of: [0xb0]) == [1, 0])
        #expect(bus.heard([0xa1], of: [0xc0]) == [1, 0] && bus.heard([0xb0], of: [0xc0]) == [1, 0])
        bus.published = []
        bus.leave(1, [0xa1])
        #expect(bus.published == ["1 swarm/50 -a1"] && bus.topics[1].isEmpty && bus.topics[0].count == 2)
        #expect(bus.heard([0xb0], of: [0xa1]) == [1, 1] && bus.heard([0xc0], of: [0xa1]) == [1, 1])
    }
    /// A host repeats its announcements after 400 s of 600. No client is notified.
    @Test func announcementsAreRepeated() throws {
        var bus = try LocalBus(2)
        bus.join(0, [0xb0])
        bus.join(1, [0xa1])
        bus.published = []
        bus.pass(.milliseconds(399_999))
        #expect(bus.published == [])
        bus.pass(.milliseconds(1))
        #expect(bus.published == ["0 swarm/50 +b0", "1 swarm/50 +a1"])
        bus.pass(.seconds(86_400))
        #expect(bus.published.count == 2 * 217)
        #expect(bus.heard([0xb0], of: [0xa1]) == [1, 0] && bus.heard([0xa1], of: [0xb0]) == [1, 0])
    }
    /// A host is silent. Its peers have left when its last announcement expires, exact to the nanosecond.
    @Test func hostIsGone() throws {
        var bus = try LocalBus(2, ["ttl": "2s"])
        bus.join(0, [0xb0])
        bus.join(1, [0xa1])
        bus.topics[0] = []
        bus.hosts[1] = try LocalBus(2).hosts[1]
        bus.pass(.nanoseconds(1_999_999_999))
        #expect(bus.heard([0xb0], of: [0xa1]) == [1, 0])
        bus.pass(.nanoseconds(1))
        #expect(bus.heard([0xb0], of: [0xa1]) == [1, 1])
        bus.pass(.seconds(60))
        #expect(bus.heard([0xb0], of: [0xa1]) == [1, 1])
        bus.join(0, [0xc0])
        #expect(bus.heard([0xc0], of: [0xa1]) == [0, 0])
    }
    /// A bus that returns the host's own publications changes nothing.
    @Test func echoes() throws {
        var bus = try LocalBus(2, ["ttl": "2s", "grace": "5s"])
        bus.echoes = true
        bus.join(0, [0xb0])
        bus.join(0, [0xc0])
        bus.join(1, [0xa1])
        bus.lose(0, [0xc0])
        bus.pass(.milliseconds(4999))
        #expect(bus.heard([0xb0], of: [0xc0]) == [1, 0] && bus.heard([0xb0], of: [0xa1]) == [1, 0])
        bus.pass(.seconds(1))
        #expect(bus.heard([0xb0], of: [0xc0]) == [1, 1] && bus.heard([0xa1], of: [0xc0]) == [1, 1])
        #expect(bus.heard([0xb0], of: [0xb0]) == [0, 0])
    }
    /// A peer is lost here and returns at another host. No client is notified that it left, and this host keeps no
    /// state of it.
    @Test func peerMoves() throws {
        var bus = try LocalBus(2, ["grace": "5s"])
        bus.join(0, [0xb0])
        bus.join(0, [0xc0])
        bus.join(1, [0xa1])
        bus.lose(0, [0xc0])
        bus.pass(.seconds(1))
        bus.join(1, [0xc0])
        bus.pass(.seconds(60))
        #expect(bus.heard([0xb0], of: [0xc0]) == [1, 0] && bus.heard([0xa1], of: [0xc0]) == [1, 0])
        bus.leave(1, [0xc0])
        #expect(bus.heard([0xb0], of: [0xc0]) == [1, 1] && bus.heard([0xa1], of: [0xc0]) == [1, 1])
    }
    /// The only peer of a swarm moves. The host that it left unsubscribes from the swarm.
    @Test func onlyPeerMoves() throws {
        var bus = try LocalBus(2, ["grace": "5s"])
        bus.join(0, [0xc0])
        bus.lose(0, [0xc0])
        bus.join(1, [0xc0])
        bus.pass(.milliseconds(1))
        bus.lose(1, [0xc0])
        bus.join(0, [0xc0])
        #expect(bus.topics[1].isEmpty && bus.topics[0].count == 2)
        bus.pass(.seconds(60))
        #expect(!bus.published.contains { $0.contains("-") })
    }
    /// Extreme times do no harm.
    @Test(arguments: [Int64.min, -1, 1, .max], [Int32.min, 0, .max]) func hostileTimes(_ seconds: Int64, _ nanos: Int32)
        throws
    {
        var bus = try LocalBus(1)
        bus.join(0, [0xb0])
        var time = Timestamp()
        (time.seconds, time.nanos) = (seconds, nanos)
        var event = SwarmEvent()
        var available = PeerAvailable()
        (available.peer, available.since, available.until) = (Bytes([0xa1]), time, time)
        event.peerAvailable = available
        let bytes = event.encoded()
        bus.at(0) { _ = $0.hear(.published(.swarm([0x50]), bytes), $1, &$2) }
        bus.pass(.seconds(10))
        #expect(bus.heard([0xb0], of: [0xa1])[1] == 0)
    }
    /// In v1, events name no swarm. So each swarm has its own host topic.
    @Test func severalSwarms() throws {
        var bus = try LocalBus(2)
        for swarm: UInt8 in [0x50, 0x51] {
            bus.join(0, [0xb0, swarm], [swarm])
            bus.join(1, [0xa1, swarm], [swarm])
        }
        #expect(
            bus.heard([0xa1, 0x50], of: [0xb0, 0x50]) == [1, 0]
                && bus.heard([0xa1, 0x51], of: [0xb0, 0x51]) == [1, 0])
        #expect(
            bus.heard([0xa1, 0x50], of: [0xb0, 0x51]) == [0, 0]
                && bus.heard([0xa1, 0x51], of: [0xb0, 0x50]) == [0, 0])
    }
    /// Each peer learns of each other peer once, at any host, and of each peer that leaves.
    @Test(arguments: zip(["v1", "v3"], [200, 1000])) func thousandPeers(_ profile: String, _ count: Int) throws {
        var bus = try LocalBus(3, profile: profile)
        bus.keepsPublished = false
        let peers = (0..<count).map { [UInt8($0 >> 8), UInt8($0 & 255), 1] }
        for (i, peer) in peers.enumerated() { bus.join(i % 3, peer) }
        #expect(peers.allSatisfy { bus.told[LocalBus.stream($0)]?.count == peers.count - 1 })
        #expect(peers.allSatisfy { bus.told[LocalBus.stream($0)]?.values.allSatisfy { $0 == 1 } ?? false })
        // Nothing changes while all peers stay.
        bus.pass(.seconds(1300))
        #expect(bus.left.isEmpty)
        for (i, peer) in peers.enumerated() where i % 2 == 0 { bus.leave(i % 3, peer) }
        // Leave events wait for each other if many peers leave at once.
        bus.pass(.seconds(1))
        let stayed = peers.enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
        #expect(stayed.allSatisfy { bus.left[LocalBus.stream($0)]?.count == peers.count - stayed.count })
        #expect(stayed.allSatisfy { bus.left[LocalBus.stream($0)]?.values.allSatisfy { $0 == 1 } ?? false })
        #expect(peers.allSatisfy { bus.told[LocalBus.stream($0)]?.values.allSatisfy { $0 == 1 } ?? false })
    }
    /// The test above would detect a host with this fault.
    @Test(arguments: ["answers-with-one", "ignores-announcements", "second-is-silent"]) func faultsShow(_ bug: String)
        throws
    {
        var bus = try LocalBus(3, bug: bug)
        let peers = (0..<12).map { [UInt8($0), 1] }
        for (i, peer) in peers.enumerated() { bus.join(i / 4, peer) }
        #expect(!peers.allSatisfy { bus.told[LocalBus.stream($0)]?.count == peers.count - 1 })
    }
}
