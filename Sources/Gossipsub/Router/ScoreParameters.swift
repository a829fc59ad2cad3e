/// Weights, decays and thresholds of scores (gossipsub 1.1, the score function). Weights of P3, P3b, P4, P6 and P7 are 0 or
/// less.
public struct ScoreParameters: Sendable {
    /// What a peer does in a topic.
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
        /// How long after the first one the same message counts as delivered as well.
        public var deliveryWindow = Duration.milliseconds(10)
        /// How long a peer has to be in the mesh before too few count.
        public var activation = Duration.seconds(5)
        // P3b
        public var failureWeight = 0.0
        public var failureDecay = 0.9
        // P4
        public var invalidWeight = -10.0
        public var invalidDecay = 0.9
        public init() {}
    }
    /// For every topic.
    public var topic = Topic()
    /// The most that all topics together count; 0: there is no such limit.
    public var topicCap = 0.0
    /// P5.
    public var applicationWeight = 1.0
    /// P6.
    public var addressWeight = 0.0
    public var addressThreshold = 10.0
    /// P7.
    public var behaviourWeight = -10.0
    public var behaviourThreshold = 0.0
    public var behaviourDecay = 0.9
    public var decayInterval = Duration.seconds(1)
    /// Counters below it are 0.
    public var decayToZero = 0.01
    /// For how long the score of a peer is kept that is not connected.
    public var retain = Duration.seconds(600)

    // Thresholds
    /// Below it no ids are told or asked for, either way.
    public var gossip = -20.0
    /// Below it own messages are not sent.
    public var publish = -50.0
    /// Below it all RPCs are ignored.
    public var graylist = -100.0
    /// From it on the peers in a PRUNE are dialed.
    public var acceptExchange = 0.0
    /// Below it, as the median of a mesh, better peers are added.
    public var opportunistic = 1.0

    public init() {}
    /// For tests: two invalid messages, or two GRAFT within a backoff, end gossip, and four end all.
    public static let strict = Self()

    /// Whether thresholds and weights are what they have to be (gossipsub 1.1, the tables).
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
