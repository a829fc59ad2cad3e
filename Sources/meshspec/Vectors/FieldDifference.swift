import Wire

/// A field of which a codec says something else than a vector.
struct FieldDifference: Equatable {
    /// Such as `peers[7].port`; empty for the whole.
    var path: String
    /// What the vector has, for people.
    var wanted: String
    /// What the codec said.
    var had: String

    /// `peers[0].port is 7075, expected 7076`.
    var text: String {
        let wanted = wanted == Self.absent ? "it is no field of the message" : "expected \(wanted)"
        return "\(path.isEmpty ? "the result" : "`\(path)`") is \(had), \(wanted)"
    }
    static let absent = "absent"

    /// All differences, in the order of the vector. `known`: the same as typed values, where the message is known; what it
    /// has beyond the vector's fields may be said as well.
    static func all(_ wanted: Value, _ had: Value, known: Value? = nil) -> [FieldDifference] {
        var finder = FieldDifferences()
        finder.compare(wanted, had, known, "")
        return finder.found
    }
}

/// Compares fields as JSON has them.
///
/// A byte string is equal in any case, with `0x` or without; an integer as a number and as its decimal digits in a text; a
/// number with a fraction or exponent by its value; all else as it stands. `null` is absent. Without typed values, text that begins with `0x` is a byte string, and text of
/// digits is equal to the number.
private struct FieldDifferences {
    var found: [FieldDifference] = []

    mutating func compare(_ wanted: Value?, _ had: Value?, _ known: Value?, _ path: String) {
        switch (Self.present(wanted) ?? Self.present(known), Self.present(had)) {
        case (nil, nil): return
        // What the vector does not list need not be said.
        case (_?, nil) where Self.present(wanted) == nil: return
        case (.map(let entries)?, .map(let others)?): members(entries, others, wanted, had, known, path)
        case (.list(let items)?, .list(let others)?): elements(items, others, known, path)
        case (let w?, let h?) where Self.isSame(w, h, known): return
        case (let w, let h):
            found.append(FieldDifference(path: path, wanted: Self.text(w), had: Self.text(h)))
        }
    }
    private mutating func members(
        _ entries: [Value.Entry], _ others: [Value.Entry], _ wanted: Value?, _ had: Value?, _ known: Value?,
        _ path: String
    ) {
        let names = entries.map(\.key) + others.map(\.key)
        var seen: Set<String> = []
        for name in names where seen.insert(name).inserted {
            compare(wanted?[name], had?[name], known?[name], path.isEmpty ? name : "\(path).\(name)")
        }
    }
    private mutating func elements(_ items: [Value], _ others: [Value], _ known: Value?, _ path: String) {
        var typed: [Value] = []
        if case .list(let all)? = known { typed = all }
        if items.count != others.count {
            found.append(
                FieldDifference(path: path, wanted: Self.counted(items.count), had: Self.counted(others.count)))
        }
        for i in 0..<min(items.count, others.count) {
            compare(items[i], others[i], i < typed.count ? typed[i] : nil, "\(path)[\(i)]")
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
            // Beyond 2^53 a vector has the digits as text.
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
    /// Of an integer, without a sign that says nothing and zeros before it; nil for all else.
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
    /// For people, on one line, and no more of it than is read there.
    private static func text(_ value: Value?) -> String {
        guard let value else { return FieldDifference.absent }
        let text = value.description
        return text.count > 200 ? text.prefix(120) + "... (\(text.count) characters)" : text
    }
}
