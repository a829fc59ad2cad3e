import Testing

@testable import Node
@testable import RightMesh

/// Compares the cost formulas with their table and with real messages.
@Suite struct CostTests {
    /// The bytes of a message that lists this number of peers.
    @Test(arguments: [
        (0, 1, 80), (1, 1, 104), (10, 1, 320), (100, 1, 2480), (330, 1, 8000), (331, 2, 8096), (1000, 4, 24_296),
        (2000, 7, 48_512), (5000, 16, 121_160), (10_000, 31, 242_240), (65_536, 199, 1_587_200),
    ])
    func message(peers: Int, datagrams: Int, bytes: Int) throws {
        let wanted = MeshTraffic(messages: 1, datagrams: datagrams, ids: peers, bytes: bytes)
        let (formula, encoded) = rightmeshModel.message(peers, try Definition.rightmesh.settings())
        #expect(formula == wanted && encoded == wanted)
    }
    /// The header and the first record of a section remain together.
    @Test func bothSections() {
        #expect(MessageCost(peers: 327, superpeers: 1).datagrams == 1)
        #expect(MessageCost(peers: 328, superpeers: 1).datagrams == 2)
        #expect(MessageCost(peers: 0, superpeers: 1).bytes == 132)
    }
    /// The formula equals the real split of messages for random lists and datagram sizes.
    @Test func asCut() throws {
        var random = Random(seed: 11, "cost")
        for _ in 0..<300 {
            let most = [256, 1400, 8000, 256 + Int(random.next() % 7745)][Int(random.next() % 4)]
            let (n, s) = (Int(random.next() % 700), Int(random.next() % 200))
            var hello = Hello()
            hello.header.src = meshID(of: "a")
            hello.body.peers = Peers(
                (0..<n).map { Peer(meshID(of: "\($0)"), hop: 1, role: .client) }, isSnapshot: true)
            if s > 0 {
                hello.body.superpeers = Superpeers(
                    (0..<s).map { .init(meshID(of: "s\($0)"), at: .loopback(1), role: .superpeer, hop: 1, age: 0) })
            }
            let datagrams = try hello.datagrams(maxDatagram: most)
            let cost = MessageCost(peers: n, superpeers: s > 0 ? s : nil, maxDatagram: most)
            #expect(cost.datagrams == datagrams.count, "\(n) \(s) \(most)")
            #expect(cost.bytes == datagrams.reduce(0) { $0 + $1.count }, "\(n) \(s) \(most)")
        }
    }
    /// The bytes of an INTERVAL between all superpeers.
    @Test(arguments: [
        (100, 2, 5504, 5504), (1000, 5, 788_960, 204_320), (1000, 10, 4_043_520, 527_040),
        (10_000, 10, 39_359_520, 4_453_920), (10_000, 50, 1_179_920_000, 34_731_200),
    ])
    func interval(peers: Int, superpeers: Int, transit: Int, fullMesh: Int) throws {
        let size = MeshSize(hubs: superpeers, peers: peers)
        for (mode, bytes) in [("transit", transit), ("full-mesh", fullMesh)] {
            let settings = try Definition.rightmesh.settings(["advertise": mode])
            let cost = rightmeshModel.cost(size, settings).hubs
            #expect(cost.bytes == bytes && cost.messages == 2 * superpeers * (superpeers - 1))
            let listed = mode == "transit" ? peers - peers / superpeers + superpeers - 2 : peers / superpeers
            #expect(cost.ids == cost.messages * listed)
        }
    }
    /// If phones cannot be distributed evenly, the cost is the sum over all pairs of superpeers.
    @Test(arguments: [(7, 3), (100, 7), (0, 4), (5, 1), (2, 5)]) func uneven(peers: Int, superpeers: Int) throws {
        let size = MeshSize(hubs: superpeers, peers: peers)
        #expect((0..<superpeers).map(size.attached).reduce(0, +) == peers)
        for mode in ["transit", "full-mesh"] {
            var bytes = 0
            for a in 0..<superpeers {
                for b in 0..<superpeers where a != b {
                    let n =
                        mode == "transit" ? peers - size.attached(to: b) + superpeers - 2 : size.attached(to: a)
                    bytes += 2 * MessageCost(peers: n, superpeers: superpeers).bytes
                }
            }
            let settings = try Definition.rightmesh.settings(["advertise": mode])
            #expect(rightmeshModel.cost(size, settings).hubs.bytes == bytes, "\(mode)")
        }
    }
    /// The header gives the kind of a datagram.
    @Test func exchange() throws {
        var ack = HelloAck()
        (ack.header.src, ack.header.msgID, ack.header.ackID) = (meshID(of: "a"), 7, 3)
        ack.body.peers = Peers(
            (0..<331).map { Peer(meshID(of: "\($0)"), hop: 1, role: .client) }, isSnapshot: true)
        let datagrams = try ack.datagrams()
        let told = datagrams.map { rightmeshModel.exchange($0.span.bytes) }
        #expect(
            told == [
                Exchange("rightmesh.hello_ack", number: 7, answers: 3, ids: 331, isFirst: true),
                Exchange("rightmesh.hello_ack", number: 7, answers: 3, ids: 0, isFirst: false),
            ])
        #expect(rightmeshModel.exchange([1, 2, 3].span.bytes) == nil)
        #expect(rightmeshModel.exchange([UInt8](repeating: 0, count: 100).span.bytes) == nil)
    }
}
