/// Why an expression is none.
public struct RegularExpressionError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The C library's words, such as `Unmatched ( or \(`, or ours for limits.
    public var description: String
    init(_ description: String) { self.description = description }
}
