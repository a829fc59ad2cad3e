/// A whole number of a filter: a sign and 128 bits, because amounts have up to 128 bits.
struct FilterNumber: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// True for a number below zero; false for zero.
    let isNegative: Bool
    let magnitude: UInt128

    init(_ magnitude: UInt128, isNegative: Bool = false) {
        (self.magnitude, self.isNegative) = (magnitude, isNegative && magnitude != 0)
    }
    /// Reads a decimal or `0x` hexadecimal number, with or without `-`. Returns nil for any other text.
    init?(_ text: String) {
        let isNegative = text.hasPrefix("-")
        let digits = isNegative ? text.dropFirst() : text[...]
        let isHex = digits.hasPrefix("0x")
        let bare = isHex ? digits.dropFirst(2) : digits
        guard let first = bare.utf8.first, first != UInt8(ascii: "+"), first != UInt8(ascii: "-"),
            let n = UInt128(bare, radix: isHex ? 16 : 10)
        else { return nil }
        self.init(n, isNegative: isNegative)
    }
    @inline(__always)
    init(_ n: some BinaryInteger) { (magnitude, isNegative) = (UInt128(n.magnitude), n < 0) }

    static func < (a: Self, b: Self) -> Bool {
        guard a.isNegative == b.isNegative else { return a.isNegative }
        return a.isNegative ? a.magnitude > b.magnitude : a.magnitude < b.magnitude
    }
    var description: String { (isNegative ? "-" : "") + String(magnitude) }
    static prefix func - (a: Self) -> Self { Self(a.magnitude, isNegative: !a.isNegative) }
    var isZero: Bool { magnitude == 0 }
    /// The number for a value tree, clamped to 64 bits.
    var clamped: Int64 {
        isNegative ? -Int64(clamping: min(magnitude, UInt128(Int64.max))) : Int64(clamping: magnitude)
    }
}

/// An operation on two numbers.
enum FilterArithmetic: String, Sendable {
    case plus = "+"
    case minus = "-"
    case times = "*"
    case divided = "/"
    case remainder = "%"
    /// The bits that are set in both numbers.
    case bits = "&"

    /// Returns the result; nil if there is no result or it does not fit into 128 bits. Division rounds towards zero.
    /// `bits` has no result for negative numbers.
    func result(_ a: FilterNumber, _ b: FilterNumber) -> FilterNumber? {
        switch self {
        case .plus: return Self.sum(a, b)
        case .minus: return Self.sum(a, -b)
        case .times:
            let (product, over) = a.magnitude.multipliedReportingOverflow(by: b.magnitude)
            return over ? nil : FilterNumber(product, isNegative: a.isNegative != b.isNegative)
        case .divided:
            guard !b.isZero else { return nil }
            return FilterNumber(a.magnitude / b.magnitude, isNegative: a.isNegative != b.isNegative)
        case .remainder:
            guard !b.isZero else { return nil }
            return FilterNumber(a.magnitude % b.magnitude, isNegative: a.isNegative)
        case .bits:
            guard !a.isNegative, !b.isNegative else { return nil }
            return FilterNumber(a.magnitude & b.magnitude)
        }
    }
    private static func sum(_ a: FilterNumber, _ b: FilterNumber) -> FilterNumber? {
        if a.isNegative == b.isNegative {
            let (sum, over) = a.magnitude.addingReportingOverflow(b.magnitude)
            return over ? nil : FilterNumber(sum, isNegative: a.isNegative)
        }
        let (large, small) = a.magnitude >= b.magnitude ? (a, b) : (b, a)
        return FilterNumber(large.magnitude - small.magnitude, isNegative: large.isNegative)
    }
}
