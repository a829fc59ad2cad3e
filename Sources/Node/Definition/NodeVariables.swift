/// The environment variables that the programs of a protocol's implementations read. `meshspec node` reads them as well.
public struct NodeVariables: Sendable {
    /// The profile whose nodes read them.
    public var profile: String
    /// The kind of these nodes.
    public var kind: String
    /// The variable with the port on which the node accepts connections, on all IPv4 addresses.
    public var port: Named
    /// The variable with the addresses of peers, with commas between them.
    public var peers: Named
    /// The values of parameters if the node has its port from `port`, and no peers.
    public var alone: [String: String]
    /// Creates the description of two variables.
    public init(profile: String, kind: String, port: Named, peers: Named, alone: [String: String] = [:]) {
        (self.profile, self.kind, self.port, self.peers, self.alone) = (profile, kind, port, peers, alone)
    }
}
