/// Rows that compare whole processes of the commands that read captures, on the same file.
extension Benchmark {
    /// Every message as JSON by two threads, compared with one thread.
    static let decodeThreads = Benchmark(
        name: "decode json, 2 threads", limit: "1 thread", goal: "at least 1.6", needs: [.meshspec, .processors]
    ) {
        let command = "exec '\(Tool.program)' decode -o json --threads"
        return compare(200, rounds: 7) { ("\(command) 2 '\($0)'", "\(command) 1 '\($0)'") }
    }
    /// The default list of `decode`, by one thread.
    static let decodeList = Benchmark(
        name: "decode list", limit: "decode json", goal: "at least 1", needs: [.meshspec]
    ) {
        let command = "exec '\(Tool.program)' decode --threads 1 -o"
        return compare(100, rounds: 5) { ("\(command) line '\($0)'", "\(command) json '\($0)'") }
    }
    /// The statistics of a capture in eight parts, processed one after the other, compared with the statistics of the
    /// whole capture.
    static let statsInParts = Benchmark(
        name: "split and merge, 1 worker", limit: "stats of the whole", goal: "stated", needs: [.meshspec]
    ) {
        compare(200, rounds: 3) { (inParts($0, workers: 1), "exec '\(Tool.program)' stats '\($0)'") }
    }
    /// The statistics in parts with two parallel processes, compared with one.
    static let statsByWorkers = Benchmark(
        name: "split and merge, 2 workers", limit: "1 worker", goal: "stated", needs: [.meshspec, .processors]
    ) {
        compare(200, rounds: 3) { (inParts($0, workers: 2), inParts($0, workers: 1)) }
    }

    /// Returns the rates of two commands for a generated capture of this size. `commands` returns both for its path.
    private static func compare(_ megabytes: Int, rounds: Int, _ commands: (String) -> (String, String)) -> Row? {
        guard let file = GeneratedCapture(megabytes: megabytes) else { return nil }
        let (figure, limit) = commands(file.path)
        var best = (figure: Double.infinity, limit: Double.infinity)
        // The runs alternate, because the speed of a machine varies over time.
        for _ in 0..<rounds {
            guard let b = Shell.run(limit), let a = Shell.run(figure) else { return nil }
            best = (min(best.figure, a), min(best.limit, b))
        }
        let bytes = Double(megabytes) * 1e9
        return Row(figure: bytes / best.figure, limit: bytes / best.limit, unit: "MB/s")
    }
    /// Returns a command that splits a capture, counts each part, and merges the counts.
    private static func inParts(_ path: String, workers: Int) -> String {
        """
        set -e; parts="$(mktemp -d)"; trap 'rm -rf "$parts"' EXIT
        '\(Tool.program)' split -n 8 -o "$parts" '\(path)'
        ls "$parts"/*.pcapng | xargs -P \(workers) -I @ sh -c "'\(Tool.program)' stats --partial @ > @.json"
        '\(Tool.program)' merge "$parts"/*.json
        """
    }
}
