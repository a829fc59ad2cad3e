/// A log message of Linux's packet filter: a header of four bytes, then attributes with the packet and data about it.
enum NetfilterLog {
    /// The number of the attribute with the packet.
    private static let payload: UInt16 = 9

    /// Returns the packet in a message that begins at `start`.
    static func content(_ bytes: RawSpan, at start: Int, _ end: Int) -> Tunnel.Content {
        let captured = min(bytes.byteCount, end)
        guard captured &- start >= 4, bytes.byte(start &+ 1) == 0 else { return .damaged }
        var at = start &+ 4
        while captured &- at >= 4 {
            let isBig = isBigEndian(bytes, at)
            let length = Int(bytes.u16(at, isBig))
            guard length >= 4 else { return .damaged }
            if bytes.u16(at &+ 2, isBig) & 0x3fff == payload {
                return packet(bytes, family: bytes.byte(start), at: at &+ 4, at &+ length, end)
            }
            at &+= (length &+ 3) & ~3
        }
        // A message may have no packet. One that was cut here may have had one.
        return at < end ? .damaged : .other
    }
    /// Returns the byte order of an attribute: the one of the capturing machine, which a file does not record. The
    /// numbers of attributes are below 256; their two highest bits are flags.
    private static func isBigEndian(_ bytes: RawSpan, _ at: Int) -> Bool {
        bytes.byte(at &+ 2) & 0x3f == 0 && bytes.byte(at &+ 3) != 0
    }
    /// Reads the packet in an attribute that ends at `stop`, in a frame that ends at `end`.
    private static func packet(
        _ bytes: RawSpan, family: UInt8, at: Int, _ stop: Int, _ end: Int
    ) -> Tunnel.Content {
        guard min(bytes.byteCount, end, stop) > at else { return .damaged }
        let last = stop <= min(bytes.byteCount, end) ? wireEnd(bytes, at: at, stop) : min(stop, end)
        return switch (family, bytes.byte(at) >> 4) {
        case (2, _): .packet(.ipv4, at: at, end: last)
        case (10, _): .packet(.ipv6, at: at, end: last)
        // The tables of bridges and of both families.
        case (_, 4), (_, 6): .packet(.ip, at: at, end: last)
        default: .other
        }
    }
    /// Returns where the IP packet ended on the wire. The filter may log only its first bytes, and the frame's own
    /// length does not include the others.
    private static func wireEnd(_ bytes: RawSpan, at: Int, _ end: Int) -> Int {
        let isIPv6 = bytes.byte(at) >> 4 == 6
        guard end &- at >= (isIPv6 ? 6 : 4) else { return end }
        return max(end, at &+ (isIPv6 ? 40 &+ Int(bytes.big16(at &+ 4)) : Int(bytes.big16(at &+ 2))))
    }
}
