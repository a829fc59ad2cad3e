import Node

/// What all connections of a capture share.
struct FlowContext {
    let guess: Guess
    let limits: CaptureLimits
    var scrutiny = Scrutiny.state
    var tally = Tally()
    var history = StreamHistory()
    var looks = LookMemory()
    /// Keys that came so far.
    var secrets: [Secrets] = []
    /// What the capture says of its packets.
    var comments = FrameComments()
    /// What hears datagrams whose messages may take several, by protocol.
    var desks: [DatagramDesk] = []
    /// Empty, with room for a long message, which whoever begins to keep one takes: to find that room anew for each costs
    /// more than to read it.
    var spareRoom: [UInt8] = []
    /// Bytes of it at most.
    static let spareLimit = 256 << 10
    /// Bytes kept for all connections together.
    var memory = 0
    /// The packet that is being read.
    var frame = 0
    var time = Timestamp(nanoseconds: 0)

    /// Where the packet's bytes come from.
    var mark: Mark { Mark(frame: frame, time: time) }
}
