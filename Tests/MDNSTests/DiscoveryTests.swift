import Testing
import Wire

@testable import Libp2p
@testable import MDNS
@testable import Node

@Suite struct DiscoveryTests {
    static let sender = Endpoint(v4: 0x7f00_0002, port: 5353)
    static func peer(_ n: Int) -> PeerID {
        PeerID(of: [8, 1, 18, 32] + Array(repeating: 0, count: 30) + [UInt8(n >> 8 & 255), UInt8(n & 255)])
    }
    /// Returns a response that announces addresses of a peer.
    static func response(_ peer: PeerID, _ addresses: [String], ttl: UInt32 = 120) -> [UInt8] {
        let strings = addresses.map { "dnsaddr=\($0)/p2p/\(peer)" }
        return DNSMessage(
            answers: [ResourceRecord("_p2p._udp.local", ptr: "x._p2p._udp.local", ttl: ttl)],
            additional: [ResourceRecord("x._p2p._udp.local", txt: strings, ttl: ttl)]
        ).compressed().encoded()
    }
    static func node(_ addresses: [String] = ["/ip4/192.168.0.7/tcp/4001"], fingerprint: String? = nil) -> Discovery {
        var random = Random(seed: 7)
        return Discovery(
            peer(9999), addresses: addresses.compactMap { Multiaddr($0) }, fingerprint: fingerprint, random: &random)
    }

