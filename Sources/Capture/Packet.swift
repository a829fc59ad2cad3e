/// One packet of a capture, with the bytes where they lie. Cannot outlive the call that handed it out.
public struct Packet: ~Escapable {
    /// Counted from 1, as other tools count frames.
    public let number: Int
    /// When it was captured.
    public let time: Timestamp
    /// Bytes that were on the wire; those captured may be fewer (snap length).
    public let length: Int
    /// What its first bytes are.
    public let link: LinkType
    /// What was captured.
    public let bytes: RawSpan

    /// A packet whose bytes lie elsewhere; `length` is raised to the number of bytes if it is less.
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
