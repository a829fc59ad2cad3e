import Glibc
import Wire

/// One row of `meshspec-bench`.
struct Benchmark: Sendable {
    var name: String
    /// The quantity that the figure is compared with.
    var limit: String
    /// The ratio that the project aims for, in words.
    var goal: String
    /// The tools that the measurement needs.
    var needs: [Tool] = []
    /// Measures the row; nil if that failed.
    var body: @Sendable () -> Row?

    static let all: [Benchmark] =
        [
            .decodeHandshake, .decodeKeepalive, .decodePublish, .decodeConfirmAck, .stateBlocks, .handshakes, .start,
            .runSimulated, .runEvidence, .runSockets, .runSuite, .reports, .reportMemory, .captureStreams,
            .captureMessages, .idleFlows, .idleConversations,
            .decodeStats, .decodeJSON, .decodeTsharkFields, .decodeTsharkJSON, .decodeThreads, .decodeList,
            .statsInParts, .statsByWorkers,
            .decodeMemory, .decodeMemoryGrowth, .decodeMeshStats, .decodeMeshJSON, .decodeMeshMemory,
            .decodeMeshMemoryGrowth, .page,
            .rejoin, .helloRate, .routeMemory, .fullHellos, .flood, .simulate,
            .unmasking, .decodeWebSocket, .decodeWebSocketGrowth,
            .decodeSignal, .signalDelivery, .signalMemory,
            .decodeRPC, .copyRPC, .encodeRPC, .captureGossip, .sealNoise, .openNoise, .routers, .findNode,
            .findNodeEncoding, .kadTable, .kadSimulation,
            .channelOpening, .channelLargeMessages, .channelSmallMessages, .channelPeers, .channelMemory, .channelHub,
        ] + webSocketLoads + hubLoads

    /// The result of a measurement.
    struct Row {
        var figure: Double
        var limit: Double
        var unit: String
        /// The figure divided by the limit.
        var ratio: Double { limit > 0 ? figure / limit : 0 }

        func text(_ b: Benchmark) -> String {
            "\(padded(b.name, 26)) \(padded(number(figure) + " " + unit, 20)) \(b.limit) \(number(limit)) \(unit)   "
                + "ratio \(number(ratio))   goal \(b.goal)"
        }
        func value(_ b: Benchmark) -> Value {
            [
                "event": "bench", "row": .text(b.name), "figure": .text(number(figure)), "limit": .text(number(limit)),
                "unit": .text(unit), "ratio": .text(number(ratio)), "against": .text(b.limit), "goal": .text(b.goal),
            ]
        }
        private func padded(_ text: String, _ width: Int) -> String {
            text + String(repeating: " ", count: max(0, width - text.count))
        }
        func number(_ x: Double) -> String {
            let scale: Double = x < 10 ? 100 : x < 100 ? 10 : 1
            let r = (x * scale).rounded() / scale
            return scale == 1 ? "\(Int(r))" : "\(r)"
        }
    }
    /// The time of the monotonic clock in nanoseconds.
    static var now: Double {
        var t = timespec()
        clock_gettime(CLOCK_MONOTONIC, &t)
        return Double(t.tv_sec) * 1e9 + Double(t.tv_nsec)
    }
    /// Returns the best of seven measurements, in nanoseconds per round. The result of `body` prevents the compiler
    /// from removing the work.
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
