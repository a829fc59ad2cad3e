/// One packet of a `WireImage`, from its IP header on.
public struct WirePacket: Sendable {
    /// Since the case began.
    public var at: Duration
    /// IP header and all that follows.
    public var bytes: [UInt8]
    /// Index of the trace entry that it shows.
    public var entry: Int
    /// Whether it is the one that says what the entry is: the first with its bytes, the SYN, the FIN or RST.
    public var isMain: Bool
    /// Bytes of a stream in one packet.
    public static let maximumSegment = 1400
}
