/// The header of a frame with data about its reception (PPI), which also states the link type of the frame.
struct PerPacketInformation {
    /// The link type of the frame after the header.
    var link: LinkType
    /// The offset of the frame.
    var at: Int

    /// Reads the header at `start`; nil if it ends early or contradicts itself.
    init?(_ bytes: RawSpan, at start: Int) {
        // The fields are version, flags, length, and link type; numbers are little-endian.
        guard bytes.byteCount &- start >= 8, bytes.byte(start) == 0 else { return nil }
        let length = Int(bytes.u16(start &+ 2, false))
        guard length >= 8, bytes.byteCount &- start >= length else { return nil }
        link = LinkType(numberInFiles: bytes.u32(start &+ 4, false))
        guard link != .perPacketInformation else { return nil }
        at = start &+ length
    }
}
