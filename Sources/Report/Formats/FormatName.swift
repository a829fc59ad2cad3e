/// The formats of reports, by the names that `--report` takes.
public enum FormatName: String, CaseIterable, Sendable {
    case json

    /// What it is for, in a few words.
    public var summary: String {
        switch self {
        case .json: "results, a line for each case: `meshspec report` and `diff` read them"
        }
    }
    /// Name of its file where only a folder is given.
    public var fileName: String {
        switch self {
        case .json: "results.jsonl"
        }
    }
    /// Goes to standard output where no file is given.
    public var standsAlone: Bool { false }
    /// A report that has not begun.
    public func make() -> any ReportFormat {
        switch self {
        case .json: ResultsFormat()
        }
    }
}
