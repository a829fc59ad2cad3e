public import Wire

/// A list that a node returns in parts. Each part is created on request, so that a caller need not wait until a long
/// list is complete.
public struct Rows: Sendable {
    /// The number of rows.
    public let count: Int
    private let make: @Sendable (Range<Int>) -> [Value]

    /// Creates a row for each of these items.
    public init<T: Sendable>(_ items: [T], _ row: @escaping @Sendable (T) -> Value) {
        count = items.count
        make = { items[$0].map(row) }
    }
    /// Returns some rows, by their numbers from 0; numbers without a row are left out.
    public func part(_ range: Range<Int>) -> [Value] { make(range.clamped(to: 0..<count)) }
    /// All rows at once.
    public var all: Value { .list(part(0..<count)) }
}
