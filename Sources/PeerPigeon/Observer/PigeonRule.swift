import Node

/// The requirements that a passive observer judges. The raw value has the id, a colon, and the visible violation.
enum PigeonRule: String, ObservedRule {
    case hub01 = "HUB-01: something before connected, a second connected, or one without an id of 40 hexadecimal digits"
    case hub06 = "HUB-06: connected that is not from system, or without a time"
    case hub16 =
        "HUB-16: peer-discovered that is not from system, is for another, or is not sent to a member of the network"
    case hub19 = "HUB-19: peer-discovered names an id that its peer merely announced (1.1.3 does)"
    case hub20 = "HUB-20: peer-discovered of a network that the client did not join"
    case hub23 = "HUB-23: a signal reaches a client that it is not for, or with members that a hub does not write"
    case hub24 = "HUB-24: a signal comes without networkName"
    case hub26 = "HUB-26: a signal carries the time that its sender wrote, or without one"
    case hub28 = "HUB-28: a signal reaches a client in another network, from one at the same hub"
    case hub30 = "HUB-30: a signal carries the name that its sender wrote, which is not its own (1.1.3 does)"
    case hub34 = "HUB-34: a pong without a ping, for another, or without a time; a ping without one"
    case hub36 = "HUB-36: an error of another text, for what is routed, or none where one is due"
    case hub43 = "HUB-43: a signal comes a second after goodbye, or a peer is named a second after its own"
    case hub45 = "HUB-45: a member is not notified that another member of its hub left"
    case hub47 =
        "HUB-47: a peer leaves more often than it came, or a client without a common network is notified (1.1.3 does)"
    case hub65 = "HUB-65: a signal is delivered more often than it was sent"
    case hub67 = "HUB-67: a signal reaches a client in another network, from another hub (1.1.3 does)"
    case hub69 = "HUB-69: a signal goes round between hubs: more than twice for each of them"
    case hub102 = "HUB-102: the same news of a peer goes round between two hubs: twenty times within ten seconds"
    case hub95 = "HUB-95: a client says a signal without targetPeerId or networkName"

    /// The highest severity. It is known that the hub of version 1.1.3 breaks some rules. Violations of other rules may
    /// be explained by messages that were not seen. And hubs accept signals without a network (HUB-24).
    var severity: Severity {
        [.hub19, .hub30, .hub45, .hub47, .hub67, .hub43, .hub95, .hub102].contains(self) ? .warning : .violation
    }
}
