/// A value tree: what YAML gives, what patterns are made of, what a message is shown as.
public enum Value: Hashable, Sendable {
    /// Nothing; as the value of a field: absent.
    case null
    /// A truth value.
    case bool(Bool)
    /// A number from zero up.
    case uint(UInt64)
    /// A number below zero. One from zero up is better written as `uint`, which is what messages show.
    case int(Int64)
    /// A number that is no integer of 64 bits, in the syntax of JSON, as it stood: `1.50`, `1e3`.
    case decimal(String)
    /// Text, or the name of a code point, or a scalar that nobody has given a type yet.
    case text(String)
    /// A byte string.
    case bytes([UInt8])
    /// Values in order.
    case list([Value])
    /// Named values in order.
    case map([Entry])

    /// One member of a map; maps keep their order.
    public struct Entry: Hashable, Sendable {
        public var key: String
        /// What it names.
        public var value: Value
        /// A member of this name and value.
        public init(_ key: String, _ value: Value) {
            self.key = key
            self.value = value
        }
    }

    /// A number as messages show it: `uint` from zero up, `int` below.
    public init(_ n: Int64) { self = n < 0 ? .int(n) : .uint(UInt64(n)) }

    /// The member called `key`, if this is a map that has it.
    public subscript(key: String) -> Value? {
        guard case .map(let entries) = self else { return nil }
        for entry in entries where entry.key == key { return entry.value }
        return nil
    }

    /// The number this value stands for; text may be decimal or `0x` hexadecimal, without sign. Nil below zero.
    public var integer: UInt64? {
        switch self {
        case .uint(let n): n
        case .int(let n): UInt64(exactly: n)
        case .text(let s): Self.magnitude(s)
        default: nil
        }
    }
    /// The same with numbers below zero, and `-5` as text; nil for what 64 bits with a sign do not hold.
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
    /// Digits only: the initialisers of the standard library accept signs.
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
    /// A truth value.
    public init(booleanLiteral b: Bool) { self = .bool(b) }
    /// A list.
    public init(arrayLiteral items: Value...) { self = .list(items) }
    /// A map in the order written; names may repeat.
    public init(dictionaryLiteral items: (String, Value)...) { self = .map(items.map { Entry($0.0, $0.1) }) }
}
