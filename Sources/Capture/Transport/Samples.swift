/// A summary of samples that can be merged: round trips in nanoseconds, windows in bytes.
public struct Samples: Hashable, Sendable {
    /// The number of samples.
    public private(set) var count = 0
    /// The sum of the samples.
    public private(set) var sum = 0
    /// The smallest sample; 0 without samples.
    public private(set) var least = 0
    /// The largest sample; 0 without samples.
    public private(set) var most = 0
    /// Creates a summary of no samples.
    public init() {}
    /// Creates a summary that was computed before.
    public init(count: Int, sum: Int, least: Int, most: Int) {
        (self.count, self.sum, self.least, self.most) = (count, sum, least, most)
    }
    /// The mean, rounded down; nil without samples.
    public var mean: Int? { count > 0 ? sum / count : nil }

    /// Adds a sample.
    @inline(__always)
    mutating func add(_ value: Int) {
        least = count == 0 ? value : min(least, value)
        most = count == 0 ? value : max(most, value)
        count &+= 1
        sum &+= value
    }
    /// Adds the samples of another summary.
    public mutating func merge(_ other: Samples) {
        guard other.count > 0 else { return }
        least = count == 0 ? other.least : min(least, other.least)
        most = count == 0 ? other.most : max(most, other.most)
        count &+= other.count
        sum &+= other.sum
    }
}
