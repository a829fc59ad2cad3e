/// One packet of a `WireImage`, from its IP header on.
struct WirePacket: Sendable {
    /// The time since the case began.
    var at: Duration
    /// The IP header and the rest of the packet.
    var bytes: [UInt8]
    /// The index of the trace entry that the packet shows; nil for a datagram below a data channel.
    var entry: Int?
    /// True if the packet represents the entry: the first packet with its bytes, the SYN, the FIN or the RST.
    var isMain: Bool
    /// The maximum number of stream bytes in one packet.
    static let maximumSegment = 1400
}
