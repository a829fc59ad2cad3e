import CLinux
import Nano

extension Bench {
    /// Every message as JSON by two threads, against one: whole processes.
    static let decodeThreads = Bench(
        name: "decode json, 2 threads", limit: "1 thread", goal: "at least 1.6", missing: missingProcessor
    ) { twoThreads("decode -o json") }
    /// What a capture holds, counted by two threads.
    static let statsThreads = Bench(
        name: "decode stats, 2 threads", limit: "1 thread", goal: "at least 1.6", missing: missingProcessor
    ) { twoThreads("stats") }

    private static let missingProcessor: @Sendable () -> String? = {
        linux_processors() < 2 ? "there is one processor here" : nil
    }
    /// Megabytes a second of a capture of 32 connections.
    private static func twoThreads(_ command: String) -> Row? {
        let megabytes = 200
        guard let file = GeneratedCapture(megabytes: megabytes) else { return nil }
        var best = (two: Double.infinity, one: Double.infinity)
        // In turn, since a machine is not as fast now as it was.
        for _ in 0..<7 {
            guard let one = run("exec '\(Files.program)' \(command) --threads 1 '\(file.path)'"),
                let two = run("exec '\(Files.program)' \(command) --threads 2 '\(file.path)'")
            else { return nil }
            best = (min(best.two, two), min(best.one, one))
        }
        let bytes = Double(megabytes) * 1e9
        return Row(figure: bytes / best.two, limit: bytes / best.one, unit: "MB/s")
    }
}
