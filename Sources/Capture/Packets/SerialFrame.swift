/// The frames of serial lines: PPP (RFC 1661), Cisco HDLC (RFC 1547, 4.3.1), Frame Relay (RFC 2427) and SLIP. Captures
/// have them without escapes and without a check sequence.
enum SerialFrame {
    /// Returns the content of a frame that begins at `start`; `.other` for another link type.
    static func content(_ bytes: RawSpan, _ link: LinkType, at start: Int, _ end: Int) -> Tunnel.Content {
        switch link {
        case .ppp: Tunnel.ppp(bytes, at: start, end)
        case .pppInHDLC, .ciscoHDLC: hdlc(bytes, at: start, end)
        case .frameRelay: frameRelay(bytes, at: start, end)
        case .slip: slip(bytes, at: start, end)
        // A byte with the direction precedes the frame, or replaces the address byte of PPP.
        case .pppWithDirection: Tunnel.ppp(bytes, at: start &+ 1, end)
        case .ciscoHDLCWithDirection: hdlc(bytes, at: start &+ 1, end)
        case .frameRelayWithDirection: frameRelay(bytes, at: start &+ 1, end)
        case .pppOfLinux: Tunnel.ppp(bytes, at: start &+ 2, end)
        default: .other
        }
    }
    /// Reads PPP with the address and control bytes of HDLC, or Cisco HDLC, which has other ones and an Ethernet type.
    private static func hdlc(_ bytes: RawSpan, at: Int, _ end: Int) -> Tunnel.Content {
        guard min(bytes.byteCount, end) &- at >= 4 else { return .damaged }
        if bytes.big16(at) == 0xff03 { return Tunnel.ppp(bytes, at: at, end) }
        return Tunnel.named(bytes.big16(at &+ 2)).map { .packet($0, at: at &+ 4, end: end) } ?? .other
    }
    /// Reads a frame of Frame Relay: an address of two to four bytes, then the form of RFC 2427, or only an Ethernet
    /// type, as Cisco writes it.
    private static func frameRelay(_ bytes: RawSpan, at start: Int, _ end: Int) -> Tunnel.Content {
        let captured = min(bytes.byteCount, end)
        var at = start
        // The lowest bit marks the last byte of the address.
        repeat {
            guard captured > at, at &- start < 4 else { return .damaged }
            at &+= 1
        } while bytes.byte(at &- 1) & 1 == 0
        guard at &- start >= 2, captured &- at >= 2 else { return .damaged }
        guard bytes.byte(at) == 0x03 else {
            return Tunnel.named(bytes.big16(at)).map { .packet($0, at: at &+ 2, end: end) } ?? .other
        }
        at &+= 1
        // A byte of zero may precede the protocol, so that what follows is aligned.
        if bytes.byte(at) == 0 { at &+= 1 }
        guard captured > at else { return .damaged }
        switch bytes.byte(at) {
        case 0xcc: return .packet(.ipv4, at: at &+ 1, end: end)
        case 0x8e: return .packet(.ipv6, at: at &+ 1, end: end)
        case 0xcf: return Tunnel.ppp(bytes, at: at &+ 1, end)
        case 0x80:
            guard captured &- at >= 6 else { return .damaged }
            let organization = bytes.big32(at) & 0xff_ffff
            let type = bytes.big16(at &+ 4)
            // Ethernet frames with and without their check sequence (RFC 2427, 4.2).
            if organization == 0x0080c2, type == 1 || type == 7 { return .packet(.ethernet, at: at &+ 6, end: end) }
            guard organization == 0, let inner = Tunnel.named(type) else { return .other }
            return .packet(inner, at: at &+ 6, end: end)
        // Fragments (FRF.12).
        case 0xb1: return .unopened(.frameRelay)
        default: return .other
        }
    }
    /// Reads SLIP as BSD captures it: the direction, the compressed header in 15 bytes, and then the packet with the
    /// whole header. If the header of the capture is missing, the first byte is the version of the packet, which is no
    /// direction.
    private static func slip(_ bytes: RawSpan, at: Int, _ end: Int) -> Tunnel.Content {
        let captured = min(bytes.byteCount, end)
        if captured > at, bytes.byte(at) > 1 { return .packet(.ip, at: at, end: end) }
        guard captured &- at > 16 else { return .damaged }
        return .packet(.ip, at: at &+ 16, end: end)
    }
}
