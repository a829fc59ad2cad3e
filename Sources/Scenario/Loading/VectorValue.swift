internal import Wire

extension Loader {
    /// Reads a value of a vector the way every YAML reader does. Quoted text and words are text; numbers, `true`,
    /// `false` and `null` have their own types. A byte string is text that begins with `0x`. A number beyond 2^53 is
    /// written as text of its digits.
    ///
    /// An unquoted hexadecimal number is reported: YAML 1.1 and 1.2 turn it into an integer without its leading zeros.
    mutating func vectorValue(_ node: YAMLNode) -> Value {
        switch node.content {
        case .sequence(let items): return .list(items.map { vectorValue($0) })
        case .mapping(let members): return .map(members.map { Value.Entry($0.key, vectorValue($0.value)) })
        case .scalar(let s, isQuoted: true): return .text(s)
        case .scalar(let s, isQuoted: false):
            if Self.isHexadecimal(s) {
                report(
                    .badValue, "YAML reads a hexadecimal number without quotes as an integer", node.span,
                    "put quotes around it")
            }
            if s.isEmpty || s == "~" { return .null }
            guard let value = JSON.parse(Array(s.utf8)) else { return .text(s) }
            return value
        }
    }
    /// Returns whether the text is `0x` and digits, possibly with a sign or `_` between the digits. Some YAML readers
    /// take it for an integer.
    private static func isHexadecimal(_ s: String) -> Bool {
        let digits = s.hasPrefix("-") || s.hasPrefix("+") ? s.dropFirst() : s[...]
        guard digits.hasPrefix("0x") || digits.hasPrefix("0X") else { return false }
        return digits.dropFirst(2).utf8.allSatisfy { c in
            let letter = c | 0x20
            return c == UInt8(ascii: "_") || c >= UInt8(ascii: "0") && c <= UInt8(ascii: "9")
                || letter >= UInt8(ascii: "a") && letter <= UInt8(ascii: "f")
        }
    }
}
