import Glibc
import Report
import Scenario
import Text

extension Command {
    static let report = Command(
        name: "report", summary: "merge results of runs, compare targets, write reports",
        operands: "RESULTS ...",
        options: [Reports.option, Reports.annotate, MutationsOption.option, .color],
        examples: [
            ("meshspec report shard-1.jsonl shard-2.jsonl", "parts of one run: one table"),
            ("meshspec report ours.jsonl theirs.jsonl", "runs of two targets, side by side"),
            ("meshspec report before=a.jsonl after=b.jsonl", "two runs of one target, by name"),
            ("meshspec report mon.jsonl tue.jsonl --report html=.", "two runs of one target, as a history"),
            ("meshspec report shard-*.jsonl --report json=all.jsonl", "the parts in one file"),
        ],
        notes: """
            RESULTS are written by `run --report json=FILE` and by `run --json`; `-` is standard input. Files of one
            target are parts of one run if no case is in two of them. A file with a case that an earlier file has starts
            another run: give the oldest run first. The last result of each case counts, and the earlier ones are its
            history.
            NAME=FILE puts a file into a column of that name. Exit status: that of the merged run; 3 a file has no
            results, or results of a later meshspec; 4 a file cannot be read or is cut short (its readable part is
            reported).
            """,
        body: ReportCommand.run)
}

/// `meshspec report`.
enum ReportCommand {
    /// A column of the matrix with its files.
    struct Column {
        var run: MergedRun
        var files: [ResultsFile]
    }

    static func run(_ invocation: Invocation) throws -> Int32 {
        guard !invocation.operands.isEmpty else {
            throw CommandError(
                .missingArgument, "which results?", remedy: "`meshspec run --report json=FILE` writes them")
        }
        let reports = try Reports(invocation, isOutputTaken: false)
        let descriptor: Int32 = reports.takesOutput ? 2 : 1
        let style = try Console.style(invocation, descriptor: descriptor)
        let columns = try read(invocation.operands)
        if columns.count > 1, reports.has(.json) {
            let names = columns.map(\.run.name).joined(separator: ", ")
            throw CommandError(
                .conflict, at: "--report json", "such a file has one run, and these are \(columns.count): \(names)")
        }
        try reports.open()
        for c in columns { for n in c.run.notes { Console.error(style.safe("meshspec report: \(n)")) } }
        var matrix = ResultsMatrix(columns.map(\.run))
        reports.begin(
            columns.map { c in
                var head = c.run.head
                head.place = invocation[.annotate] ?? head.place
                return head
            })
        for (i, c) in columns.enumerated() {
            for (j, file) in c.files.enumerated() {
                var index = 0
                _ = try file.read { event in
                    guard case .record(let r) = event else { return }
                    if c.run.takes(r, file: j, index: index) {
                        reports.add(c.run.withHistory(r), run: i)
                        matrix.add(r, run: i)
                    }
                    index += 1
                }
            }
        }
        let ends = matrix.ends
        let failures = reports.end(ends)
        var status = ExitCode.worst(ends.map(\.exit))
        if let why = Console.write(matrix.lines(style).map { $0 + "\n" }.joined(), to: descriptor) {
            Console.report(CommandError.unwritten(nil, why), "report")
            status = ExitCode.environment
        }
        for f in failures { Console.report(f, "report") }
        return failures.isEmpty ? status : ExitCode.environment
    }
    /// Reads all files once and assigns them to columns, by the name that precedes a file, or by its target.
    static func read(_ operands: [String]) throws(CommandError) -> [Column] {
        var out: [Column] = []
        for operand in operands {
            var (name, path): (String?, String) = (nil, operand)
            if let equals = operand.firstIndex(of: "="), equals != operand.startIndex, Files.kind(operand) == .none {
                name = String(operand[..<equals])
                path = String(operand[operand.index(after: equals)...])
            }
            let file = try ResultsFile(path)
            let head = try file.head()
            var i = out.count
            if let known = out.firstIndex(where: { $0.run.name == name ?? head.target }) {
                i = known
            } else {
                out.append(Column(run: MergedRun(name, head), files: []))
            }
            out[i].files.append(file)
            try out[i].run.read(file)
        }
        for i in out.indices { out[i].run.close() }
        // The pass of an older run would replace the failure of a newer one.
        if let (first, second) = out.lazy.compactMap(\.run.misordered).first {
            let names = second.joined(separator: ", ") + " began before " + first.joined(separator: ", ")
            throw CommandError(
                .conflict, names, remedy: "give the oldest run first, because the last result of each case counts")
        }
        return out
    }
}

extension MergedRun {
    /// Reads a file for the first time, to learn its cases.
    mutating func read(_ file: ResultsFile) throws(CommandError) {
        var summary: ResultsReader.Summary?
        let cut = try file.read { event in
            switch event {
            case .start(let h): begin(file.path, h)
            case .record(let r): add(r)
            case .summary(let s): summary = s
            case .other: break
            }
        }
        end(summary, cut: cut)
    }
}
