import Capture
import Glibc
import Report
import Scenario

/// The reports that a command line asks for, all fed with the same cases.
final class Reports {
    static let option = Option(
        "--report", value: "FORMAT=FILE,...", repeatable: true,
        "\(FormatName.allCases.map(\.rawValue).joined(separator: ", ")); FILE: a file, a folder/, or - for standard output"
    )
    static let annotate = Option(
        "--annotate", value: "FILE",
        "where sarif and github show what is about an installed scenario (default: the target file)"
    )
    private var files: [ReportFile] = []
    /// Pairs of format and file, before any of them is opened.
    private let wanted: [(FormatName, String)]
    private let invocation: Invocation
    /// What is known of mutants of the suite.
    private var mutants: [String: MutantTally] = [:]

    /// Takes the option apart. `isOutputTaken`: standard output is spoken for.
    init(_ invocation: Invocation, isOutputTaken: Bool) throws(UsageError) {
        var wanted: [(FormatName, String)] = []
        for text in invocation.all("--report").flatMap({ $0.split(separator: ",") }) {
            let equals = text.firstIndex(of: "=")
            let word = String(text[..<(equals ?? text.endIndex)])
            var path = equals.map { String(text[text.index(after: $0)...]) } ?? ""
            guard let name = FormatName(rawValue: word) else {
                let known = FormatName.allCases.map(\.rawValue)
                throw UsageError(
                    "`--report`: no format is called `\(word)`\(Suggestion.nearest(word, known)); there are \(known.joined(separator: ", "))"
                )
            }
            if path.isEmpty {
                guard equals == nil, name.standsAlone else {
                    throw UsageError("`--report \(word)` wants a file: \(word)=\(name.fileName)")
                }
                path = "-"
            }
            if path.hasSuffix("/") || Files.kind(path) == .folder {
                path += (path.hasSuffix("/") ? "" : "/") + name.fileName
            }
            if let other = wanted.first(where: { $0.1 == path }) {
                throw UsageError(
                    "`--report`: \(other.0.rawValue) and \(word) both go to \(path == "-" ? "standard output" : path)")
            }
            if path == "-", isOutputTaken { throw UsageError("`--report \(text)`: standard output belongs to --json") }
            wanted.append((name, path))
        }
        self.wanted = wanted
        self.invocation = invocation
    }
    /// Standard output is one of the reports'.
    var takesOutput: Bool { wanted.contains { $0.1 == "-" || DescriptorName.number($0.1) == 1 } }
    var isEmpty: Bool { wanted.isEmpty }
    func has(_ name: FormatName) -> Bool { wanted.contains { $0.0 == name } }
    /// Opens all, before a case runs: a report that cannot be written is found out now. A job of GitHub Actions has a
    /// page beside its log: annotations come with a summary there.
    func open() throws(CommandError) {
        do { mutants = try MutationsOption.read(invocation) } catch {
            throw CommandError(CommandError(error).message)
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
    /// What is there so far goes out, for those who look on.
    func flush() { for f in files { f.flush() } }
    /// Ends all; gives what went wrong with some.
    func end(_ ends: [RunEnd]) -> [String] {
        for f in files { f.end(ends) }
        return files.compactMap(\.failure)
    }
    /// Where people look: the page, or else the first file.
    var place: String? {
        (files.first { $0.name == .html } ?? files.first { $0.path != "-" })?.path
    }
}
