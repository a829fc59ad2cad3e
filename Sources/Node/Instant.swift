/// A point in time as a driver counts it: nanoseconds since it began. Nodes compare and add, they never ask.
public struct Instant: Hashable, Comparable, Sendable {
    /// Nanoseconds since the driver began; never before zero.
    public var nanoseconds: Int64
    /// So many nanoseconds after the driver began.
    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }
    /// When the driver began.
    public static var zero: Self { Self(nanoseconds: 0) }
    /// Later than anything that happens.
    public static var never: Self { Self(nanoseconds: .max) }
    /// Earlier first.
    public static func < (a: Self, b: Self) -> Bool { a.nanoseconds < b.nanoseconds }
    /// Saturates: an endless duration leads to `never`, one back beyond the beginning to `zero`.
    public static func + (a: Self, d: Duration) -> Self {
        let (sum, over) = a.nanoseconds.addingReportingOverflow(d.nanoseconds)
        return Self(nanoseconds: over ? (d.nanoseconds < 0 ? 0 : .max) : max(0, sum))
    }
    /// From `b` to `a`; negative when `b` is later.
    public static func - (a: Self, b: Self) -> Duration { .nanoseconds(a.nanoseconds &- b.nanoseconds) }
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
