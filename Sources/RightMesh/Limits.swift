/// Numbers of the specification: sizes of datagrams and messages, and how long things are kept.
enum Limits {
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

    /// Between two HELLOs, or two INFOs, give or take a tenth.
    static var interval: Duration { .seconds(6) }
    /// A neighbour that is silent for so long is gone.
    static var hold: Duration { .seconds(30) }
    /// A request that nobody answers is sent again after so long, and after twice as long.
    static var retransmission: Duration { .seconds(1) }
    /// For so long the way back of a FIND is known.
    static var wayBack: Duration { .seconds(4) }
    /// For so long a target is watched.
    static var subscription: Duration { .seconds(60) }
    /// All of them, as expressions of scenarios call them.
    static let durations: [(name: String, duration: Duration)] = [
        ("interval", interval), ("hold", hold), ("rto", retransmission), ("rejoining", rejoining), ("done", done),
        ("old_boot", oldBoot), ("silence", silence), ("way_back", wayBack), ("subscription", subscription),
    ]
}
