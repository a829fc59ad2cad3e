import Node

/// What all connections of a capture share.
struct FlowContext {
    let guess: ProtocolDetector
    let limits: CaptureLimits
    var scrutiny = Scrutiny.state
    var tally = Tally()
    var history = StreamHistory()
    var inspections = InspectionCache()
    /// Keys that came so far.
    var secrets: [Secrets] = []
    /// What the capture says of its packets.
    var comments = FrameComments()
    /// What hears datagrams whose messages may take several, by protocol.
    var decoders: [DatagramDecoder] = []
    /// Empty, with room for a long message, which whoever begins to keep one takes: to find that room anew for each
    /// costs more than to read it.
    var spareRoom: [UInt8] = []
    /// Bytes of it at most.
    static let spareLimit = 256 << 10
    /// The last ports that told a protocol by themselves, and its datagram decoder.
    var recentPorts: (source: UInt16, destination: UInt16, decoder: Int)?
    /// Bytes kept for all connections together.
    var memory = 0
    /// The packet that is being read.
    var frame = 0
    var time = Timestamp(nanoseconds: 0)

    /// The datagram decoder of the protocol that the ports of a datagram tell; nil when they are not those that were
    /// noted last.
    @inline(__always)
    func decoder(byPortsOf datagram: Datagram) -> Int? {
        guard let recent = recentPorts, recent.source == datagram.source.port,
            recent.destination == datagram.destination.port
        else { return nil }
        return recent.decoder
    }
    /// Ports have told a protocol, as those of later datagrams will.
    mutating func notePorts(of datagram: Datagram, _ definition: Definition) {
        guard let decoder = decoder(of: definition) else { return }
        recentPorts = (datagram.source.port, datagram.destination.port, decoder)
    }
    /// No datagrams follow.
    mutating func forgetDecoders() { (decoders, recentPorts) = ([], nil) }
    /// Where the packet's bytes come from.
    var mark: Mark { Mark(frame: frame, time: time) }
}
