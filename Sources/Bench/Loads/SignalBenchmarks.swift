import CBench
import Glibc
import Network
import Node

extension Benchmark {
    /// The row that decodes calls, events and messages of dxRPC including their payloads, each into a fresh message.
    static let decodeSignal = Benchmark(
        name: "decode dxos", limit: "C++ protobuf", goal: "at most 1", needs: [.protobuf]
    ) {
        let messages = SignalSamples.all
        let bytes = opaque(messages.map(\.bytes))
        // A figure counts only if every message is read, and encodes to the same bytes.
        guard zip(messages, bytes).allSatisfy({ $0.read($1) == $1 }), let file = SignalSamples.file(bytes) else {
            return nil
        }
        defer { unlink(file) }
        let rounds = 20_000
        guard let reference = Tool.buildProtobufReference(.dxos) else { return nil }
        defer { reference.remove() }
        var (mine, limit) = (Double.infinity, Double.infinity)
        // The runs alternate, because the speed of a machine varies over time.
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

/// The clients of our server. They are idle first, and then join, leave and send messages to each other.
private struct SignalLoad {
    /// The 99th percentile of the latency in milliseconds.
    var p99 = Double.infinity
    /// The KiB of the server per idle client.
    var memory = 0.0
    private static let clients = 10_000

    // The value is measured once, when the first row needs it.
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
        // The best of three rounds is used, because other programs affect the measurement.
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
