/// The depth to which a passive observer checks the messages of others.
public enum Scrutiny: String, Hashable, Sendable, CaseIterable {
    /// Broken rules, and possible ones, for callers that only count. Mere information, such as that a message was sent
    /// before, is left out if it is expensive.
    case faults
    /// The state of a conversation too: handshakes are verified, and order, times and repetitions are checked. The cost
    /// for each message is small, so that an observer keeps up with a link.
    case state
    /// The content of forwarded messages too, such as the signature and work of every vote and block: about 0.1 ms for
    /// each of them.
    case content
}
