/// A converter of text to the syntax of Lua.
enum LuaText {
    /// Returns text in quotes.
    static func quoted(_ text: String) -> String {
        var out = "\""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): out += "\\" + String(UnicodeScalar(byte))
            case 0x20..<0x7f: out += String(UnicodeScalar(byte))
            default: out += "\\" + String(repeating: "0", count: 3 - String(byte).count) + String(byte)
            }
        }
        return out + "\""
    }
    /// The words of the language that are no names.
    static let keywords: Set<String> = [
        "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local", "nil",
        "not", "or", "repeat", "return", "then", "true", "until", "while",
    ]
    /// Returns two digits for each byte.
    static func hex(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
