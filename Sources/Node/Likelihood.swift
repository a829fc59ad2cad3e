/// How sure a probe is that a conversation speaks its protocol.
public enum Likelihood: Int, Comparable, Sendable {
    /// It cannot.
    case no
    /// What there is looks like it, and so might something else.
    case likely
    /// Nothing else looks like this.
    case certain
    /// By how sure it is.
    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}
