public import Node

/// The formats of reports. The raw values are the names that `--report` accepts.
public enum FormatName: String, CaseIterable, Sendable {
    case json
    case junit
    case tap
    case sarif
    case github
    case markdown
    case html

    /// A short description.
    public var summary: String { about.summary }
    /// The name of the file if only a folder is given.
    public var fileName: String { about.fileName }
    private var about: (summary: String, fileName: String) {
        switch self {
        case .json: ("results, one line per case, for `meshspec report` and `diff`", "results.jsonl")
        case .junit: ("JUnit XML, for CI", "junit.xml")
        case .tap: ("TAP version 14", "results.tap")
        case .sarif: ("SARIF 2.1.0, for code scanning", "results.sarif")
        case .github: ("annotations for the log of GitHub Actions", "annotations.txt")
        case .markdown: ("a summary in Markdown, for a pull request", "summary.md")
        case .html:
            ("one page for browsers, usable offline: matrix, cases, bytes, ladders", "index.html")
        }
    }
    /// True if the report is written to standard output when no file is given.
    public var standsAlone: Bool { self == .github }
    /// True if the format writes counts into earlier output, which a pipe cannot support.
    public var goesBack: Bool { self == .junit || self == .sarif }
    /// Makes a new report. `path` is its file, as the command line names it. `definitions` are the known protocols.
    public func make(path: String = "", definitions: [Definition] = []) -> any ReportFormat {
        switch self {
        case .json: ResultsFormat()
        case .junit: JUnitFormat()
        case .tap: TAPFormat()
        case .sarif: SARIFFormat()
        case .github: GitHubFormat()
        case .markdown: MarkdownFormat()
        case .html: HTMLFormat(path: path, definitions: definitions)
        }
    }
}
