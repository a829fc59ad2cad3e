internal import Wire

/// A value written in a filter.
enum FilterLiteral: Hashable {
    case value(FilterValue)
    /// A time in nanoseconds since the first packet of the capture.
    case sinceStart(Int64)

    var operand: FilterOperand {
        switch self {
        case .value(let value): .literal(value)
        case .sinceStart(let passed): .sinceStart(passed)
        }
    }
}

extension FieldMeaning {
    /// Returns true if this meaning reads the literal differently from the kind of the field.
    func adds(to t: FilterToken) -> Bool {
        switch self {
        case .amount: true
        case .bits, .hexadecimal, .related, .time, .form: t.kind == .word && literal(t.text) != nil
        }
    }
    /// Reads a value of the field from a word. Returns nil if the word is not one.
    func literal(_ word: String) -> FilterValue? {
        switch self {
        case .bits(let bits):
            return bits.first { $0.name == word }.map { .number(FilterNumber($0.mask)) }
        case .hexadecimal, .related: return nil
        case .amount(let unit, let decimals):
            let lower = word.lowercased()
            if lower.hasSuffix(unit.lowercased()) {
                let number = lower.dropLast(unit.utf8.count)
                return Self.steps(number.hasSuffix(" ") ? number.dropLast() : number, decimals)
                    .map { .number(FilterNumber($0)) }
            }
            // The amount as JSON writes it.
            if word.utf8.count == 32, word.hasPrefix("0") || word.contains(where: \.isLetter), !word.hasPrefix("0x") {
                return [UInt8](hex: word).flatMap(Self.number).map { .number(FilterNumber($0)) }
            }
            return FilterNumber(word).map { .number($0) }
        case .time(let step):
            // A time of day contains hyphens; a number has one only at its beginning.
            return word.dropFirst().contains("-")
                ? Timestamp(iso8601: word).map { .number(FilterNumber($0.nanoseconds / max(1, step))) } : nil
        case .form(let form): return form.bytes(word).map { .bytes($0) }
        }
    }
}
