import CBench
import Network
import Node

extension Benchmark {
    /// Signals of 300 bytes through our hub, window 8, and announcements, beside a small hub on node's `ws`: whole processes.
    static let hubLoads: [Benchmark] =
        relay("peerpigeon relay, 32") { HubLoad.of32 } + relay("peerpigeon relay, 256") { HubLoad.of256 }
        + [
            Benchmark(name: "peerpigeon announce, 256", limit: "node ws", goal: "at least 2", needs: needs) {
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
    private static let needs: [Tool] = [.meshspec, .node]

    private static func relay(
        _ name: String, _ compared: @escaping @Sendable () -> HubLoad.Comparison?
    ) -> [Benchmark] {
        [
            Benchmark(name: name, limit: "node ws", goal: "at least 4", needs: needs) {
                compared().map { Row(figure: $0.mine.perSecond, limit: $0.theirs.perSecond, unit: "per s") }
            },
            Benchmark(name: name + ", p99", limit: "node ws", goal: "at most 0.33", needs: needs) {
                compared().map { Row(figure: $0.mine.p99, limit: $0.theirs.p99, unit: "us") }
            },
            Benchmark(name: name + ", memory", limit: "wanted", goal: "at most 1", needs: needs) {
                compared().map { Row(figure: $0.mine.memory, limit: 40, unit: "MiB") }
            },
        ]
    }
}

/// Clients of a hub that all are in one network.
private struct HubLoad {
    var clients: Int

    // Each is measured once, when the first of its rows asks.
    static let of32 = Self(clients: 32).compare()
    static let of256 = Self(clients: 256).compare()

    /// What came of a hub: the best of three rounds, and the most memory, in MiB.
    struct Result {
        var perSecond = 0.0
        /// Microseconds.
        var p99 = Double.infinity
        /// `peer-discovered` a second.
        var announced = 0.0
        var memory = 0.0
    }
    struct Comparison {
        var mine = Result()
        var theirs = Result()
    }

    private static func hub() -> Server? {
        Server({ "'\(Tool.program)' node peerpigeon --listen \($0) -P max_connections=100000 --control none" })
    }
    func compare() -> Comparison? {
        guard let mine = Self.hub(),
            let theirs = Server({ "env NODE_PATH=\(Tool.nodePackages) node \(Tool.hubPeer) \($0.port)" })
        else { return nil }
        var both = Comparison()
        // In turn, since a machine is not as fast now as it was.
        for _ in 0..<3 {
            guard measure(mine, &both.mine), measure(theirs, &both.theirs) else {
                Shell.complain("a load of \(clients) clients of a hub failed")
                return nil
            }
        }
        return both
    }
    private func measure(_ server: Server, _ result: inout Result) -> Bool {
        guard let hub = bench_hub_begin(server.port, clients, clients) else { return false }
        defer { bench_hub_end(hub) }
        var (relay, announce) = (bench_load(), bench_load())
        guard bench_hub_relay(hub, 8, 300, 1.5, &relay) == 0, bench_hub_announce(hub, 0.5, &announce) == 0,
            let peak = server.memory.peak
        else { return false }
        result.perSecond = max(result.perSecond, relay.per_second)
        result.p99 = min(result.p99, relay.p99)
        result.announced = max(result.announced, announce.per_second)
        result.memory = max(result.memory, Double(peak) / Double(1 << 20))
        return true
    }
    /// KiB for each of ten thousand clients in networks of ten that have announced themselves and idle.
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
