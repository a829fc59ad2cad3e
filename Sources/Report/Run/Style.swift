internal import Scenario
internal import Wire

/// How text is made up for where it goes.
public struct Style: Sendable {
    /// Colours may be used.
    public var hasColour: Bool
    /// Characters beyond ASCII may be used.
    public var hasUnicode: Bool
    /// Columns of the terminal; `Int.max` for a log, which has none.
    public var width: Int
    /// A style; without a width, that of a log.
    public init(hasColour: Bool, hasUnicode: Bool = true, width: Int = .max) {
        self.hasColour = hasColour
        self.hasUnicode = hasUnicode
        self.width = width
    }
    /// Columns that a paragraph or a row of a table may take: no more than people like to read.
    var column: Int { min(max(width, 40), 120) }

    /// Colours by what they mean, with the names that pictures have for them.
    public enum Tone: String, Sendable {
        case good
        case bad
        case doubtful = "doubt"
        case quiet
        case strong
    }
    /// What selects a colour or a weight: the number of an SGR sequence (ECMA-48, 8.3.117).
    static let codes: [Tone: Int] = [.good: 32, .bad: 31, .doubtful: 33, .quiet: 2, .strong: 1]
    /// Text between the codes of a colour, or as it is.
    public func paint(_ s: String, _ tone: Tone) -> String {
        hasColour && !s.isEmpty ? "\(Self.start(tone))\(s)\(Self.stop)" : s
    }
    private static func start(_ tone: Tone) -> String { "\u{1b}[\(codes[tone] ?? 0)m" }
    private static var stop: String { "\u{1b}[0m" }
    /// What follows is of this tone, up to `end`.
    func begin(_ tone: Tone, _ text: inout OutputBuffer) { if hasColour { text.put(Array(Self.start(tone).utf8)) } }
    func end(_ text: inout OutputBuffer) { if hasColour { text.put(Array(Self.stop.utf8)) } }
    /// Text of unknown origin, fit for where it goes: no control characters, nothing beyond ASCII where that is not
    /// shown. Everything that was not written in this program goes through here.
    public func safe(_ s: String) -> String {
        let s = Printable.text(s)
        guard !hasUnicode, !s.utf8.allSatisfy({ $0 < 0x80 }) else { return s }
        return s.escaping { $0.isASCII ? nil : Self.plain[$0] ?? "\\u{" + String($0.value, radix: 16) + "}" }
    }
    /// What typesetters put for what keyboards have.
    private static let plain: [Unicode.Scalar: String] = [
        "\u{a0}": " ", "\u{b7}": "-", "\u{d7}": "x", "\u{2010}": "-", "\u{2011}": "-", "\u{2013}": "-", "\u{2014}": "-",
        "\u{2018}": "'", "\u{2019}": "'", "\u{201c}": "\"", "\u{201d}": "\"", "\u{2026}": "...", "\u{2190}": "<-",
        "\u{2192}": "->", "\u{2264}": "<=", "\u{2265}": ">=",
    ]
    /// Stands for what was cut.
    var ellipsis: String { hasUnicode ? "…" : "..." }
    /// Between parts of a line.
    var dot: String { hasUnicode ? "·" : "-" }

    /// Text cut to `n` columns, at its end.
    func cut(_ s: String, _ n: Int) -> String {
        s.count <= n ? s : s.prefix(max(0, n - ellipsis.count)) + ellipsis
    }
    /// Text of at most 72 columns, cut in its middle: both ends of a hash tell it apart.
    func short(_ s: String) -> String {
        let s = safe(s)
        return s.count <= 72 ? s : s.prefix(34) + ellipsis + s.suffix(34)
    }
    /// Text in one line where it fits the terminal, and else in several.
    public func fold(_ s: String, _ indent: String = "") -> [String] {
        indent.count + s.count <= width ? [indent + s] : wrap(s, indent, max(20, width))
    }
    /// Text in lines of `column` columns, broken at blanks; each begins with `indent`, all but the first with one more.
    func wrap(_ s: String, _ indent: String, _ columns: Int? = nil) -> [String] {
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
    /// Text of at least `n` columns, filled with blanks.
    public static func pad(_ s: String, _ n: Int) -> String { s + String(repeating: " ", count: max(0, n - s.count)) }
    /// The same, to the right.
    public static func padLeft(_ s: String, _ n: Int) -> String { pad("", n - s.count) + s }
    /// The same with a colour, which takes no columns.
    func padded(_ s: String, _ n: Int, _ tone: Tone) -> String { paint(s, tone) + Self.pad("", n - s.count) }
}
