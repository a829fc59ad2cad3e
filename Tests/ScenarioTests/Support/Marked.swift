import Testing

@testable import Scenario

/// Texts in which a « marks the position that a test is about.
enum Marked {
    /// Returns the text without marks, and the positions of the marks.
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
