/// What a reference node is made from.
public struct NodeOptions: Sendable {
    /// Profile and parameters.
    public var settings: Settings
    /// Keys, cookies and salts come from here.
    public var random: Random
    /// Where it listens, if it does.
    public var listening: Endpoint?
    /// Whom it opens connections to when it starts.
    public var peers: [Endpoint]
    /// The fault to have, by name; nil for none.
    public var bug: String?
    /// A node that neither listens nor dials unless told, without a fault.
    public init(
        _ settings: Settings, random: Random, listening: Endpoint? = nil, peers: [Endpoint] = [], bug: String? = nil
    ) {
        self.settings = settings
        self.random = random
        self.listening = listening
        self.peers = peers
        self.bug = bug
    }
}
