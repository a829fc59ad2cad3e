/// How text is made up for where it goes.
public struct Style: Sendable {
    public var hasColour: Bool
    /// Characters beyond ASCII may be used.
    public var hasUnicode: Bool
    /// Columns of the terminal.
    public var width: Int
    public init(hasColour: Bool, hasUnicode: Bool = true, width: Int = 100) {
        self.hasColour = hasColour
        self.hasUnicode = hasUnicode
        self.width = width
    }
    /// Colours by what they mean.
    public enum Tone: String, Sendable {
        case good = "32"
        case bad = "31"
        case doubtful = "33"
        case quiet = "2"
        case strong = "1"
    }
    public func paint(_ s: String, _ tone: Tone) -> String {
        hasColour && !s.isEmpty ? "\u{1b}[\(tone.rawValue)m\(s)\u{1b}[0m" : s
    }
    /// Text up to `n` columns, filled with blanks.
    public static func pad(_ s: String, _ n: Int) -> String { s + String(repeating: " ", count: max(0, n - s.count)) }
    /// The same, to the right.
    public static func padLeft(_ s: String, _ n: Int) -> String { String(repeating: " ", count: max(0, n - s.count)) + s }
}
