/// The certainty of a probe that a conversation uses its protocol.
public enum Likelihood: Comparable, Sendable {
    /// The conversation cannot use the protocol.
    case no
    /// The bytes look like the protocol, but might belong to another one.
    case likely
    /// No other protocol looks like this.
    case certain
}
