import Node

/// The contents of a packet.
///
/// `checksum` checks checksums separately, because captures on the sending machine show packets before the network card
/// fills them in.
enum Layers: Hashable, Sendable {
    case tcp(Segment)
    case udp(Datagram)
    case fragment(Fragment)
    /// ARP, ICMP and everything different that carries no messages.
    case other
    /// A tunnel whose content cannot be read.
    case unopened(UnopenedTunnel)
    /// A header that ends early or contradicts itself.
    case damaged
    /// An inner packet, up to `end` on the wire. This is an intermediate result and never the final one.
    case inner(Tunnel, at: Int, end: Int)

    init(_ packet: borrowing Packet) {
        self = Self.opened(Self.link(packet.bytes, packet.link, at: 0, packet.length), packet.bytes)
    }

    /// Reads the content of an IP packet that was reassembled from fragments; `next` is its first protocol.
    init(whole bytes: RawSpan, _ key: Fragment.Key, next: UInt8) {
        let found =
            key.isIPv6
            ? Self.upper(bytes, next, from: key.source, to: key.destination, at: 0, end: bytes.byteCount)
            : Self.transport(
                bytes, number: next, from: key.source, to: key.destination, network: HeaderPlaces.noChecksum, at: 0,
                end: bytes.byteCount)
        self = Self.opened(found, bytes)
    }

    /// Reads a frame of a link type that begins at `start`.
    private static func link(_ bytes: RawSpan, _ link: LinkType, at start: Int, _ length: Int) -> Layers {
        switch link {
        case .ethernet: return etherType(bytes, at: start &+ 12, length)
        case .linuxCooked: return etherType(bytes, at: start &+ 14, length)
        case .linuxCooked2:
            guard bytes.byteCount &- start >= 20 else { return .damaged }
            return tagged(bytes, bytes.big16(start), at: start &+ 20, length)
        case .raw, .rawOpenBSD, .rawInFiles: return version(bytes, at: start, length)
        case .ipv4: return ipv4(bytes, at: start, length)
        case .ipv6: return ipv6(bytes, at: start, length)
        case .null, .loop:
            guard bytes.byteCount &- start >= 4 else { return .damaged }
            let family = bytes.big32(start)
            // `null` has the byte order of the capturing machine, which a file does not record.
            return switch link == .null ? min(family, family.byteSwapped) : family {
            case 2: ipv4(bytes, at: start &+ 4, length)
            // Linux, NetBSD and OpenBSD, FreeBSD, Darwin.
            case 10, 24, 28, 30: ipv6(bytes, at: start &+ 4, length)
            default: .other
            }
        case .ieee80211, .radiotap:
            return switch WirelessFrame(bytes, link, at: start) {
            case .data(let at): etherType(bytes, at: at, length)
            case .encrypted: .unopened(.wireless)
            // The frame contains several packets, each complete.
            case .several, .other: .other
            case .damaged: .damaged
            }
        case .perPacketInformation:
            guard let inner = PerPacketInformation(bytes, at: start) else { return .damaged }
            return Self.link(bytes, inner.link, at: inner.at, length)
        case .netfilterLog: return Layers(NetfilterLog.content(bytes, at: start, length))
        default: return Layers(SerialFrame.content(bytes, link, at: start, length))
        }
    }
    private static func etherType(_ bytes: RawSpan, at: Int, _ length: Int) -> Layers {
        guard bytes.byteCount >= at &+ 2 else { return .damaged }
        return tagged(bytes, bytes.big16(at), at: at &+ 2, length)
    }
    /// Skips any number of VLAN tags (802.1Q, 802.1ad, the older 0x9100) and reads the network layer.
    private static func tagged(_ bytes: RawSpan, _ first: UInt16, at start: Int, _ length: Int) -> Layers {
        var type = first
        var at = start
        while type == 0x8100 || type == 0x88a8 || type == 0x9100 {
            guard bytes.byteCount >= at &+ 4 else { return .damaged }
            type = bytes.big16(at &+ 2)
            at &+= 4
        }
        return switch type {
        case 0x0800: ipv4(bytes, at: at, length)
        case 0x86dd: ipv6(bytes, at: at, length)
        case 0x8847, 0x8848: .inner(.labels, at: at, end: length)
        case 0x8864: .inner(.pppoe, at: at, end: length)
        case 0x88e5: .unopened(.macsec)
        default: .other
        }
    }
    private static func version(_ bytes: RawSpan, at: Int, _ length: Int) -> Layers {
        guard bytes.byteCount > at else { return .damaged }
        switch bytes.byte(at) >> 4 {
        case 4: return ipv4(bytes, at: at, length)
        case 6: return ipv6(bytes, at: at, length)
        default: return .damaged
        }
    }

