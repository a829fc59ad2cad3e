/// The weights, decays and thresholds of scores (gossipsub 1.1, the score function). The weights of P3, P3b, P4, P6 and
/// P7 are at most 0.
public struct ScoreParameters: Sendable {
    /// The parameters for the behaviour of a peer in a topic.
    public struct Topic: Sendable {
        public var weight = 1.0
        // P1
        public var timeWeight = 0.01
        public var timeQuantum = Duration.seconds(1)
        public var timeCap = 3600.0
        // P2
        public var firstWeight = 1.0
        public var firstDecay = 0.9
        public var firstCap = 100.0
        // P3
        public var deliveryWeight = 0.0
        public var deliveryDecay = 0.9
        public var deliveryCap = 100.0
        public var deliveryThreshold = 0.0
        /// The time after the first copy within which a duplicate counts as delivered too.
        public var deliveryWindow = Duration.milliseconds(10)
        /// The time that a peer must be in the mesh before missing deliveries count.
        public var activation = Duration.seconds(5)
        // P3b
        public var failureWeight = 0.0
        public var failureDecay = 0.9
        // P4
        public var invalidWeight = -10.0
        public var invalidDecay = 0.9
        public init() {}
    }
    /// The parameters of every topic.
    public var topic = Topic()
    /// The maximum score of all topics together; 0 means that there is no limit.
    public var topicCap = 0.0
    /// P5
    public var applicationWeight = 1.0
    /// P6
    public var addressWeight = 0.0
    public var addressThreshold = 10.0
    /// P7
    public var behaviourWeight = -10.0
    public var behaviourThreshold = 0.0
    public var behaviourDecay = 0.9
    public var decayInterval = Duration.seconds(1)
    /// The value below which a counter becomes 0.
    public var decayToZero = 0.01
    /// The time for which the score of a disconnected peer is kept.
    public var retain = Duration.seconds(600)

    // Thresholds
    /// The score below which the router neither sends IHAVE and IWANT to the peer nor accepts them from it.
    public var gossip = -20.0
    /// The score below which messages of this node are not sent to the peer.
    public var publish = -50.0
    /// The score below which all RPCs of the peer are ignored.
    public var graylist = -100.0
    /// The score from which on the peers in a PRUNE are dialed.
    public var acceptExchange = 0.0
    /// The median score of a mesh below which better peers are added.
    public var opportunistic = 1.0

    public init() {}
    /// Parameters for tests. After two invalid messages, or two GRAFT within a backoff, gossip with the peer ends.
    /// After four, all its RPCs are ignored.
    public static let strict = Self()

    /// True if thresholds and weights have valid values (gossipsub 1.1, the tables).
    public var isValid: Bool {
        let t = topic
        let factors = [t.firstDecay, t.deliveryDecay, t.failureDecay, t.invalidDecay, behaviourDecay]
        return gossip < 0 && publish <= gossip && graylist < publish && acceptExchange >= 0 && opportunistic >= 0
            && t.weight >= 0 && t.timeWeight >= 0 && t.firstWeight >= 0 && applicationWeight >= 0
            && [t.deliveryWeight, t.failureWeight, t.invalidWeight, addressWeight, behaviourWeight]
                .allSatisfy { $0 <= 0 }
            && factors.allSatisfy { $0 > 0 && $0 < 1 } && t.timeQuantum > .zero && topicCap >= 0
    }
}
