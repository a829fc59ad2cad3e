/// A shell command of a target file, with places for values such as `{address}`.
///
/// Values are untrusted: they are from a scenario or from the node. The shell must therefore never interpret one. A
/// value goes to the command in an environment variable, and the place becomes that variable in double quotes. A shell
/// does not look into such a variable: it is one word with any content. If that would not hold, above all within quotes
/// of the author, the place is refused.
public struct ShellTemplate: Equatable, Sendable {
    /// The command as written in the file.
    public let text: String
    let places: [ShellScanner.Place]

    /// Finds the places. Places in comments, and braces after a backslash or `$`, do not count.
    public init(_ text: String) {
        self.text = text
        places = ShellScanner.places(Array(text.utf8))
    }
    /// The names of the places.
    public var names: Set<String> { Set(places.map(\.name)) }
    /// The names of the places outside quotes and here-documents.
    var bareNames: Set<String> { Set(places.filter { $0.context == .bare }.map(\.name)) }
    /// Returns the name of the variable that holds a value.
    public static func variable(_ name: String) -> String {
        "MESHSPEC_ARG_" + String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
    }
    /// Returns the reason why a name is not allowed where it is; nil if all are allowed.
    public func problem(_ isValue: (String) -> Bool) -> String? {
        guard let p = places.first(where: { $0.context != .bare && isValue($0.name) }) else { return nil }
        let name = "`{\(p.name)}`"
        let way = "move it out, or read the variable $\(Self.variable(p.name))"
        switch p.context {
        case .bare: return nil
        case .quoted:
            return "\(name) is inside quotes. A value is one word without quotes, whatever it contains: "
                + "remove the quotes, or read the variable $\(Self.variable(p.name))"
        case .hereDocument: return "\(name) follows a here-document: \(way)"
        case .arithmetic: return "\(name) is inside arithmetic, which the shell would compute: \(way)"
        case .backquotes: return "\(name) is inside backquotes: write $(...)"
        case .unclear: return "\(name) follows $'...', which shells read differently: \(way)"
        }
    }
    /// Returns the command with the places replaced by the results of `part`. If the result is nil, the place remains
    /// as it is.
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

/// Text for a shell, with the environment variables that it uses.
public struct ShellText: Equatable, Sendable {
    /// The text that the shell reads.
    public var command = ""
    /// The environment variables by name.
    public var variables: [String: String] = [:]
    /// The command for people. It shows the values as quoted words instead of variables.
    public var shown = ""

    /// Creates text of the author, which the shell reads unchanged.
    public init(_ text: String = "") { (command, shown) = (text, text) }
    /// Creates a value, held in the variable for the name.
    public init(value: String, of name: String) {
        let variable = ShellTemplate.variable(name)
        command = "\"${\(variable)}\""
        variables = [variable: value]
        shown = Self.word(value)
    }
    /// Appends text and its variables.
    public static func += (a: inout Self, b: Self) {
        a.command += b.command
        a.shown += b.shown
        a.variables.merge(b.variables) { $1 }
    }
    /// Returns the text quoted as one word for a shell.
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
