/// How a packet is carried in another one. The addresses of what is carried are those that count: the ones outside are
/// of the two ends of the tunnel.
enum Tunnel: Hashable, Sendable {
    /// IPv4 in IP (RFC 2003), IPv6 in IP (RFC 4213, RFC 2473).
    case ipv4, ipv6
    /// IP, of the version that its first bits say.
    case ip
    /// A frame of Ethernet.
    case ethernet
    /// MPLS: labels, then IP or a frame of Ethernet (RFC 3032, RFC 4448).
    case labels
    /// PPP over Ethernet, in its session (RFC 2516).
    case pppoe
    /// Generic routing encapsulation (RFC 2784, RFC 2890), that of PPTP (RFC 2637), and ERSPAN in it.
    case gre

    /// Packets in packets in packets: more than these are not opened.
    static var maximumDepth: Int { 8 }

    /// What is in a header that is only about others.
    enum Content {
        /// It ends early or contradicts itself.
        case damaged
        /// It carries nothing that has messages.
        case other
        /// What stands behind it, and where that begins and ends.
        case packet(Tunnel, at: Int, end: Int)
    }

    /// What VXLAN (RFC 7348), also at the port that Linux had for it, or Geneve (RFC 8926) carry, and where it begins;
    /// nil where the bytes are none of these: a node may have taken such a port.
    @inline(__always)
    static func overUDP(_ bytes: RawSpan, port: UInt16, at: Int, _ end: Int) -> (Tunnel, at: Int)? {
        switch port {
        case 4789, 8472: vxlan(bytes, at: at, end)
        case 6081: geneve(bytes, at: at, end)
        default: nil
        }
    }
    @inline(never)
    private static func vxlan(_ bytes: RawSpan, at: Int, _ end: Int) -> (Tunnel, at: Int)? {
        // The flag of a valid network id; all else but that is reserved and zero.
        guard min(bytes.byteCount, end) &- at >= 8, bytes.big32(at) == 0x0800_0000, bytes.byte(at &+ 7) == 0 else {
            return nil
        }
        return (.ethernet, at &+ 8)
    }
    @inline(never)
    private static func geneve(_ bytes: RawSpan, at: Int, _ end: Int) -> (Tunnel, at: Int)? {
        guard min(bytes.byteCount, end) &- at >= 8, bytes.byte(at) >> 6 == 0, bytes.byte(at &+ 1) & 0x3f == 0,
            bytes.byte(at &+ 7) == 0, let inner = named(bytes.big16(at &+ 2))
        else { return nil }
        return (inner, at &+ 8 &+ Int(bytes.byte(at) & 0x3f) &* 4)
    }
    /// What a protocol type of Ethernet says; nil for those that carry none of what is looked for.
    private static func named(_ type: UInt16) -> Tunnel? {
        switch type {
        case 0x0800: .ipv4
        case 0x86dd: .ipv6
        case 0x6558: .ethernet
        case 0x8847, 0x8848: .labels
        default: nil
        }
    }

    /// Labels of MPLS.
    static func labels(_ bytes: RawSpan, at start: Int, _ end: Int) -> Content {
        let captured = min(bytes.byteCount, end)
        var at = start
        var isLast = false
        while !isLast {
            guard captured &- at >= 4 else { return .damaged }
            isLast = bytes.byte(at &+ 2) & 1 == 1
            at &+= 4
        }
        guard captured &- at >= 2 else { return .damaged }
        // The label says what follows, and a capture does not have what that label means: the first bits do.
        return switch (bytes.byte(at) >> 4, bytes.big16(at)) {
        case (4, _), (6, _): .packet(.ip, at: at, end: end)
        // The control word of a pseudowire (RFC 4448, 4.6); no address begins so that is given to anybody.
        case (_, 0): .packet(.ethernet, at: at &+ 4, end: end)
        default: .packet(.ethernet, at: at, end: end)
        }
    }
    /// A session of PPP over Ethernet.
    static func pppoe(_ bytes: RawSpan, at: Int, _ end: Int) -> Content {
        guard min(bytes.byteCount, end) &- at >= 6, bytes.big16(at) == 0x1100 else { return .damaged }
        return ppp(bytes, at: at &+ 6, min(end, at &+ 6 &+ Int(bytes.big16(at &+ 4))))
    }
    /// Behind the address and control bytes, which may have been left out, as may the first byte of the protocol.
    private static func ppp(_ bytes: RawSpan, at start: Int, _ end: Int) -> Content {
        let captured = min(bytes.byteCount, end)
        var at = start
        guard captured &- at >= 2 else { return .damaged }
        if bytes.big16(at) == 0xff03 { at &+= 2 }
        guard captured > at else { return .damaged }
        var type = UInt16(bytes.byte(at))
        at &+= 1
        if type & 1 == 0 {
            guard captured > at else { return .damaged }
            type = type << 8 | UInt16(bytes.byte(at))
            at &+= 1
        }
        return switch type {
        case 0x0021: .packet(.ipv4, at: at, end: end)
        case 0x0057: .packet(.ipv6, at: at, end: end)
        case 0x0281, 0x0283: .packet(.labels, at: at, end: end)
        default: .other
        }
    }
    /// Generic routing encapsulation.
    static func gre(_ bytes: RawSpan, at: Int, _ end: Int) -> Content {
        let captured = min(bytes.byteCount, end)
        guard captured &- at >= 4 else { return .damaged }
        let flags = bytes.big16(at)
        let type = bytes.big16(at &+ 2)
        // The routing of RFC 1701, which nobody sends any more.
        if flags & 0x4000 != 0 { return .other }
        let hasSequence = flags & 0x1000 != 0
        let checksum = flags & 0x8000 != 0 ? 4 : 0
        let key = flags & 0x2000 != 0 ? 4 : 0
        let header = at &+ 4 &+ checksum &+ key &+ (hasSequence ? 4 : 0)
        switch (flags & 7, type) {
        case (0, 0x88be):
            // ERSPAN: without a number it has no header of its own.
            return .packet(.ethernet, at: hasSequence ? header &+ 8 : header, end: end)
        case (0, 0x22eb):
            guard captured &- header >= 12 else { return .damaged }
            let more = bytes.byte(header &+ 11) & 1 == 1 ? 8 : 0
            return .packet(.ethernet, at: header &+ 12 &+ more, end: end)
        case (0, _): return named(type).map { .packet($0, at: header, end: end) } ?? .other
        case (1, 0x880b): return ppp(bytes, at: header &+ (flags & 0x80 != 0 ? 4 : 0), end)
        default: return .other
        }
    }
}
