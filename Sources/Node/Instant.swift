/// A point in time as a driver counts it: nanoseconds since it began. Nodes compare and add, they never ask.
public struct Instant: Hashable, Comparable, Sendable {
    /// Nanoseconds since the driver began; never before zero.
    public var nanoseconds: Int64
    /// So many nanoseconds after the driver began.
    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }
    /// So many nanoseconds after the beginning, as others tell it: within what can be added to and compared with.
    public init(told nanoseconds: Int64) { self.nanoseconds = min(max(0, nanoseconds), Self.latest) }
    /// The latest that others can tell, 146 years: what is counted from it stays within 64 bits.
    public static let latest = Int64.max / 2
    /// When the driver began.
    public static var zero: Self { Self(nanoseconds: 0) }
    /// Later than anything that happens.
    public static var never: Self { Self(nanoseconds: .max) }
    /// Earlier first.
    public static func < (a: Self, b: Self) -> Bool { a.nanoseconds < b.nanoseconds }
    /// The earlier of two, where there are any.
    public static func earlier(_ a: Self?, _ b: Self?) -> Self? {
        guard let a, let b else { return a ?? b }
        return min(a, b)
    }
    /// Saturates: an endless duration leads to `never`, one back beyond the beginning to `zero`.
    public static func + (a: Self, d: Duration) -> Self {
        let (sum, over) = a.nanoseconds.addingReportingOverflow(d.nanoseconds)
        return Self(nanoseconds: over ? (d.nanoseconds < 0 ? 0 : .max) : max(0, sum))
    }
    /// From `b` to `a`; negative when `b` is later.
    public static func - (a: Self, b: Self) -> Duration {
        let (passed, over) = a.nanoseconds.subtractingReportingOverflow(b.nanoseconds)
        return .nanoseconds(over ? (a.nanoseconds < 0 ? .min : .max) : passed)
    }
}

extension Duration {
    /// Whole nanoseconds, clamped to what 64 bits hold (292 years).
    public var nanoseconds: Int64 {
        let (s, a) = components
        let (product, over) = s.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, overSum) = product.addingReportingOverflow(a / 1_000_000_000)
        return over || overSum ? (s < 0 ? .min : .max) : sum
    }
}
