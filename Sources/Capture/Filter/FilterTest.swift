internal import Node
internal import Wire

/// A value that a filter asks for, in the type of the field that it is held against.
enum FilterLiteral: Hashable, Sendable {
    case number(Int128)
    case bytes([UInt8])
    case text(String)
    case bool(Bool)
    /// An address; with a port, or whatever the port is.
    case address(Endpoint, hasPort: Bool)
    /// Addresses that agree in so many bits of 128.
    case network(Endpoint, bits: Int)
    /// Nanoseconds since 1970.
    case time(Int64)
    /// Nanoseconds since the first packet of the capture.
    case sinceStart(Int64)
}

/// What is found in a message, for a filter.
enum FilterValue {
    case number(Int128)
    /// A number that has a name.
    case code(Int128, String)
    case bytes([UInt8])
    case text(String)
    case bool(Bool)
    case address(Endpoint)
    case time(Timestamp, start: Timestamp)

    init?(_ value: Value) {
        switch value {
        case .null, .list, .map: return nil
        case .bool(let b): self = .bool(b)
        case .uint(let n): self = .number(Int128(n))
        case .int(let n): self = .number(Int128(n))
        case .decimal(let s), .text(let s): self = .text(s)
        case .bytes(let b): self = .bytes(b)
        }
    }
    /// As `matches` sees it.
    var text: String {
        switch self {
        case .number(let n): "\(n)"
        case .code(_, let s), .text(let s): s
        case .bytes(let b): b.hex
        case .bool(let b): "\(b)"
        case .address(let e): "\(e)"
        case .time(let t, _): "\(t)"
        }
    }
    /// Below zero, zero or above; nil when they cannot be held against each other.
    func order(_ literal: FilterLiteral) -> Int? {
        switch (self, literal) {
        case (.number(let a), .number(let b)), (.code(let a, _), .number(let b)): return a < b ? -1 : a > b ? 1 : 0
        case (.bytes(let a), .bytes(let b)):
            return a == b ? 0 : a.lexicographicallyPrecedes(b) ? -1 : 1
        case (.text(let a), .text(let b)): return a == b ? 0 : a < b ? -1 : 1
        case (.bool(let a), .bool(let b)): return a == b ? 0 : b ? -1 : 1
        case (.time(let a, _), .time(let b)): return a.nanoseconds < b ? -1 : a.nanoseconds > b ? 1 : 0
        case (.time(let a, let start), .sinceStart(let b)):
            let passed = Int128(a.nanoseconds) - Int128(start.nanoseconds)
            return passed < Int128(b) ? -1 : passed > Int128(b) ? 1 : 0
        default: return nil
        }
    }
    func equals(_ literal: FilterLiteral) -> Bool {
        switch (self, literal) {
        case (.address(let a), .address(let b, let hasPort)):
            return a.high == b.high && a.low == b.low && (!hasPort || a.port == b.port)
        case (.address(let a), .network(let b, let bits)): return Self.agree(a.high, a.low, b, bits)
        case (.bytes(let a), .network(let b, let bits)):
            guard let e = Endpoint(address: a, port: 0) else { return false }
            return Self.agree(e.high, e.low, b, bits)
        default: return order(literal) == 0
        }
    }
    private static func agree(_ high: UInt64, _ low: UInt64, _ b: Endpoint, _ bits: Int) -> Bool {
        let mask = bits >= 64 ? UInt64.max : ~(UInt64.max >> UInt64(bits))
        let rest = bits <= 64 ? 0 : bits >= 128 ? UInt64.max : ~(UInt64.max >> UInt64(bits - 64))
        return (high ^ b.high) & mask == 0 && (low ^ b.low) & rest == 0
    }
    func contains(_ literal: FilterLiteral) -> Bool {
        switch (self, literal) {
        case (.text(let a), .text(let b)), (.code(_, let a), .text(let b)):
            return b.isEmpty || a.firstRange(of: b) != nil
        case (.bytes(let a), .bytes(let b)): return b.isEmpty || a.firstRange(of: b) != nil
        default: return false
        }
    }
}

/// What a filter asks of one field.
enum FilterTest: Sendable {
    enum Comparison: String, Sendable {
        case equal = "=="
        case unequal = "!="
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
    }
    case present
    case compare(Comparison, FilterLiteral)
    /// Each a value, or two between which it lies, both included.
    case among([(low: FilterLiteral, high: FilterLiteral)])
    case contains(FilterLiteral)
    case matches(RegularExpression)

    /// True for one of several values of a field when the field passes with it. `!=` is the exception: it wants all of
    /// them to differ, and is asked for by its contrary.
    func holds(_ value: FilterValue) -> Bool {
        switch self {
        case .present: return true
        case .compare(.equal, let l), .compare(.unequal, let l): return value.equals(l)
        case .compare(let comparison, let l):
            guard let order = value.order(l) else { return false }
            switch comparison {
            case .less: return order < 0
            case .lessOrEqual: return order <= 0
            case .greater: return order > 0
            default: return order >= 0
            }
        case .among(let ranges):
            return ranges.contains { low, high in
                if low == high { return value.equals(low) }
                guard let a = value.order(low), let b = value.order(high) else { return false }
                return a >= 0 && b <= 0
            }
        case .contains(let l): return value.contains(l)
        case .matches(let expression): return expression.fits(value.text) ?? false
        }
    }
    /// One value decides for all.
    var isContrary: Bool { if case .compare(.unequal, _) = self { true } else { false } }
}

/// A filter that was read.
indirect enum FilterNode: Sendable {
    case all([FilterNode])
    case any([FilterNode])
    case not(FilterNode)
    case record(RecordField, FilterTest)
    case protocolName(String)
    /// Names of records that are no message, such as `nano.malformed`.
    case name(String)
    case type(ObjectIdentifier)
    /// For each type of message what is asked of it.
    case message([ObjectIdentifier: (steps: [FilterStep], test: FilterTest)])
}
