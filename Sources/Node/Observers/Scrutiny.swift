/// How closely a passive observer looks at what others say to each other.
public enum Scrutiny: String, Hashable, Sendable, CaseIterable {
    /// What breaks a rule, or may: for whoever only counts. What is merely worth knowing, such as that something was
    /// said before, is left out where it costs much.
    case faults
    /// What the state of a conversation tells: handshakes are verified, order, times and repetitions are watched. Costs
    /// little for each message, so that it keeps up with a link.
    case state
    /// Besides, the content of whatever is passed on is verified, such as signatures and work of every vote and block:
    /// some 0.1 ms for each of them.
    case content
}
