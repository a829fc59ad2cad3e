import Testing

@testable import Nano
@testable import Node

/// NANO-49: address ranges without peers, on each network and on networks without local peers. The rows have both ends
/// of each range and the neighbouring addresses.
@Test(arguments: [
    ("0.0.0.0", true, true), ("0.255.255.255", true, true), ("1.0.0.0", false, false),
    ("127.0.0.1", false, false), ("127.255.255.255", false, false), ("8.8.8.8", false, false),
    ("192.0.1.255", false, false), ("192.0.2.0", true, true), ("192.0.2.255", true, true), ("192.0.3.0", false, false),
    ("198.51.99.255", false, false), ("198.51.100.0", true, true), ("198.51.100.255", true, true),
    ("198.51.101.0", false, false), ("203.0.112.255", false, false), ("203.0.113.0", true, true),
    ("203.0.113.255", true, true), ("203.0.114.0", false, false), ("223.255.255.255", false, false),
    ("224.0.0.0", true, true), ("239.255.255.255", true, true), ("240.0.0.0", true, true),
    ("255.255.255.255", true, true), ("9.255.255.255", false, false), ("10.0.0.0", false, true),
    ("10.255.255.255", false, true), ("11.0.0.0", false, false), ("172.15.255.255", false, false),
    ("172.16.0.0", false, true), ("172.31.255.255", false, true), ("172.32.0.0", false, false),
    ("192.167.255.255", false, false), ("192.168.0.0", false, true), ("192.168.255.255", false, true),
    ("192.169.0.0", false, false), ("100.63.255.255", false, false), ("100.64.0.0", false, true),
    ("100.127.255.255", false, true), ("100.128.0.0", false, false), ("[::]", true, true), ("[::1]", false, false),
    ("[::2]", false, false), ("[100::]", true, true), ("[100::ffff:ffff:ffff:ffff]", true, true),
    ("[100:0:0:1::]", false, false), ("[2001:db7:ffff::]", false, false), ("[2001:db8::]", true, true),
    ("[2001:db8:ffff:ffff::1]", true, true), ("[2001:db9::]", false, false), ("[2600::1]", false, false),
    ("[fbff::]", false, false), ("[fc00::]", false, true), ("[fd00:ffff::1]", false, true), ("[fe00::]", false, false),
    ("[feff::]", false, false), ("[ff00::]", true, true), ("[ff02::1]", true, true),
])
func reservedAddresses(host: String, onDev: Bool, onLive: Bool) throws {
    let peer = try #require(Endpoint(host: host, port: 7075))
    for network in NanoNetwork.all {
        let isReserved = peer.isReserved(allowingLocal: network.allowsLocalPeers)
        #expect(isReserved == (network.id == .dev || network.id == .beta ? onDev : onLive), "\(network.name)")
    }
    #expect(Endpoint(high: peer.high, low: peer.low, port: 0).isReserved(allowingLocal: true), "port 0 is nobody's")
}

