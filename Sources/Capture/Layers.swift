import Node

/// The flags of a TCP header that matter here.
struct TCPFlags: OptionSet, Hashable, Sendable {
    var rawValue: UInt8
    static let fin = Self(rawValue: 0x01)
    static let syn = Self(rawValue: 0x02)
    static let reset = Self(rawValue: 0x04)
    static let acknowledges = Self(rawValue: 0x10)
}

/// What stands in one TCP segment. The payload is a range of the packet, so that nothing is copied.
struct Segment: Hashable, Sendable {
    var source: Endpoint
    var destination: Endpoint
    var sequence: UInt32
    var acknowledgement: UInt32
    var flags: TCPFlags
    /// Where the payload lies in the packet, as far as it was captured.
    var payload: Range<Int>
    /// Bytes of payload on the wire; more than in `payload` when the snap length cut it.
    var length: Int
}

/// What a packet turned out to carry.
///
/// Checksums are not checked: captures on the sending machine show packets before the network card fills them in.
enum Layers: Hashable, Sendable {
    case tcp(Segment)
    /// A datagram with this many bytes of payload.
    case udp(length: Int)
    /// Part of an IP packet; fragments are counted, not put together.
    case fragment
    /// ARP, ICMP and everything else that carries no messages.
    case other
    /// A header that ends early or contradicts itself.
    case damaged

    init(_ packet: borrowing Packet) { self = Self.link(packet.bytes, packet.link, packet.length) }

