/// The meaning of the number or the bytes of a field, for people and filters. Other output has the raw value.
public enum FieldMeaning: Hashable, Sendable {
    /// A number that is a set of bits.
    case bits([BitName])
    /// A number that the specification writes in hexadecimal, with at least `digits` digits.
    case hexadecimal(digits: Int)
    /// A number like `hexadecimal`, shown with a value that is computed from it and other fields of the same group.
    case related(FieldRelation)
    /// An amount: bytes that are a number, highest byte first. People write it in a unit with `decimals` decimals.
    case amount(unit: String, decimals: Int)
    /// A time: a number of steps of `step` nanoseconds since 1970-01-01 00:00 UTC.
    case time(step: Int64)
    /// Bytes that people write as text, such as a key or an address.
    case form(FieldForm)

    /// Returns a value for people; nil if its meaning adds nothing. A form with a long text returns nil, because the
    /// bytes are as good. The caller formats times, because it knows the calendar.
    public func text(of value: Value) -> String? {
        switch (self, value) {
        case (.bits(let names), .uint(let n)): names.text(of: n)
        case (.hexadecimal(let digits), .uint(let n)): [BitName]().text(of: n, digits: digits)
        case (.related(let relation), .uint(let n)): [BitName]().text(of: n, digits: relation.digits)
        case (.amount(let unit, let decimals), .bytes(let bytes)):
            Self.number(bytes).map { "\(Self.decimal($0, decimals)) \(unit) (\($0) raw)" }
        case (.form(let form), .bytes(let bytes)): form.isLong ? nil : form.text(bytes)
        default: nil
        }
    }
    /// Returns the number that the bytes encode, highest byte first; nil if it does not fit into 128 bits.
    public static func number(_ bytes: [UInt8]) -> UInt128? {
        guard bytes.count <= 16 else { return nil }
        return bytes.reduce(0) { $0 << 8 | UInt128($1) }
    }
    /// Returns a number of smallest steps in its unit, without trailing zeros: `1.5`.
    public static func decimal(_ n: UInt128, _ decimals: Int) -> String {
        let digits = String(n)
        let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.utf8.count)) + digits
        var fraction = padded.suffix(decimals)
        while fraction.last == "0" { fraction.removeLast() }
        return padded.dropLast(decimals) + (fraction.isEmpty ? "" : "." + fraction)
    }
    /// Returns the number of smallest steps for a decimal number of units. Nil for other text, and for parts of a step.
    public static func steps(_ text: some StringProtocol, _ decimals: Int) -> UInt128? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count),
            parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } })
        else { return nil }
        let fraction = parts.count == 2 ? parts[1] : ""
        guard fraction.utf8.count <= decimals else { return nil }
        return UInt128("\(parts[0])\(fraction)" + String(repeating: "0", count: decimals - fraction.utf8.count))
    }
}

/// A number that the specification writes in hexadecimal, and that yields another value together with fields of the
/// same group.
public struct FieldRelation: Hashable, Sendable {
    /// The name of the resulting value, such as `difficulty`.
    public let name: String
    /// The minimum number of digits.
    public let digits: Int
    /// The names of the fields in the same group that the result depends on.
    public let fields: [String]
    /// Returns the result for the number and the values of those fields; nil if a value is missing.
    public let result: @Sendable (UInt64, [Value]) -> UInt64?
    /// Creates a relation. Two relations are equal if their names and fields are equal.
    public init(
        _ name: String, digits: Int, with fields: [String], result: @escaping @Sendable (UInt64, [Value]) -> UInt64?
    ) {
        (self.name, self.digits, self.fields, self.result) = (name, digits, fields, result)
    }
    public static func == (a: Self, b: Self) -> Bool { a.name == b.name && a.fields == b.fields }
    /// Returns the number, followed by the result in parentheses.
    public func text(of n: UInt64, with values: [Value]) -> String {
        let text = [BitName]().text(of: n, digits: digits)
        return result(n, values).map { "\(text) (\(name) \([BitName]().text(of: $0, digits: digits)))" } ?? text
    }
    public func hash(into h: inout Hasher) {
        h.combine(name)
        h.combine(fields)
    }
}

/// A text form in which people write some bytes.
public struct FieldForm: Hashable, Sendable {
    /// The name, for errors, such as `an account (nano_ and 60 characters)`.
    public let name: String
    /// True if the text is long and gives people no more information than the bytes.
    public let isLong: Bool
    /// Returns the text of bytes; nil if they have none.
    public let text: @Sendable ([UInt8]) -> String?
    /// Appends that text, shortened for a list. Returns false if the bytes have no text; the caller then drops what was
    /// appended.
    public let writeShort: @Sendable (RawSpan, inout OutputBuffer) -> Bool
    /// Returns the bytes of a text; nil if the text is not in this form.
    public let bytes: @Sendable (String) -> [UInt8]?
    /// Creates a form. Two forms of the same name are equal. Without `writeShort`, a long text is shortened to its end.
    public init(
        _ name: String, isLong: Bool, text: @escaping @Sendable ([UInt8]) -> String?,
        writeShort: (@Sendable (RawSpan, inout OutputBuffer) -> Bool)? = nil,
        bytes: @escaping @Sendable (String) -> [UInt8]?
    ) {
        (self.name, self.isLong, self.text, self.bytes) = (name, isLong, text, bytes)
        self.writeShort =
            writeShort ?? { bytes, out in
                guard let whole = text(bytes.withUnsafeBytes { Array($0) }) else { return false }
                out.put(text: isLong ? ".." + whole.suffix(8) : whole)
                return true
            }
    }
    /// Returns the text, shortened for a list; nil if the bytes have none.
    public func short(_ bytes: [UInt8]) -> String? {
        var (text, isText): ([UInt8], Bool) = ([], false)
        text.write(room: 64) { isText = writeShort(bytes.span.bytes, &$0) }
        return isText ? String(decoding: text, as: UTF8.self) : nil
    }
    public static func == (a: Self, b: Self) -> Bool { a.name == b.name }
    public func hash(into h: inout Hasher) { h.combine(name) }
}
