public import Node

/// A connection of a case, with what the network knows of its ends.
public struct CaseConnection: Sendable, Equatable {
    /// Name of the link in the scenario; several connections may have had it, one after the other.
    public var link: String
    /// The actor at our end.
    public var ours: String
    /// The actor at the other end.
    public var theirs: String
    /// Our address, where it is a real one.
    public var local: Endpoint?
    /// The address of the other end, where it is a real one.
    public var peer: Endpoint?
    /// Keys of its layers, where the protocol stands on some.
    public var secrets: Secrets?
    /// A connection; without addresses where nobody knows them.
    public init(link: String, ours: String, theirs: String, local: Endpoint? = nil, peer: Endpoint? = nil) {
        self.link = link
        self.ours = ours
        self.theirs = theirs
        self.local = local
        self.peer = peer
    }
}
