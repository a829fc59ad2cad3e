/// The result of comparing a value with a pattern.
enum LeafFinding: Equatable {
    case holds
    case differs
    /// No value of the type can match, or the result cannot be determined. The text is the reason.
    case unfit(String)

    init(_ holds: Bool) { self = holds ? .holds : .differs }
}

/// The operators on single values. A missing value differs, unless the pattern's value fits no value of the type.
extension Leaf {
    /// Returns a value of a pattern as this type shows it; nil if this type cannot have it.
    static func read(_ v: Value) -> Value? { Self(v)?.value(in: RawSpan()) }
    /// Returns a value as a number that can be compared, even if the type could not hold it; nil if it is not a number.
    static func amount(_ v: Value) -> Int128? {
        switch kind {
        case .uint, .int: v.amount
        case .code: (Self(v)?.number ?? v.integer).map { Int128($0) }
        case .json:
            switch v {
            case .uint(let n): Int128(n)
            case .int(let n): Int128(n)
            default: nil
            }
        case .float, .bool, .bytes, .text: nil
        }
    }
    /// Returns a value as a number with a fraction, rounded if necessary; nil if it is not a number for this type.
    private static func fraction(_ v: Value) -> Double? {
        switch kind {
        case .float: v.real
        case .json: if case .text = v { nil } else { v.real }
        default: nil
        }
    }
    private static func cannotBe(_ v: Value) -> LeafFinding { .unfit("\(v) cannot be \(kind)") }
    /// Returns a part of a value, or a limit for it. It may be shorter or longer than the type's own bytes.
    private static func part(_ v: Value) -> Value? { if case .bytes = kind { Bytes.read(v) } else { read(v) } }

    static func compare(_ had: Value?, _ comparison: Comparison, _ w: Value) -> LeafFinding {
        if let wanted = fraction(w), kind == .float || had?.isDecimal == true || w.isDecimal {
            return .init(had.flatMap { fraction($0) }.map { comparison.holds($0, wanted) } == true)
        }
        if let wanted = amount(w) {
            return .init(had.flatMap { amount($0) }.map { comparison.holds($0, wanted) } == true)
        }
        guard let limit = part(w) else { return cannotBe(w) }
        switch (had, limit) {
        case (nil, _): return .differs
        case (.text(let a), .text(let b)): return .init(comparison.holds(a.utf8, before: b.utf8))
        case (.bytes(let a), .bytes(let b)): return .init(comparison.holds(a, before: b))
        default: return kind == .json ? .differs : .unfit("\(kind) has no order")
        }
    }
    static func near(_ had: Value?, _ w: Value, _ by: Value) -> LeafFinding {
        guard kind.isNumber else { return .unfit("\(kind) has no distance") }
        if kind == .float || had?.isDecimal == true || w.isDecimal || by.isDecimal {
            guard let wanted = fraction(w) else { return cannotBe(w) }
            guard let most = by.real, most >= 0 else { return .unfit("\(by) is no distance") }
            return .init(had.flatMap { fraction($0) }.map { ($0 - wanted).magnitude <= most } == true)
        }
        guard let wanted = amount(w) else { return cannotBe(w) }
        guard let most = by.amount, most >= 0 else { return .unfit("\(by) is no distance") }
        // The numbers differ by at most 64 bits: nothing here can overflow.
        return .init(had.flatMap { amount($0) }.map { ($0 - wanted).magnitude <= most.magnitude } == true)
    }
    static func bits(_ had: Value?, set: UInt64, clear: UInt64) -> LeafFinding {
        guard kind.isNumber, kind != .float else { return .unfit("\(kind) has no bits") }
        guard set & clear == 0 else { return .unfit("0x\(String(set & clear, radix: 16)) cannot be both") }
        if let bits = kind.bits, bits < 64, set >> UInt64(bits) != 0 { return .unfit("\(kind) has no such bits") }
        guard let n = had.flatMap({ amount($0) }) else { return .differs }
        return .init(UInt64(truncatingIfNeeded: n) & (set | clear) == set)
    }
    /// Compares the beginning or the end of the value with a text or bytes.
    static func edge(_ had: Value?, _ w: Value, isEnd: Bool) -> LeafFinding {
        guard kind.isString else { return .unfit("\(kind) has no \(isEnd ? "end" : "beginning")") }
        guard let wanted = part(w)?.content else { return cannotBe(w) }
        guard let content = had?.content else { return .differs }
        guard content.count >= wanted.count else { return tooShort(wanted.count) }
        return .init(isEnd ? content.suffix(wanted.count) == wanted[...] : content.starts(with: wanted))
    }
    /// Looks for a text or bytes in the value.
    static func contains(_ had: Value?, _ w: Value) -> LeafFinding {
        guard kind.isString else { return .unfit("there is nothing in \(kind)") }
        guard let wanted = part(w)?.content else { return cannotBe(w) }
        guard let content = had?.content else { return .differs }
        guard content.count >= wanted.count else { return tooShort(wanted.count) }
        return .init(content.contains(wanted))
    }
    /// Returns the finding for a part that is longer than the value. Byte strings of fixed length can never hold it.
    private static func tooShort(_ count: Int) -> LeafFinding {
        if case .bytes(let fixed?) = kind, count > fixed { .unfit("longer than \(kind)") } else { .differs }
    }
    static func fits(_ had: Value?, _ expression: RegularExpression) -> LeafFinding {
        guard kind == .text || kind == .json else { return .unfit("\(kind) is no text") }
        guard case .text(let s)? = had else { return .differs }
        return expression.fits(s).map { .init($0) } ?? .unfit("the text is too long for this expression")
    }
}

extension Value {
    /// The value as a number of 64 bits, with a sign or without.
    fileprivate var amount: Int128? { integer.map { Int128($0) } ?? signedInteger.map { Int128($0) } }
    /// True if this is a number that is not an integer of 64 bits.
    fileprivate var isDecimal: Bool { if case .decimal = self { true } else { false } }
    /// The bytes of a text or byte string.
    fileprivate var content: [UInt8]? {
        switch self {
        case .text(let s): Array(s.utf8)
        case .bytes(let b): b
        default: nil
        }
    }
}

extension Kind {
    /// True if values have an amount and bits. Only some JSON values do.
    fileprivate var isNumber: Bool {
        switch self {
        case .uint, .int, .float, .code, .json: true
        case .bool, .bytes, .text: false
        }
    }
    /// True if values have a beginning and an end. Only some JSON values do.
    fileprivate var isString: Bool {
        switch self {
        case .text, .bytes, .json: true
        case .uint, .int, .float, .code, .bool: false
        }
    }
    /// The number of bits of a number; nil if the type does not define it.
    fileprivate var bits: Int? {
        switch self {
        case .uint(let bits), .code(let bits, _): bits
        default: nil
        }
    }
}

extension Comparison {
    /// Returns true if the comparison is true of `a` and `b`, in this order.
    func holds<T: Comparable>(_ a: T, _ b: T) -> Bool {
        switch self {
        case .less: a < b
        case .lessOrEqual: a <= b
        case .greater: a > b
        case .greaterOrEqual: a >= b
        }
    }
    /// Compares byte strings, byte by byte; a beginning is less than the whole.
    func holds(_ a: some Sequence<UInt8>, before b: some Sequence<UInt8>) -> Bool {
        holds(a.lexicographicallyPrecedes(b) ? -1 : b.lexicographicallyPrecedes(a) ? 1 : 0, 0)
    }
}
