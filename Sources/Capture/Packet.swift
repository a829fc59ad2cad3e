/// One packet of a capture, with the bytes where they lie. Cannot outlive the call that handed it out.
public struct Packet: ~Escapable {
    /// Counted from 1, as other tools count frames.
    public let number: Int
    public let time: Timestamp
    /// Bytes that were on the wire; those captured may be fewer (snap length).
    public let length: Int
    public let link: LinkType
    /// What was captured.
    public let bytes: RawSpan

    @_lifetime(copy bytes)
    public init(number: Int, time: Timestamp, length: Int, link: LinkType, bytes: RawSpan) {
        self.number = number
        self.time = time
        // A packet cannot have been shorter than what was captured of it.
        self.length = max(length, bytes.byteCount)
        self.link = link
        self.bytes = bytes
    }
}
