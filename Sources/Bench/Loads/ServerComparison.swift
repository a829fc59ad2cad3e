import CBench

/// The results of a server under a load: the best of three rounds, and the maximum memory in MiB.
struct ServerFigures {
    var perSecond = 0.0
    /// The 99th percentile of the latency in microseconds.
    var p99 = Double.infinity
    var memory = 0.0
    /// The number of `peer-discovered` messages per second; only for hubs.
    var announced = 0.0

    /// Adds the results of a round; false if the memory of the server cannot be read.
    mutating func take(_ load: bench_load, of server: Server) -> Bool {
        guard let peak = server.memory.peak else { return false }
        perSecond = max(perSecond, load.per_second)
        p99 = min(p99, load.p99)
        memory = max(memory, Double(peak) / Double(1 << 20))
        return true
    }
}

/// A comparison of our server with a small one on node's `ws`. Both are whole processes.
struct ServerComparison {
    var mine = ServerFigures()
    var theirs = ServerFigures()
    static let needs: [Tool] = [.meshspec, .node]

    /// Measures both servers; nil if a round failed. `load` is the name of the load.
    init?(_ mine: Server, against theirs: Server, under load: String, _ measure: (Server, inout ServerFigures) -> Bool)
    {
        // The runs alternate, because the speed of a machine varies over time.
        for _ in 0..<3 {
            guard measure(mine, &self.mine), measure(theirs, &self.theirs) else {
                Shell.complain("a load of \(load) failed")
                return nil
            }
        }
    }
}

extension Benchmark {
    /// Returns the rows for throughput, latency and memory of our server compared with one on node's `ws`.
    static func besideNode(
        _ name: String, _ compared: @escaping @Sendable () -> ServerComparison?
    ) -> [Benchmark] {
        let needs = ServerComparison.needs
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
