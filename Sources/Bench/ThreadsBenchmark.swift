extension Benchmark {
    /// Every message as JSON by two threads, against one: whole processes.
    static let decodeThreads = Benchmark(
        name: "decode json, 2 threads", limit: "1 thread", goal: "at least 1.6", needs: [.meshspec, .processors]
    ) {
        let command = "exec '\(Tool.program)' decode -o json --threads"
        let megabytes = 200
        guard let file = GeneratedCapture(megabytes: megabytes) else { return nil }
        var best = (two: Double.infinity, one: Double.infinity)
        // In turn, since a machine is not as fast now as it was.
        for _ in 0..<7 {
            guard let one = Shell.run("\(command) 1 '\(file.path)'"),
                let two = Shell.run("\(command) 2 '\(file.path)'")
            else { return nil }
            best = (min(best.two, two), min(best.one, one))
        }
        let bytes = Double(megabytes) * 1e9
        return Row(figure: bytes / best.two, limit: bytes / best.one, unit: "MB/s")
    }
}
