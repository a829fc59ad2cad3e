import CBench
import Glibc
import Network
import Node

extension Benchmark {
    /// Calls, events and messages of dxRPC with the payloads opened, each into a fresh message.
    static let decodeSignal = Benchmark(
        name: "decode dxos", limit: "C++ protobuf", goal: "at most 1", needs: [.protobuf]
    ) {
        let messages = SignalSamples.all
        let bytes = opaque(messages.map(\.bytes))
        // A figure counts only when every message is read, and says what it said.
        guard zip(messages, bytes).allSatisfy({ $0.read($1) == $1 }), let file = SignalSamples.file(bytes) else {
            return nil
        }
        defer { unlink(file) }
        let rounds = 20_000
        guard let reference = Tool.buildProtobufReference(.dxos) else { return nil }
        defer { reference.remove() }
        var (mine, limit) = (Double.infinity, Double.infinity)
        // In turn, since a machine is not as fast now as it was.
        for _ in 0..<5 {
            mine = min(
                mine,
                best(rounds) {
                    var count = 0
                    for (message, bytes) in zip(messages, bytes) { count &+= message.isRead(bytes) ? 1 : 0 }
                    return count
                })
            guard let theirs = Shell.number("exec '\(reference.program)' '\(file)' \(rounds)") else { return nil }
            limit = min(limit, theirs)
        }
        return Row(figure: mine / Double(messages.count), limit: limit, unit: "ns")
    }
    /// Ten thousand clients of one server, in swarms of ten.
    static let signalDelivery = Benchmark(
        name: "dxos 10000 clients, p99", limit: "wanted", goal: "at most 1 (5 ms)", needs: [.meshspec]
    ) {
        SignalLoad.measured.map { Row(figure: $0.p99, limit: 5, unit: "ms") }
    }
    static let signalMemory = Benchmark(
        name: "dxos 10000 clients, memory", limit: "wanted", goal: "at most 1 (8 KiB each)", needs: [.meshspec]
    ) {
        SignalLoad.measured.map { Row(figure: $0.memory, limit: 8, unit: "KiB") }
    }
}

/// Clients of our server, which idle, and then join, leave and write to each other.
private struct SignalLoad {
    /// Milliseconds.
    var p99 = Double.infinity
    /// KiB of the server for each client that idles.
    var memory = 0.0
    private static let clients = 10_000

    // Measured once, when the first row asks.
    static let measured = measure()

    private static func measure() -> Self? {
        guard bench_open_files(clients + 200) == 0 else {
            Shell.complain("this machine does not allow \(clients) connections")
            return nil
        }
        guard
            let server = Server({ "'\(Tool.program)' node dxos --listen \($0) -P build=bufbuild --control none" }),
            let empty = server.memory.now, let signal = bench_signal_begin(server.port, clients)
        else { return nil }
        defer { bench_signal_end(signal) }
        guard let full = server.memory.now else { return nil }
        var result = Self(memory: Double(full - empty) / 1024 / Double(clients))
        // The best of three, as of what other programs do on this machine.
        for _ in 0..<3 {
            var p99 = 0.0
            guard bench_signal_run(signal, 3, &p99) == 0 else {
                Shell.complain("a load of \(clients) clients failed")
                return nil
            }
            result.p99 = min(result.p99, p99)
        }
        return result
    }
}
