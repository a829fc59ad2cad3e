import Crypto
import Testing
import Wire

@testable import Nano
@testable import Node

private let a = Endpoint(v4: 0x0a00_0201, port: 4001)
private let b = Endpoint(v4: 0x0a00_0202, port: 4002)

/// Starts a node of this network with one peer that has proved its id and sends a keepalive with these peers. Returns
/// the contacted peers.
private func told(
    _ peers: [Endpoint], profile: String = "v28", network: String = "dev", after: Duration = .seconds(10)
) throws -> [Endpoint] {
    var peer = Peer()
    peer.rules.network = NanoNetwork.all.first { $0.name == network } ?? .dev
    var (table, link) = try Table.joined(
        profile: profile, network: network, version: Profile(rawValue: profile)?.isEarly == true ? 1 : 2, by: peer)
    table.say(peer.keepalive(naming: peers), on: link)
    table.pass(after)
    return table.connects(of: "node")
}

/// NANO-48: the node contacts the peers of a keepalive one after the other, at its own pace. Early generations contact
/// them at once.
@Test func namedPeersAreContacted() throws {
    #expect(try told([a, b]) == [a, b])
    #expect(try told([a, b], after: .milliseconds(9)) == [])
    // The first slot is unused. It takes a turn like the slots after it.
    #expect(try told([a, b], after: .milliseconds(19)) == [a])
    let (live, alsoLive) = (Endpoint(v4: 0x0808_0808, port: 1), Endpoint(v4: 0x0909_0909, port: 1))
    #expect(try told([live, alsoLive], network: "live", after: .milliseconds(499)) == [live])
    #expect(try told([live, alsoLive], network: "live", after: .milliseconds(500)) == [live, alsoLive])
    #expect(try told([a, b], profile: "legacy", after: .zero) == [a, b])
    #expect(try told([a, b], profile: "v29dev") == [a, b])
}

/// NANO-49: the node contacts no reserved address.
@Test func reservedPeersAreNot() throws {
    let documentation = Endpoint(v4: 0xc000_0201, port: 1)
    let unspecified = Endpoint(v4: 0, port: 1)
    let own = [Endpoint(v4: 0x0a00_0001, port: 7001), .loopback(7001), Endpoint(high: 0, low: 1, port: 7001)]
    let noPort = Endpoint(v4: 0x0a00_0201, port: 0)
    for profile in Profile.allCases {
        #expect(try told([documentation, unspecified, noPort] + own + [a], profile: profile.rawValue) == [a])
    }
    // A private address is a peer on some networks only. Loopback is a peer on all networks.
    #expect(try told([a, .loopback(1)], network: "live") == [.loopback(1)])
    #expect(try told([a, .loopback(1)], network: "beta") == [a, .loopback(1)])
}

/// Each connection stores one keepalive until it is processed. The node ignores newer ones.
@Test func oneKeepaliveIsKept() throws {
    var (table, link) = try Table.joined()
    table.say(Peer().keepalive(naming: [a]) + Peer().keepalive(naming: [b]), on: link)
    table.pass(.seconds(1))
    #expect(table.connects(of: "node") == [a])
    table.say(Peer().keepalive(naming: [b]), on: link)
    table.pass(.seconds(1))
    #expect(table.connects(of: "node") == [a, b])
}

/// NANO-51: the node does not contact a peer again until it forgets the attempt, and not while it is connected.
@Test func namedAgain() throws {
    var (table, link) = try Table.joined()
    func name() { table.say(Peer().keepalive(naming: [a]), on: link) }
    for _ in 0..<4 {
        name()
        table.pass(.seconds(1))
    }
    #expect(table.connects(of: "node") == [a])
    table.miss(a, "node")
    table.pass(.seconds(1))
    name()
    table.pass(.seconds(1))
    #expect(table.connects(of: "node") == [a, a])
    let dialed = table.attach("node", dialed: true, from: a)
    table.pass(.seconds(6))
    name()
    table.pass(.seconds(1))
    #expect(table.isOpen(dialed) && table.connects(of: "node") == [a, a])
}

