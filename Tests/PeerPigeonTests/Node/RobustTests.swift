import Node
import Testing
import Wire

@testable import PeerPigeon

/// The differences between a hub of the profile `robust` and version 1.1.3, by requirement. The tests also run the
/// other profile.
struct RobustTests {
    static let offer = #"{"type":"offer","targetPeerId":"$B","networkName":"global","data":1}"#

    /// HUB-19: an announced `peerId` does not replace the true id.
    @Test(arguments: ["robust", "v1.1.3"]) func announcedIDIsNotTaken(_ profile: String) throws {
        var hub = try TestHub(profile)
        hub.join("A")
        hub.open("B")
        hub.announce("B", "global", #"{"peerId":"spoofed","isHub":false,"x":[1],"peer\u0049d":"again"}"#)
        let said = hub.said("A", "peer-discovered", "data")
        let expected = profile == "robust" ? TestHub.id("B") : "again"
        #expect(said?["peerId"] == .text(expected))
        #expect(said?["x"] == .list([.uint(1)]))
    }
    /// HUB-22: a peer that announces another network leaves the old one.
    @Test(arguments: ["robust", "v1.1.3"]) func networkIsLeft(_ profile: String) throws {
        var hub = try TestHub(profile)
        hub.join("A", "B", network: "old")
        hub.announce("B", "new")
        let isLeft = profile == "robust"
        #expect(hub.types("A") == (isLeft ? ["peer-disconnected"] : []))
        #expect(hub.said("A", "peer-disconnected", "networkName") == (isLeft ? .text("old") : nil))
        hub.clear()
        hub.open("C")
        hub.announce("C", "old")
        #expect(hub.types("B") == (isLeft ? [] : ["peer-discovered"]))
        #expect(
            hub.types("C") == ["connected"] + (isLeft ? ["peer-discovered"] : ["peer-discovered", "peer-discovered"]))
    }
    /// HUB-29: the hub drops a signal into a network if the sender is not a member of it.
    @Test(arguments: ["robust", "v1.1.3"]) func senderIsInTheNetwork(_ profile: String) throws {
        var hub = try TestHub(profile)
        hub.join("A", network: "room")
        hub.join("B")
        hub.say("A", Self.offer)
        #expect(hub.types("B") == (profile == "robust" ? [] : ["offer"]))
    }
    /// HUB-30: a client cannot send in the name of another one.
    @Test(arguments: ["robust", "v1.1.3"]) func nobodySpeaksForOthers(_ profile: String) throws {
        var hub = try TestHub(profile)
        hub.join("A", "B")
        hub.joinHub("H")
        let spoofed = #"{"type":"offer","targetPeerId":"$B","fromPeerId":"$C","data":1}"#
        hub.say("A", spoofed)
        #expect(hub.said("B", "offer", "fromPeerId") == .text(TestHub.id(profile == "robust" ? "A" : "C")))
        // Hubs forward messages of other senders.
        hub.clear()
        hub.say("H", spoofed)
        #expect(hub.said("B", "offer", "fromPeerId") == .text(TestHub.id("C")))
    }
    /// HUB-44: the end of an old connection does not end a newer one with the same id.
    @Test(arguments: ["robust", "v1.1.3"]) func staleConnectionEndsNoNewerOne(_ profile: String) throws {
        var hub = try TestHub(profile)
        hub.join("A", "B")
        hub.say("B", #"{"type":"goodbye"}"#)
        hub.open("B2", as: "B")
        hub.announce("B2")
        hub.clear()
        hub.leave("B")
        #expect(hub.types("A") == (profile == "robust" ? [] : ["peer-disconnected", "peer-disconnected"]))
        let isHeard = hub.answers("B2")
        #expect(isHeard == (profile == "robust"))
    }
    /// HUB-44: the old connection cannot send for the newer one.
    @Test func ghostIsNotHeard() throws {
        var hub = try TestHub()
        hub.join("A", "B")
        hub.say("B", #"{"type":"goodbye"}"#)
        hub.open("B2", as: "B")
        hub.clear()
        hub.say("B", #"{"type":"ping"}"#)
        hub.announce("B")
        hub.say("B", #"{"type":"offer","targetPeerId":"$A"}"#)
        #expect(hub.told.isEmpty)
    }
    /// HUB-47: the network is notified of a leave as in version 1.1.3. Other networks are not.
    @Test(arguments: ["robust", "v1.1.3"]) func othersAreNotTold(_ profile: String) throws {
        var hub = try TestHub(profile)
        hub.join("A", "B")
        hub.join("C", network: "room")
        hub.leave("B", CloseStatus(1000, "bye"))
        #expect(hub.types("A") == ["peer-disconnected", "peer-disconnected"])
        #expect(hub.told["A"]?[0]["data"]?["reason"] == .text("bye"))
        #expect(hub.told["A"]?[0]["networkName"] == nil)
        #expect(hub.told["A"]?[1]["data"]?["reason"] == nil)
        #expect(hub.types("C") == (profile == "robust" ? [] : ["peer-disconnected"]))
    }
    /// HUB-48: the hub reports a connection that broke a rule once.
    @Test(arguments: ["robust", "v1.1.3"]) func failureIsToldOnce(_ profile: String) throws {
        var hub = try TestHub(profile)
        hub.join("A", "B")
        hub.leave("B", CloseStatus(1002, "", isFailure: true))
        let reasons = (hub.told["A"] ?? []).compactMap { $0["data"]?["reason"] }
        #expect(
            reasons
                == (profile == "robust"
                    ? [.text("WebSocket error")] : [.text("WebSocket error"), .text("disconnected")]))
        #expect(hub.types("A").count == (profile == "robust" ? 2 : 3))
    }
    /// HUB-50: a shutdown also closes the connections that sent goodbye.
    @Test func ghostsAreClosedToo() throws {
        var hub = try TestHub()
        hub.join("A", "B")
        hub.say("B", #"{"type":"goodbye"}"#)
        hub.control("shutdown")
        #expect(hub.closed["A"] == CloseStatus(1000, "Server shutting down"))
        #expect(hub.closed["B"] == CloseStatus(1000, "Server shutting down"))
        #expect(hub.node.deadline == nil)
    }
    /// HUB-51: the hub refuses a malformed target and continues to serve.
    @Test(arguments: ["//?peerId=", "http://[", "/?", "?", "", "/?peerId=%", "/?peerId=%zz", "/?=&&=&peerId", "//"])
    func malformedTargetIsRefused(_ target: String) throws {
        var hub = try TestHub()
        hub.join("A")
        hub.open("B", target: target)
        #expect(hub.closed["B"] == CloseStatus(1008, "Invalid peerId format"))
        let isHeard = hub.answers("A")
        #expect(isHeard)
    }
    /// HUB-67: the hub delivers a relayed signal only in the network of its target.
    @Test(arguments: ["robust", "v1.1.3"]) func relayedSignalStaysInItsNetwork(_ profile: String) throws {
        var hub = try TestHub(profile, peers: [.loopback(3000)])
        hub.reach("up", .loopback(3000))
        hub.join("B")
        hub.say("up", #"{"type":"offer","targetPeerId":"$B","networkName":"room","fromPeerId":"$C"}"#)
        #expect(hub.types("B") == (profile == "robust" ? [] : ["offer"]))
        hub.clear()
        hub.say("up", #"{"type":"offer","targetPeerId":"$B","networkName":"global","fromPeerId":"$C"}"#)
        #expect(hub.said("B", "offer", "fromPeerId") == .text(TestHub.id("C")))
    }
    /// HUB-103 and HUB-104: the hub keeps the peers of a hub that dialed it until that hub leaves.
    @Test(arguments: ["robust", "v1.1.3", "v1.0.9"]) func keepsPeersOfDialingHub(_ profile: String) throws {
        var hub = try TestHub(profile)
        hub.joinHub("H")
        let news =
            #"{"type":"peer-discovered","data":{"peerId":"$C","isHub":false},"networkName":"room","fromPeerId":"system"}"#
        hub.say("H", news)
        hub.clear()
        hub.join("A", network: "room")
        hub.open("B")
        hub.announce("B", "room")
        let isKept = profile == "robust"
        #expect(hub.types("B") == ["connected", "peer-discovered"] + (isKept ? ["peer-discovered"] : []))
        hub.clear()
        hub.leave("H")
        let told = (hub.told["A"] ?? []).filter { $0["data"]?["peerId"] == .text(TestHub.id("C")) }
        #expect(told.map { $0["type"] } == (isKept ? [.text("peer-disconnected")] : []))
        hub.open("D")
        hub.announce("D", "room")
        #expect(hub.types("D") == ["connected", "peer-discovered", "peer-discovered"])
    }
    /// HUB-102: the hub does not forward the leave of another hub to hubs that dialed it.
    @Test(arguments: ["robust", "v1.1.3", "v1.0.9"]) func forwardsNoLeaveOfOtherHub(_ profile: String) throws {
        var hub = try TestHub(profile, peers: [.loopback(3000)])
        hub.reach("up", .loopback(3000))
        hub.joinHub("H")
        hub.clear()
        hub.say(
            "up",
            #"{"type":"peer-disconnected","data":{"peerId":"$C","isHub":true},"networkName":"pigeonhub-mesh","fromPeerId":"system"}"#
        )
        #expect(hub.told["H"] == nil && hub.told["up"] == nil)
    }
    /// Version 1.0.9 relays a repeated signal again, reports no leaves to hubs, and omits `isHub` in form 1.
    @Test func version109RelaysRepeatsAndHidesLeavesFromHubs() throws {
        var hub = try TestHub("v1.0.9")
        hub.joinHub("H")
        hub.join("A", "B")
        hub.clear()
        for _ in 0..<2 { hub.say("A", #"{"type":"offer","targetPeerId":"$Z","networkName":"global","data":1}"#) }
        #expect(hub.types("H") == ["offer", "offer"])
        hub.clear()
        hub.leave("B")
        #expect(hub.types("H") == ["peer-disconnected"])
        #expect(hub.told["A"]?.map { $0["data"]?["isHub"] } == [nil, .bool(false)])
    }
    /// HUB-69: a relayed signal does not circulate between two hubs that dialed each other.
    @Test(arguments: ["robust", "v1.1.3"]) func relayEnds(_ profile: String) throws {
        var hub = try TestHub(profile, peers: [.loopback(3000)])
        hub.reach("up", .loopback(3000))
        hub.joinHub("H")
        hub.join("A")
        var relays = 0
        hub.say("A", #"{"type":"offer","targetPeerId":"$Z","networkName":"global","data":1}"#)
        for _ in 0..<100 {
            // The message to the other hub returns over that hub's own connection.
            let sent = (hub.told["up"] ?? []).filter { TestHub.text($0["type"]) == "offer" }
            hub.clear()
            relays += sent.count
            for message in sent {
                var bytes: [UInt8] = []
                ValueJSON.write(message, to: &bytes, .numbers)
                hub.say("H", bytes: bytes)
            }
        }
        #expect((1...4).contains(relays))
    }
    /// HUB-71: clients are notified if a peer of another hub leaves.
    @Test(arguments: ["robust", "v1.1.3"]) func remoteLeaveIsTold(_ profile: String) throws {
        var hub = try TestHub(profile)
        hub.join("A", "B")
        hub.joinHub("H")
        let left = #"{"type":"peer-disconnected","networkName":"global","data":{"peerId":"$C","isHub":false}}"#
        hub.say("H", left)
        #expect(hub.types("A") == (profile == "robust" ? ["peer-disconnected"] : []))
        #expect(hub.types("H") == (profile == "robust" ? [] : ["error"]))
        // A client may not send it, and it may not be about a local peer.
        hub.clear()
        hub.say("B", left)
        hub.say("H", #"{"type":"peer-disconnected","networkName":"global","data":{"peerId":"$B"}}"#)
        #expect(hub.told["A"] == nil)
        #expect(hub.types("B") == ["error"])
    }
    /// HUB-47: a hub that leaves was a member of the namespace only. Clients in `global` at the other hubs receive no
    /// notice of it. The dialed hub sends the dialing hub the notices of a client, and form 1 names no network.
    @Test(arguments: [("robust", nil), ("seed", nil), ("seed", "unnamed-leaves-are-global")])
    func leaveOfHubStaysInNamespace(_ profile: String, _ bug: String?) throws {
        var dialed = try TestHub(profile)
        let capabilities = profile == "seed" ? #","capabilities":["gossip"]"# : ""
        for name in ["H", "C"] {
            dialed.open(name)
            dialed.announce(name, "pigeonhub-mesh", #"{"isHub":true\#(capabilities)}"#)
        }
        dialed.join("B")
        dialed.clear()
        dialed.leave("C")
        let notices = dialed.told["H"] ?? []
        #expect(notices.contains { $0["data"]?["reason"] != nil && $0["networkName"] == nil })
        #expect(notices.contains { $0["networkName"] == .text("pigeonhub-mesh") })
        #expect(dialed.told["B"] == nil)

        var hub = try TestHub(profile, bug: bug, peers: [.loopback(3000)])
        hub.reach("up", .loopback(3000))
        hub.join("A")
        for notice in notices {
            var bytes: [UInt8] = []
            ValueJSON.write(notice, to: &bytes, .numbers)
            hub.say("up", bytes: bytes)
        }
        #expect(hub.types("A") == (bug == nil ? [] : ["peer-disconnected"]))
        // A notice with a network is still reported.
        hub.clear()
        hub.say("up", #"{"type":"peer-disconnected","networkName":"global","data":{"peerId":"$C","isHub":false}}"#)
        #expect(hub.types("A") == ["peer-disconnected"])
    }
    /// HUB-73: the hub limits the number of dials without success.
    @Test(arguments: ["robust", "v1.1.3"]) func dialsEnd(_ profile: String) throws {
        let peer = Endpoint.loopback(3000)
        var hub = try TestHub(profile, ["redials": "3"], peers: [peer])
        for _ in 0..<10 {
            hub.fail(peer)
            hub.pass(.seconds(6))
        }
        #expect(hub.dialed.count == 4)
        #expect(hub.dialed[1].at - hub.dialed[0].at >= .seconds(5))
    }
    /// HUB-73: a successful dial resets the counter.
    @Test(arguments: ["robust", "v1.1.3"]) func countIsReset(_ profile: String) throws {
        let peer = Endpoint.loopback(3000)
        var hub = try TestHub(profile, ["redials": "3"], peers: [peer])
        for _ in 0..<10 {
            hub.reach("up", peer)
            hub.say("up", #"{"type":"connected","data":{"peerId":"$A"}}"#)
            hub.leave("up")
            hub.pass(.seconds(6))
        }
        #expect(hub.dialed.count == (profile == "robust" ? 11 : 4))
    }
    /// HUB-74: the hub does not dial itself.
    @Test(arguments: ["127.0.0.1:3001", "0.0.0.0:3001", "127.0.0.2:3001", "[::1]:3001"])
    func doesNotDialItself(_ address: String) throws {
        let itself = try #require(Endpoint(address))
        #expect(try TestHub(peers: [itself]).dialed.isEmpty)
        #expect(try TestHub(peers: [itself], listening: Endpoint("0.0.0.0:3001")).dialed.isEmpty)
        #expect(try TestHub(peers: [.loopback(3002)]).dialed.count == 1)
        #expect(try TestHub("v1.1.3", peers: [itself]).dialed.count == (itself == .loopback(3001) ? 0 : 1))
    }
}
