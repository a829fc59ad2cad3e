extension Message {
    /// The default: no field has a special meaning.
    public static var meanings: [String: FieldMeaning] { [:] }
    public static var parts: [String] { [] }

    /// Returns a value of the field at `path` for people, according to its meaning. JSON that is kept verbatim is text.
    public static func text(of value: Value, at path: String) -> String {
        if case .list(let items) = value {
            return "[" + items.map { text(of: $0, at: path) }.joined(separator: ", ") + "]"
        }
        if form == .json || form == .jsonValue, case .bytes(let b) = value,
            let text = String(validating: b, as: UTF8.self), text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f })
        {
            return text
        }
        return field(path)?.meaning?.text(of: value) ?? "\(value)"
    }
    /// Returns a difference with values in the form for people.
    public static func withMeanings(_ m: Mismatch) -> Mismatch {
        guard let meaning = field(m.path)?.meaning else { return m }
        var m = m
        let wanted: Value? =
            UInt64(m.wanted).map { .uint($0) }
            ?? (m.wanted.hasPrefix("0x") ? [UInt8](hex: m.wanted.dropFirst(2)).map { .bytes($0) } : nil)
        m.wanted = wanted.flatMap { meaning.text(of: $0) } ?? m.wanted
        m.shown = m.had.map { text(of: $0, at: m.path) }
        return m
    }
}
