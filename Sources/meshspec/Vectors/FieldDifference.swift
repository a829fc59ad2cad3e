import Wire

/// A field for which a codec and a vector differ.
struct FieldDifference: Equatable {
    /// The path of the field, such as `peers[7].port`; empty for the whole result.
    var path: String
    /// The value in the vector, as text for people.
    var wanted: String
    /// The value from the codec, as text for people.
    var had: String

    /// The difference as text, such as `peers[0].port is 7075, expected 7076`.
    var text: String {
        let wanted = wanted == Self.absent ? "it is not a field of the message" : "expected \(wanted)"
        return "\(path.isEmpty ? "the result" : "`\(path)`") is \(had), \(wanted)"
    }
    static let absent = "absent"

    /// Returns all differences in the order of the vector. `known` has the same fields as typed values if the message
    /// is known. The codec may also report its further fields, which the vector does not list.
    static func all(_ wanted: Value, _ had: Value, known: Value? = nil) -> [FieldDifference] {
        var finder = FieldDifferences()
        finder.compare(wanted, with: had, knowing: known, at: "")
        return finder.found
    }
}

/// A comparison of fields in JSON form.
///
/// Byte strings are equal in upper and lower case, with or without `0x`. An integer is equal to a text of its decimal
/// digits. A number with a fraction or an exponent is compared by its value. Other values must be identical. `null`
/// counts as absent. Without typed values, text that begins with `0x` is a byte string, and text of digits is equal to
/// the number.
private struct FieldDifferences {
    var found: [FieldDifference] = []

    mutating func compare(_ wanted: Value?, with had: Value?, knowing known: Value?, at path: String) {
        switch (Self.present(wanted) ?? Self.present(known), Self.present(had)) {
        case (nil, nil): return
        // A field that the vector does not list is optional.
        case (_?, nil) where Self.present(wanted) == nil: return
        case (.map(let entries)?, .map(let others)?):
            members(entries, with: others, wanted: wanted, had: had, knowing: known, at: path)
        case (.list(let items)?, .list(let others)?): elements(items, with: others, knowing: known, at: path)
        case (let w?, let h?) where Self.isSame(w, h, known): return
        case (let w, let h):
            found.append(FieldDifference(path: path, wanted: Self.text(w), had: Self.text(h)))
        }
    }
    private mutating func members(
        _ entries: [Value.Entry], with others: [Value.Entry], wanted: Value?, had: Value?, knowing known: Value?,
        at path: String
    ) {
        let names = entries.map(\.key) + others.map(\.key)
        var seen: Set<String> = []
        for name in names where seen.insert(name).inserted {
            compare(wanted?[name], with: had?[name], knowing: known?[name], at: path.isEmpty ? name : "\(path).\(name)")
        }
    }
    private mutating func elements(_ items: [Value], with others: [Value], knowing known: Value?, at path: String) {
        var typed: [Value] = []
        if case .list(let all)? = known { typed = all }
        if items.count != others.count {
            found.append(
                FieldDifference(path: path, wanted: Self.counted(items.count), had: Self.counted(others.count)))
        }
        for i in 0..<min(items.count, others.count) {
            compare(items[i], with: others[i], knowing: i < typed.count ? typed[i] : nil, at: "\(path)[\(i)]")
        }
    }
    private static func present(_ value: Value?) -> Value? { value == .null ? nil : value }
    private static func counted(_ n: Int) -> String { "a list of \(n)" }

    private static func isSame(_ wanted: Value, _ had: Value, _ known: Value?) -> Bool {
        if wanted == had { return true }
        switch (known ?? wanted, wanted) {
        case (.bytes, _): return bytes(wanted) != nil && bytes(wanted) == bytes(had)
        case (.uint, _), (.int, _): return digits(wanted) != nil && digits(wanted) == digits(had)
        case (.text, .text(let s)) where known == nil:
            if s.hasPrefix("0x") { return bytes(wanted) != nil && bytes(wanted) == bytes(had) }
            // A vector has an integer above 2^53 as text.
            if case .text = had { return false }
            return digits(wanted) != nil && digits(wanted) == digits(had)
        case (.decimal(let s), _):
            if let whole = digits(wanted), whole == digits(had) { return true }
            switch had {
            case .decimal, .uint, .int: return Double(s) == Double(had.description)
            default: return false
            }
        default: return false
        }
    }
    private static func bytes(_ value: Value) -> [UInt8]? {
        switch value {
        case .bytes(let bytes): bytes
        case .text(let s): Hexadecimal.bytes(s)
        default: nil
        }
    }
    /// Returns the decimal digits of an integer, also one in text. Nil for another value, and for digits with leading
    /// zeros.
    private static func digits(_ value: Value) -> String? {
        switch value {
        case .uint(let n): return String(n)
        case .int(let n): return String(n)
        case .text(let s), .decimal(let s):
            let digits = s.hasPrefix("-") ? s.dropFirst() : s[...]
            guard !digits.isEmpty, digits.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
            return digits == "0" || digits.utf8.first != 0x30 ? s : nil
        default: return nil
        }
    }
    /// Returns a value as text for people, shortened to fit one line.
    private static func text(_ value: Value?) -> String {
        guard let value else { return FieldDifference.absent }
        let text = value.description
        return text.count > 200 ? text.prefix(120) + "... (\(text.count) characters)" : text
    }
}
