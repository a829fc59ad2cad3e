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
    /// The last ports that told a protocol by themselves, and its desk.
    var recentPorts: (source: UInt16, destination: UInt16, desk: Int)?
    /// Bytes kept for all connections together.
    var memory = 0
    /// The packet that is being read.
    var frame = 0
    var time = Timestamp(nanoseconds: 0)

    /// The desk of the protocol that the ports of a datagram tell; nil when they are not those that were noted last.
    @inline(__always)
    func desk(byPortsOf datagram: Datagram) -> Int? {
        guard let recent = recentPorts, recent.source == datagram.source.port,
            recent.destination == datagram.destination.port
        else { return nil }
        return recent.desk
    }
    /// Ports have told a protocol, as those of later datagrams will.
    mutating func notePorts(of datagram: Datagram, _ definition: Definition) {
        guard let desk = desk(of: definition) else { return }
        recentPorts = (datagram.source.port, datagram.destination.port, desk)
    }
    /// No datagrams follow.
    mutating func forgetDesks() { (desks, recentPorts) = ([], nil) }
    /// Where the packet's bytes come from.
    var mark: Mark { Mark(frame: frame, time: time) }
}
