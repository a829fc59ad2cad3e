/// The plan of a simulated DHT. All peers are servers. They join one after the other through a random member, and then
/// look up random places and the records of each other.
public struct LookupPlan: Sendable {
    public var peers: Int
    public var settings: Settings
    /// The seed of all random choices: one seed yields one history.
    public var seed: UInt64
    /// The number of lookups of each kind after all peers have joined.
    public var lookups = 1000
    /// The share of the peers that leave in each minute, as many as join. They leave without a message.
    public var churn = 0.0
    /// The time in which lookups are made.
    public var duration = Duration.seconds(600)
    /// The range of the time of a request and its answer, in whole milliseconds.
    public var delay = Duration.milliseconds(10)...Duration.milliseconds(200)

    /// Creates a plan for this number of peers, of which none leaves.
    public init(peers: Int, _ settings: Settings, seed: UInt64) {
        (self.peers, self.settings, self.seed) = (peers, settings, seed)
    }
}

/// The results of a simulated DHT.
public struct LookupOutcome: Equatable, Sendable {
    public var joined = 0
    public var left = 0
    public var requests = 0
    public var timeouts = 0
    /// The lookups of random places that ended, and those that found the nearest peer of all.
    public var lookups = 0
    public var exact = 0
    /// The share of the k nearest peers of all that lookups found, as a sum over all lookups.
    public var nearestShare = 0.0
    /// The number of lookups by the number of answers that led to the nearest peer.
    public var hops: [Int] = []
    /// The searches for the provider of a content, and those that found it.
    public var searches = 0
    public var found = 0
    /// The requests of all lookups and searches, and their time.
    public var lookupRequests = 0
    public var totalDelay = Duration.zero
    /// The number of servers in all tables at the end, and the number of peers then.
    public var tableEntries = 0
    public var remaining = 0

    /// Creates the results of nothing.
    public init() {}
    public var meanHops: Double {
        let all = hops.reduce(0, +)
        return all > 0 ? Double(hops.enumerated().reduce(0) { $0 + $1.offset * $1.element }) / Double(all) : 0
    }
    /// The share of the searches that found the provider, 0 to 1.
    public var success: Double { searches > 0 ? Double(found) / Double(searches) : 1 }
    /// The mean share of the k nearest peers that a lookup found, 0 to 1.
    public var meanShare: Double { lookups > 0 ? nearestShare / Double(lookups) : 1 }
}

/// The simulation of a protocol's distributed table, without the layers that carry its messages.
public struct LookupModel: Sendable {
    public var run: @Sendable (LookupPlan) -> LookupOutcome
    /// Creates a model from its simulation.
    public init(run: @escaping @Sendable (LookupPlan) -> LookupOutcome) { self.run = run }
}
