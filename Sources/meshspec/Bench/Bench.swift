import Glibc
import Report
import Wire

extension Command {
    static let bench = Command(
        name: "bench", summary: "measure the program on this machine", operands: "[ROW ...]", options: [.json],
        examples: [
            ("meshspec bench", "every row; use a release build on an idle machine"),
            ("meshspec bench decode", "the rows whose name holds a word"),
        ],
        notes:
            "Each figure stands beside a limit measured in the same run; the ratio is what compares between machines."
    ) { invocation throws(UsageError) in
        #if DEBUG
            Console.error("meshspec bench: this is a debug build; its figures mean nothing")
        #endif
        let wanted = invocation.operands
        var found = false
        for bench in Bench.all where wanted.isEmpty || wanted.contains(where: { bench.name.contains($0) }) {
            found = true
            if let why = bench.missing() {
                Console.error("meshspec bench: \(bench.name) is not measured: \(why)")
                continue
            }
            guard let row = bench.body() else {
                Console.error("meshspec bench: \(bench.name) could not be measured")
                return ExitCode.environment
            }
            let written: Int32
            if invocation.has("--json") {
                var out: [UInt8] = []
                ValueJSON.write(row.value(bench), to: &out)
                written = Console.print(String(decoding: out, as: UTF8.self))
            } else {
                written = Console.print(row.text(bench))
            }
            guard written == ExitCode.good else { return written }
        }
        if !found {
            Console.error("meshspec bench: no row matches; there is \(Bench.all.map(\.name).joined(separator: ", "))")
            return ExitCode.nothingMatched
        }
        return ExitCode.good
    }
}

/// One row of `meshspec bench`.
struct Bench: Sendable {
    var name: String
    /// What the figure is held against.
    var limit: String
    /// The ratio that the project asks of itself, in words.
    var goal: String
    /// Why it cannot be measured on this machine, such as for want of a program of others.
    var missing: @Sendable () -> String? = { nil }
    /// Nil when it could not be measured.
    var body: @Sendable () -> Row?

    static let all: [Bench] = [
        .decodeHandshake, .decodeKeepalive, .decodePublish, .decodeConfirmAck, .stateBlocks, .handshakes, .start,
        .runSimulated, .runEvidence, .runSockets, .runSuite, .reports, .reportMemory, .captureStreams,
        .captureMessages, .idleFlows, .idleConversations,
        .decodeStats, .decodeJSON, .decodeTsharkFields, .decodeTsharkJSON, .decodeThreads, .statsThreads,
        .decodeMemory, .decodeMemoryGrowth, .decodeMeshStats, .decodeMeshJSON, .decodeMeshMemory,
        .decodeMeshMemoryGrowth,
        .rejoin, .helloRate, .routeMemory, .fullHellos, .flood, .simulate,
    ]

    /// What was measured.
    struct Row {
        var figure: Double
        var limit: Double
        var unit: String
        /// Figure over limit.
        var ratio: Double { limit > 0 ? figure / limit : 0 }

        func text(_ b: Bench) -> String {
            "\(Words.pad(b.name, 26)) \(Words.pad(number(figure) + " " + unit, 20)) \(b.limit) \(number(limit)) \(unit)   "
                + "ratio \(number(ratio))   goal \(b.goal)"
        }
        func value(_ b: Bench) -> Value {
            [
                "event": "bench", "row": .text(b.name), "figure": .text(number(figure)), "limit": .text(number(limit)),
                "unit": .text(unit), "ratio": .text(number(ratio)), "against": .text(b.limit), "goal": .text(b.goal),
            ]
        }
        func number(_ x: Double) -> String {
            let scale: Double = x < 10 ? 100 : x < 100 ? 10 : 1
            let r = (x * scale).rounded() / scale
            return scale == 1 ? "\(Int(r))" : "\(r)"
        }
    }
    /// Nanoseconds of the monotonic clock.
    static var now: Double {
        var t = timespec()
        clock_gettime(CLOCK_MONOTONIC, &t)
        return Double(t.tv_sec) * 1e9 + Double(t.tv_nsec)
    }
    /// Best of seven, in nanoseconds a round. What `body` returns keeps the work from being left out.
    @inline(__always)
    static func best(_ rounds: Int, _ body: () -> Int) -> Double {
        var best = Double.infinity
        var sum = 0
        for _ in 0..<7 {
            let start = now
            for _ in 0..<rounds { sum &+= body() }
            best = min(best, (now - start) / Double(rounds))
        }
        return sum == .min ? 0 : best
    }
    @inline(never) static func opaque<T>(_ x: T) -> T { x }
}
