internal import Node

/// Numbers of the specification: sizes of datagrams and messages, and how long things are kept.
enum Limits {
    /// Where superpeers listen.
    static var port: UInt16 { 40_000 }
    /// Bytes before the fragment.
    static var header: Int { 72 }
    /// Bytes of a datagram, and what a sender's own limit may be.
    static var datagram: ClosedRange<Int> { 256...8000 }
    /// Bytes of a rejoined body.
    static var body: Int { 2_097_152 }
    /// Datagrams of one message.
    static var fragments: Int { 16_384 }
    /// Records of all known sections of a message.
    static var records: Int { 65_536 }
    /// As far as a route goes.
    static var hops: Int { 15 }
    /// `hop_limit` of a FIND or FIND_ACK where it begins its way.
    static var firstHopLimit: UInt8 { 16 }

    /// From the first fragment of a message until those that came are forgotten.
    static var rejoining: Duration { .seconds(4) }
    /// For so long a message that is complete is known as such, and its answer is kept.
    static var done: Duration { .seconds(4) }
    /// For so long datagrams of a boot that was replaced are ignored.
    static var oldBoot: Duration { .seconds(8) }
    /// After so long without a complete message, boot and series of a source are forgotten.
    static var silence: Duration { .seconds(120) }
    /// Messages of one source at one endpoint that are not whole.
    static var openOfSource: Int { 4 }
    /// Messages of one endpoint that are not whole.
    static var openOfEndpoint: Int { 64 }
    /// Bytes of messages that are not whole.
    static var held: Int { 16 << 20 }
    /// Not of the protocol: messages that are not whole, whoever sends them.
    static var open: Int { 16_384 }
    /// Not of the protocol: a fragment counts as so many bytes at least against `held`, for the place that it takes.
    static var heldLeast: Int { 64 }
    /// Not of the protocol: sources, complete messages, series and replaced boots that are remembered, of each so many.
    static var remembered: Int { 65_536 }
    /// Not of the protocol: sources that have been heard for HOLD or longer, besides; more are remembered like others.
    static var established: Int { 32_768 }

    /// Between two HELLOs, or two INFOs, give or take a tenth.
    static var interval: Duration { .seconds(6) }
    /// A neighbour that is silent for so long is gone.
    static var hold: Duration { .seconds(30) }
    /// An unanswered request is repeated after this time, and after twice this time.
    static var retransmission: Duration { .seconds(1) }
    /// How long the reverse path of a FIND is kept.
    static var reversePath: Duration { .seconds(4) }
    /// For so long a target is watched.
    static var subscription: Duration { .seconds(60) }
    /// For so long a route lives whose destination is so many hops away and is not heard any more, in nanoseconds: HOLD
    /// at one hop, an INTERVAL more for each further one.
    static func life(_ hops: Int) -> Int64 { lives.first + lives.further * Int64(hops - 1) }
    private static let lives = (first: hold.nanoseconds, further: interval.nanoseconds)
    /// So many INTERVALs without an answer and a phone leaves its superpeer; and so many until a subscription is
    /// renewed.
    static var missed: Int { 5 }
    /// How often a request is sent in all.
    static var sends: Int { 3 }

    // Not of the protocol, which does not say how much of the world a node has to remember.
    /// Routes; more are not taken.
    static var routes: Int { 262_144 }
    /// With more routes than this, ended routes may stay for `routeScanInterval`.
    static var routesAtOnce: Int { 4096 }
    static var routeScanInterval: Duration { .milliseconds(20) }
    /// Superpeers that are known to a superpeer, and to a phone; more are not taken.
    static var superpeers: Int { 1024 }
    /// A superpeer that is not configured is forgotten when it has not been named for this time.
    static var superpeerMemory: Duration { .seconds(120) }
    /// Requests that wait for answers; more are sent once.
    static var requests: Int { 16_384 }
    /// Bytes of requests that wait for answers; more are sent once.
    static var requestBytes: Int { 64 << 20 }
    /// Targets that are watched for others; more are not taken.
    static var subscriptions: Int { 262_144 }
    /// Peers whose state phones remember, ways back, and phones that a FIND came from: of each so many, the latest.
    static var remotePeers: Int { 65_536 }
    /// Targets that a node watches for itself.
    static var rememberedPeers: Int { 4096 }
    /// Endpoints that a node waits for to be reachable, and bytes for all of them.
    static var waiting: Int { 4096 }
    static var waitingBytes: Int { 16 << 20 }
    // Nor how much others may have it send and do (README, "Security").
    /// A short answer has at most so many times the bytes of its request, whoever asks.
    static var amplification: Int { 3 }
    /// The short answer to the shortest request.
    static var shortAnswer: Int { amplification * (header + 8) }
    /// Bytes for an address that has not shown that it hears the node: 128 KiB in HOLD.
    static let unproved = TokenBucket.Size(capacity: 131_072, perSecond: 4369)
    /// Bytes for all such addresses together; those heard for HOLD have as much to themselves.
    static let unprovedTogether = TokenBucket.Size(capacity: 16 << 20, perSecond: 4 << 20)
    /// Bytes for an address that has shown it: ten of the longest answers at once, one each INTERVAL and more.
    static let proved = TokenBucket.Size(capacity: 16 << 20, perSecond: 512 << 10)
    /// Bytes for everybody.
    static let answers = TokenBucket.Size(capacity: 64 << 20, perSecond: 32 << 20)
    /// Work in nanoseconds.
    static let work = TokenBucket.Size(capacity: 500_000_000, perSecond: 800_000_000)
    /// Events that can be asked for, the latest.
    static var events: Int { 1024 }

    /// All of them, as expressions of scenarios call them.
    static let durations: [(name: String, duration: Duration)] = [
        ("interval", interval), ("hold", hold), ("rto", retransmission), ("rejoining", rejoining), ("done", done),
        ("old_boot", oldBoot), ("silence", silence), ("way_back", reversePath), ("subscription", subscription),
    ]
}
