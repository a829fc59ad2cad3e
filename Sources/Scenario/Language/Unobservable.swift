/// The reasons why a capture does not show whether a requirement is kept.
public enum Unobservable: String, CaseIterable, Sendable {
    case described
    case receiver
    case absence
    case elsewhere
    case inside
    case setting
    case unverified
    case below

    /// The reason in a sentence.
    public var reason: String {
        switch self {
        case .described:
            "a message that breaks it is reported as malformed, without a requirement"
        case .receiver: "it is about what a node does with its input, and a capture does not show what was read or when"
        case .absence: "only a missing message breaks it, and the capture may lack messages that were sent"
        case .elsewhere: "it shows only in several connections together, and the capture may lack some of them"
        case .inside: "it is about what a node keeps or computes, and the node does not send that"
        case .setting: "it depends on the configuration of a node, and the node does not send that"
        case .unverified: "signatures of this kind are not verified"
        case .below: "it shows in other layers than the protocol's messages, and only those messages are judged here"
        }
    }
}
