/// The error for a protocol for which no dissector can be made.
public struct DissectorFailure: Error, CustomStringConvertible {
    /// The problem and its reason, for people.
    public var description: String
}
