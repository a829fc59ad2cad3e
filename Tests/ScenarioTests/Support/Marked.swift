import Testing

@testable import Scenario

/// Texts in which a « stands before what a test is about.
enum Marked {
    /// The text without marks, and where they stood.
    static func all(_ text: String) -> (text: String, places: [Position]) {
        var out = ""
        var places: [Position] = []
        var at = Position(line: 1, column: 1)
        for c in text.unicodeScalars {
            if c == "«" {
                places.append(at)
                continue
            }
            out.unicodeScalars.append(c)
            at = c == "\n" ? Position(line: at.line + 1, column: 1) : Position(line: at.line, column: at.column + 1)
        }
        return (out, places)
    }
    static func split(_ text: String) -> (text: String, place: Position?) {
        let (text, places) = all(text)
        return (text, places.first)
    }
}
