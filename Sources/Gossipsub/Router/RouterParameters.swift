public import Node

/// The parameters of a router: choices that the documents leave open, and defaults of implementations.
public struct RouterParameters: Sendable {
    /// The policy that decides which messages are signed and accepted.
    public var signing = SignaturePolicy.strictSign
    /// The function that computes message ids.
    public var messageID = MessageIDFunction.authorAndSequence
    /// The validator of the application.
    public var validator = MessageValidator.acceptsAll

    // The mesh
    /// D: the number of peers that a mesh should have.
    public var degree = 6
    /// D_low: a heartbeat adds peers to a mesh that has fewer.
    public var lowDegree = 4
    /// D_high: a heartbeat removes peers from a mesh that has more.
    public var highDegree = 12
    /// D_score: the number of best peers that stay when a mesh is too large.
    public var bestDegree = 4
    /// D_out: the number of peers dialed by this node that stay when a mesh is too large.
    public var outboundDegree = 2
    public var heartbeat = Duration.seconds(1)
    /// The time from the start to the first heartbeat.
    public var firstHeartbeat = Duration.milliseconds(100)
    public var fanoutTTL = Duration.seconds(60)
    /// The backoff that a PRUNE gives. It applies too if a received PRUNE gives none.
    public var backoff = Duration.seconds(60)
    /// The backoff that a PRUNE gives when this node leaves a topic.
    public var leaveBackoff = Duration.seconds(10)
    /// The time that this node waits in addition to the backoff of a PRUNE.
    public var backoffSlack = Duration.seconds(1)
    /// The time after a PRUNE within which a GRAFT counts twice against a peer.
    public var graftFlood = Duration.seconds(10)
    /// The number of peers in a PRUNE; 0 means that a PRUNE names no peers.
    public var exchanged = 0
    /// The number of heartbeats between two attempts to improve a mesh.
    public var opportunisticTicks = 60
    /// The number of peers that such an attempt adds.
    public var opportunisticPeers = 2
    /// The number of messages that a mesh misses before peers that had them are added to it; 0 means that missed messages
    /// do not count.
    public var missedLimit = 0
    /// The number of heartbeats for which a missed message counts.
    public var missedTicks = 10
    /// The number of heartbeats between two attempts to connect to explicit peers.
    public var explicitTicks = 300
    /// True if messages of this node are sent to all peers of the topic.
    public var floodsOwn = false

    // Gossip
    /// D_lazy: the minimum number of peers that get IHAVE in a heartbeat.
    public var lazyDegree = 6
    /// The share of the peers outside the mesh that get IHAVE, if it is larger than D_lazy.
    public var gossipFactor = 0.25
    /// The number of heartbeats for which a message is kept for peers that request it.
    public var cacheLength = 5
    /// The number of heartbeats for which its id is offered.
    public var cacheGossip = 3
    public var seenTTL = Duration.seconds(120)
    /// The maximum number of RPCs with IHAVE that count for each peer in a heartbeat.
    public var offersEachHeartbeat = 10
    /// The maximum number of ids requested from a peer in a heartbeat, and offered in an IHAVE.
    public var idsEachHeartbeat = 5000
    /// The maximum number of times that a peer gets a message that it requests.
    public var retransmissions = 3
    /// The time within which a message that was offered and requested must arrive.
    public var followUp = Duration.seconds(3)
    /// The size of the data in bytes from which on IDONTWANT is sent.
    public var dontWantSize = 1024
    /// The number of heartbeats for which an IDONTWANT is valid.
    public var dontWantTTL = 3
    /// The maximum number of RPCs with IDONTWANT that count for each peer in a heartbeat.
    public var dontWantsEachHeartbeat = 1000
    /// The maximum number of ids that count in such an RPC.
    public var idsOfDontWant = 10
    /// The maximum size of an RPC that is sent, in bytes.
    public var largestRPC = RPC.limit

    /// The parameters of scores; nil if scores are off.
    public var score: ScoreParameters?
    /// True if the node has the test extension (meshsub 1.3).
    public var hasTestExtension = true

    /// Creates the parameters of the documents.
    public init() {}
    /// Creates the parameters of a profile, changed by the values that are set.
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
            missedLimit = 3
        default: break
        }
    }
    /// Enforces the relations between the parameters: D_low <= D <= D_high, D_out below D_low and at most half of D
    /// (gossipsub 1.1).
    private mutating func bound() {
        lowDegree = min(lowDegree, degree)
        highDegree = max(highDegree, degree)
        outboundDegree = max(0, min(outboundDegree, lowDegree - 1, degree / 2))
        bestDegree = min(bestDegree, degree - outboundDegree)
        // A bootstrapper has no peers in its mesh.
        if degree == 0 { highDegree = 0 }
    }
}