    @inline(__always)
    private static func ipv4(_ bytes: RawSpan, at: Int, _ length: Int) -> Layers {
        guard bytes.byteCount &- at >= 20, bytes.byte(at) >> 4 == 4 else { return .damaged }
        let header = Int(bytes.byte(at) & 15) &* 4
        let total = Int(bytes.big16(at &+ 2))
        // Segmentation offload leaves the total length at zero. A frame may have padding after it.
        let end = total == 0 ? length : min(length, at &+ total)
        guard header >= 20, end &- at >= header else { return .damaged }
        let from = Endpoint(v4: bytes.big32(at &+ 12), port: 0)
        let to = Endpoint(v4: bytes.big32(at &+ 16), port: 0)
        let transport = bytes.byte(at &+ 9)
        let position = bytes.big16(at &+ 6)
        let network = total == 0 ? HeaderPlaces.noChecksum : Int32(truncatingIfNeeded: at)
        // Either more fragments follow, or this is not the first one.
        if position & 0x3fff != 0 {
            let key = Fragment.Key(
                source: from, destination: to, identification: UInt32(bytes.big16(at &+ 4)), transport: transport,
                isIPv6: false)
            return fragment(
                bytes, of: key, next: transport, offset: Int(position & 0x1fff) &* 8, more: position & 0x2000 != 0,
                network: network, at: at &+ header, end: end)
        }
        return Self.transport(
            bytes, number: transport, from: from, to: to, network: network, at: at &+ header, end: end)
    }

    private static func ipv6(_ bytes: RawSpan, at: Int, _ length: Int) -> Layers {
        guard bytes.byteCount &- at >= 40, bytes.byte(at) >> 4 == 6 else { return .damaged }
        let payload = Int(bytes.big16(at &+ 4))
        // Zero means a jumbogram or segmentation offload.
        let end = payload == 0 ? length : min(length, at &+ 40 &+ payload)
        return upper(
            bytes, bytes.byte(at &+ 6), from: Endpoint(high: bytes.big64(at &+ 8), low: bytes.big64(at &+ 16), port: 0),
            to: Endpoint(high: bytes.big64(at &+ 24), low: bytes.big64(at &+ 32), port: 0), at: at &+ 40, end: end)
    }
    /// Skips the extension headers of IPv6 and reads the transport.
    private static func upper(
        _ bytes: RawSpan, _ first: UInt8, from: Endpoint, to: Endpoint, at: Int, end: Int
    ) -> Layers {
        var next = first
        var start = at
        var network = HeaderPlaces.noChecksum
        // Every extension header has at least 8 bytes, so the loop ends with the packet.
        while true {
            switch next {
            case 0, 43, 60, 51, 135, 139, 140:
                // Hop-by-hop, routing and destination options, mobility, HIP, shim6. The length of the authentication
                // header is in units of 4 bytes.
                guard min(bytes.byteCount, end) &- start >= 2 else { return .damaged }
                let units = Int(bytes.byte(start &+ 1))
                if isOnItsWay(bytes, next, at: start, end) { network = HeaderPlaces.otherAddresses }
                let size = next == 51 ? (units &+ 2) &* 4 : (units &+ 1) &* 8
                next = bytes.byte(start)
                start &+= size
            case 44:
                guard min(bytes.byteCount, end) &- start >= 8 else { return .damaged }
                let position = bytes.big16(start &+ 2)
                if position & 0xfff9 != 0 {
                    let key = Fragment.Key(
                        source: from, destination: to, identification: bytes.big32(start &+ 4), transport: 0,
                        isIPv6: true)
                    return fragment(
                        bytes, of: key, next: bytes.byte(start), offset: Int(position & 0xfff8),
                        more: position & 1 != 0,
                        network: network, at: start &+ 8, end: end)
                }
                // An atomic fragment (RFC 6946) is a complete packet.
                next = bytes.byte(start)
                start &+= 8
            default: return transport(bytes, number: next, from: from, to: to, network: network, at: start, end: end)
            }
        }
    }
    /// Returns true if an extension header shows that an address of the packet is not the address of its end: a routing
    /// header with segments left (RFC 8200, 4.4), or an option with a home address (RFC 6275, 6.3).
    @inline(never)
    private static func isOnItsWay(_ bytes: RawSpan, _ header: UInt8, at: Int, _ end: Int) -> Bool {
        let stop = min(bytes.byteCount, end)
        return switch header {
        case 43: stop &- at >= 4 && bytes.byte(at &+ 3) != 0
        // This option alone has 18 bytes.
        case 60: stop &- at >= 4 && bytes.byte(at &+ 1) >= 2
        default: false
        }
    }

    private static func fragment(
        _ bytes: RawSpan, of key: Fragment.Key, next: UInt8, offset: Int, more: Bool, network: Int32, at: Int,
        end: Int
    ) -> Layers {
        let captured = min(bytes.byteCount, end)
        return .fragment(
            Fragment(
                key: key, next: next, offset: offset, more: more, payload: min(at, captured)..<captured,
                length: end &- at, network: network))
    }

