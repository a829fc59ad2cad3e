import Glibc

extension Benchmark {
    /// The time from opening a page of 100,000 messages in a browser until it is usable: the minimum of three runs.
    static let page = Benchmark(
        name: "page of 100000 messages", limit: "wanted, until usable", goal: "at most 1 (3000 ms)",
        needs: [.meshspec, .chromium]
    ) {
        guard let file = GeneratedCapture(megabytes: 48), let folder = Tool.temporary({ mkdtemp($0) != nil }) else {
            return nil
        }
        let page = folder + "/page.html"
        defer {
            unlink(page)
            rmdir(folder)
        }
        let write = "'\(Tool.program)' decode -o html -c 100000 '\(file.path)' > '\(page)'"
        guard Shell.run(write) != nil, file.messages >= 100_000 else { return nil }
        // The page records this time itself.
        let open = """
            chromium --headless --no-sandbox --disable-gpu --dump-dom 'file://\(page)' 2>/dev/null |
            grep -m 1 -o 'data-usable-after="[0-9]*' | grep -o '[0-9]*$'
            """
        let taken = (0..<3).compactMap { _ in Shell.number(open) }
        guard taken.count == 3, let least = taken.min(), least > 0 else { return nil }
        return Row(figure: least, limit: 3000, unit: "ms")
    }
}
