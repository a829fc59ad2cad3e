public import Node

/// How a router behaves: what the documents leave open, and the defaults of implementations.
public struct RouterParameters: Sendable {
    /// Whether messages are signed, and what is done with others.
    public var signing = SignaturePolicy.strictSign
    /// What a message is known by.
    public var messageID = MessageIDFunction.authorAndSequence
    /// What the application says of messages.
    public var validator = MessageValidator.acceptsAll

    // The mesh
    /// D: peers that a mesh is to have.
    public var degree = 6
    /// D_low: with fewer, a heartbeat adds some.
    public var lowDegree = 4
    /// D_high: with more, a heartbeat takes some out.
    public var highDegree = 12
    /// D_score: the best that stay when a mesh is too large.
    public var bestDegree = 4
    /// D_out: peers that this node dialed which stay when a mesh is too large.
    public var outboundDegree = 2
    public var heartbeat = Duration.seconds(1)
    /// From the start to the first heartbeat.
    public var firstHeartbeat = Duration.milliseconds(100)
    public var fanoutTTL = Duration.seconds(60)
    /// What a PRUNE says, and stands for where it says nothing.
    public var backoff = Duration.seconds(60)
    /// The same on leaving a topic.
    public var leaveBackoff = Duration.seconds(10)
    /// How much longer this node waits than a PRUNE says.
    public var backoffSlack = Duration.seconds(1)
    /// A GRAFT so soon after a PRUNE counts twice against a peer.
    public var graftFlood = Duration.seconds(10)
    /// Peers in a PRUNE; 0: none are told.
    public var exchanged = 0
    /// Heartbeats between two attempts to make a mesh better than it is.
    public var opportunisticTicks = 60
    /// Peers that are added by one.
    public var opportunisticPeers = 2
    /// Heartbeats between two attempts to connect to explicit peers.
    public var explicitTicks = 300
    /// Whether own messages go to all peers of the topic.
    public var floodsOwn = false

    // Gossip
    /// D_lazy: peers that are told ids in a heartbeat, at least.
    public var lazyDegree = 6
    /// The share of peers outside the mesh that are told, where it is more.
    public var gossipFactor = 0.25
    /// Heartbeats for which a message is kept for others.
    public var cacheLength = 5
    /// Heartbeats for which its id is told.
    public var cacheGossip = 3
    public var seenTTL = Duration.seconds(120)
    /// RPCs with IHAVE of a peer in a heartbeat.
    public var offersEachHeartbeat = 10
    /// Ids that a peer is asked for in a heartbeat, and told in an IHAVE.
    public var idsEachHeartbeat = 5000
    /// How often a peer gets a message that it asks for.
    public var retransmissions = 3
    /// How long a message that was offered and asked for may take.
    public var followUp = Duration.seconds(3)
    /// Bytes of data from which on IDONTWANT is sent.
    public var dontWantSize = 1024
    /// Heartbeats for which an IDONTWANT counts.
    public var dontWantTTL = 3
    /// RPCs with IDONTWANT of a peer in a heartbeat.
    public var dontWantsEachHeartbeat = 1000
    /// Ids in one of them that count.
    public var idsOfDontWant = 10
    /// Bytes of an RPC that is sent, at most.
    public var largestRPC = RPC.limit

    /// Nil: scores are not counted.
    public var score: ScoreParameters?
    /// Whether the test extension is there (meshsub 1.3).
    public var hasTestExtension = true

    /// As the documents have it.
    public init() {}
    /// As a profile has it, changed by the parameters in `parameters` that are set.
    public init(_ settings: Settings) {
        self.init(profile: settings.profile)
        take(settings)
        bound()
    }
    private init(profile: String) {
        switch profile {
        case "go":
            (lowDegree, backoffSlack) = (5, .seconds(2))
        case "rust":
            (lowDegree, firstHeartbeat, seenTTL, dontWantSize) = (5, .seconds(5), .seconds(60), 1000)
            (floodsOwn, messageID) = (true, .authorAndSequenceAsText)
        case "js":
            (floodsOwn, dontWantSize, messageID) = (true, 512, .keyAndSequence)
        case "ethereum":
            (degree, lowDegree, highDegree, heartbeat) = (8, 6, 12, .milliseconds(700))
            (cacheLength, seenTTL, signing, messageID) = (6, .milliseconds(385_000), .strictNoSign, .ethereum)
        case "lib2p2":
            (degree, lowDegree, highDegree, outboundDegree, bestDegree) = (3, 2, 4, 1, 2)
        default: break
        }
    }
    /// Holds the parameters to what they have to be to each other: D_low <= D <= D_high, D_out below D_low and no more
    /// than half of D (gossipsub 1.1).
    private mutating func bound() {
        lowDegree = min(lowDegree, degree)
        highDegree = max(highDegree, degree)
        outboundDegree = max(0, min(outboundDegree, lowDegree - 1, degree / 2))
        bestDegree = min(bestDegree, degree - outboundDegree)
        // A bootstrapper is in no mesh.
        if degree == 0 { highDegree = 0 }
    }
}
