/// What was measured several times, in a form that adds up: round trips in nanoseconds, windows in bytes.
public struct Samples: Hashable, Sendable {
    /// How many there are.
    public private(set) var count = 0
    /// All together.
    public private(set) var sum = 0
    /// The smallest; 0 when there is none.
    public private(set) var least = 0
    /// The largest; 0 when there is none.
    public private(set) var most = 0
    /// No sample.
    public init() {}
    /// As they were counted elsewhere.
    public init(count: Int, sum: Int, least: Int, most: Int) {
        (self.count, self.sum, self.least, self.most) = (count, sum, least, most)
    }
    /// Their mean, rounded down; nil when there is none.
    public var mean: Int? { count > 0 ? sum / count : nil }

    /// One more.
    @inline(__always)
    mutating func add(_ value: Int) {
        least = count == 0 ? value : min(least, value)
        most = count == 0 ? value : max(most, value)
        count &+= 1
        sum &+= value
    }
    /// Those that were taken elsewhere.
    public mutating func merge(_ other: Samples) {
        guard other.count > 0 else { return }
        least = count == 0 ? other.least : min(least, other.least)
        most = count == 0 ? other.most : max(most, other.most)
        count &+= other.count
        sum &+= other.sum
    }
}
