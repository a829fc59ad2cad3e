/// GTP-U (3GPP TS 29.281, 5.1), which carries the packets of mobile devices.
extension Tunnel {
    /// Returns true for a header of GTP-U version 1 whose length is the datagram's length.
    @inline(never)
    static func isGTP(_ bytes: RawSpan, at: Int, _ end: Int) -> Bool {
        min(bytes.byteCount, end) &- at >= 8 && bytes.byte(at) & 0xf0 == 0x30
            && at &+ 8 &+ Int(bytes.big16(at &+ 2)) == end
    }
    /// Skips the header with its extensions.
    static func gtp(_ bytes: RawSpan, at start: Int, _ end: Int) -> Content {
        // All other messages are between the ends of the tunnel.
        guard bytes.byte(start &+ 1) == 0xff else { return .other }
        let captured = min(bytes.byteCount, end)
        let flags = bytes.byte(start)
        var at = start &+ 8
        // If one optional field is present, all have room.
        if flags & 7 != 0 {
            guard captured &- at >= 4 else { return .damaged }
            at &+= 4
            var next = flags & 4 != 0 ? bytes.byte(at &- 1) : 0
            while next != 0 {
                guard captured > at else { return .damaged }
                let size = Int(bytes.byte(at)) &* 4
                guard size > 0, captured &- at >= size else { return .damaged }
                at &+= size
                next = bytes.byte(at &- 1)
            }
        }
        guard captured &- at >= 1 else { return .damaged }
        return payload(bytes, at: at, end)
    }
    /// Returns the packet of the device. Its session determines the type, which a capture need not show, so the packet's
    /// own lengths must fit.
    private static func payload(_ bytes: RawSpan, at: Int, _ end: Int) -> Content {
        let captured = min(bytes.byteCount, end)
        switch bytes.byte(at) {
        case 0x45...0x4f:
            guard captured &- at >= 4 else { return .damaged }
            if at &+ Int(bytes.big16(at &+ 2)) <= end { return .packet(.ipv4, at: at, end: end) }
        case 0x60...0x6f:
            guard captured &- at >= 6 else { return .damaged }
            if at &+ 40 &+ Int(bytes.big16(at &+ 4)) <= end { return .packet(.ipv6, at: at, end: end) }
        default: break
        }
        guard end &- at >= 14 else { return .unopened(.gtp) }
        guard captured &- at >= 14 else { return .damaged }
        switch bytes.big16(at &+ 12) {
        case 0x0800, 0x86dd, 0x8100, 0x88a8: return .packet(.ethernet, at: at, end: end)
        default: return .unopened(.gtp)
        }
    }
}
