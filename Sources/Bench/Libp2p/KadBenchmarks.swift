import CBench
import Kademlia
import Libp2p
import Node
import Wire

extension Benchmark {
    /// The answers of a server to FIND_NODE, which are found in its table and encoded, compared with a C program that
    /// encodes the same answer again and again.
    static let findNode = Benchmark(
        name: "kad find_node answers", limit: "C, encoding alone", goal: "at least 0.5"
    ) {
        var node = Self.server(of: 10_000)
        var random = Random(seed: 2)
        let requests = (0..<256).map { _ in KadContent(.findNode, key: random.bytes(34)) }
        guard let asker = PeerID([0x12, 32] + random.bytes(32)),
            case .answer(let first) = node.reply(requests[0], to: asker, .zero)
        else { return nil }
        let wanted = KadMessage(first).encoded()
        let ids = first.closerPeers.flatMap { $0.id?.own ?? [] }
        let addresses = first.closerPeers.flatMap { $0.addresses.first?.own ?? [] }
        let rounds = 200_000
        var made = [UInt8](repeating: 0, count: 8192)
        let size = bench_kad_answer(ids, addresses, first.closerPeers.count, &made, 1)
        guard wanted == Array(made.prefix(size)) else {
            Shell.complain("the C program encodes another answer")
            return nil
        }
        var start = now
        _ = bench_kad_answer(ids, addresses, first.closerPeers.count, &made, rounds)
        let limit = Double(rounds) / (now - start) * 1e9
        start = now
        var out: [UInt8] = []
        for i in 0..<rounds / 10 {
            out.removeAll(keepingCapacity: true)
            guard case .answer(let answer) = node.reply(requests[i % 256], to: asker, .zero) else { return nil }
            KadMessage(answer).encode(appendingTo: &out)
        }
        return Row(figure: Double(rounds / 10) / (now - start) * 1e9, limit: limit, unit: "/s")
    }
    /// The time until a table has been offered 10,000 peers.
    static let kadTable = Benchmark(name: "kad table of 10,000 peers", limit: "wanted", goal: "at most 1 (100 ms)") {
        let offered = Self.peers(10_000)
        let start = now
        var table = RoutingTable(around: KadID(of: [0]), bucketSize: 20)
        for peer in offered { _ = table.add(peer) }
        guard table.count > 150 else { return nil }
        return Row(figure: (now - start) / 1e6, limit: 100, unit: "ms")
    }
    /// A DHT of 10,000 nodes that join, and look up and provide 1,000 times each, in virtual time on one core. The
    /// result counts only if every search found its provider.
    static let kadSimulation = Benchmark(
        name: "simulate 10,000 DHT nodes", limit: "wanted", goal: "at most 1 (60 s)"
    ) {
        guard let model = Definition.kademlia.meshes.lookup, let settings = try? Definition.kademlia.settings() else {
            return nil
        }
        let start = now
        let outcome = model.run(LookupPlan(peers: 10_000, settings, seed: 1))
        guard outcome.success == 1, outcome.lookups == 1000 else {
            Shell.complain("\(outcome.found) of \(outcome.searches) searches found their provider")
            return nil
        }
        return Row(figure: (now - start) / 1e9, limit: 60, unit: "s")
    }
    private static func peers(_ count: Int) -> [PeerID] {
        var random = Random(seed: 1)
        return (0..<count).compactMap { _ in PeerID([0x12, 32] + random.bytes(32)) }
    }
    private static func server(of count: Int) -> DHTServer {
        var server = DHTServer(peers(1)[0], DHTOptions(), date: 0)
        for (i, peer) in peers(count).enumerated() {
            _ = server.table.add(peer)
            server.book.set(peer, [Multiaddr(Endpoint(v4: UInt32(i), port: 4001))])
        }
        return server
    }
}
