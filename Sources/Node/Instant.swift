/// A point in time of a driver: nanoseconds since the driver began. Nodes compare and add instants, but do not read
/// clocks.
public struct Instant: Hashable, Comparable, Sendable {
    /// The number of nanoseconds since the driver began; never below zero.
    public var nanoseconds: Int64
    /// Creates an instant from the nanoseconds after the driver began.
    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }
    /// Creates an instant from a number of another program, clamped to the range that can be added and compared.
    public init(told nanoseconds: Int64) { self.nanoseconds = min(max(0, nanoseconds), Self.latest) }
    /// The latest instant that other programs can give, 146 years. Sums with it stay within 64 bits.
    public static let latest = Int64.max / 2
    /// The instant at which the driver began.
    public static var zero: Self { Self(nanoseconds: 0) }
    /// An instant later than all events.
    public static var never: Self { Self(nanoseconds: .max) }
    /// Orders earlier instants first.
    public static func < (a: Self, b: Self) -> Bool { a.nanoseconds < b.nanoseconds }
    /// Returns the earlier of two instants, or the only one.
    public static func earlier(_ a: Self?, _ b: Self?) -> Self? {
        guard let a, let b else { return a ?? b }
        return min(a, b)
    }
    /// Adds a duration. The result saturates: an endless duration leads to `never`, one back beyond the beginning to
    /// `zero`.
    public static func + (a: Self, d: Duration) -> Self {
        let (sum, over) = a.nanoseconds.addingReportingOverflow(d.nanoseconds)
        return Self(nanoseconds: over ? (d.nanoseconds < 0 ? 0 : .max) : max(0, sum))
    }
    /// Returns the duration from `b` to `a`; negative if `b` is later.
    public static func - (a: Self, b: Self) -> Duration {
        let (passed, over) = a.nanoseconds.subtractingReportingOverflow(b.nanoseconds)
        return .nanoseconds(over ? (a.nanoseconds < 0 ? .min : .max) : passed)
    }
}

extension Duration {
    /// The duration in whole nanoseconds, clamped to 64 bits (292 years).
    public var nanoseconds: Int64 {
        let (s, a) = components
        let (product, over) = s.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, overSum) = product.addingReportingOverflow(a / 1_000_000_000)
        return over || overSum ? (s < 0 ? .min : .max) : sum
    }
}
