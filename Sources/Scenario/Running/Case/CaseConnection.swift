public import Node

/// A connection of a case, with the addresses of its two sides.
public struct CaseConnection: Sendable, Equatable {
    /// The name of the link in the scenario. Several successive connections can have the same name.
    public var link: String
    /// The actor on our side.
    public var ours: String
    /// The actor on the other side.
    public var theirs: String
    /// Our address, if it is a real one.
    public var local: Endpoint?
    /// The address of the other side, if it is a real one.
    public var peer: Endpoint?
    /// The keys of its layers; nil if the protocol has no layers.
    public var secrets: Secrets?
    /// Creates a connection. The addresses are nil if they are unknown.
    public init(link: String, ours: String, theirs: String, local: Endpoint? = nil, peer: Endpoint? = nil) {
        self.link = link
        self.ours = ours
        self.theirs = theirs
        self.local = local
        self.peer = peer
    }
}
