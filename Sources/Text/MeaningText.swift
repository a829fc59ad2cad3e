internal import Capture
package import Wire

extension FieldMeaning {
    /// Returns the full text of a value, with the number or the bytes if other output uses them; nil if the meaning
    /// adds nothing.
    package func shown(_ value: Value) -> String? {
        switch (self, value) {
        case (.time, _): time(value).map { "\(FieldText.whole(value)) (\($0))" }
        case (.form(let form), .bytes(let bytes)):
            form.text(bytes).map { form.isLong ? "\($0) (\(bytes.hex))" : $0 }
        default: text(of: value)
        }
    }
    /// Returns a value cut for a list; nil if the meaning adds nothing.
    package func short(_ value: Value) -> String? {
        switch (self, value) {
        case (.bits(let names), .uint(let n)) where !names.isEmpty:
            return n == 0 ? "0" : Self.words(names, n)
        case (.amount(let unit, let decimals), .bytes(let bytes)):
            guard let n = Self.number(bytes) else { return nil }
            let text = Self.decimal(n, decimals)
            let whole = text.prefix { $0 != "." }
            let fraction = text.dropFirst(whole.count + 1)
            if n != 0, whole == "0", fraction.prefix(6).allSatisfy({ $0 == "0" }) { return "\(n)raw" }
            return fraction.count > 6 ? "\(whole).\(fraction.prefix(6))..\(unit)" : text + unit
        case (.time, _): return time(value)
        case (.form(let form), .bytes(let bytes)): return form.short(bytes)
        default: return text(of: value)
        }
    }
    private static func words(_ names: [BitName], _ n: UInt64) -> String {
        // The text `0x0005 (query, v2)` is shortened to the names, because they imply the number.
        let text = names.text(of: n)
        guard let open = text.firstIndex(of: "("), !text.hasSuffix("unknown)") else { return text }
        return text[text.index(after: open)...].dropLast().split(separator: ", ").joined(separator: "|")
    }
    /// Returns a number of steps since 1970 as a date; nil for other values, zero, and dates out of range.
    private func time(_ value: Value) -> String? {
        guard case .time(let step) = self, let n = value.signedInteger else { return nil }
        let (nanoseconds, over) = n.multipliedReportingOverflow(by: step)
        return over || n == 0 ? nil : Timestamp(nanoseconds: nanoseconds).description
    }
}
