internal import Scenario
internal import Text

/// The position at which a tool shows a case beside source code: the scenario if the user has its file, otherwise the
/// file that was given for installed scenarios.
struct ResultPlace {
    /// The path of the file.
    let file: String
    /// The line from 1; nil for the whole file.
    var line: Int?
    /// The column from 1; nil for the whole line.
    var column: Int?
    /// The column after the last one.
    var endColumn: Int?
    /// The place in the scenario, `FILE:LINE:COLUMN`, if the scenario is not a file of the user.
    var scenario: String?
    /// True if the user has the file.
    var isFile: Bool { !FileURI(file).isInProgram }

    init(_ r: CaseRecord, _ head: RunHead?) {
        let path = r.failure?.file ?? r.file
        let uri = FileURI(path)
        let given = uri.isBelow ? nil : head?.place
        file = given ?? path
        if given != nil || uri.isInProgram { scenario = r.failure.map { "\(path):\($0.line):\($0.column)" } ?? path }
        if given != nil {
            line = 1
        } else if let p = r.failure {
            (line, column) = (max(1, p.line), max(1, p.column))
            endColumn = p.endColumn.flatMap { $0 > p.column ? $0 : nil }
        }
    }
}
