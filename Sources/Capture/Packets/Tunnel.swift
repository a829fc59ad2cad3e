/// The ways to carry a packet inside another one. The inner packet's addresses count, because the outer ones belong to
/// the ends of the tunnel.
enum Tunnel: Hashable, Sendable {
    /// IPv4 in IP (RFC 2003), IPv6 in IP (RFC 4213, RFC 2473).
    case ipv4, ipv6
    /// IP of the version in its first bits.
    case ip
    /// An Ethernet frame.
    case ethernet
    /// MPLS: labels, then IP or an Ethernet frame (RFC 3032, RFC 4448).
    case labels
    /// PPP over Ethernet, in its session (RFC 2516).
    case pppoe
    /// Generic routing encapsulation (RFC 2784, RFC 2890), also in the form of PPTP (RFC 2637), and ERSPAN in it.
    case gre
    /// The user plane of mobile networks, GTP-U (3GPP TS 29.281).
    case gtp

    /// The maximum number of nested packets that are opened.
    static var maximumDepth: Int { 8 }

    /// The content of a tunnel header.
    enum Content {
        /// The header ends early or contradicts itself.
        case damaged
        /// It carries no messages.
        case other
        /// It carries packets that cannot be read.
        case unopened(UnopenedTunnel)
        /// The inner packet, with its beginning and end.
        case packet(Tunnel, at: Int, end: Int)
    }

    /// Returns the packet that VXLAN (RFC 7348), also at the old port of Linux, Geneve (RFC 8926) or GTP-U carries, and
    /// where it begins. Returns nil if the bytes are none of them: a node may use such a port.
    @inline(__always)
    static func overUDP(_ bytes: RawSpan, port: UInt16, at: Int, _ end: Int) -> (Tunnel, at: Int)? {
        switch port {
        case 4789, 8472: vxlan(bytes, at: at, end)
        case 6081: geneve(bytes, at: at, end)
        case 2152: isGTP(bytes, at: at, end) ? (.gtp, at) : nil
        default: nil
        }
    }
    @inline(never)
    private static func vxlan(_ bytes: RawSpan, at: Int, _ end: Int) -> (Tunnel, at: Int)? {
        // The flag shows a valid network id. All other bits are reserved and zero.
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
    /// Returns the tunnel for an Ethernet protocol type; nil for types without messages.
    static func named(_ type: UInt16) -> Tunnel? {
        switch type {
        case 0x0800: .ipv4
        case 0x86dd: .ipv6
        case 0x6558: .ethernet
        case 0x8847, 0x8848: .labels
        default: nil
        }
    }

    /// Skips the labels of MPLS.
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
        // The label determines the content, but a capture does not contain its meaning. The first bits show the
        // content.
        return switch (bytes.byte(at) >> 4, bytes.big16(at)) {
        case (4, _), (6, _): .packet(.ip, at: at, end: end)
        // This is the control word of a pseudowire (RFC 4448, 4.6). No assigned address begins with these bytes.
        case (_, 0): .packet(.ethernet, at: at &+ 4, end: end)
        default: .packet(.ethernet, at: at, end: end)
        }
    }
    /// Reads a session of PPP over Ethernet.
    static func pppoe(_ bytes: RawSpan, at: Int, _ end: Int) -> Content {
        guard min(bytes.byteCount, end) &- at >= 6, bytes.big16(at) == 0x1100 else { return .damaged }
        return ppp(bytes, at: at &+ 6, min(end, at &+ 6 &+ Int(bytes.big16(at &+ 4))))
    }
    /// Skips the address and control bytes, which may have been left out, and reads the protocol. The first byte of the
    /// protocol may have been left out too.
    static func ppp(_ bytes: RawSpan, at start: Int, _ end: Int) -> Content {
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
        // Compressed TCP headers (RFC 1144, RFC 2507), multilink (RFC 1990), encryption (RFC 1968), and compression (RFC
        // 1962).
        case 0x002d, 0x002f, 0x003d, 0x0053, 0x0055, 0x0061, 0x0063, 0x0065, 0x0067, 0x0069, 0x00fb, 0x00fd,
            0x2063, 0x2065, 0x2067, 0x2069:
            .unopened(.ppp)
        default: .other
        }
    }
    /// Reads generic routing encapsulation.
    static func gre(_ bytes: RawSpan, at: Int, _ end: Int) -> Content {
        let captured = min(bytes.byteCount, end)
        guard captured &- at >= 4 else { return .damaged }
        let flags = bytes.big16(at)
        let type = bytes.big16(at &+ 2)
        // This is the routing of RFC 1701, which is no longer used.
        if flags & 0x4000 != 0 { return .unopened(.gre) }
        let hasSequence = flags & 0x1000 != 0
        let checksum = flags & 0x8000 != 0 ? 4 : 0
        let key = flags & 0x2000 != 0 ? 4 : 0
        let header = at &+ 4 &+ checksum &+ key &+ (hasSequence ? 4 : 0)
        switch (flags & 7, type) {
        case (0, 0x88be):
            // ERSPAN has no header of its own if there is no sequence number.
            return .packet(.ethernet, at: hasSequence ? header &+ 8 : header, end: end)
        case (0, 0x22eb):
            guard captured &- header >= 12 else { return .damaged }
            let more = bytes.byte(header &+ 11) & 1 == 1 ? 8 : 0
            return .packet(.ethernet, at: header &+ 12 &+ more, end: end)
        case (0, 0x880b): return ppp(bytes, at: header, end)
        // Keep-alives of Cisco have type 0. ARP carries no messages.
        case (0, 0), (0, 0x0806): return .other
        case (0, _): return named(type).map { .packet($0, at: header, end: end) } ?? .unopened(.gre)
        // An acknowledgement alone has no payload, and so no sequence number.
        case (1, 0x880b):
            return hasSequence ? ppp(bytes, at: header &+ (flags & 0x80 != 0 ? 4 : 0), end) : .other
        default: return .unopened(.gre)
        }
    }
}
