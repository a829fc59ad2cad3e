extension Message {
    /// No field is a set of bits.
    public static var bitNames: [String: [BitName]] { [:] }

    /// A value of the field at `path` for people. Of a set of bits, see `bitNames`; what is kept verbatim of JSON is text.
    public static func text(of value: Value, at path: String) -> String {
        if case .list(let items) = value {
            return "[" + items.map { text(of: $0, at: path) }.joined(separator: ", ") + "]"
        }
        if form == .json || form == .jsonValue, case .bytes(let b) = value,
            let text = String(validating: b, as: UTF8.self), text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f })
        {
            return text
        }
        guard let names = bitNames[path], case .uint(let n) = value else { return "\(value)" }
        return names.text(of: n)
    }
    /// A difference with numbers that are sets of bits written as such.
    public static func withBitNames(_ m: Mismatch) -> Mismatch {
        guard let names = bitNames[m.path] else { return m }
        var m = m
        if let n = UInt64(m.wanted) { m.wanted = names.text(of: n) }
        m.shown = m.had.map { text(of: $0, at: m.path) }
        return m
    }
}
