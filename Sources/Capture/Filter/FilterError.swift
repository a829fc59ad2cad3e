/// An error in a filter, with its position.
public struct FilterError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The error and the expected text, in one line. It may repeat any text of the filter.
    public var message: String
    /// The position in Unicode scalars of the filter's text; an empty range for its end.
    public var range: Range<Int>
    /// The same text as `message`.
    public var description: String { message }
}
