internal import Node

/// The numbers of the specification: sizes of datagrams and messages, and times after which state expires.
enum Limits {
    /// The UDP port on which superpeers listen.
    static var port: UInt16 { 40_000 }
    /// The number of bytes of the header, before the fragment.
    static var header: Int { 72 }
    /// The number of bytes of a datagram. A sender may set its own limit within this range.
    static var datagram: ClosedRange<Int> { 256...8000 }
    /// The most bytes of a rejoined body.
    static var body: Int { 2_097_152 }
    /// The most datagrams of one message.
    static var fragments: Int { 16_384 }
    /// The most records of all known sections of a message together.
    static var records: Int { 65_536 }
    /// The greatest length of a route, in hops.
    static var hops: Int { 15 }
    /// `hop_limit` of a FIND or FIND_ACK at its origin.
    static var firstHopLimit: UInt8 { 16 }

    /// The time after the first fragment of a message at which an incomplete message is dropped.
    static var rejoining: Duration { .seconds(4) }
    /// The time for which a complete message is remembered and its answer is kept.
    static var done: Duration { .seconds(4) }
    /// The time for which datagrams of a replaced boot are ignored.
    static var oldBoot: Duration { .seconds(8) }
    /// The time without a complete message after which boot and series of a source are forgotten.
    static var silence: Duration { .seconds(120) }
    /// The most incomplete messages of one source at one endpoint.
    static var openOfSource: Int { 4 }
    /// The most incomplete messages of one endpoint.
    static var openOfEndpoint: Int { 64 }
    /// The most bytes of incomplete messages.
    static var held: Int { 16 << 20 }
    /// The most incomplete messages of all senders. The protocol does not define this limit.
    static var open: Int { 16_384 }
    /// The least number of bytes that a fragment counts against `held`, because each takes memory of its own. The
    /// protocol does not define this limit.
    static var heldLeast: Int { 64 }
    /// The most entries in each table of sources, complete messages, series and replaced boots. The protocol does not
    /// define this limit.
    static var remembered: Int { 65_536 }
    /// The most additional entries for sources that have been known for HOLD or longer; further ones are kept like
    /// other sources. The protocol does not define this limit.
    static var established: Int { 32_768 }

    /// The time between two HELLOs or two INFOs, plus or minus a tenth.
    static var interval: Duration { .seconds(6) }
    /// The time without a message after which a neighbour counts as gone.
    static var hold: Duration { .seconds(30) }
    /// The time after which an unanswered request is repeated. It is repeated again after twice this time.
    static var retransmission: Duration { .seconds(1) }
    /// The time for which the reverse path of a FIND is kept.
    static var reversePath: Duration { .seconds(4) }
    /// The time for which a subscription lasts.
    static var subscription: Duration { .seconds(60) }
    /// Returns how long a route lives after the last message of its destination, in nanoseconds: HOLD at one hop, and
    /// one INTERVAL more for each further hop.
    static func life(_ hops: Int) -> Int64 { lives.first + lives.further * Int64(hops - 1) }
    private static let lives = (first: hold.nanoseconds, further: interval.nanoseconds)
    /// The number of INTERVALs without an answer after which a phone leaves its superpeer. Subscriptions are renewed
    /// after the same number.
    static var missed: Int { 5 }
    /// The number of times that a request is sent in all.
    static var sends: Int { 3 }

    // The following limits are not of the protocol, which does not define how much state a node has to keep.
    /// The most routes. Further ones are not accepted.
    static var routes: Int { 262_144 }
    /// The number of routes above which expired routes may remain for `routeScanInterval`.
    static var routesAtOnce: Int { 4096 }
    static var routeScanInterval: Duration { .milliseconds(20) }
    /// The most superpeers in the table of a superpeer, and in the candidate list of a phone. Further ones are not
    /// accepted.
    static var superpeers: Int { 1024 }
    /// The time after which a superpeer that is not configured is forgotten, if no message has named it.
    static var superpeerMemory: Duration { .seconds(120) }
    /// The most requests that wait for answers. Further ones are sent only once.
    static var requests: Int { 16_384 }
    /// The most bytes of requests that wait for answers. Further ones are sent only once.
    static var requestBytes: Int { 64 << 20 }
    /// The most targets that are tracked for other nodes. Further ones are not accepted.
    static var subscriptions: Int { 262_144 }
    /// The most entries in each of three tables: peers whose state a phone remembers, reverse paths, and endpoints that
    /// FINDs were relayed for. The latest entries are kept.
    static var remotePeers: Int { 65_536 }
    /// The most targets that a node tracks for itself.
    static var rememberedPeers: Int { 4096 }
    /// The most endpoints for which datagrams wait until they can be sent, and the most bytes of all these datagrams.
    static var waiting: Int { 4096 }
    static var waitingBytes: Int { 16 << 20 }
    // Nor does the protocol limit what other nodes can make a node send and do (README, "Security").
    /// The most bytes of a short answer, as a multiple of the bytes of its request. It holds for every address.
    static var amplification: Int { 3 }
    /// The number of bytes of the short answer to the shortest request.
    static var shortAnswer: Int { amplification * (header + 8) }
    /// The bytes for an address that has not proved that it receives what is sent there: 128 KiB per HOLD.
    static let unproved = TokenBucket.Size(capacity: 131_072, perSecond: 4369)
    /// The bytes for all such addresses together. Addresses known for HOLD share a second budget of this size.
    static let unprovedTogether = TokenBucket.Size(capacity: 16 << 20, perSecond: 4 << 20)
    /// The bytes for a proved address: ten of the longest answers at once, and at least one in each INTERVAL.
    static let proved = TokenBucket.Size(capacity: 16 << 20, perSecond: 512 << 10)
    /// The bytes for all addresses together.
    static let answers = TokenBucket.Size(capacity: 64 << 20, perSecond: 32 << 20)
    /// The work that a node accepts, in nanoseconds.
    static let work = TokenBucket.Size(capacity: 500_000_000, perSecond: 800_000_000)
    /// The number of latest events that are kept for queries.
    static var events: Int { 1024 }

    /// All durations, by their names in expressions of scenarios.
    static let durations: [(name: String, duration: Duration)] = [
        ("interval", interval), ("hold", hold), ("rto", retransmission), ("rejoining", rejoining), ("done", done),
        ("old_boot", oldBoot), ("silence", silence), ("way_back", reversePath), ("subscription", subscription),
    ]
}
