/// A shell command of a target file, with places for values such as `{address}`.
///
/// Values are other people's: a scenario's, the node's own words. So the shell never reads one. It goes to the command
/// in a variable of the environment, and what takes the place is that variable in double quotes, which a shell does not
/// look into: one word, whatever it holds. Where that would not be so, within quotes of the author above all, a place
/// is refused.
public struct ShellTemplate: Equatable, Sendable {
    /// The command as it was written.
    public let text: String
    let places: [ShellScanner.Place]

    /// Finds the places. Those in comments, and braces behind a backslash or `$`, are none.
    public init(_ text: String) {
        self.text = text
        places = ShellScanner.places(Array(text.utf8))
    }
    /// Names of the places.
    public var names: Set<String> { Set(places.map(\.name)) }
    /// Which variable holds a value.
    public static func variable(_ name: String) -> String {
        "MESHSPEC_ARG_" + String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
    }
    /// Why one of these names cannot stand where it does; nil when all can.
    public func problem(_ isValue: (String) -> Bool) -> String? {
        guard let p = places.first(where: { $0.context != .bare && isValue($0.name) }) else { return nil }
        let name = "`{\(p.name)}`"
        let way = "write it outside, or read the variable $\(Self.variable(p.name))"
        switch p.context {
        case .bare: return nil
        case .quoted:
            return "\(name) stands in quotes: a value is one word without them, whatever is in it; "
                + "take them away, or read the variable $\(Self.variable(p.name))"
        case .hereDocument: return "\(name) stands behind a here-document: \(way)"
        case .arithmetic: return "\(name) stands in arithmetic, which would be computed: \(way)"
        case .backquotes: return "\(name) stands in backquotes: write $(...)"
        case .unclear: return "\(name) stands behind $'...', which shells read in several ways: \(way)"
        }
    }
    /// The command with what `part` gives for the places; where that is nil, they stay as they are.
    public func filled(_ part: (String) -> ShellText?) -> ShellText {
        let bytes = Array(text.utf8)
        var out = ShellText()
        var done = 0
        func plain(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
        for p in places where p.context == .bare {
            guard let new = part(p.name) else { continue }
            out += ShellText(plain(done..<p.range.lowerBound))
            out += new
            done = p.range.upperBound
        }
        out += ShellText(plain(done..<bytes.count))
        return out
    }
}

/// Text for a shell, with the variables that it reads.
public struct ShellText: Equatable, Sendable {
    /// What the shell reads.
    public var command = ""
    /// What it reads them from, by name.
    public var variables: [String: String] = [:]
    /// The same for people: values as words of a shell, in the places of the variables.
    public var shown = ""

    /// Text of the author, which the shell reads as it is.
    public init(_ text: String = "") { (command, shown) = (text, text) }
    /// A value, in the variable of a name.
    public init(value: String, of name: String) {
        let variable = ShellTemplate.variable(name)
        command = "\"${\(variable)}\""
        variables = [variable: value]
        shown = Self.word(value)
    }
    /// One behind the other.
    public static func += (a: inout Self, b: Self) {
        a.command += b.command
        a.shown += b.shown
        a.variables.merge(b.variables) { $1 }
    }
    /// A word as a shell reads it.
    public static func word(_ word: String) -> String {
        let isPlain = word.utf8.allSatisfy { c in
            switch c {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
            default: "-._/:=@%+,".utf8.contains(c)
            }
        }
        return isPlain && !word.isEmpty ? word : "'" + word.replacing("'", with: "'\\''") + "'"
    }
}
