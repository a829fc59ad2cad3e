import Glibc
import Report
import Wire

/// The benchmarks of this package on this machine: `meshspec-bench [--json] [ROW ...]`.
@main
struct Main {
    static let usage = """
        usage: meshspec-bench [--json] [ROW ...]

        Measures meshspec on this machine: every row, or the rows whose name contains one of the words. Each figure stands
        beside a limit that was measured in the same run; compare the ratio between machines, not the figure. Use a release
        build on an idle machine. Rows that run the program need `meshspec` in the same folder as this program.
        """

    static func main() {
        signal(SIGPIPE, SIG_IGN)
        var words = Array(CommandLine.arguments.dropFirst())
        if words.contains("--help") || words.contains("-h") {
            print(usage)
            exit(ExitCode.good)
        }
        let isJSON = words.contains("--json")
        words.removeAll { $0 == "--json" }
        if let option = words.first(where: { $0.hasPrefix("-") }) {
            Shell.complain("unknown option \(option)\n\(usage)")
            exit(ExitCode.usage)
        }
        exit(run(words, isJSON: isJSON))
    }
    /// Measures those of `rows` whose name contains an element of `words`, or all rows if it is empty. Returns the exit
    /// status.
    static func run(_ words: [String], isJSON: Bool, of rows: [Benchmark] = Benchmark.all) -> Int32 {
        #if DEBUG
            Shell.complain("this is a debug build; its figures mean nothing")
        #endif
        let chosen = rows.filter { row in words.isEmpty || words.contains { row.name.contains($0) } }
        guard !chosen.isEmpty else {
            Shell.complain("no row matches; the rows are \(rows.map(\.name).joined(separator: ", "))")
            return ExitCode.nothingMatched
        }
        for benchmark in chosen {
            if let tool = benchmark.needs.first(where: { $0.missing != nil }), let reason = tool.missing {
                Shell.complain("\(benchmark.name) is not measured: \(reason)")
                continue
            }
            guard let row = benchmark.body() else {
                Shell.complain("\(benchmark.name) could not be measured")
                return ExitCode.environment
            }
            print(isJSON ? row.value(benchmark).json : row.text(benchmark))
            fflush(nil)
        }
        return ExitCode.good
    }
}
