import Testing
import Wire

@testable import Nano
@testable import Node

/// NANO-33: a response is valid up to 5 s after the query, until the next purge.
@Test(arguments: [("dev", 5900, true), ("dev", 6000, false), ("live", 9900, true), ("live", 10000, false)])
func cookieExpiry(network: String, after: Int, isTaken: Bool) throws {
    var peer = Peer()
    peer.rules.network = network == "live" ? .live : .dev
    var table = Table()
    try table.add("node", network: network)
    table.now = table.now + .milliseconds(1)  // just after a purge
    let link = table.attach("node")
    table.say(peer.query(), on: link)
    let cookie = try #require(table.handshakes(on: link).first?.query)
    table.pass(.milliseconds(after - 1))
    table.say(peer.response(to: cookie), on: link)
    #expect(table.isOpen(link) == isTaken)
    #expect(isTaken || table.reasons == [CloseReason.missingCookie.rawValue])
}

/// NANO-47: the node sends a keepalive at once. In each period it then sends one about peers and one about itself.
@Test(arguments: [("dev", 1), ("live", 15), ("beta", 15), ("test", 15)])
func keepaliveTimer(network: String, period: Int) throws {
    var peer = Peer()
    peer.rules.network = NanoNetwork.all.first { $0.name == network } ?? .dev
    var (table, link) = try Table.joined(network: network, by: peer)
    #expect(table.keepalives(on: link).count == 1)
    for round in 1...5 {
        table.pass(.seconds(period) - .milliseconds(1))
        #expect(table.keepalives(on: link).count == 2 * round - 1)
        table.pass(.milliseconds(1))
        #expect(table.keepalives(on: link).count == 2 * round + 1)
    }
}

/// After the last connection, no timer is active.
@Test func nothingToWaitFor() throws {
    var (table, link) = try Table.joined()
    table.pass(.seconds(3))
    #expect(table.nodes["node"]?.deadline != nil)
    table.say(Early.header(0), on: link)
    table.pass(.seconds(3))
    #expect(!table.isOpen(link) && table.nodes["node"]?.deadline == nil)
}

/// NANO-50: a peer that sent its port is named to the other peers, but not to itself.
@Test func keepalivesNameOthers() throws {
    var table = Table()
    try table.add("node")
    let first = table.join(Peer(), from: Endpoint(v4: 0x7f00_0001, port: 1))
    table.say(Peer().keepalive(port: 4321), on: first)
    let second = table.join(.stranger, from: Endpoint(v4: 0x7f00_0001, port: 2))
    table.pass(.seconds(1))
    let told = Keepalive.Peer(Endpoint(v4: 0x7f00_0001, port: 4321))
    #expect(table.keepalives(on: second).contains { $0.peers.contains(told) })
    #expect(!table.keepalives(on: first).contains { $0.peers.contains(told) })
}

/// NANO-39: the node closes a silent peer, but not before the timeout.
@Test(arguments: [("v28", "dev", 15), ("v28", "live", 120), ("legacy", "live", 120), ("v29dev", "live", 30)])
func idleTimeout(profile: String, network: String, seconds: Int) throws {
    var table = Table()
    try table.add("node", profile: profile, network: network)
    let link = table.attach("node")
    table.pass(.seconds(seconds) - .milliseconds(1))
    #expect(table.isOpen(link))
    table.pass(.milliseconds(1))
    #expect(!table.isOpen(link))
    #expect(table.nodes["node"]?.deadline == nil, "nothing left to wait for")
}

/// NANO-56: our keepalives do not keep a silent inbound connection open. The peer's keepalives do.
@Test func silentPeer() throws {
    var (table, link) = try Table.joined()
    table.pass(.seconds(119))
    #expect(table.isOpen(link))
    table.pass(.seconds(1))
    #expect(!table.isOpen(link) && table.reasons == [CloseReason.idle.rawValue])
    (table, link) = try Table.joined()
    for _ in 0..<4 {
        table.pass(.seconds(100))
        table.say(Peer().keepalive(), on: link)
    }
    #expect(table.isOpen(link))
}

/// The node dials a configured peer at the start, and again some time after the connection ends.
@Test func redials() throws {
    let peer = Endpoint.loopback(7777)
    var table = Table()
    try table.add("node", peers: [peer])
    func dials() -> Int { (table.done["node"] ?? []).filter { $0 == .connect(peer) }.count }
    #expect(dials() == 1)
    var out: [Action] = []
    table.nodes["node"]?.unreachable(peer, now: .zero, &out)
    table.pass(.seconds(5))
    #expect(dials() == 2)
    let link = table.attach("node", dialed: true, from: peer)
    table.say(Early.header(0), on: link)
    #expect(!table.isOpen(link) && dials() == 2)
    table.pass(.seconds(5))
    #expect(dials() == 3)
}
