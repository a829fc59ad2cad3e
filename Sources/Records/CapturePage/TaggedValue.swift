internal import Text
internal import Wire

/// A lossless JSON form of values for a script. A value without an exact JSON form is a list that begins with a letter.
enum TaggedValue {
    /// Returns the JSON form. `n` and digits: a whole number beyond 2^53. `d`: a number with a fraction. `b`: bytes.
    /// `l`: a list. `m`: alternating names and values. Other values are unchanged.
    static func of(_ value: Value) -> Value {
        switch value {
        case .null, .bool, .text: value
        case .uint(let n): n > 1 << 53 ? ["n", .text(String(n))] : value
        case .int(let n): n.magnitude > 1 << 53 ? ["n", .text(String(n))] : value
        case .decimal(let s): ["d", .text(s)]
        case .bytes(let b): ["b", .bytes(b)]
        case .list(let items): .list(["l"] + items.map(of))
        case .map(let entries): .list(["m"] + entries.flatMap { [.text($0.key), of($0.value)] })
        }
    }
    /// Returns the numbers and names of code points.
    static func of(_ names: [CodeName]) -> Value {
        .list(names.map { [of(.uint($0.number)), .text($0.name)] })
    }
    /// Returns a word for the meaning, followed by its parameters.
    static func of(_ meaning: FieldMeaning) -> Value {
        switch meaning {
        case .bits(let names): ["bits", .list(names.map { [of(.uint($0.mask)), .text($0.name)] })]
        case .hexadecimal(let digits): ["hexadecimal", .number(digits)]
        case .related(let relation):
            ["hexadecimal", .number(relation.digits), .text(relation.name), .list(relation.fields.map { .text($0) })]
        case .amount(let unit, let decimals): ["amount", .text(unit), .number(decimals)]
        case .time(let step): ["time", of(Value(step))]
        case .form(let form): ["form", .text(form.name), .number(form.isLong ? 1 : 0)]
        }
    }
}