    private static func link(_ bytes: RawSpan, _ link: LinkType, _ length: Int) -> Layers {
        switch link {
        case .ethernet: return etherType(bytes, at: 12, length)
        case .linuxCooked: return etherType(bytes, at: 14, length)
        case .linuxCooked2:
            guard bytes.byteCount >= 20 else { return .damaged }
            return network(bytes, bytes.big16(0), at: 20, length)
        case .raw, .rawOpenBSD, .rawInFiles: return version(bytes, at: 0, length)
        case .ipv4: return ipv4(bytes, at: 0, length)
        case .ipv6: return ipv6(bytes, at: 0, length)
        case .null, .loop:
            guard bytes.byteCount >= 4 else { return .damaged }
            let family = bytes.big32(0)
            // `null` has the byte order of the machine that captured, which a file does not tell.
            return switch link == .null ? min(family, family.byteSwapped) : family {
            case 2: ipv4(bytes, at: 4, length)
            // Linux, NetBSD and OpenBSD, FreeBSD, Darwin.
            case 10, 24, 28, 30: ipv6(bytes, at: 4, length)
            default: .other
            }
        default: return .other
        }
    }
    /// Past VLAN tags (802.1Q, 802.1ad, the older 0x9100) to the network layer.
    private static func etherType(_ bytes: RawSpan, at start: Int, _ length: Int) -> Layers {
        var at = start
        while true {
            guard bytes.byteCount >= at &+ 2 else { return .damaged }
            let type = bytes.big16(at)
            guard type == 0x8100 || type == 0x88a8 || type == 0x9100 else {
                return network(bytes, type, at: at &+ 2, length)
            }
            at &+= 4
        }
    }
    private static func network(_ bytes: RawSpan, _ type: UInt16, at: Int, _ length: Int) -> Layers {
        switch type {
        case 0x0800: ipv4(bytes, at: at, length)
        case 0x86dd: ipv6(bytes, at: at, length)
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

    private static func ipv4(_ bytes: RawSpan, at: Int, _ length: Int) -> Layers {
        guard bytes.byteCount &- at >= 20, bytes.byte(at) >> 4 == 4 else { return .damaged }
        let header = Int(bytes.byte(at) & 15) &* 4
        let total = Int(bytes.big16(at &+ 2))
        // Segmentation offload leaves the total length at zero; a frame may be padded behind it.
        let end = total == 0 ? length : min(length, at &+ total)
        guard header >= 20, end &- at >= header else { return .damaged }
        // More fragments follow, or this is not the first.
        guard bytes.big16(at &+ 6) & 0x3fff == 0 else { return .fragment }
        return transport(
            bytes, bytes.byte(at &+ 9), Endpoint(v4: bytes.big32(at &+ 12), port: 0),
            Endpoint(v4: bytes.big32(at &+ 16), port: 0), at: at &+ header, end)
    }

    private static func ipv6(_ bytes: RawSpan, at: Int, _ length: Int) -> Layers {
        guard bytes.byteCount &- at >= 40, bytes.byte(at) >> 4 == 6 else { return .damaged }
        let payload = Int(bytes.big16(at &+ 4))
        // Zero stands for a jumbogram, or for segmentation offload.
        let end = payload == 0 ? length : min(length, at &+ 40 &+ payload)
        var next = bytes.byte(at &+ 6)
        var start = at &+ 40
        // Every extension header is at least 8 bytes, so the walk ends with the packet.
        while true {
            switch next {
            case 0, 43, 60, 51:
                // Hop-by-hop, routing and destination options; authentication counts in units of 4.
                guard bytes.byteCount &- start >= 2 else { return .damaged }
                let units = Int(bytes.byte(start &+ 1))
                let size = next == 51 ? (units &+ 2) &* 4 : (units &+ 1) &* 8
                next = bytes.byte(start)
                start &+= size
            case 44:
                guard bytes.byteCount &- start >= 8 else { return .damaged }
                guard bytes.big16(start &+ 2) & 0xfff9 == 0 else { return .fragment }
                next = bytes.byte(start)
                start &+= 8
            default:
                return transport(
                    bytes, next,
                    Endpoint(high: bytes.big64(at &+ 8), low: bytes.big64(at &+ 16), port: 0),
                    Endpoint(high: bytes.big64(at &+ 24), low: bytes.big64(at &+ 32), port: 0), at: start, end)
            }
        }
    }

    private static func transport(
        _ bytes: RawSpan, _ number: UInt8, _ from: Endpoint, _ to: Endpoint, at: Int, _ end: Int
    ) -> Layers {
        switch number {
        case 6:
            guard bytes.byteCount &- at >= 20, end &- at >= 20 else { return .damaged }
            let start = at &+ Int(bytes.byte(at &+ 12) >> 4) &* 4
            guard start &- at >= 20, start <= end else { return .damaged }
            var (source, destination) = (from, to)
            source.port = bytes.big16(at)
            destination.port = bytes.big16(at &+ 2)
            let captured = min(bytes.byteCount, end)
            return .tcp(
                Segment(
                    source: source, destination: destination, sequence: bytes.big32(at &+ 4),
                    acknowledgement: bytes.big32(at &+ 8), flags: TCPFlags(rawValue: bytes.byte(at &+ 13)),
                    payload: min(start, captured)..<captured, length: end &- start))
        case 17: return end &- at >= 8 ? .udp(length: end &- at &- 8) : .damaged
        default: return .other
        }
    }
}

/// Numbers in network byte order. The caller has checked that they are there.
extension RawSpan {
    func byte(_ at: Int) -> UInt8 { unsafe unsafeLoad(fromUncheckedByteOffset: at, as: UInt8.self) }
    func big16(_ at: Int) -> UInt16 {
        unsafe UInt16(bigEndian: unsafeLoadUnaligned(fromUncheckedByteOffset: at, as: UInt16.self))
    }
    func big32(_ at: Int) -> UInt32 {
        unsafe UInt32(bigEndian: unsafeLoadUnaligned(fromUncheckedByteOffset: at, as: UInt32.self))
    }
    func big64(_ at: Int) -> UInt64 {
        unsafe UInt64(bigEndian: unsafeLoadUnaligned(fromUncheckedByteOffset: at, as: UInt64.self))
    }
    /// True when both hold the same bytes; false when their lengths differ.
    func same(as other: RawSpan) -> Bool {
        guard byteCount == other.byteCount else { return false }
        for i in 0..<byteCount where byte(i) != other.byte(i) { return false }
        return true
    }
}
