/// One packet of a `WireImage`, from its IP header on.
struct WirePacket: Sendable {
    /// Since the case began.
    var at: Duration
    /// IP header and all that follows.
    var bytes: [UInt8]
    /// Index of the trace entry that it shows.
    var entry: Int
    /// Whether it is the one that says what the entry is: the first with its bytes, the SYN, the FIN or RST.
    var isMain: Bool
    /// Bytes of a stream in one packet.
    static let maximumSegment = 1400
}