/// The limits of one address and one subnetwork also apply to attempts. On live networks, only one attempt at a time is
/// allowed.
@Test func limitsOfPlaces() throws {
    func at(_ host: UInt32, _ port: UInt16) -> Endpoint { Endpoint(v4: 0x0808_0800 + host, port: port) }
    #expect(try told((1...7).map { at(1, $0) }, network: "live", after: .seconds(5)).count == 1)
    #expect(try told((1...7).map { at(UInt32($0), 1) }, network: "live", after: .seconds(5)).count == 7)
    var peer = Peer()
    peer.rules.network = .live
    var (table, link) = try Table.joined(network: "live", by: peer)
    for i in 0..<20 {
        table.say(peer.keepalive(naming: [at(UInt32(i), 1)]), on: link)
        table.pass(.seconds(1))
    }
    #expect(table.connects(of: "node").count == 16, "of one subnetwork")
    for i in 1...10 {
        let one = Endpoint(v4: 0x0101_0101, port: UInt16(i))
        table.say(peer.keepalive(naming: [one]), on: link)
        table.pass(.seconds(1))
        table.miss(one, "node")
    }
    #expect(table.connects(of: "node").count == 20, "of one address")
    let beta = try told((1...7).map { at(1, $0) }, network: "beta", after: .seconds(5))
    #expect(beta.count == 1, "several attempts at one address are for dev alone")
}

/// For IPv6, the first 48 bits count as an address, and the first 32 bits as a subnetwork.
@Test func inboundIPv6() throws {
    func at(_ high: UInt64, _ n: Int) -> Endpoint { Endpoint(high: high, low: UInt64(n), port: UInt16(n + 1)) }
    var table = Table()
    try table.add("node", network: "live")
    let same = (0..<5).map { table.attach("node", from: at(0x2600_0001_0002_0000 | UInt64($0), $0)) }
    #expect(same.map(table.isOpen) == [true, true, true, true, false])
    let near = (0..<14).map { table.attach("node", from: at(0x2600_0001_1000_0000 | UInt64($0) << 16, $0)) }
    #expect(near.count { table.isOpen($0) } == 12)
    let many = (0..<20).map { table.attach("node", from: Endpoint(v4: 0x0808_0800 + UInt32($0), port: 1)) }
    #expect(many.allSatisfy { table.isOpen($0) }, "IPv4 subnetworks do not count for those who come")
}

/// A self keepalive has our port, then an empty slot, then the two earlier entries, and then the unchanged rest.
@Test func selfKeepalive() throws {
    var table = Table()
    try table.add("node")
    var others: Set<Endpoint> = []
    for n in 1...20 {
        var peer = Peer()
        peer.key = SigningKey(Key32(repeating: UInt8(n)).bytes)
        let from = Endpoint(v4: 0x0a00_0300 + UInt32(n), port: 1)
        let link = table.join(peer, from: from)
        table.say(peer.keepalive(port: 4000), on: link)
        others.insert(Endpoint(high: from.high, low: from.low, port: 4000))
    }
    let link = table.join(.stranger)
    let own = try #require(table.keepalives(on: link).first)
    let rest = own.peers[2...].map(Endpoint.init).filter { $0.port != 0 }
    #expect(own.peers[0].address == Fixed() && own.peers[0].port == 7001 && own.peers[1] == Keepalive.Peer())
    #expect(rest.count > 3 && Set(rest).count == rest.count && others.isSuperset(of: rest))
    table.pass(.seconds(5))
    // Each peer receives a message at least once in two periods, possibly not a keepalive. Random keepalives name up to
    // eight other peers.
    #expect(table.keepalives(on: link).count >= 2)
    let full = table.keepalives(on: link).filter { $0.peers[0].address != Fixed() }
    #expect(full.contains { $0.peers.allSatisfy { $0.port == 4000 } })
}

/// NANO-54: the node contacts earlier peers again while it remembers them. Before V26 it does not.
@Test func knownPeersAreContactedAgain() throws {
    let place = Endpoint(v4: 0x0a00_0100, port: 4321)
    func attempts(_ profile: String, _ version: UInt8) throws -> Int {
        var (table, link) = try Table.joined(profile: profile, version: version)
        table.say(Peer().keepalive(port: 4321), on: link)
        table.pass(.seconds(3))
        table.say(Early.header(0), on: link)
        for _ in 0..<60 {
            table.pass(.seconds(1))
            table.miss(place, "node")
        }
        #expect(table.nodes["node"]?.deadline == nil, "in the end it is forgotten")
        return table.connects(of: "node").count { $0 == place }
    }
    #expect(try attempts("v28", 2) == 2 && attempts("v29dev", 3) == 2)
    #expect(try attempts("legacy", 1) == 1, "the one when the keepalive came")
}

/// NANO-53: peers of the operator have priority over address ranges and limits.
@Test func configuredPeers() throws {
    var table = Table()
    let peers = [Endpoint(v4: 0x0a00_0201, port: 1), Endpoint(v4: 0x0a00_0201, port: 2)]
    try table.add("node", network: "live", peers: peers)
    #expect(table.connects(of: "node") == peers)
    for peer in peers { table.miss(peer, "node") }
    table.pass(.seconds(299))
    #expect(table.connects(of: "node").count == 2)
    table.pass(.seconds(1))
    #expect(table.connects(of: "node").count == 4)
}

