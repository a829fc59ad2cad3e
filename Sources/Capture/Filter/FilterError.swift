/// What is wrong with a filter, and where in its text.
public struct FilterError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong and what would be right, in one line. May repeat the filter, with whatever is in it.
    public var message: String
    /// Where, in Unicode scalars of the filter's text; empty at its end.
    public var range: Range<Int>
    /// The same as `message`.
    public var description: String { message }
}
