internal import Scenario

/// Where a tool that shows results beside source code puts a case: the scenario where the user has it, or else the file
/// that was given for scenarios that are installed.
struct ResultPlace {
    /// Path of the file.
    let file: String
    /// From 1; nil: the file as a whole.
    var line: Int?
    /// From 1; nil: the line as a whole.
    var column: Int?
    /// The column behind the last one.
    var endColumn: Int?
    /// The place in the scenario, `FILE:LINE:COLUMN`, where that is no file of the user.
    var scenario: String?
    /// It is a file that the user has.
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
