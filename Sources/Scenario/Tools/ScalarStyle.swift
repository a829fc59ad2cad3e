/// The styles of a scalar on one line.
enum ScalarStyle {
    /// Returns the scalar as written: without quotes if every reader then sees the same value; otherwise in double
    /// quotes if no character needs an escape; otherwise in single quotes. A scalar with unprintable characters is in
    /// double quotes with escapes.
    static func written(_ s: String, isPlain: Bool, inFlow: Bool) -> String {
        if isPlain && !s.contains("\n") || isSafe(s, inFlow: inFlow) && !looksTyped(s) { return s }
        let isPrintable = s.unicodeScalars.allSatisfy { QuotedScalar.isPlain($0) }
        if isPrintable, !s.unicodeScalars.contains(where: { $0 == "\"" || $0 == "\\" }) { return "\"" + s + "\"" }
        if isPrintable { return "'" + s.replacing("'", with: "''") + "'" }
        return QuotedScalar.text(s)
    }
    /// Returns whether a YAML reader reads the text without quotes as exactly this text.
    static func isSafe(_ s: String, inFlow: Bool) -> Bool {
        let all = Array(s.unicodeScalars)
        guard let first = all.first, let last = all.last, all.allSatisfy({ QuotedScalar.isPlain($0) }) else {
            return false
        }
        guard first != " ", last != " ", last != ":", !s.hasPrefix("---"), !s.hasPrefix("...") else { return false }
        if ",[]{}#&*!|>'\"%@`".unicodeScalars.contains(first) { return false }
        if first == "-" || first == "?" || first == ":" {
            guard all.count > 1, all[1].properties.isAlphabetic else { return false }
        }
        for i in all.indices {
            if all[i] == "#", i > 0, all[i - 1] == " " { return false }
            if all[i] == ":", i + 1 < all.count, all[i + 1] == " " { return false }
            if inFlow, ",[]{}?".unicodeScalars.contains(all[i]) { return false }
        }
        return true
    }
    /// Returns whether some reader takes the text for a number, a truth value, null, a date or a duration.
    static func looksTyped(_ s: String) -> Bool {
        let words = ["true", "false", "null", "yes", "no", "on", "off", "y", "n", "~", "=", "<<", ".inf", ".nan"]
        let bare = s.hasPrefix("-") || s.hasPrefix("+") ? String(s.dropFirst()) : s
        if s.isEmpty || words.contains(bare.lowercased()) || Duration(text: s) != nil { return true }
        let digits = "0123456789abcdefxo+-._:tz ABCDEFXOTZ".unicodeScalars
        guard let first = bare.unicodeScalars.first, "0123456789.".unicodeScalars.contains(first) else { return false }
        return bare.unicodeScalars.allSatisfy { digits.contains($0) }
    }
}
