/// An expression of Lua, written in one line if it is short, otherwise with a line for each part.
indirect enum LuaTree {
    case atom(String)
    /// Parts between an opening and a closing text, separated by commas. Around a list in braces stand blanks.
    case parts(String, [LuaTree], String)

    /// Returns a table with these elements.
    static func table(_ elements: [LuaTree]) -> LuaTree { .parts("{", elements, "}") }
    /// Returns a call with these arguments. A single table has no parentheses around it.
    static func call(_ function: String, _ arguments: [LuaTree]) -> LuaTree {
        if arguments.count == 1, case .parts("{", let elements, "}") = arguments[0] {
            return .parts(function + " {", elements, "}")
        }
        return .parts(function + "(", arguments, ")")
    }
    /// Returns text in quotes.
    static func quoted(_ text: String) -> LuaTree { .atom(LuaText.quoted(text)) }

    private static let width = 120

    /// Returns the text. The first line begins in a column, and the other lines are indented by at least `depth`. A long
    /// table begins in the line of the text around it if it is the last argument or the only part.
    func text(column: Int, depth: Int) -> String {
        let line = oneLine
        guard column + line.utf8.count > Self.width, case .parts(let open, let parts, let close) = self else {
            return line
        }
        if let last = parts.last, case .parts(_, _, "}") = last {
            let before = parts.dropLast().map { $0.oneLine + ", " }.joined()
            let isTable = close == "}"
            if isTable ? parts.count == 1 : column + open.utf8.count + before.utf8.count < Self.width {
                let blank = isTable ? " " : ""
                return open + blank + before + last.text(column: Self.width, depth: depth) + blank + close
            }
        }
        let blanks = String(repeating: " ", count: depth + 4)
        let lines = parts.map { blanks + $0.text(column: depth + 5, depth: depth + 4) + "," }
        return ([open] + lines).joined(separator: "\n").dropLast(close == ")" ? 1 : 0) + "\n" + blanks.dropLast(4)
            + close
    }
    private var oneLine: String {
        switch self {
        case .atom(let text): return text
        case .parts(let open, let parts, let close):
            let inner = parts.map(\.oneLine).joined(separator: ", ")
            return open.hasSuffix("{") && !parts.isEmpty ? "\(open) \(inner) \(close)" : open + inner + close
        }
    }
}
