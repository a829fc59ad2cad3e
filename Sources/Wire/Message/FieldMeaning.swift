/// What the number or the bytes of a field stand for, for people and filters. Other output has the value as it is.
public enum FieldMeaning: Hashable, Sendable {
    /// A number that is a set of bits.
    case bits([BitName])
    /// A number that the specification writes in hexadecimal, with so many digits at least.
    case hexadecimal(digits: Int)
    /// The same, with what it comes to together with fields beside it.
    case related(FieldRelation)
    /// Bytes that are a number, highest byte first: an amount, which people write in a unit of so many decimals.
    case amount(unit: String, decimals: Int)
    /// A time: a number of steps of so many nanoseconds since 1970-01-01 00:00 UTC.
    case time(step: Int64)
    /// Bytes that have a text of their own, such as a key or an address.
    case form(FieldForm)

    /// A value for people; nil where its meaning adds nothing. Of a form that is long, the bytes are as good. Times are
    /// told by who knows the calendar.
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
    /// The number that bytes are, highest first; nil when 128 bits do not hold it.
    public static func number(_ bytes: [UInt8]) -> UInt128? {
        guard bytes.count <= 16 else { return nil }
        return bytes.reduce(0) { $0 << 8 | UInt128($1) }
    }
    /// A number of the smallest steps in a unit, without zeros at its end: `1.5`.
    public static func decimal(_ n: UInt128, _ decimals: Int) -> String {
        let digits = String(n)
        let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.utf8.count)) + digits
        var fraction = padded.suffix(decimals)
        while fraction.last == "0" { fraction.removeLast() }
        return padded.dropLast(decimals) + (fraction.isEmpty ? "" : "." + fraction)
    }
    /// The number of steps that a decimal of a unit is; nil for anything else, and for parts of a step.
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

/// A number that the specification writes in hexadecimal, and that says something together with fields of the same group.
public struct FieldRelation: Hashable, Sendable {
    /// What it comes to, such as `difficulty`.
    public let name: String
    /// Digits of the number, at least.
    public let digits: Int
    /// Names of the fields beside it that it is about.
    public let fields: [String]
    /// The number that it comes to with the values of those fields; nil where one is missing.
    public let result: @Sendable (UInt64, [Value]) -> UInt64?
    /// A relation; two of the same name and fields are the same.
    public init(
        _ name: String, digits: Int, with fields: [String], result: @escaping @Sendable (UInt64, [Value]) -> UInt64?
    ) {
        (self.name, self.digits, self.fields, self.result) = (name, digits, fields, result)
    }
    public static func == (a: Self, b: Self) -> Bool { a.name == b.name && a.fields == b.fields }
    /// The number, and in brackets what it comes to.
    public func text(of n: UInt64, with values: [Value]) -> String {
        let text = [BitName]().text(of: n, digits: digits)
        return result(n, values).map { "\(text) (\(name) \([BitName]().text(of: $0, digits: digits)))" } ?? text
    }
    /// Those of name and fields.
    public func hash(into h: inout Hasher) {
        h.combine(name)
        h.combine(fields)
    }
}

/// How people write bytes that have a text of their own.
public struct FieldForm: Hashable, Sendable {
    /// For errors, such as `an account (nano_ and 60 characters)`.
    public let name: String
    /// The text is long, and says nothing to people that the bytes do not.
    public let isLong: Bool
    /// The text of bytes; nil where they have none.
    public let text: @Sendable ([UInt8]) -> String?
    /// Appends that text cut for a list; false where they have none, and what was appended is to be dropped.
    public let writeShort: @Sendable (RawSpan, inout OutputBuffer) -> Bool
    /// The bytes of a text; nil where it is none.
    public let bytes: @Sendable (String) -> [UInt8]?
    /// A form; two of the same name are the same. Without `writeShort` a long text is cut to its end.
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
    /// The text cut for a list; nil where there is none.
    public func short(_ bytes: [UInt8]) -> String? {
        var (text, isText): ([UInt8], Bool) = ([], false)
        text.write(room: 64) { isText = writeShort(bytes.span.bytes, &$0) }
        return isText ? String(decoding: text, as: UTF8.self) : nil
    }
    public static func == (a: Self, b: Self) -> Bool { a.name == b.name }
    /// That of the name.
    public func hash(into h: inout Hasher) { h.combine(name) }
}
