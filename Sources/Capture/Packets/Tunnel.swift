/// How a packet is carried in another one. The addresses of what is carried are those that count: the ones outside are
/// of the two ends of the tunnel.
enum Tunnel: Hashable, Sendable {
    /// IPv4 in IP (RFC 2003), IPv6 in IP (RFC 4213, RFC 2473).
    case ipv4, ipv6
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

    /// What VXLAN (RFC 7348), also at the port that Linux had for it, or Geneve (RFC 8926) carry; nil where the bytes
    /// are none of these: a node may have taken such a port.
    @inline(__always)
    static func overUDP(_ bytes: RawSpan, port: UInt16, at: Int, _ end: Int) -> Layers? {
        switch port {
        case 4789, 8472: vxlan(bytes, at: at, end)
        case 6081: geneve(bytes, at: at, end)
        default: nil
        }
    }
    @inline(never)
    private static func vxlan(_ bytes: RawSpan, at: Int, _ end: Int) -> Layers? {
        // The flag of a valid network id; all else but that is reserved and zero.
        guard min(bytes.byteCount, end) &- at >= 8, bytes.big32(at) == 0x0800_0000, bytes.byte(at &+ 7) == 0 else {
            return nil
        }
        return .inner(.ethernet, at: at &+ 8, end: end)
    }
    @inline(never)
    private static func geneve(_ bytes: RawSpan, at: Int, _ end: Int) -> Layers? {
        guard min(bytes.byteCount, end) &- at >= 8, bytes.byte(at) >> 6 == 0, bytes.byte(at &+ 1) & 0x3f == 0,
            bytes.byte(at &+ 7) == 0
        else { return nil }
        return named(bytes.big16(at &+ 2), at: at &+ 8 &+ Int(bytes.byte(at) & 0x3f) &* 4, end)
    }
    /// What a protocol type of Ethernet says; nil for those that carry none of what is looked for.
    private static func named(_ type: UInt16, at: Int, _ end: Int) -> Layers? {
        switch type {
        case 0x0800: .inner(.ipv4, at: at, end: end)
        case 0x86dd: .inner(.ipv6, at: at, end: end)
        case 0x6558: .inner(.ethernet, at: at, end: end)
        case 0x8847, 0x8848: .inner(.labels, at: at, end: end)
        default: nil
        }
    }

    /// What it carries.
    func opened(_ bytes: RawSpan, at: Int, _ end: Int) -> Layers {
        switch self {
        case .ipv4: Layers.ipv4(bytes, at: at, end)
        case .ipv6: Layers.ipv6(bytes, at: at, end)
        case .ethernet: Layers.etherType(bytes, at: at &+ 12, end)
        case .labels: Self.labels(bytes, at: at, end)
        case .pppoe: Self.pppoe(bytes, at: at, end)
        case .gre: Self.gre(bytes, at: at, end)
        }
    }
    private static func labels(_ bytes: RawSpan, at start: Int, _ end: Int) -> Layers {
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
        case (4, _), (6, _): Layers.version(bytes, at: at, end)
        // The control word of a pseudowire (RFC 4448, 4.6); no address begins so that is given to anybody.
        case (_, 0): .inner(.ethernet, at: at &+ 4, end: end)
        default: .inner(.ethernet, at: at, end: end)
        }
    }
    private static func pppoe(_ bytes: RawSpan, at: Int, _ end: Int) -> Layers {
        guard min(bytes.byteCount, end) &- at >= 6, bytes.big16(at) == 0x1100 else { return .damaged }
        return ppp(bytes, at: at &+ 6, min(end, at &+ 6 &+ Int(bytes.big16(at &+ 4))))
    }
    /// Behind the address and control bytes, which may have been left out, as may the first byte of the protocol.
    private static func ppp(_ bytes: RawSpan, at start: Int, _ end: Int) -> Layers {
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
        case 0x0021: Layers.ipv4(bytes, at: at, end)
        case 0x0057: Layers.ipv6(bytes, at: at, end)
        case 0x0281, 0x0283: .inner(.labels, at: at, end: end)
        default: .other
        }
    }
    private static func gre(_ bytes: RawSpan, at: Int, _ end: Int) -> Layers {
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
            return .inner(.ethernet, at: hasSequence ? header &+ 8 : header, end: end)
        case (0, 0x22eb):
            guard captured &- header >= 12 else { return .damaged }
            let more = bytes.byte(header &+ 11) & 1 == 1 ? 8 : 0
            return .inner(.ethernet, at: header &+ 12 &+ more, end: end)
        case (0, _): return named(type, at: header, end) ?? .other
        case (1, 0x880b): return ppp(bytes, at: header &+ (flags & 0x80 != 0 ? 4 : 0), end)
        default: return .other
        }
    }
}

extension Layers {
    /// What stands in the packets that a packet carries.
    @inline(__always)
    static func opened(_ found: Layers, _ bytes: RawSpan) -> Layers {
        guard case .inner = found else { return found }
        return inside(found, bytes)
    }
    @inline(never)
    private static func inside(_ outer: Layers, _ bytes: RawSpan) -> Layers {
        var found = outer
        for _ in 0..<Tunnel.maximumDepth {
            guard case .inner(let tunnel, let at, let end) = found else { return found }
            guard at <= end else { return .damaged }
            found = tunnel.opened(bytes, at: at, end)
        }
        if case .inner = found { return .other }
        return found
    }
}
