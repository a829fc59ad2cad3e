public import Wire

/// The members of an offer, an answer and an ICE candidate, besides their type.
public protocol SignalMembers {
    /// The session description or candidate. Hubs do not read it, and pass it on unchanged.
    var data: JSONValue? { get set }
    /// The sender, which the hub writes.
    var fromPeerID: JSONValue? { get set }
    /// The recipient; without it a hub drops the message.
    var targetPeerID: JSONValue? { get set }
    /// The network that the target must be in. Missing, null or empty: `global`.
    var networkName: JSONValue? { get set }
    /// The time in milliseconds since 1970, which the hub writes.
    var timestamp: JSONValue? { get set }
    /// A field of clients, which hubs leave out.
    var maxPeers: JSONValue? { get set }
}

extension SignalMembers {
    /// Codes the members, in the order in which they are written.
    mutating func codeMembers<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.member("data", &data)
        c.member("fromPeerId", &fromPeerID)
        c.member("targetPeerId", &targetPeerID)
        c.member("networkName", &networkName)
        c.member("timestamp", &timestamp)
        c.member("maxPeers", &maxPeers)
    }
}
