internal import Scenario

/// Where a tool that shows results beside source code puts a case: a file of the user's repository.
struct ResultPlace {
    /// Path of the file; nil where the user has none that it could be about.
    var file: String?
    /// From 1; nil: the file as a whole.
    var line: Int?
    /// From 1; nil: the line as a whole.
    var column: Int?
    /// The column behind the last one.
    var endColumn: Int?
    /// The place in the scenario, `FILE:LINE:COLUMN`, where that is another one.
    var scenario: String?

    /// A scenario that the user has is the place itself. For one that was installed with the program the file stands that
    /// was given for it.
    init(_ r: CaseRecord, _ head: RunHead?) {
        let path = r.failure?.file ?? r.file
        let isTheirs = !path.hasPrefix("meshspec:") && FileURI(path).isBelow
        if isTheirs || head?.place == nil && !path.hasPrefix("meshspec:") {
            file = path
            guard let p = r.failure else { return }
            (line, column) = (max(1, p.line), max(1, p.column))
            endColumn = p.endColumn.flatMap { $0 > p.column ? $0 : nil }
        } else {
            (file, line) = (head?.place, 1)
            scenario = r.failure.map { "\(path):\($0.line):\($0.column)" } ?? path
        }
    }
}
