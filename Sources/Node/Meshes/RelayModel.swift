import Wire

/// What a simulation has to know of a protocol whose hubs pass on what clients say to each other.
public struct RelayModel: Sendable {
    /// Kinds of nodes, of `Definition.kinds`.
    public var hub: String
    public var client: String
    /// Parameters of the clients of a simulation: they say nothing unless told.
    public var quiet: [String: String]
    /// The profile of hubs that form one mesh, however far.
    public var profile: String
    /// Parameters of hubs that outlive a simulation.
    public var lasting: [String: String]
    /// Faults of such a mesh, beside those of `Definition.bugs`.
    public var faults: [String]
    /// Whether a mesh of these settings has to deliver all that a way leads to.
    public var arrives: @Sendable (Settings) -> Bool
    /// Over how many links between hubs a signal goes at most.
    public var hops: @Sendable (Settings) -> Int
    /// The parameter that says in which network a client is, and two networks.
    public var network: (parameter: String, choices: [String])
    /// How the id of a node is written, from its identity.
    public var name: @Sendable ([UInt8]) -> String
    /// The id that a connection is asked for with.
    public var asks: @Sendable (_ speaks: String) -> String?
    /// What tells a client to offer: its control, with the names of what goes with it.
    public var offer: (control: String, to: String, session: String)
    /// What clients tell of others: whom they know, and whom no more.
    public var learned: String
    public var lost: String
    /// The type and the session of what clients say to each other, or of what carries it; nil for all else.
    public var signal: @Sendable (RawSpan) -> (type: String, session: UInt64)?
    /// Types of signals that each session has once, in order: what offers, what answers.
    public var types: (offer: String, answer: String)

    /// A model; each part as it is described.
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