    @inline(__always)
    private static func transport(
        _ bytes: RawSpan, number: UInt8, from: Endpoint, to: Endpoint, network: Int32, at: Int, end: Int
    ) -> Layers {
        let headers = HeaderPlaces(network: network, transport: Int32(truncatingIfNeeded: at))
        switch number {
        case 6:
            guard bytes.byteCount &- at >= 20, end &- at >= 20 else { return .damaged }
            let start = at &+ Int(bytes.byte(at &+ 12) >> 4) &* 4
            guard start &- at >= 20, start <= end else { return .damaged }
            let captured = min(bytes.byteCount, end)
            let flags = TCPFlags(rawValue: bytes.byte(at &+ 13))
            return .tcp(
                Segment(
                    source: from.at(port: bytes.big16(at)), destination: to.at(port: bytes.big16(at &+ 2)),
                    sequence: bytes.big32(at &+ 4),
                    acknowledgement: bytes.big32(at &+ 8), flags: flags, window: bytes.big16(at &+ 14),
                    windowScale: flags.contains(.syn) ? windowScale(bytes, at: at &+ 20, min(start, captured)) : nil,
                    payload: min(start, captured)..<captured, length: end &- start, headers: headers))
        case 17:
            guard bytes.byteCount &- at >= 8, end &- at >= 8 else { return .damaged }
            // Zero means a jumbogram or segmentation offload.
            let declared = Int(bytes.big16(at &+ 4))
            guard declared == 0 || declared >= 8 else { return .damaged }
            let stop = declared == 0 ? end : min(end, at &+ declared)
            let port = bytes.big16(at &+ 2)
            if let (tunnel, start) = Tunnel.overUDP(bytes, port: port, at: at &+ 8, stop) {
                return .inner(tunnel, at: start, end: stop)
            }
            let captured = min(bytes.byteCount, stop)
            return .udp(
                Datagram(
                    source: from.at(port: bytes.big16(at)), destination: to.at(port: port),
                    payload: min(at &+ 8, captured)..<captured, length: stop &- at &- 8, headers: headers))
        case 4: return .inner(.ipv4, at: at, end: end)
        case 41: return .inner(.ipv6, at: at, end: end)
        case 47: return .inner(.gre, at: at, end: end)
        case 50: return .unopened(.esp)
        case 51: return authenticated(bytes, from: from, to: to, network: network, at: at, end: end)
        case 115: return .unopened(.l2tp)
        case 137: return .inner(.labels, at: at, end: end)
        default: return .other
        }
    }
    /// Skips the authentication header of an IPv4 packet (RFC 4302), whose length is in units of 4 bytes.
    @inline(never)
    private static func authenticated(
        _ bytes: RawSpan, from: Endpoint, to: Endpoint, network: Int32, at: Int, end: Int
    ) -> Layers {
        guard min(bytes.byteCount, end) &- at >= 12 else { return .damaged }
        return transport(
            bytes, number: bytes.byte(at), from: from, to: to, network: network,
            at: at &+ (Int(bytes.byte(at &+ 1)) &+ 2) &* 4, end: end)
    }
    /// Returns the window scale in the options of a SYN; nil if it is missing or the options end early.
    private static func windowScale(_ bytes: RawSpan, at start: Int, _ end: Int) -> Int8? {
        var at = start
        while at < end, bytes.byte(at) != 0 {
            if bytes.byte(at) == 1 {
                at &+= 1
                continue
            }
            guard at &+ 1 < end, bytes.byte(at &+ 1) >= 2, at &+ Int(bytes.byte(at &+ 1)) <= end else { return nil }
            if bytes.byte(at) == 3, bytes.byte(at &+ 1) == 3 { return Int8(min(bytes.byte(at &+ 2), 14)) }
            at &+= Int(bytes.byte(at &+ 1))
        }
        return nil
    }
}

extension Layers {
    /// Reads the packets inside a packet.
    @inline(__always)
    private static func opened(_ found: Layers, _ bytes: RawSpan) -> Layers {
        guard case .inner = found else { return found }
        return inside(found, bytes)
    }
    @inline(never)
    private static func inside(_ outer: Layers, _ bytes: RawSpan) -> Layers {
        var found = outer
        for _ in 0..<Tunnel.maximumDepth {
            guard case .inner(let tunnel, let at, let end) = found else { return found }
            guard at <= end else { return .damaged }
            found =
                switch tunnel {
                case .ipv4: ipv4(bytes, at: at, end)
                case .ipv6: ipv6(bytes, at: at, end)
                case .ip: version(bytes, at: at, end)
                case .ethernet: etherType(bytes, at: at &+ 12, end)
                case .labels: Layers(Tunnel.labels(bytes, at: at, end))
                case .pppoe: Layers(Tunnel.pppoe(bytes, at: at, end))
                case .gre: Layers(Tunnel.gre(bytes, at: at, end))
                case .gtp: Layers(Tunnel.gtp(bytes, at: at, end))
                }
        }
        if case .inner = found { return .unopened(.nested) }
        return found
    }
    private init(_ content: Tunnel.Content) {
        self =
            switch content {
            case .damaged: .damaged
            case .other: .other
            case .unopened(let tunnel): .unopened(tunnel)
            case .packet(let tunnel, let at, let end): .inner(tunnel, at: at, end: end)
            }
    }
}

extension Endpoint {
    @inline(__always)
    fileprivate func at(port: UInt16) -> Endpoint {
        var out = self
        out.port = port
        return out
    }
}
