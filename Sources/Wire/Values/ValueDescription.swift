extension Value: CustomStringConvertible {
    /// A text for people: `3`, `live`, `"two words"`, `0x5243`, `[1, 2]`, `{port: 7075}`. Control characters are
    /// escaped.
    public var description: String {
        switch self {
        case .null: return "null"
        case .bool(let b): return b ? "true" : "false"
        case .uint(let n): return String(n)
        case .int(let n): return String(n)
        case .decimal(let s): return s
        case .text(let s): return Self.name(s)
        case .bytes(let b): return "0x" + b.hex
        case .list(let items): return "[" + items.map(\.description).joined(separator: ", ") + "]"
        case .map(let items):
            return "{" + items.map { "\(Self.name($0.key)): \($0.value)" }.joined(separator: ", ") + "}"
        }
    }
    private static func name(_ key: String) -> String {
        isWord(key) ? key : String(decoding: quoted(key), as: UTF8.self)
    }
    private static func quoted(_ s: String) -> [UInt8] {
        var out: [UInt8] = []
        ValueJSON.quote(s, to: &out)
        return out
    }
    /// Returns true if the text consists of letters, digits and `_-./:` after a letter. Readers take it for text even
    /// without quotes.
    private static func isWord(_ s: String) -> Bool {
        guard let first = s.utf8.first, first | 0x20 >= 0x61, first | 0x20 <= 0x7a else { return false }
        return s.utf8.allSatisfy { c in
            switch c {
            case 0x30...0x3a, 0x41...0x5a, 0x61...0x7a, 0x2d...0x2f, 0x5f: true
            default: false
            }
        }
    }
}
