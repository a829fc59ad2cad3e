import Testing
import Wire

@testable import Node
@testable import RightMesh

/// Clock jumps, repeated boots, floods and garbage: memory remains within its limits, and neighbours are received.
@Suite struct HostileTests {
    private func hello(_ src: MeshID, to name: String, msgID: UInt32 = 1, boot: UInt16 = 7, _ peers: [Peer] = [])
        -> [UInt8]
    {
        var m = Hello(peers: Peers(peers, isSnapshot: true))
        (m.header.src, m.header.dst, m.header.msgID, m.header.boot) = (src, meshID(of: name), msgID, boot)
        m.header.role = .client
        return m.encoded()
    }
    private func receive(_ t: inout Town, _ name: String, _ datagram: [UInt8], on link: UInt64 = 9) {
        t.act(name) { node, now, out in
            node.opened(LinkID(link), peer: .loopback(UInt16(truncatingIfNeeded: link)), by: .them, now: now, &out)
            out = []
            node.received(datagram.span.bytes, on: LinkID(link), now: now, &out)
            out = []
        }
    }

    /// A jump ahead in time ends only routes. After a jump back, the time continues.
    @Test func clock() throws {
        var t = try WalkThroughTests.town()
        t.now = .never
        for name in ["RSP1", "S1", "B1"] { t.act(name) { $0.wake(now: $1, &$2) } }
        #expect(t.table("RSP1") == [] && t.nodes["RSP1"]?.deadline != nil)
        // The phone has lost its superpeer, and selects another one.
        t.settle()
        t.now = .zero + .seconds(1)
        t.act("S1") { $0.report($1, &$2) }
        t.settle()
        #expect(t.table("RSP2").contains("S1>S1/1"))
        // One second later, the route is far from its end.
        t.now = .zero + .seconds(2)
        t.act("RSP2") { $0.wake(now: $1, &$2) }
        #expect(t.table("RSP2").contains("S1>S1/1"))
    }
    /// A restarted node selects another boot, even with the same seed. Its first message is accepted.
    @Test func restart() throws {
        var t = Town("target")
        try t.start("RSP1")
        try t.start("S1", told: ["RSP1"])
        t.settle()
        let first = t.nodes["S1"]?.boot
        t.now = .zero + .seconds(3)
        try t.start("S1", told: ["RSP1"])
        t.settle()
        #expect(t.nodes["S1"]?.boot != first && t.nodes["S1"]?.uplink.state == .attached)
        #expect(t.count("RSP1", .stale) == 0 && t.count("RSP1", .dupDone) == 0)
    }
    /// The same boot with restarted numbers is stale. A replaced boot counts again after 8 s.
    @Test func bootComesAgain() throws {
        var t = Town("target")
        try t.start("RSP1")
        let src = Maker.id(1)
        receive(&t, "RSP1", hello(src, to: "RSP1", msgID: 5))
        t.now = .zero + .seconds(5)
        receive(&t, "RSP1", hello(src, to: "RSP1", msgID: 1))
        #expect(t.count("RSP1", .stale) == 1)
        receive(&t, "RSP1", hello(src, to: "RSP1", msgID: 1, boot: 8))
        receive(&t, "RSP1", hello(src, to: "RSP1", msgID: 6))
        #expect(t.count("RSP1", .oldBoot) == 1)
        t.now = .zero + .seconds(13)
        receive(&t, "RSP1", hello(src, to: "RSP1", msgID: 6, [Maker.peers(1)[0]]))
        #expect(t.nodes["RSP1"]?.routing.count == 2)
    }
    /// Made-up neighbours with complete messages fill the table at most to its limit.
    @Test func madeUpNeighbours() throws {
        var t = Town("target")
        try t.start("RSP1")
        try t.start("S1", told: ["RSP1"])
        t.settle()
        // The test sends at most as many messages at once as the node has time for.
        for i in 0..<3000 {
            t.now = t.now + .milliseconds(1)
            receive(&t, "RSP1", hello(Maker.id(i), to: "RSP1"))
        }
        let peers = Maker.peers(65_536)
        for i in 0..<5 {
            var m = Hello(
                peers: Peers(peers.map { Peer(flip($0.id, i), hop: 1, role: .client) }, isSnapshot: false))
            (m.header.src, m.header.dst, m.header.msgID, m.header.boot) = (
                Maker.id(1), meshID(of: "RSP1"), UInt32(2 + i), 7
            )
            t.now = t.now + .seconds(1)
            for d in try m.datagrams() { receive(&t, "RSP1", d) }
        }
        #expect(t.nodes["RSP1"]?.routing.count == Limits.routes)
        // The earlier neighbour is still received. The answer is a list that fits.
        t.act("S1") { $0.report($1, &$2) }
        t.settle()
        #expect(t.table("RSP1").contains("S1>S1/1") && t.nodes["S1"]?.uplink.state == .attached)
        t.act("RSP1") { node, now, _ in
            let body = node.fitting(Hello(peers: node.peers(for: MeshID(), now)).body)
            #expect(body.peers?.records.count == Limits.records && body.peers?.flags.isSnapshot == false)
        }
    }
    private func flip(_ id: MeshID, _ i: Int) -> MeshID {
        var id = id
        id.bytes[10] = UInt8(truncatingIfNeeded: i)
        return id
    }
    /// An endless number of addresses begins messages and completes none. Meanwhile, neighbours exchange lists of many
    /// datagrams. Memory is at both its limits whenever a neighbour's message arrives. The tables become the same as
    /// without the flood.
    @Test func convergesInAFlood() throws {
        func tables(flood: Int) throws -> (tables: [String: Set<String>], routes: [String: Int], evicted: UInt64) {
            var t = Town("target")
            let small = ["max_datagram": "1400"]
            try t.start("RSP1")
            try t.start("RSP2", told: ["RSP1"], small)
            try t.start("S1", told: ["RSP1"], small)
            var stranger = Stranger(to: meshID(of: "RSP1"))
            func begin(_ count: Int) {
                t.act("RSP1") { node, now, out in
                    for _ in 0..<count {
                        let (link, at) = (LinkID(UInt64(1_000_000 + stranger.number)), stranger.next())
                        node.opened(link, peer: at, by: .them, now: now, &out)
                        node.received(stranger.datagram.span.bytes, on: link, now: now, &out)
                        node.closed(link, now: now, &out)
                    }
                    #expect(out.isEmpty)
                }
            }
            let many = Maker.peers(1000)
            for round in 0..<4 {
                t.now = .zero + .seconds(6 * Int64(round))
                if flood > 0 { begin(Limits.open) }
                for d in try hello(many[0].id, msgID: UInt32(round) + 1, many) {
                    receive(&t, "S1", d)
                }
                for name in ["RSP1", "RSP2", "S1"] { t.act(name) { $0.wake(now: $1, &$2) } }
                t.greet("RSP2", "RSP1")
                t.act("S1") { $0.report($1, &$2) }
                while let first = t.letters.first {
                    begin(flood)
                    let reassembler = try #require(t.nodes["RSP1"]?.reassembler)
                    #expect(reassembler.held <= Limits.held)
                    if flood > 0 {
                        #expect(reassembler.held > Limits.held - 20 * Stranger.bytes)
                    }
                    t.deliver(first.from, first.to)
                }
            }
            #expect(flood == 0 || stranger.number > 150_000)
            return (
                ["RSP1", "RSP2"].reduce(into: [:]) { $0[$1] = t.table($1).filter { !$0.contains("?") } },
                t.nodes.mapValues { $0.routing.count }, t.count("RSP1", .evict)
            )
        }
        let quiet = try tables(flood: 0)
        let flooded = try tables(flood: 5000)
        // Both superpeers know all peers of S1.
        #expect(quiet.routes["RSP1"] ?? 0 > 850 && quiet.routes["RSP2"] ?? 0 > 780 && quiet.evicted == 0)
        #expect(flooded.tables == quiet.tables && flooded.routes == quiet.routes)
        #expect(flooded.evicted > 50_000)
    }
    /// Returns the HELLO of a phone with a list, to S1.
    private func hello(_ src: MeshID, msgID: UInt32, _ peers: [Peer]) throws -> [[UInt8]] {
        var m = Hello(peers: Peers(Array(peers.dropFirst()), isSnapshot: true))
        (m.header.src, m.header.dst, m.header.msgID, m.header.boot) = (src, meshID(of: "S1"), msgID, 7)
        m.header.role = .client
        return try m.datagrams()
    }
    /// A node accepts a limited number of superpeers from one that names thousands.
    @Test func madeUpSuperpeers() throws {
        var t = Town("target")
        try t.start("RSP1")
        var m = Hello(peers: Peers([], isSnapshot: true))
        (m.header.src, m.header.dst, m.header.role) = (Maker.id(1), meshID(of: "RSP1"), .superpeer)
        m.body.superpeers = Superpeers(
            (2..<5000).map { .init(Maker.id($0), at: .loopback(UInt16($0)), role: .superpeer, hop: 1, age: 0) })
        for d in try m.datagrams() { receive(&t, "RSP1", d) }
        #expect(t.nodes["RSP1"]?.superpeers.count == Limits.superpeers)
        t.now = .zero + .seconds(200)
        for _ in 0..<200 {
            t.now = t.now + .seconds(1)
            t.act("RSP1") { node, now, out in
                node.wake(now: now, &out)
                out = []
            }
        }
        #expect(t.nodes["RSP1"]?.superpeers.count == 0 && t.nodes["RSP1"]?.greetings.contacts.isEmpty == true)
    }
    /// No bytes on any link cause a trap.
    @Test func noise() throws {
        var t = try WalkThroughTests.town("narrated")
        var random = Random(seed: 0x5eed, "noise")
        let samples = catalogue.map { type -> [UInt8] in
            var bytes = Maker.message(
                MessageType(rawValue: UInt8(1 + (catalogue.firstIndex { $0 == type } ?? 0))), peers: 20)
            bytes.replaceSubrange(28..<48, with: meshID(of: "S1").array)
            return bytes
        }
        for i in 0..<20_000 {
            var d = samples[Int(random.next() % 6)]
            for _ in 0..<Int(random.next() % 4) {
                d[Int(random.next() % UInt64(d.count))] = UInt8(truncatingIfNeeded: random.next())
            }
            if i % 2 == 0 {
                // The checksum is right, and the fields are wrong.
                let crc = BodyCRC.of(d.span.bytes.extracting(72...))
                for k in 0..<4 { d[64 + k] = UInt8(truncatingIfNeeded: crc >> UInt64(24 - 8 * k)) }
            }
            d[51] = UInt8(truncatingIfNeeded: i)
            t.now = t.now + .milliseconds(Int64(random.next() % 50))
            receive(&t, "S1", d, on: 1 + random.next() % 5)
            if i % 100 == 0 {
                t.act("S1") {
                    $0.wake(now: $1, &$2); $2 = []
                }
            }
        }
        #expect(t.nodes["S1"].map { $0.requests.count < 100 && $0.routing.count < 2000 } == true)
    }
}
