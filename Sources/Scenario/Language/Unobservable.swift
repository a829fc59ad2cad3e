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
            "what breaks it is told as malformed, by the description of its message and under no requirement"
        case .receiver: "it is what a node does with what it gets, and a capture does not tell what was read, or when"
        case .absence: "it is broken by silence, and the capture may lack what was said"
        case .elsewhere: "it shows only over several connections, of which the capture may have some"
        case .inside: "it is about what a node keeps or computes, which it does not say"
        case .setting: "it depends on how a node is set, which it does not say"
        case .unverified: "signatures of this kind are not verified"
        case .below: "it shows in other layers than that of the protocol's messages, which alone are judged here"
        }
    }
}
