import Capture
import Glibc
import Report
import Scenario

/// The reports that a command line asks for. Each receives the same cases.
final class Reports {
    static let option = Option(
        .report, value: "FORMAT=FILE,...", repeatable: true,
        "\(FormatName.allCases.map(\.rawValue).joined(separator: ", ")); FILE: a file, a folder/, or - for standard output"
    )
    static let annotate = Option(
        .annotate, value: "FILE",
        "file at which sarif and github show results of installed scenarios (default: the target file)"
    )
    private var files: [ReportFile] = []
    /// Pairs of format and path, before the files are opened.
    private let wanted: [(FormatName, String)]
    private let invocation: Invocation
    /// The results of mutation tests of the suite, by requirement.
    private var mutants: [String: MutantTally] = [:]

    /// Parses the option. `isOutputTaken`: standard output is in use, so that no report can have it.
    init(_ invocation: Invocation, isOutputTaken: Bool) throws(CommandError) {
        var wanted: [(FormatName, String)] = []
        for text in invocation.all(.report).flatMap({ $0.split(separator: ",") }) {
            let equals = text.firstIndex(of: "=")
            let word = String(text[..<(equals ?? text.endIndex)])
            var path = equals.map { String(text[text.index(after: $0)...]) } ?? ""
            guard let name = FormatName(rawValue: word) else {
                throw CommandError(
                    at: .report, no: "format", called: word, of: FormatName.allCases.map(\.rawValue))
            }
            if path.isEmpty {
                guard equals == nil, name.standsAlone else {
                    throw CommandError(
                        .missingValue, at: "--report \(word)", "needs a file",
                        remedy: "give --report \(word)=\(name.fileName)")
                }
                path = "-"
            }
            if path.hasSuffix("/") || Files.kind(path) == .folder {
                path += (path.hasSuffix("/") ? "" : "/") + name.fileName
            }
            if let other = wanted.first(where: { $0.1 == path }) {
                throw CommandError(
                    .conflict, at: .report,
                    "\(other.0.rawValue) and \(word) both write to \(path == "-" ? "standard output" : path)")
            }
            if path == "-", isOutputTaken {
                throw CommandError(
                    .conflict, at: "--report \(text)", "--json already uses standard output", remedy: "name a file")
            }
            wanted.append((name, path))
        }
        self.wanted = wanted
        self.invocation = invocation
    }
    /// True if a report is written to standard output.
    var takesOutput: Bool { wanted.contains { $0.1 == "-" || DescriptorName.number($0.1) == 1 } }
    var isEmpty: Bool { wanted.isEmpty }
    func has(_ name: FormatName) -> Bool { wanted.contains { $0.0 == name } }
    /// Opens all reports before the first case runs, so that a report that cannot be written is an early error. A job
    /// of GitHub Actions has a summary page in addition to its log, so the format `github` also writes a summary there.
    func open() throws(CommandError) {
        do { mutants = try MutationsOption.read(invocation) } catch {
            var failure = CommandError(error)
            failure.status = ExitCode.environment
            throw failure
        }
        for (name, path) in wanted { files.append(try ReportFile(name, path)) }
        if has(.github), let page = Console.variable("GITHUB_STEP_SUMMARY"),
            !page.isEmpty
        {
            files.append(try ReportFile(.markdown, page, appends: true))
        }
    }
    func begin(_ runs: [RunHead]) {
        var runs = runs
        for i in runs.indices { runs[i].mutants = mutants }
        for f in files { f.begin(runs) }
    }
    func add(_ r: CaseRecord, run: Int = 0) { for f in files { f.add(r, run: run) } }
    /// Writes the buffered output, for people who watch the files.
    func flush() { for f in files { f.flush() } }
    /// Finishes all reports and returns the failures.
    func end(_ ends: [RunEnd]) -> [CommandError] {
        for f in files { f.end(ends) }
        return files.compactMap(\.failure)
    }
    /// The file that the user should open: the HTML page, or the first file.
    var place: String? {
        (files.first { $0.name == .html } ?? files.first { $0.path != "-" })?.path
    }
}
