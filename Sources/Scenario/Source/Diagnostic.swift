/// A problem in a file, with its position.
public struct Diagnostic: Hashable, Sendable {
    /// The severity of the problem. A file with errors is not run.
    public enum Severity: String, Sendable {
        case error
        case warning
    }
    /// The kind of mistake.
    public var code: DiagnosticCode
    /// The severity, which decides whether the file can be used.
    public var severity: Severity
    /// A description of the problem in one line.
    public var message: String
    /// The name of the file as the user would write it.
    public var file: String
    /// The position of the problem.
    public var span: Span
    /// The text beside the caret.
    public var label: String
    /// Further information, one line each.
    public var notes: [String]

    /// Creates a diagnostic for a position in a file.
    public init(
        _ code: DiagnosticCode, _ message: String, in file: String, at span: Span, label: String = "",
        notes: [String] = [], severity: Severity = .error
    ) {
        self.code = code
        self.severity = severity
        self.message = Self.cut(message)
        self.file = file
        self.span = span
        self.label = label
        self.notes = notes
    }

    /// Shortens a message of more than 400 characters. A message quotes text from the file, which may be a megabyte
    /// without a blank.
    static func cut(_ s: String) -> String {
        let all = s.unicodeScalars
        return all.count <= 400 ? s : String(all.prefix(200)) + " … " + String(all.suffix(200))
    }
    /// Returns the diagnostic with the source line and a caret, in the form that compilers use.
    public func rendered(_ source: SourceFile) -> String {
        let number = String(span.start.line)
        let gutter = String(repeating: " ", count: number.count + 1)
        var out = "\(severity.rawValue)[\(code.rawValue)]: \(Printable.text(message))\n"
        out += "\(gutter)--> \(Printable.text(file)):\(span.start.line):\(span.start.column)\n"
        // The carets stay on the first line of a span.
        let end = span.end.line == span.start.line ? span.end.column : Int.max
        let excerpt = Excerpt(source.line(span.start.line), from: span.start.column, to: end)
        out += "\(gutter)|\n\(number) | \(excerpt.text)\n"
        out += "\(gutter)| \(excerpt.carets)\(label.isEmpty ? "" : " " + Printable.text(label))\n"
        for note in notes { out += "\(gutter)= \(Printable.text(note))\n" }
        return out
    }
}

/// One line of a file, shortened to fit beside a caret.
public struct Excerpt: Sendable {
    /// The visible part of the line, safe for a terminal.
    public var text: String
    /// The blanks and carets for the line below.
    public var carets: String
    /// The maximum number of Unicode scalars shown of a line.
    static let width = 160

    /// Creates an excerpt from a prepared line and its carets.
    public init(text: String, carets: String) {
        self.text = text
        self.carets = carets
    }
    /// Creates an excerpt of a line. Columns count from 1; `stop` may be beyond the end of the line.
    public init(_ line: String, from start: Int, to stop: Int) {
        let all = Array(line.unicodeScalars)
        func string(_ range: Range<Int>) -> String {
            Printable.text(String(String.UnicodeScalarView(all[range])))
        }
        let first = max(0, min(start - 1, all.count))
        let skipped = first > Self.width - 40 ? first - 40 : 0
        let end = min(all.count, skipped + Self.width)
        text = (skipped > 0 ? "…" : "") + string(skipped..<end) + (end < all.count ? "…" : "")
        let last = max(first + 1, min(stop - 1, end))
        let before = string(skipped..<first).count + (skipped > 0 ? 1 : 0)
        let wide = last <= all.count ? string(first..<last).count : 1
        carets = String(repeating: " ", count: before) + String(repeating: "^", count: max(1, wide))
    }
}
