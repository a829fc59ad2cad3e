/// What a dissector cannot be made of.
public struct DissectorFailure: Error, CustomStringConvertible {
    /// What and why, for people.
    public var description: String
}
