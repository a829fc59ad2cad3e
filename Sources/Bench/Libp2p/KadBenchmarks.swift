import CBench
import Kademlia
import Libp2p
import Node
import Wire

extension Benchmark {
    /// The answers of a server to FIND_NODE, which are found in its table of 10,000 offered peers and encoded, compared
    /// with a C program that does the same.
    static let findNode = Benchmark(name: "kad find_node answers", limit: "C", goal: "at least 0.5") {
        answers(where: { asked, rounds, out in
            bench_kad_answer(
                asked.own, asked.ids, asked.addresses, asked.ids.count / idSize, asked.keys,
                asked.keys.count / idSize, DHTOptions().bucketSize, &out, rounds)
        })
    }
    /// The same answers, compared with a C program that encodes one of them again and again.
    static let findNodeEncoding = Benchmark(
        name: "kad find_node beside encoding", limit: "C, encoding alone", goal: "at least 0.5"
    ) {
        answers(
            where: { asked, rounds, out in
                bench_kad_encode(asked.ids, asked.addresses, min(DHTOptions().bucketSize, 64), &out, rounds)
            }, isSame: false)
    }
    private static let idSize = 34
    /// The content of a table, and requests to it.
    private struct Asked {
        var own: [UInt8]
        var ids: [UInt8]
        var addresses: [UInt8]
        var keys: [UInt8]
    }
    /// Compares a server with a C program that makes as many answers as it is told, and keeps the last one. `isSame`:
    /// false if that is another answer.
    private static func answers(
        where makes: (Asked, _ rounds: Int, inout [UInt8]) -> Int, isSame: Bool = true
    ) -> Row? {
        var node = server(of: 10_000)
        var random = Random(seed: 2)
        let requests = (0..<256).map { _ in KadContent(.findNode, key: random.bytes(idSize)) }
        let peers = node.table.all.map(\.peer)
        let asked = Asked(
            own: node.own.bytes, ids: peers.flatMap(\.bytes), addresses: peers.flatMap { node.book[$0][0].bytes },
            keys: requests.flatMap { $0.key?.own ?? [] })
        guard let asker = PeerID([0x12, 32] + random.bytes(32)) else { return nil }
        var out: [UInt8] = []
        func answer(_ i: Int) -> Bool {
            out.removeAll(keepingCapacity: true)
            guard case .answer(let answer) = node.reply(requests[i % 256], to: asker, .zero) else { return false }
            KadMessage(answer).encode(appendingTo: &out)
            return true
        }
        let rounds = 200_000
        var made = [UInt8](repeating: 0, count: 8192)
        for count in 1...requests.count where isSame {
            let size = makes(asked, count, &made)
            guard answer(count - 1), out == Array(made.prefix(size)) else {
                Shell.complain("the C program gives another answer")
                return nil
            }
        }
        var start = now
        _ = makes(asked, rounds, &made)
        let limit = Double(rounds) / (now - start) * 1e9
        start = now
        for i in 0..<rounds where !answer(i) { return nil }
        return Row(figure: Double(rounds) / (now - start) * 1e9, limit: limit, unit: "/s")
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
            server.set([Multiaddr(Endpoint(v4: UInt32(i), port: 4001))], of: peer)
        }
        return server
    }
}
