import CBench
import Network
import Node

extension Benchmark {
    /// Signals of 300 bytes through our hub, window 8, and announcements, compared with a small hub on node's `ws`.
    /// Both are whole processes.
    static let hubLoads: [Benchmark] =
        besideNode("peerpigeon relay, 32") { HubLoad.of32 } + besideNode("peerpigeon relay, 256") { HubLoad.of256 }
        + [
            Benchmark(
                name: "peerpigeon announce, 256", limit: "node ws", goal: "at least 2", needs: ServerComparison.needs
            ) {
                HubLoad.of256.map {
                    Row(figure: $0.mine.announced, limit: $0.theirs.announced, unit: "per s")
                }
            },
            Benchmark(
                name: "peerpigeon 10000 clients, memory", limit: "wanted", goal: "at most 1 (10 KiB each)",
                needs: [.meshspec]
            ) {
                HubLoad.memoryOfIdle.map { Row(figure: $0, limit: 10, unit: "KiB") }
            },
        ]
}

/// The clients of a hub, all in one network.
private struct HubLoad {
    var clients: Int

    // Each is measured only once, when its first row needs it.
    static let of32 = Self(clients: 32).compare()
    static let of256 = Self(clients: 256).compare()

    private static func hub() -> Server? {
        Server({ "'\(Tool.program)' node peerpigeon --listen \($0) -P max_connections=100000 --control none" })
    }
    func compare() -> ServerComparison? {
        guard let mine = Self.hub(),
            let theirs = Server({ "env NODE_PATH=\(Tool.nodePackages) node \(Tool.hubPeer) \($0.port)" })
        else { return nil }
        return ServerComparison(mine, against: theirs, under: "\(clients) clients of a hub", measure)
    }
    private func measure(_ server: Server, _ figures: inout ServerFigures) -> Bool {
        guard let hub = bench_hub_begin(server.port, clients, clients) else { return false }
        defer { bench_hub_end(hub) }
        var (relay, announce) = (bench_load(), bench_load())
        guard bench_hub_relay(hub, 8, 300, 1.5, &relay) == 0, bench_hub_announce(hub, 0.5, &announce) == 0
        else { return false }
        figures.announced = max(figures.announced, announce.per_second)
        return figures.take(relay, of: server)
    }
    /// The KiB per client, for ten thousand idle clients in networks of ten that have announced themselves.
    static let memoryOfIdle: Double? = {
        let clients = 10_000
        guard bench_open_files(clients + 200) == 0 else {
            Shell.complain("this machine does not allow \(clients) connections")
            return nil
        }
        guard let server = hub(), let empty = server.memory.now,
            let load = bench_hub_begin(server.port, clients, 10)
        else { return nil }
        defer { bench_hub_end(load) }
        return server.memory.now.map { Double($0 - empty) / 1024 / Double(clients) }
    }()
}