    var discovery = Self.node()
    var now = Instant.zero
    mutating func hear(_ bytes: [UInt8], from: Endpoint = sender, forGroup: Bool = false) -> [Discovery.Output] {
        var out: [Discovery.Output] = []
        discovery.receive(bytes.span.bytes, from: from, answersGroup: forGroup, now: now, into: &out)
        return out
    }
    mutating func ask(_ name: String, _ type: RecordType, id: UInt16 = 0, unicast: UInt8 = 0, forGroup: Bool = false)
        throws -> [DNSMessage]
    {
        var query = DNSMessage([Question(try #require(DomainName(.text(name))), type)])
        query.id = id
        query.questions[0].unicast = unicast
        return try hear(query.encoded(), forGroup: forGroup).compactMap { output in
            guard case .send(let bytes, _) = output else { return nil }
            return try DNSMessage(copying: bytes.span.bytes)
        }
    }

    @Test mutating func findsPeerOncePerChange() {
        let (one, two) = ("/ip4/192.168.0.1/tcp/1", "/ip4/192.168.0.1/tcp/2")
        let addresses = [one, two].compactMap { Multiaddr($0) }
        #expect(hear(Self.response(Self.peer(1), [one])) == [.found(Self.peer(1), [addresses[0]])])
        #expect(hear(Self.response(Self.peer(1), [one])) == [])
        #expect(hear(Self.response(Self.peer(1), [two])) == [.found(Self.peer(1), addresses)])
        #expect(hear(Self.response(Self.peer(9999), [one])) == [])
        #expect(hear([0, 1, 2]) == [] && discovery.malformed == 1)
    }
    @Test mutating func forgetsExpiredAddresses() {
        _ = hear(Self.response(Self.peer(1), ["/ip4/192.168.0.1/tcp/1"], ttl: 10))
        _ = hear(Self.response(Self.peer(2), ["/ip4/192.168.0.2/tcp/1"], ttl: 1_000_000))
        #expect(discovery.deadline == .zero + .seconds(10))
        var out: [Discovery.Output] = []
        discovery.wake(now: .zero + .milliseconds(9999), into: &out)
        #expect(out == [] && discovery.peers.entries.count == 2)
        discovery.wake(now: .zero + .seconds(10), into: &out)
        #expect(out == [.lost(Self.peer(1), isGoodbye: false)])
        #expect(discovery.deadline == Instant.zero + Limits.lifetime)
    }
    @Test mutating func goodbyeEndsAfterOneSecond() {
        _ = hear(Self.response(Self.peer(1), ["/ip4/192.168.0.1/tcp/1"]))
        #expect(hear(Self.response(Self.peer(1), ["/ip4/192.168.0.1/tcp/1"], ttl: 0)) == [])
        #expect(hear(Self.response(Self.peer(3), ["/ip4/192.168.0.1/tcp/1"], ttl: 0)) == [])
        var out: [Discovery.Output] = []
        discovery.wake(now: .zero + .seconds(1), into: &out)
        #expect(out == [.lost(Self.peer(1), isGoodbye: true)])
    }
    @Test mutating func limitsPeers() {
        for n in 0..<1000 { _ = hear(Self.response(Self.peer(n), ["/ip4/192.168.0.1/tcp/1"])) }
        #expect(discovery.peers.entries.count == Limits.peersPerSource && discovery.peers.refused == 1000 - 64)
        // Peers that other addresses announce still find room, until the table is full.
        for n in 0..<2000 {
            let other = Endpoint(v4: 0x0a00_0000 + UInt32(n), port: 5353)
            _ = hear(Self.response(Self.peer(2000 + n), ["/ip4/192.168.0.1/tcp/1"]), from: other)
        }
        #expect(discovery.peers.entries.count == Limits.peers)
        _ = hear(Self.response(Self.peer(0), (0..<60).map { "/ip4/192.168.1.\($0)/tcp/1" }))
        #expect(discovery.peers.entries[Self.peer(0)]?.addresses.count == Limits.addresses)
        var out: [Discovery.Output] = []
        discovery.wake(now: .zero + .seconds(121), into: &out)
        #expect(out.count == Limits.peers && discovery.peers.entries.isEmpty && discovery.deadline == nil)
        now = .zero + .seconds(121)
        #expect(hear(Self.response(Self.peer(5), ["/ip4/192.168.0.1/tcp/1"])).count == 1)
    }
    @Test mutating func answersQuestions() throws {
        let name = discovery.name
        let service = try ask("_p2p._udp.local", .ptr)
        #expect(service.count == 1 && service[0].answers[0].ptr?.target.text == "\(name)._p2p._udp.local")
        #expect(service[0].additional.map(\.type) == [.txt, .srv, .a])
        #expect(service[0].authoritative == 1 && service[0].additional[1].srv?.target.text == "\(name).p2p.local")
        #expect(try ask("_services._dns-sd._udp.local", .ptr)[0].answers[0].ptr?.target.text == "_p2p._udp.local")
        #expect(try ask("\(name)._p2p._udp.local", .srv)[0].answers.map(\.type) == [.srv])
        #expect(try ask("\(name)._p2p._udp.local", .txt)[0].answers.map(\.type) == [.txt])
        #expect(try ask("\(name)._p2p._udp.local", .any)[0].answers.map(\.type) == [.srv, .txt])
        #expect(try ask("\(name).P2P.local", .a, id: 9)[0].id == 9)
        #expect(try ask("\(name).p2p.local", .aaaa) == [])
        for (other, type) in [("_p2p._udp.local", RecordType.txt), ("_ipp._tcp.local", .ptr), ("x.p2p.local", .a)] {
            #expect(try ask(other, type) == [])
        }
    }
    @Test mutating func answersGroupUnlessUnicastIsWanted() throws {
        func destinations(_ out: [Discovery.Output]) -> [Discovery.Destination] {
            out.compactMap { if case .send(_, let to) = $0 { to } else { nil } }
        }
        var query = DNSMessage([Question("_p2p._udp.local", .ptr)])
        query.id = 5
        #expect(destinations(hear(query.encoded(), forGroup: true)) == [.group])
        query.questions[0].unicast = 1
        let out = hear(query.encoded(), forGroup: true)
        #expect(destinations(out) == [.sender])
        guard case .send(let bytes, _)? = out.first else { return }
        #expect(bytes[..<2] == [0, 5])
    }
    @Test mutating func limitsAnswers() throws {
        #expect(try ask("_p2p._udp.local", .ptr).count == 1)
        now = .zero + .milliseconds(999)
        #expect(try ask("_p2p._udp.local", .ptr) == [] && discovery.limited == 1)
        #expect(try ask("_services._dns-sd._udp.local", .ptr).count == 1)
        now = .zero + .seconds(1)
        #expect(try ask("_p2p._udp.local", .ptr).count == 1)
        // Other senders get their own answers, and the memory for them has a limit.
        let query = DNSMessage([Question("_p2p._udp.local", .ptr)]).encoded()
        var answered = 0
        for n in 0..<5000 { answered += hear(query, from: Endpoint(v4: UInt32(n + 1), port: 1)).count }
        #expect(answered == Limits.recentAnswers - 2)
        now = .zero + .seconds(3)
        #expect(try ask("_p2p._udp.local", .ptr).count == 1)
    }
    @Test mutating func doesNotRepeatWhatTheQueryKnows() {
        var query = DNSMessage([Question("_p2p._udp.local", .ptr)])
        query.answers = [ResourceRecord("_p2p._udp.local", ptr: discovery.responder.instance, ttl: 59)]
        #expect(hear(query.encoded()).count == 1)
        now = .zero + .seconds(5)
        query.answers[0].ttl = 60
        #expect(hear(query.encoded()) == [])
    }
    @Test mutating func splitsManyAddresses() throws {
        let local = (0..<60).map { "/ip4/192.168.7.\($0)/tcp/4001" }
        let long = "/dns4/\(String(repeating: "x", count: 200)).local/tcp/4001"
        discovery = Self.node(local + ["/ip4/203.0.113.9/tcp/4001", long])
        let messages = try ask("_p2p._udp.local", .ptr)
        #expect(messages.count > 1 && messages.allSatisfy { $0.encoded().count <= 1472 })
        let all = messages.flatMap { PeerAnnouncement.read($0, of: "_p2p._udp.local") }.flatMap(\.addresses)
        #expect(all.map(\.description) == local)
        // Each message but the last one is as full as it can be.
        #expect(messages.dropLast().allSatisfy { $0.encoded().count > 1472 - 100 })
        let single = try ask("\(discovery.name)._p2p._udp.local", .txt)
        #expect(single.count > 1 && single.allSatisfy { $0.encoded().count <= 1472 })
    }
    @Test mutating func keepsNetworksApart() throws {
        discovery = Self.node(fingerprint: "00ff")
        #expect(try ask("_p2p._udp.local", .ptr) == [])
        #expect(try ask("_p2p-00ff._udp.local", .ptr).count == 1)
        #expect(hear(Self.response(Self.peer(1), ["/ip4/192.168.0.1/tcp/1"])) == [])
    }
    @Test mutating func asksAtGrowingIntervals() throws {
        var (out, times): ([Discovery.Output], [Int64]) = ([], [])
        discovery.query(now: .zero, into: &out)
        while times.count < 9, let next = discovery.deadline {
            times.append(next.nanoseconds / 1_000_000_000)
            discovery.wake(now: next, into: &out)
        }
        #expect(times == [1, 3, 7, 15, 31, 63, 123, 183, 243] && out.count == 10)
        guard case .send(let bytes, .group)? = out.first else { return }
        let wanted = [UInt8](hex: "000000000001000000000000045f703270045f756470056c6f63616c00000c0001")
        #expect(bytes == wanted)
    }
    @Test func namesAreRandom() {
        var random = Random(seed: 1)
        let names = (0..<50).map { _ in Discovery(Self.peer(1), addresses: [], random: &random).name }
        #expect(Set(names).count == 50)
        #expect(
            names.allSatisfy { $0.utf8.count == 32 && $0.utf8.allSatisfy { 0x61...0x7a ~= $0 || 0x30...0x39 ~= $0 } })
        #expect(Set(names.joined()).count == 36)
    }
}
