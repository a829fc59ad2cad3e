public import Wire

/// What a node has when it is asked for a list, told in parts, each of which is made when it is wanted: however long
/// the list is, nobody has to wait until all of it is written.
public struct Rows: Sendable {
    /// How many there are.
    public let count: Int
    private let make: @Sendable (Range<Int>) -> [Value]

    /// A row for each of these.
    public init<T: Sendable>(_ items: [T], _ row: @escaping @Sendable (T) -> Value) {
        count = items.count
        make = { items[$0].map(row) }
    }
    /// Some of them, by their numbers from 0; those that there are not are left out.
    public func part(_ range: Range<Int>) -> [Value] { make(range.clamped(to: 0..<count)) }
    /// All at once.
    public var all: Value { .list(part(0..<count)) }
}
