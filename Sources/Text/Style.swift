internal import Scenario
package import Wire

/// The formatting of text for its destination.
public struct Style: Sendable {
    /// True if colours may be used.
    public var hasColour: Bool
    /// True if characters beyond ASCII may be used.
    public var hasUnicode: Bool
    /// The number of columns of the terminal; `Int.max` for a log, which has no limit.
    public var width: Int
    /// Makes a style. The default width is the one for a log.
    public init(hasColour: Bool, hasUnicode: Bool = true, width: Int = .max) {
        self.hasColour = hasColour
        self.hasUnicode = hasUnicode
        self.width = width
    }
    /// The number of columns of a paragraph or a table row: at most 120, which is comfortable to read.
    package var column: Int { min(max(width, 40), 120) }

    /// The colours by meaning. The raw values are their names in pictures.
    public enum Tone: String, Sendable {
        case good
        case bad
        case doubtful = "doubt"
        case quiet
        case strong
    }
    /// The parameter of the SGR sequence (ECMA-48, 8.3.117) that selects a colour or a weight.
    package static let codes: [Tone: Int] = [.good: 32, .bad: 31, .doubtful: 33, .quiet: 2, .strong: 1]
    /// Returns text between the codes of a colour, or unchanged text if the style has no colour.
    public func paint(_ s: String, _ tone: Tone) -> String {
        hasColour && !s.isEmpty ? "\(Self.start(tone))\(s)\(Self.stop)" : s
    }
    private static func start(_ tone: Tone) -> String { "\u{1b}[\(codes[tone] ?? 0)m" }
    private static var stop: String { "\u{1b}[0m" }
    /// Appends the code that starts a tone. `end` stops it.
    package func begin(_ tone: Tone, _ text: inout OutputBuffer) {
        if hasColour { text.put(Array(Self.start(tone).utf8)) }
    }
    package func end(_ text: inout OutputBuffer) { if hasColour { text.put(Array(Self.stop.utf8)) } }
    /// Returns text of unknown origin in a form that is safe for its destination. It has no control characters, and no
    /// characters beyond ASCII if these cannot be shown. All text that does not come from this program must pass
    /// through here.
    public func safe(_ s: String) -> String {
        let s = Printable.text(s)
        guard !hasUnicode, !s.utf8.allSatisfy({ $0 < 0x80 }) else { return s }
        return s.escaping { $0.isASCII ? nil : Self.plain[$0] ?? "\\u{" + String($0.value, radix: 16) + "}" }
    }
    /// The ASCII replacements of typographic characters.
    private static let plain: [Unicode.Scalar: String] = [
        "\u{a0}": " ", "\u{b7}": "-", "\u{d7}": "x", "\u{2010}": "-", "\u{2011}": "-", "\u{2013}": "-", "\u{2014}": "-",
        "\u{2018}": "'", "\u{2019}": "'", "\u{201c}": "\"", "\u{201d}": "\"", "\u{2026}": "...", "\u{2190}": "<-",
        "\u{2192}": "->", "\u{2264}": "<=", "\u{2265}": ">=",
    ]
    /// The mark for text that was cut.
    package var ellipsis: String { hasUnicode ? "…" : "..." }
    /// The separator between parts of a line.
    package var dot: String { hasUnicode ? "·" : "-" }

    /// Returns text cut to `n` columns at its end.
    package func cut(_ s: String, _ n: Int) -> String {
        s.count <= n ? s : s.prefix(max(0, n - ellipsis.count)) + ellipsis
    }
    /// Returns text of at most 72 columns, cut in its middle so that both ends of a hash remain visible.
    package func short(_ s: String) -> String {
        let s = safe(s)
        return s.count <= 72 ? s : s.prefix(34) + ellipsis + s.suffix(34)
    }
    /// Returns text in one line if it fits the terminal, otherwise in several lines.
    public func fold(_ s: String, _ indent: String = "") -> [String] {
        indent.count + s.count <= width ? [indent + s] : wrap(s, indent, max(20, width))
    }
    /// Returns text in lines of `columns` columns, broken at spaces. Each line begins with `indent`, all but the first
    /// with one space more.
    package func wrap(_ s: String, _ indent: String, _ columns: Int? = nil) -> [String] {
        let column = columns ?? column
        var out: [String] = []
        var line = indent
        var isEmpty = true
        for word in s.split(separator: " ") {
            if !isEmpty, line.count + 1 + word.count > column {
                out.append(line)
                line = indent + " "
                isEmpty = true
            }
            line += isEmpty ? String(word) : " " + word
            isEmpty = false
        }
        return out + [line]
    }
    /// Returns text filled with spaces to at least `n` columns.
    public static func pad(_ s: String, _ n: Int) -> String { s + String(repeating: " ", count: max(0, n - s.count)) }
    /// Returns text filled with spaces on its left to at least `n` columns.
    public static func padLeft(_ s: String, _ n: Int) -> String { pad("", n - s.count) + s }
    /// Returns padded text in a colour, which takes no columns.
    package func padded(_ s: String, _ n: Int, _ tone: Tone) -> String { paint(s, tone) + Self.pad("", n - s.count) }
}
