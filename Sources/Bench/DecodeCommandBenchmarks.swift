/// Whole processes of the commands that read captures, against each other on the same file.
extension Benchmark {
    /// Every message as JSON by two threads, against one.
    static let decodeThreads = Benchmark(
        name: "decode json, 2 threads", limit: "1 thread", goal: "at least 1.6", needs: [.meshspec, .processors]
    ) {
        let command = "exec '\(Tool.program)' decode -o json --threads"
        return compare(200, rounds: 7) { ("\(command) 2 '\($0)'", "\(command) 1 '\($0)'") }
    }
    /// The list that `decode` shows unless it is asked for something else, by one thread.
    static let decodeList = Benchmark(
        name: "decode list", limit: "decode json", goal: "at least 1", needs: [.meshspec]
    ) {
        let command = "exec '\(Tool.program)' decode --threads 1 -o"
        return compare(100, rounds: 5) { ("\(command) line '\($0)'", "\(command) json '\($0)'") }
    }
    /// The statistics of a capture in eight parts, by one process after the other, against those of the whole.
    static let statsInParts = Benchmark(
        name: "split and merge, 1 worker", limit: "stats of the whole", goal: "stated", needs: [.meshspec]
    ) {
        compare(200, rounds: 3) { (inParts($0, workers: 1), "exec '\(Tool.program)' stats '\($0)'") }
    }
    /// The same with two processes at a time, against one.
    static let statsByWorkers = Benchmark(
        name: "split and merge, 2 workers", limit: "1 worker", goal: "stated", needs: [.meshspec, .processors]
    ) {
        compare(200, rounds: 3) { (inParts($0, workers: 2), inParts($0, workers: 1)) }
    }

    /// The rates of two commands for a generated capture of so many megabytes; `commands` gives them for its path.
    private static func compare(_ megabytes: Int, rounds: Int, _ commands: (String) -> (String, String)) -> Row? {
        guard let file = GeneratedCapture(megabytes: megabytes) else { return nil }
        let (figure, limit) = commands(file.path)
        var best = (figure: Double.infinity, limit: Double.infinity)
        // In turn, since a machine is not as fast now as it was.
        for _ in 0..<rounds {
            guard let b = Shell.run(limit), let a = Shell.run(figure) else { return nil }
            best = (min(best.figure, a), min(best.limit, b))
        }
        let bytes = Double(megabytes) * 1e9
        return Row(figure: bytes / best.figure, limit: bytes / best.limit, unit: "MB/s")
    }
    /// Cuts a capture, counts each part, and adds up.
    private static func inParts(_ path: String, workers: Int) -> String {
        """
        set -e; parts="$(mktemp -d)"; trap 'rm -rf "$parts"' EXIT
        '\(Tool.program)' split -n 8 -o "$parts" '\(path)'
        ls "$parts"/*.pcapng | xargs -P \(workers) -I @ sh -c "'\(Tool.program)' stats --partial @ > @.json"
        '\(Tool.program)' merge "$parts"/*.json
        """
    }
}
