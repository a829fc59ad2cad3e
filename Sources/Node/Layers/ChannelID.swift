/// A channel that a layer carries, by the layer's own number. A layer with one channel only uses `first`.
public struct ChannelID: Hashable, Comparable, Sendable {
    public var number: UInt64
    /// Creates the channel of this number.
    public init(_ number: UInt64) { self.number = number }
    /// The only channel of a layer that has one.
    public static let first = ChannelID(0)
    /// Orders channels by number.
    public static func < (a: Self, b: Self) -> Bool { a.number < b.number }
}