/// An IPv4 address or a /48 is one site. A /24 or a /32 is one subnetwork.
@Test func sitesAndSubnetworks() throws {
    func at(_ text: String) throws -> Endpoint { try #require(Endpoint(text)) }
    #expect(try at("1.2.3.4:5").site == at("1.2.3.4:0").site)
    #expect(try at("1.2.3.4:5").site != at("1.2.3.5:5").site)
    #expect(try at("1.2.3.4:5").subnetwork == at("1.2.3.255:6").subnetwork)
    #expect(try at("1.2.3.4:5").subnetwork != at("1.2.4.4:5").subnetwork)
    #expect(try at("[2600:1:2:3::4]:5").site == at("[2600:1:2:ffff:1::]:6").site)
    #expect(try at("[2600:1:2::]:5").site != at("[2600:1:3::]:5").site)
    #expect(try at("[2600:1:2::]:5").subnetwork == at("[2600:1:3::]:5").subnetwork)
    #expect(try at("[2600:1::]:5").subnetwork != at("[2600:2::]:5").subnetwork)
}

/// The number of receivers of a message to some peers is the square root or the logarithm of the number of peers.
@Test(arguments: [(1, 1, 2), (2, 2, 2), (9, 3, 3), (100, 10, 5), (4096, 64, 9)])
func fanout(peers: Int, legacy: Int, later: Int) {
    #expect(Int(Profile.legacy.fanout(peers).rounded(.up)) == legacy)
    #expect(Int(Profile.v28.fanout(peers).rounded(.up)) == later)
    #expect(Profile.v28.fanout(peers) == Profile.v29dev.fanout(peers))
}

/// Endpoints are remembered for a limited time. Their number is limited.
@Test func recentPeers() {
    func at(_ n: Int) -> Endpoint { Endpoint(v4: 0x0100_0000 + UInt32(n), port: 1) }
    var peers = RecentPeers(lifetime: .seconds(5), capacity: 3)
    let times = [(1, 0, true), (1, 0, false), (2, 1, true), (3, 2, true), (4, 4, false)]
    for (n, seconds, isTaken) in times {
        let took = peers.insert(at(n), now: .zero + .seconds(seconds))
        #expect(took == isTaken, "\(n) at \(seconds) s")
    }
    #expect(peers.prefixCounts.inSubnetwork(of: at(9)) == 3 && peers.prefixCounts.atSite(of: at(2)) == 1)
    let took = peers.insert(at(4), now: .zero + .seconds(5))
    #expect(took, "the first one is forgotten")
    #expect(!peers.contains(at(1)) && peers.count == 3)
    peers.remove(at(3))
    peers.insert(at(3), now: .zero + .seconds(5))
    peers.expire(.zero + .seconds(7))
    #expect(peers.contains(at(3)), "it came back, and its time counts from then")
    peers.expire(.zero + .seconds(10))
    #expect(peers.count == 0 && peers.prefixCounts.inSubnetwork(of: at(9)) == 0)
}

/// An address is refused after its second offence, longer each time. Its history is forgotten in the end.
@Test func exclusions() {
    let (bad, other) = (Endpoint(v4: 0x0102_0304, port: 1), Endpoint(v4: 0x0102_0305, port: 1))
    func hours(_ n: Int) -> Instant { .zero + .seconds(3600 * n) }
    var list = Exclusions(period: .seconds(3600), capacity: 2)
    list.add(bad, now: .zero)
    #expect(!list.contains(bad, now: .zero), "once may be an accident")
    list.add(bad, now: .zero)
    #expect(list.contains(Endpoint(v4: 0x0102_0304, port: 9), now: hours(1) + .seconds(-1)), "whatever the port")
    #expect(!list.contains(bad, now: hours(1)) && !list.contains(other, now: .zero))
    list.add(bad, now: .zero)
    #expect(list.contains(bad, now: hours(6) + .seconds(-1)) && !list.contains(bad, now: hours(6)))
    list.add(bad, now: hours(7))
    #expect(!list.contains(bad, now: hours(7)))
    list.add(bad, now: hours(9))
    #expect(list.contains(bad, now: hours(9)), "a first offence is never forgotten")
    for n in 0..<100 { list.add(Endpoint(v4: UInt32(n), port: 1), now: hours(9)) }
    #expect(list.count == 2)
}

/// Connected peers are remembered until they have been gone too long. Their number is limited.
@Test func peerHistory() {
    func at(_ n: Int) -> Endpoint { Endpoint(v4: 0x0100_0000 + UInt32(n), port: 1) }
    var history = PeerHistory(lifetime: .seconds(10), capacity: 2)
    history.note(at(2), now: .zero)
    history.note(at(1), now: .zero + .seconds(5))
    history.note(at(3), now: .zero + .seconds(5))
    #expect(history.peers == [at(1), at(2)])
    history.expire(.zero + .seconds(10))
    history.note(at(3), now: .zero + .seconds(10))
    #expect(history.peers == [at(1), at(3)])
}
