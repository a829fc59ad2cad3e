import CBench
import Glibc
import Network
import Node

extension Benchmark {
    /// Messages of 300 bytes through our node, window 8, beside node's `ws`: whole processes, one after the other.
    static let webSocketLoads: [Benchmark] =
        rows("websocket echo, 32") { WebSocketLoad.echo32 } + rows("websocket echo, 256") { WebSocketLoad.echo256 }
        + rows("websocket relay, 32") { WebSocketLoad.relay32 }
        + rows("websocket relay, 256") { WebSocketLoad.relay256 }

    private static func rows(
        _ name: String, _ compared: @escaping @Sendable () -> WebSocketLoad.Comparison?
    ) -> [Benchmark] {
        let needs: [Tool] = [.meshspec, .node]
        return [
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

/// Clients that each have so many messages under way, to a server that sends them back, or to one that hands them on.
private struct WebSocketLoad {
    var clients: Int
    var isRelay: Bool

    // Each is measured once, when the first of its rows asks.
    static let echo32 = Self(clients: 32, isRelay: false).compare()
    static let echo256 = Self(clients: 256, isRelay: false).compare()
    static let relay32 = Self(clients: 32, isRelay: true).compare()
    static let relay256 = Self(clients: 256, isRelay: true).compare()

    /// What came of a server: the best of three rounds, and the most memory, in MiB.
    struct Result {
        var perSecond = 0.0
        /// Microseconds.
        var p99 = Double.infinity
        var memory = 0.0
    }
    struct Comparison {
        var mine = Result()
        var theirs = Result()
    }

    func compare() -> Comparison? {
        let role = isRelay ? "relay" : "echo"
        guard
            let mine = Server({
                "'\(Tool.program)' node websocket --listen \($0) --role \(role) -P deflate=off --control none"
            }),
            let theirs = Server({
                "env NODE_PATH=\(Tool.nodePackages) node \(Tool.webSocketPeer) \(role) \($0.port) off"
            })
        else { return nil }
        var both = Comparison()
        // In turn, since a machine is not as fast now as it was.
        for _ in 0..<3 {
            guard measure(mine, &both.mine), measure(theirs, &both.theirs) else {
                Shell.complain("a load of \(clients) clients failed")
                return nil
            }
        }
        return both
    }
    private func measure(_ server: Server, _ result: inout Result) -> Bool {
        var plan = bench_load_plan(
            port: server.port, clients: clients, window: 8, size: 300, seconds: 1.5, is_paired: isRelay ? 1 : 0)
        var load = bench_load()
        guard bench_websocket_load(&plan, &load) == 0, let peak = server.memory.peak else { return false }
        result.perSecond = max(result.perSecond, load.per_second)
        result.p99 = min(result.p99, load.p99)
        result.memory = max(result.memory, Double(peak) / Double(1 << 20))
        return true
    }
}
