public import Wire

/// The members of an offer, an answer and an ICE candidate beside their type.
public protocol SignalMembers {
    /// Session description or candidate; hubs do not look into it, and pass it on as it stands.
    var data: JSONValue? { get set }
    /// Who said it; written by the hub.
    var fromPeerID: JSONValue? { get set }
    /// For whom it is; without it a hub drops the message.
    var targetPeerID: JSONValue? { get set }
    /// The network that the target must be in. Absent, null or empty: `global`.
    var networkName: JSONValue? { get set }
    /// Milliseconds since 1970; written by the hub.
    var timestamp: JSONValue? { get set }
    /// Of clients; hubs leave it out.
    var maxPeers: JSONValue? { get set }
}

extension SignalMembers {
    /// Codes them, in the order in which they are written.
    mutating func codeMembers<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.member("data", &data)
        c.member("fromPeerId", &fromPeerID)
        c.member("targetPeerId", &targetPeerID)
        c.member("networkName", &networkName)
        c.member("timestamp", &timestamp)
        c.member("maxPeers", &maxPeers)
    }
}
