import Network
import Node
import Testing
import Wire

@testable import PeerPigeon

/// Behaviour of both profiles that no transcript shows, or that transcripts only show over sockets.
struct HubTests {
    /// HUB-05: a hub at its limit refuses a connection, and accepts one again after a peer leaves.
    @Test func placeIsFreeAfterALeave() throws {
        var hub = try TestHub("robust", ["max_connections": "3"])
        hub.join("A", "B")
        hub.open("C")
        #expect(hub.closed["C"] == CloseStatus(1008, "Maximum connections reached"))
        hub.leave("A")
        hub.open("D")
        #expect(hub.types("D") == ["connected"])
    }
    /// HUB-40: only the value true of `isHub` makes a peer a hub.
    @Test(arguments: [("true", 2), (#""true""#, 1), ("1", 1), ("false", 1)]) func hubByBooleanOnly(
        _ flag: String, _ hubs: Int
    ) throws {
        var hub = try TestHub()
        hub.open("A")
        hub.announce("A", "global", #"{"isHub":\#(flag)}"#)
        #expect(hub.node.hubs.count == hubs)
        hub.leave("A")
        #expect(hub.node.hubs.count == 1)
    }
    /// HUB-16: two hubs in a network of clients receive notice of each other.
    @Test(arguments: ["robust", "v1.1.3"]) func hubsMeetInNetworkOfClients(_ profile: String) throws {
        var hub = try TestHub(profile)
        hub.open("A")
        hub.announce("A", "room", #"{"isHub":true}"#)
        hub.open("B")
        hub.announce("B", "room", #"{"isHub":true}"#)
        #expect(hub.said("A", "peer-discovered", "data", "peerId") == .text(TestHub.id("B")))
        #expect(hub.said("B", "peer-discovered", "data", "peerId") == .text(TestHub.id("A")))
    }
    /// HUB-70: a signal for the own client of the hub reaches no other hub.
    @Test func ownClientIsHere() throws {
        var hub = try TestHub()
        hub.joinHub("A")
        hub.joinHub("B")
        hub.say("A", #"{"type":"offer","targetPeerId":"\#(hub.node.me.text)","networkName":"pigeonhub-mesh"}"#)
        #expect(hub.types("B").isEmpty)
    }
    /// HUB-57: only the configured network name is the mesh of hubs.
    @Test func otherMesh() throws {
        var hub = try TestHub("robust", ["namespace": "other-mesh"])
        hub.join("A", network: "pigeonhub-mesh")
        #expect(hub.node.hubs.count == 1)
        hub.join("B", network: "other-mesh")
        #expect(hub.node.hubs.count == 2)
    }
    /// HUB-20: names of networks, and of announced members, are equal if their bytes are.
    @Test func comparesNamesByTheirBytes() throws {
        let (composed, decomposed) = ("\u{e9}", "e\u{301}")
        var hub = try TestHub()
        hub.join("A", network: composed)
        hub.open("B")
        hub.announce("B", decomposed)
        #expect(hub.types("A") == [] && !hub.types("B").contains("peer-discovered"))
        hub.open("C")
        hub.announce("C", composed, #"{"\#(composed)":1,"\#(decomposed)":2}"#)
        #expect(hub.said("A", "peer-discovered", "data", composed) == 1)
        #expect(hub.said("A", "peer-discovered", "data", decomposed) == 2)
    }
    /// HUB-23: a number in a list can be as long as an id in quotes, and is no peer.
    @Test func targetInListIsNoPeer() throws {
        var hub = try TestHub()
        hub.join("A", "1")
        hub.say("A", #"{"type":"offer","targetPeerId":"$1","data":{}}"#)
        hub.say("A", #"{"type":"offer","targetPeerId":[$1],"data":{}}"#)
        #expect(hub.types("1") == ["offer"])
    }
    /// HUB-59, HUB-60: a hub announces itself to a dialed hub, and then reports its peers and itself.
    @Test func introducesItself() throws {
        var hub = try TestHub(peers: [.loopback(3000)])
        hub.join("A")
        hub.joinHub("H")
        hub.reach("up", .loopback(3000))
        #expect(hub.types("up") == ["announce", "peer-discovered", "peer-discovered"])
        let data = hub.said("up", "announce", "data")
        #expect(data?["isHub"] == .bool(true))
        #expect(data?["port"] == .uint(3001))
        #expect(data?["host"] == .text("127.0.0.1"))
        #expect(data?["capabilities"] == .list([.text("signaling"), .text("relay")]))
        let flags = (hub.told["up"] ?? []).dropFirst().map { $0["data"]?["isHub"] }
        #expect(flags.contains(.bool(true)) && flags.contains(.bool(false)))
    }
    /// HUB-63: the hub remembers the peers of other hubs. A peer of a lost hub is not reported any more.
    @Test(arguments: ["robust", "v1.1.3"]) func remembersPeersOfOthers(_ profile: String) throws {
        var hub = try TestHub(profile, peers: [.loopback(3000)])
        hub.reach("up", .loopback(3000))
        hub.say("up", #"{"type":"peer-discovered","networkName":"global","data":{"peerId":"$C","isHub":false,"k":1}}"#)
        hub.open("A")
        hub.announce("A")
        #expect(hub.said("A", "peer-discovered", "data", "k") == .uint(1))
        #expect(hub.said("A", "peer-discovered", "data", "cachedAt") != nil)
        hub.leave("up")
        hub.clear()
        hub.open("B")
        hub.announce("B")
        #expect(hub.types("B").count == (profile == "robust" ? 2 : 3))
    }
    /// HUB-68: the hub relays the same signal once in 5 s.
    @Test func relaysTheSameOnce() throws {
        var hub = try TestHub()
        hub.joinHub("H")
        hub.join("A")
        func offer(_ data: String) -> String { #"{"type":"offer","targetPeerId":"$Z","data":\#(data)}"# }
        hub.say("A", offer("1"))
        hub.say("A", offer("1"))
        hub.say("A", offer("2"))
        hub.say("A", #"{"type":"answer","targetPeerId":"$Z","data":1}"#)
        #expect(hub.types("H") == ["offer", "offer", "answer"])
        hub.clear()
        hub.pass(.seconds(4))
        hub.say("A", offer("1"))
        #expect(hub.told["H"] == nil)
        hub.pass(.seconds(2))
        hub.say("A", offer("1"))
        #expect(hub.types("H") == ["offer"])
    }
    /// HUB-70: the hub relays signals to the hubs that it dialed. Without such hubs, it relays to hubs that dialed it.
    @Test func relaysToThoseItDialedFirst() throws {
        var hub = try TestHub(peers: [.loopback(3000)])
        hub.joinHub("H")
        hub.join("A")
        hub.reach("up", .loopback(3000))
        hub.clear()
        hub.say("A", #"{"type":"offer","targetPeerId":"$Z"}"#)
        #expect(hub.types("up") == ["offer"])
        #expect(hub.told["H"] == nil)
        hub.leave("up")
        hub.clear()
        hub.say("A", #"{"type":"offer","targetPeerId":"$Z","data":1}"#)
        #expect(hub.types("H") == ["offer"])
    }
    /// HUB-72: the hub dials a lost hub after 5 s, and reports all its peers again.
    @Test func dialsAgainAndTellsAll() throws {
        var hub = try TestHub(peers: [.loopback(3000)])
        hub.join("A")
        hub.reach("up", .loopback(3000))
        hub.leave("up")
        hub.pass(.milliseconds(4900))
        #expect(hub.dialed.count == 1)
        hub.pass(.milliseconds(200))
        #expect(hub.dialed.count == 2)
        hub.clear()
        hub.reach("up", .loopback(3000))
        #expect(hub.types("up") == ["announce", "peer-discovered", "peer-discovered"])
    }
    /// HUB-75: a hub without configured hubs dials port 3000 of its machine, unless it listens there.
    @Test func dialsTheUsualHub() throws {
        let values = ["default_bootstrap": "on"]
        #expect(try TestHub("robust", values).dialed.map(\.1) == [.loopback(3000)])
        #expect(try TestHub("robust", values, listening: .loopback(3000)).dialed.isEmpty)
        #expect(try TestHub().dialed.isEmpty)
    }
    /// The hub at port 3000 is dialed as a hub. The path `/messages` would request a replacement of a data channel.
    @Test func dialsTheUsualHubLikeConfiguredHubs() throws {
        let driver = Driver(SimulatedNetwork(seed: 1))
        driver.tellsReports = true
        let settings = try Definition.peerPigeon.settings(profile: "seed", ["default_bootstrap": "on"])
        for port in [3000, 3001] as [UInt16] {
            let options = NodeOptions(settings, random: Random(seed: UInt64(port)), listening: .loopback(port))
            let listener = try driver.listen(.loopback(port)).id
            _ = driver.add(Definition.peerPigeon.reference.node(options), listeners: [listener])
        }
        var targets: [String] = []
        while let what = driver.next(until: .zero + .seconds(2)) {
            guard case .reported(_, let event) = what, event.name == "opened" else { continue }
            targets += event.details.filter { $0.key == "target" }.map { TestHub.text($0.value) }
        }
        #expect(!targets.isEmpty && targets.allSatisfy { $0.hasPrefix("/?peerId=") }, "\(targets)")
    }
    /// With `auto_connect=off`, a hub of the mesh dials neither the configured hubs nor the hub at port 3000. It still
    /// serves hubs and clients.
    @Test(arguments: [("seed", "on", 1), ("seed", "off", 0), ("robust", "off", 1)])
    func dialsConfiguredHubsIfAsked(_ profile: String, _ connects: String, _ dials: Int) throws {
        let values = ["auto_connect": connects]
        #expect(try TestHub(profile, values, peers: [.loopback(3000)]).dialed.count == dials)
        let usual = values.merging(["default_bootstrap": "on"]) { $1 }
        #expect(try TestHub(profile, usual).dialed.count == dials)
        var hub = try TestHub(profile, values, peers: [.loopback(3000)])
        hub.open("H")
        hub.announce("H", "pigeonhub-mesh", #"{"isHub":true,"capabilities":["gossip"]}"#)
        hub.open("A")
        hub.announce("A")
        #expect(hub.types("H").contains(profile == "seed" ? "gossip" : "peer-discovered"))
    }
    /// The parameters of dials have no effect on a hub that dials no configured hub.
    @Test func reportsParametersWithoutDials() throws {
        func idle(_ profile: String, _ values: [String: String]) throws -> Set<String> {
            let settings = try Definition.peerPigeon.settings(profile: profile, values)
            return Set(Definition.peerPigeon.configuration.idle(settings, nil).map(\.name))
        }
        let dials: Set<String> = ["reconnect", "redials", "default_bootstrap"]
        #expect(try idle("seed", ["auto_connect": "off"]).isSuperset(of: dials))
        #expect(try idle("seed", [:]).isDisjoint(with: dials.union(["auto_connect"])))
        #expect(try idle("robust", ["auto_connect": "off"]).contains("auto_connect"))
        #expect(try idle("seed", ["hub": "off"]).contains("auto_connect"))
        let off = try Definition.peerPigeon.settings(profile: "seed", ["auto_connect": "off"])
        let lacking = Definition.peerPigeon.configuration.lacks(off)
        #expect(lacking.isSuperset(of: ["mesh", "redial", "tires", "defaults"]) && !lacking.contains("hubs"))
    }
    /// A server that is not a hub has no client of its own, dials no hub, and reports nothing to hubs.
    @Test func plainServer() throws {
        var hub = try TestHub("robust", ["hub": "off"], peers: [.loopback(3000)])
        #expect(hub.dialed.isEmpty)
        #expect(hub.node.connectionCount == 0)
        hub.join("A")
        hub.open("H")
        hub.announce("H", "pigeonhub-mesh", #"{"isHub":true}"#)
        #expect(hub.types("H") == ["connected"])
        hub.clear()
        hub.say("A", #"{"type":"offer","targetPeerId":"$Z"}"#)
        #expect(hub.types("H") == ["offer"])
        hub.clear()
        hub.leave("A")
        #expect(hub.told["H"] == nil)
    }
}
