/// A value tree: the result of reading YAML, the basis of patterns, and the form in which a message is shown.
public enum Value: Hashable, Sendable {
    /// No value; as the value of a field: missing.
    case null
    /// A truth value.
    case bool(Bool)
    /// A number from zero up.
    case uint(UInt64)
    /// A number below zero. A number from zero up is better written as `uint`, which messages use.
    case int(Int64)
    /// A number that is not an integer of 64 bits, in JSON syntax and with its original text: `1.50`, `1e3`.
    case decimal(String)
    /// A text, the name of a code point, or a scalar that has no type yet.
    case text(String)
    /// A byte string.
    case bytes([UInt8])
    /// A sequence of values.
    case list([Value])
    /// A sequence of named values.
    case map([Entry])

    /// One member of a map; maps keep their order.
    public struct Entry: Hashable, Sendable {
        public var key: String
        public var value: Value
        public init(_ key: String, _ value: Value) {
            self.key = key
            self.value = value
        }
        /// Returns true if the bytes of the keys are equal, and the values.
        public static func == (a: Entry, b: Entry) -> Bool { a.key.hasSameBytes(as: b.key) && a.value == b.value }
    }

    /// Returns true if both are the same value. Texts are equal if their bytes are.
    public static func == (a: Value, b: Value) -> Bool {
        switch (a, b) {
        case (.null, .null): true
        case (.bool(let a), .bool(let b)): a == b
        case (.uint(let a), .uint(let b)): a == b
        case (.int(let a), .int(let b)): a == b
        case (.decimal(let a), .decimal(let b)), (.text(let a), .text(let b)): a.hasSameBytes(as: b)
        case (.bytes(let a), .bytes(let b)): a == b
        case (.list(let a), .list(let b)): a == b
        case (.map(let a), .map(let b)): a == b
        default: false
        }
    }
    /// Creates a number in the form that messages use: `uint` from zero up, `int` below.
    public init(_ n: Int64) { self = n < 0 ? .int(n) : .uint(UInt64(n)) }

    /// The member called `key`, if this is a map that has it.
    public subscript(key: String) -> Value? {
        guard case .map(let entries) = self else { return nil }
        for entry in entries where entry.key.hasSameBytes(as: key) { return entry.value }
        return nil
    }

    /// The number that this value represents. Text may be decimal or `0x` hexadecimal, without sign. Nil below zero.
    public var integer: UInt64? {
        switch self {
        case .uint(let n): n
        case .int(let n): UInt64(exactly: n)
        case .text(let s): Self.magnitude(s)
        default: nil
        }
    }
    /// The number that this value represents, with numbers below zero and text such as `-5`. Nil if it does not fit
    /// into 64 bits with a sign.
    public var signedInteger: Int64? {
        switch self {
        case .uint(let n): return Int64(exactly: n)
        case .int(let n): return n
        case .text(let s):
            guard s.utf8.first == 0x2d else { return Self.magnitude(s).flatMap { Int64(exactly: $0) } }
            guard let n = Self.magnitude(s.dropFirst()) else { return nil }
            return n == 1 << 63 ? .min : Int64(exactly: n).map { -$0 }
        default: return nil
        }
    }
    /// Returns the number for a text of digits only. The initialisers of the standard library accept signs.
    private static func magnitude(_ s: some StringProtocol) -> UInt64? {
        if s.utf8.starts(with: [0x30, 0x78]) {
            let digits = s.dropFirst(2)
            return digits.utf8.allSatisfy { JSON.hexDigit($0) != nil } ? UInt64(digits, radix: 16) : nil
        }
        return s.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } ? UInt64(s) : nil
    }
}

extension Value: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(integerLiteral n: Int64) { self.init(n) }
    public init(stringLiteral s: String) { self = .text(s) }
    public init(booleanLiteral b: Bool) { self = .bool(b) }
    public init(arrayLiteral items: Value...) { self = .list(items) }
    /// Creates a map in the order written; names may repeat.
    public init(dictionaryLiteral items: (String, Value)...) { self = .map(items.map { Entry($0.0, $0.1) }) }
}

extension String {
    /// Returns true if both texts have the same bytes. `==` also takes two forms of the same accented letter for equal.
    package func hasSameBytes(as other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}
