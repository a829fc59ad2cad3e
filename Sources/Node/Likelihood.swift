/// How sure a probe is that a conversation speaks its protocol.
public enum Likelihood: Comparable, Sendable {
    /// It cannot.
    case no
    /// The bytes look like it, and might be something else.
    case likely
    /// Nothing else looks like this.
    case certain
}
