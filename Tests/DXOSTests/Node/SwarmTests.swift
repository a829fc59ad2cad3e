import Node
import Testing
import Wire

@testable import DXOS

/// Swarms of one server.
struct SwarmTests {
    @Test func membersAreTold() throws {
        var server = try ServerHarness()
        for link: UInt64 in 1...3 { server.open(link) }
        server.join(0, 0x50, 0xa1, 1)
        #expect(server.responses(1) == ["0 ready"])
        server.join(0, 0x50, 0xb0, 2)
        #expect(server.responses(2) == ["0 ready", "0 +a1"] && server.responses(1) == ["0 +b0"])
        // Another swarm receives nothing.
        server.join(4, 0x51, 0xc4, 3)
        #expect(server.responses(3) == ["4 ready"] && server.responses(1) == [] && server.responses(2) == [])
        server.close(0, 2)
        #expect(server.responses(2) == ["0 close"] && server.responses(1) == ["0 -b0"])
        // A later peer learns only of the present peers.
        server.join(5, 0x50, 0xc4, 3)
        #expect(server.responses(3) == ["5 ready", "5 +a1"] && server.responses(1) == ["0 +c4"])
    }
    @Test func lostConnection() throws {
        var server = try ServerHarness(["grace": "2s", "ttl": "none"])
        for link: UInt64 in 1...3 { server.open(link) }
        server.join(0, 0x50, 0xa1, 1)
        server.join(0, 0x50, 0xb0, 2)
        _ = (server.take(1), server.take(2))
        server.lose(2)
        server.pass(.milliseconds(1999))
        #expect(server.responses(1) == [])
        server.pass(.milliseconds(1))
        #expect(server.responses(1) == ["0 -b0"])
        server.pass(.seconds(60))
        #expect(server.responses(1) == [] && server.node.deadline == nil)
    }
    @Test func returnInTime() throws {
        var server = try ServerHarness(["grace": "2s", "ttl": "none"])
        for link: UInt64 in 1...3 { server.open(link) }
        server.join(0, 0x50, 0xa1, 1)
        server.join(0, 0x50, 0xb0, 2)
        _ = (server.take(1), server.take(2))
        server.lose(2)
        server.pass(.seconds(1))
        server.join(0, 0x50, 0xb0, 3)
        #expect(server.responses(3) == ["0 ready", "0 +a1"])
        server.pass(.seconds(60))
        #expect(server.responses(1) == [] && server.node.deadline == nil)
        server.close(0, 3)
        #expect(server.responses(1) == ["0 -b0"])
    }
    /// A peer with two streams leaves with the last one.
    @Test func twoStreamsOfAPeer() throws {
        var server = try ServerHarness()
        server.open(1)
        server.open(2)
        server.join(0, 0x50, 0xa1, 1)
        server.join(0, 0x50, 0xb0, 2)
        server.join(1, 0x50, 0xb0, 2)
        _ = (server.take(1), server.take(2))
        server.close(0, 2)
        #expect(server.responses(1) == [])
        server.close(1, 2)
        #expect(server.responses(1) == ["0 -b0"])
    }
    @Test func untilIsSaid() throws {
        var server = try ServerHarness(["ttl": "600s"])
        server.open(1)
        server.open(2)
        server.pass(.milliseconds(1500))
        server.join(0, 0x50, 0xa1, 1)
        server.join(0, 0x50, 0xb0, 2)
        let event = try Response(copying: server.take(1)[1]).response?.payload?.swarmEvent?.peerAvailable
        let since = try #require(event?.since?.seconds)
        #expect(event?.until?.seconds == since + 600 && event?.since?.nanos == 500_000_000)
        #expect(event?.announceBackToHost == nil)
    }
}
