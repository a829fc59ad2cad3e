import Node
import Testing
import Wire

@testable import PeerPigeon

/// The memory of a hub for a peer is limited.
struct BoundsTests {
    @Test func oneThatDoesNotReadIsClosed() throws {
        var hub = try TestHub(peers: [.loopback(3000)])
        hub.join("A", "B")
        hub.reach("up", .loopback(3000))
        hub.unsent("A", Limits.unsent)
        #expect(hub.closed["A"] == nil)
        hub.clear()
        hub.unsent("A", Limits.unsent + 1)
        #expect(hub.closed["A"]?.code == 1008)
        #expect(hub.types("B") == ["peer-disconnected", "peer-disconnected"])
        hub.unsent("up", Limits.unsent + 1)
        #expect(hub.closed["up"]?.code == 1008)
        #expect(hub.node.bootstraps.isEmpty)
    }
    @Test func longAnnouncementsAreNotKept() throws {
        var hub = try TestHub()
        let pad = String(repeating: "x", count: Limits.announced)
        hub.join("B")
        hub.open("A")
        hub.announce("A", "global", #"{"pad":"\#(pad)"}"#)
        #expect(hub.node.announcedBytes < 2000)
        #expect(hub.said("B", "peer-discovered", "data", "peerId") == .text(TestHub.id("A")))
        #expect(hub.said("B", "peer-discovered", "data", "pad") == nil)
        // The memory is released.
        hub.announce("A", "global", #"{"pad":"\#(pad.dropLast(100))"}"#)
        #expect(hub.node.announcedBytes > Limits.announced)
        hub.leave("A")
        #expect(hub.node.announcedBytes < 2000)
    }
    @Test func allAnnouncementsTogether() throws {
        var hub = try TestHub()
        let pad = String(repeating: "x", count: Limits.announced - 100)
        for i in 0..<300 {
            let name = "A\(i)"
            hub.open(name, target: "/?peerId=" + Self.id(i))
            hub.announce(name, "n\(i)", #"{"pad":"\#(pad)"}"#)
            hub.clear()
        }
        #expect(hub.node.announcedBytes <= Limits.allAnnounced + 3 * Limits.announced)
        #expect(hub.node.announcedBytes > Limits.allAnnounced / 2)
    }
    @Test(arguments: ["robust", "v1.1.3"]) func networks(_ profile: String) throws {
        var hub = try TestHub(profile)
        hub.open("A")
        for i in 0..<1000 { hub.announce("A", "n\(i)") }
        #expect(hub.node.members.networkCount == (profile == "robust" ? 2 : Limits.networks + 1))
        hub.leave("A")
        #expect(hub.node.members.networkCount == 1)
    }
    @Test(arguments: ["robust", "v1.1.3"]) func ghosts(_ profile: String) throws {
        var hub = try TestHub(profile, ["max_connections": "100"])
        for i in 0..<3000 {
            hub.open("A\(i)", target: "/?peerId=" + Self.id(i))
            hub.say("A\(i)", #"{"type":"goodbye"}"#)
        }
        #expect(hub.node.clients.count == (profile == "robust" ? 99 : 99 + Limits.ghosts))
    }
    @Test func peersOfOtherHubs() throws {
        var hub = try TestHub(peers: [.loopback(3000)])
        hub.reach("up", .loopback(3000))
        for i in 0..<(Limits.remotePeers + 500) {
            hub.say("up", #"{"type":"peer-discovered","networkName":"n\#(i % 7)","data":{"peerId":"\#(Self.id(i))"}}"#)
        }
        #expect(hub.node.remote.count == Limits.remotePeers)
        hub.leave("up")
        #expect(hub.node.remote.count == 0)
        #expect(hub.node.remote.memory == 0)
    }
    /// A hub accepts no reports about local peers, nor about this hub itself.
    @Test func poisonedList() throws {
        var hub = try TestHub(peers: [.loopback(3000)])
        hub.join("A", "B")
        hub.joinHub("H")
        hub.reach("up", .loopback(3000))
        hub.clear()
        for who in ["H", "up"] {
            hub.say(
                who, #"{"type":"peer-discovered","networkName":"global","data":{"peerId":"$A","isHub":false,"x":1}}"#)
            hub.say(who, #"{"type":"peer-disconnected","networkName":"global","data":{"peerId":"$A"}}"#)
        }
        #expect(hub.told["B"] == nil)
        let isHeard = hub.answers("A")
        #expect(isHeard)
    }
    @Test func relays() throws {
        var recent = RecentRelays(window: .seconds(5))
        let sender = try #require(PeerID(TestHub.id("A")))
        func key(_ i: Int) -> RelayKey {
            RelayKey(type: .text("offer"), sender: sender, target: .uint(UInt64(i)), data: "")
        }
        var taken = 0
        for i in 0..<Limits.relays where recent.isNew(key(i), .zero) { taken += 1 }
        #expect(taken == Limits.relays)
        let isTaken = [
            recent.isNew(key(Limits.relays), .zero), recent.isNew(key(0), .zero + .milliseconds(4999)),
            recent.isNew(key(0), .zero + .seconds(5)),
        ]
        #expect(isTaken == [false, false, true])
        #expect(recent.count == 1)
    }
    @Test func targetsThatAreNobody() throws {
        var hub = try TestHub()
        hub.join("A")
        hub.joinHub("H")
        hub.say("A", #"{"type":"offer","targetPeerId":"\#(String(repeating: "x", count: 300_000))"}"#)
        #expect(hub.told["H"] == nil)
        #expect(hub.node.relayed.count == 0)
    }
    private static func id(_ i: Int) -> String {
        let digits = String(i, radix: 16)
        return String(repeating: "0", count: 40 - digits.count) + digits
    }
}
