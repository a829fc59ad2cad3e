internal import Node
internal import Wire

/// A value of a record or of a filter.
enum FilterValue: Hashable, Sendable {
    case number(FilterNumber)
    /// A number that may have a name.
    case code(UInt64, [CodeName])
    case bytes([UInt8])
    case text(String)
    case bool(Bool)
    /// An address. If it has no port, it equals the address with any port.
    case address(Endpoint, hasPort: Bool)
    /// The addresses that agree with this one in the first `bits` of 128 bits.
    case network(Endpoint, bits: Int)
    /// A time in nanoseconds since 1970.
    case time(Int64)

    /// Returns nil for lists, maps and null.
    init?(_ value: Value) {
        switch value {
        case .null, .list, .map: return nil
        case .bool(let b): self = .bool(b)
        case .uint(let n): self = .number(FilterNumber(n))
        case .int(let n): self = .number(FilterNumber(n))
        case .decimal(let s), .text(let s): self = .text(s)
        case .bytes(let b): self = .bytes(b)
        }
    }
    /// The text that `matches` and the functions on text use.
    var text: String {
        switch self {
        case .number(let n): "\(n)"
        case .code(let n, let names): names.first { $0.number == n }?.name ?? "\(n)"
        case .text(let s): s
        case .bytes(let b): b.hex
        case .bool(let b): "\(b)"
        case .address(let e, let hasPort): hasPort ? "\(e)" : e.host
        case .network(let e, let bits): "\(e.host)/\(bits)"
        case .time(let t): "\(Timestamp(nanoseconds: t))"
        }
    }
    /// The number; nil if the value is not a number.
    var number: FilterNumber? {
        switch self {
        case .number(let n): n
        case .code(let n, _): FilterNumber(n)
        default: nil
        }
    }
    /// Returns a number below, equal to or above zero; nil if the values cannot be compared.
    func order(_ other: FilterValue) -> Int? {
        switch (self, other) {
        case (.bytes(let a), .bytes(let b)): return a == b ? 0 : a.lexicographicallyPrecedes(b) ? -1 : 1
        case (.text(let a), .text(let b)): return a == b ? 0 : a < b ? -1 : 1
        case (.text(let a), .code): return FilterValue.text(a).order(.text(other.text))
        case (.code, .text(let b)): return FilterValue.text(text).order(.text(b))
        case (.bool(let a), .bool(let b)): return a == b ? 0 : b ? -1 : 1
        case (.time(let a), .time(let b)): return a < b ? -1 : a > b ? 1 : 0
        default:
            guard let a = number, let b = other.number else { return nil }
            return a < b ? -1 : a > b ? 1 : 0
        }
    }
    func equals(_ other: FilterValue) -> Bool {
        switch (self, other) {
        case (.address(let a, let hasPort), .address(let b, let wantsPort)):
            return a.high == b.high && a.low == b.low && (!hasPort || !wantsPort || a.port == b.port)
        case (.address(let a, _), .network(let b, let bits)): return Self.agree(a.high, a.low, with: b, bits: bits)
        case (.bytes(let a), .network), (.bytes(let a), .address):
            guard let e = Endpoint(address: a, port: 0) else { return false }
            return FilterValue.address(e, hasPort: false).equals(other)
        case (.address, .bytes): return other.equals(self)
        default: return order(other) == 0
        }
    }
    private static func agree(_ high: UInt64, _ low: UInt64, with b: Endpoint, bits: Int) -> Bool {
        let mask = bits >= 64 ? UInt64.max : ~(UInt64.max >> UInt64(bits))
        let rest = bits <= 64 ? 0 : bits >= 128 ? UInt64.max : ~(UInt64.max >> UInt64(bits - 64))
        return (high ^ b.high) & mask == 0 && (low ^ b.low) & rest == 0
    }
    func contains(_ part: FilterValue) -> Bool {
        switch (self, part) {
        case (.text(let a), .text(let b)): return b.isEmpty || a.firstRange(of: b) != nil
        case (.code, .text(let b)): return b.isEmpty || text.firstRange(of: b) != nil
        case (.bytes(let a), .bytes(let b)): return b.isEmpty || a.firstRange(of: b) != nil
        default: return false
        }
    }
}

/// A comparison of two values. `!=` is the negation of `equal`.
enum FilterComparison: Sendable {
    case equal
    case less
    case lessOrEqual
    case greater
    case greaterOrEqual

    func holds(_ a: FilterValue, _ b: FilterValue) -> Bool {
        if self == .equal { return a.equals(b) }
        guard let order = a.order(b) else { return false }
        switch self {
        case .less: return order < 0
        case .lessOrEqual: return order <= 0
        case .greater: return order > 0
        default: return order >= 0
        }
    }
    /// The comparison with the sides exchanged.
    var mirrored: Self {
        switch self {
        case .equal: .equal
        case .less: .greater
        case .lessOrEqual: .greaterOrEqual
        case .greater: .less
        case .greaterOrEqual: .lessOrEqual
        }
    }
}