/// Telemetry with another genesis ends a connection. The second time, the address is refused for an hour.
@Test func foreignTelemetry() throws {
    func telemetry(of peer: Peer, genesis: Key32, spoiled: Bool = false) -> [UInt8] {
        var message = TelemetryAck()
        message.header = peer.rules.header(.telemetryAck)
        var data = TelemetryAck.Telemetry()
        data.nodeID = peer.id
        data.genesis = genesis
        message.data = data
        let unsigned = message.encoded()
        data.signature = Fixed(exactly: peer.key.sign(Array(unsigned[72...]).span.bytes)) ?? data.signature
        if spoiled { data.signature.bytes[0] ^= 1 }
        message.data = data
        return message.encoded()
    }
    let peer = Peer()
    let foreign = Key32(repeating: 9)
    var (table, link) = try Table.joined()
    table.say(telemetry(of: peer, genesis: NanoNetwork.dev.genesis), on: link)
    table.say(telemetry(of: peer, genesis: foreign, spoiled: true), on: link)
    table.say(telemetry(of: .stranger, genesis: foreign), on: link)
    #expect(table.isOpen(link), "what is not proved says nothing")
    table.say(telemetry(of: peer, genesis: foreign), on: link)
    #expect(!table.isOpen(link) && table.reasons == [CloseReason.foreignTelemetry.rawValue])
    let again = table.join(peer)
    #expect(table.isOpen(again))
    table.say(telemetry(of: peer, genesis: foreign), on: again)
    let refused = table.attach("node")
    #expect(!table.isOpen(refused) && table.reasons.last == CloseReason.excluded.rawValue)
    let elsewhere = table.join(.stranger, from: a)
    table.say(Peer.stranger.keepalive(naming: [Endpoint(v4: 0x0a00_0100, port: 5), b]), on: elsewhere)
    table.pass(.seconds(3601))
    #expect(table.connects(of: "node") == [b])
    let later = table.join(peer)
    #expect(table.isOpen(later))
}

/// After a million endpoints, the tables are at most full, and the node continues.
@Test(arguments: Profile.allCases)
func aFloodOfEndpoints(profile: Profile) throws {
    var (table, link) = try Table.joined(profile: profile.rawValue, version: profile.handshake)
    var node = try #require(table.nodes["node"])
    var peer = Peer()
    peer.rules.profile = profile
    var message = Array(peer.keepalive(naming: [])[..<152])
    var out: [Action] = []
    var contacted = 0
    var now = table.now
    var random = Random(seed: 5)
    var most = (attempts: 0, dialing: 0)
    // All generations together have a million endpoints.
    for round in 0..<(profile == .legacy ? 400_000 : profile.isEarly ? 8_000 : 300_000) / 8 {
        for slot in 0..<8 {
            let n = random.next()
            for byte in 0..<4 {
                message[8 + 18 * slot + 12 + byte] = UInt8(truncatingIfNeeded: n >> (8 * UInt64(byte)))
            }
            message[8 + 18 * slot + 10] = 0xff
            message[8 + 18 * slot + 11] = 0xff
            message[8 + 18 * slot + 16] = UInt8(truncatingIfNeeded: n >> 32)
            message[8 + 18 * slot + 17] = UInt8(truncatingIfNeeded: n >> 40)
        }
        node.received(message.span.bytes, on: link, now: now, &out)
        if round % 100 == 0 {
            now = now + .milliseconds(10)
            node.wake(now: now, &out)
        }
        contacted += out.count { if case .connect = $0 { true } else { false } }
        out.removeAll(keepingCapacity: true)
        let peering = node.peering
        most.attempts = max(most.attempts, peering.attempts.count)
        most.dialing = max(most.dialing, peering.dialing.count)
    }
    #expect(most.attempts <= node.core.limits.attempts && most.dialing <= node.core.limits.dialing)
    #expect(contacted > 0 && contacted < 1_000_000 / 100)
    #expect(node.peering.history.count <= 1 && node.core.listeningPeers.isEmpty)
    table.nodes["node"] = node
    #expect(profile.hasAscendingBootstrap ? table.isAlive(link, peer) : table.isOpen(link))
    // A keepalive with another port each time leaves one endpoint, and one entry in the history for each look.
    for port in 1...10_000 {
        node.received(peer.keepalive(port: UInt16(port)).span.bytes, on: link, now: now, &out)
        if port % 10 == 0 {
            now = now + .milliseconds(100)
            node.wake(now: now, &out)
        }
        out.removeAll(keepingCapacity: true)
    }
    #expect(node.core.listeningPeers.count == 1 && node.peering.history.count <= 12)
}
