import Wire

/// The model of a protocol whose hubs pass on messages between clients, for simulations.
public struct RelayModel: Sendable {
    /// The kinds of the nodes, from `ReferenceImplementation.kinds`.
    public var hub: String
    public var client: String
    /// The parameters of the clients of a simulation: they send nothing unless commanded.
    public var quiet: [String: String]
    /// The profile of hubs that form one mesh of any extent.
    public var profile: String
    /// The parameters with which a hub does not give up its connections during a simulation.
    public var lasting: [String: String]
    /// The faults of a mesh of these hubs, besides the faults in `ReferenceImplementation.bugs`.
    public var faults: [String]
    /// Returns true if a mesh with these settings must deliver every message to which a path exists.
    public var arrives: @Sendable (Settings) -> Bool
    /// Returns the maximum number of links between hubs that a signal passes.
    public var hops: @Sendable (Settings) -> Int
    /// The parameter that selects the network of a client, and two networks.
    public var network: (parameter: String, choices: [String])
    /// Returns the text of a node's id, from its identity.
    public var name: @Sendable ([UInt8]) -> String
    /// Returns the id with which a client requested a connection.
    public var asks: @Sendable (_ speaks: String) -> String?
    /// The control that makes a client send an offer, with the names of its arguments.
    public var offer: (control: String, to: String, session: String)
    /// The events in which clients report the peers that they know, and those that they no longer know.
    public var learned: String
    public var lost: String
    /// Returns the type and the session of a message between clients, or of a message that carries one; nil for others.
    public var signal: @Sendable (RawSpan) -> (type: String, session: UInt64)?
    /// The types of signals that each session has once, in order: the offer, the answer.
    public var types: (offer: String, answer: String)

    /// Creates a model.
    public init(
        hub: String, client: String, profile: String, lasting: [String: String], faults: [String],
        quiet: [String: String], network: (parameter: String, choices: [String]),
        offer: (control: String, to: String, session: String), learned: String, lost: String,
        types: (offer: String, answer: String), arrives: @escaping @Sendable (Settings) -> Bool,
        hops: @escaping @Sendable (Settings) -> Int, name: @escaping @Sendable ([UInt8]) -> String,
        asks: @escaping @Sendable (_ speaks: String) -> String?,
        signal: @escaping @Sendable (RawSpan) -> (type: String, session: UInt64)?
    ) {
        (self.hub, self.client, self.quiet, self.network) = (hub, client, quiet, network)
        (self.offer, self.learned, self.lost, self.types) = (offer, learned, lost, types)
        (self.profile, self.lasting, self.faults) = (profile, lasting, faults)
        (self.arrives, self.hops) = (arrives, hops)
        (self.name, self.asks, self.signal) = (name, asks, signal)
    }
}
