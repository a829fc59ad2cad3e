/// The content of an 802.11 frame that is not encrypted.
///
/// Fragments of 802.11 are not reassembled.
enum WirelessFrame: Equatable {
    /// A packet whose Ethernet type is at this offset, after the SNAP header.
    case data(etherTypeAt: Int)
    /// Several packets (A-MSDU). The first begins at this offset.
    case several(at: Int)
    /// Management, control, or no content.
    case other
    /// Data that cannot be read without the key.
    case encrypted
    case damaged

    /// Reads a frame that begins at `start`; `link` is `ieee80211` or `radiotap`.
    init(_ bytes: RawSpan, _ link: LinkType, at start: Int) {
        self = link == .radiotap ? Self.radiotap(bytes, start) : Self.frame(bytes, start, false)
    }
    /// Returns where the first of several packets in a frame begins; nil if the packet is not such a frame.
    static func several(in packet: borrowing Packet) -> Int? {
        var (link, start) = (packet.link, 0)
        if link == .perPacketInformation, let inner = PerPacketInformation(packet.bytes, at: 0) {
            (link, start) = (inner.link, inner.at)
        }
        guard link == .ieee80211 || link == .radiotap, case .several(let at) = Self(packet.bytes, link, at: start)
        else { return nil }
        return at
    }

    private static func radiotap(_ bytes: RawSpan, _ start: Int) -> WirelessFrame {
        // The fields are version, padding, length, and the presence bits; all are little-endian.
        guard bytes.byteCount &- start >= 8, bytes.byte(start) == 0 else { return .damaged }
        let length = Int(bytes.u16(start &+ 2, false))
        guard length >= 8, bytes.byteCount &- start >= length else { return .damaged }
        let header = bytes.extracting(start..<start &+ length)
        return frame(bytes, start &+ length, radiotapFlags(header) & 0x20 != 0)
    }

    /// Returns the flags of a radiotap header; 0 if it has none.
    private static func radiotapFlags(_ header: RawSpan) -> UInt8 {
        let present = header.u32(4, false)
        guard present & 2 != 0 else { return 0 }
        var at = 4
        while header.byteCount &- at >= 4, header.u32(at, false) & 0x8000_0000 != 0 { at &+= 4 }
        at &+= 4
        // A timer of 8 bytes, aligned to 8, precedes them.
        if present & 1 != 0 { at = ((at &+ 7) & ~7) &+ 8 }
        return at < header.byteCount ? header.byte(at) : 0
    }

    private static func frame(_ bytes: RawSpan, _ start: Int, _ isPadded: Bool) -> WirelessFrame {
        guard bytes.byteCount &- start >= 24 else {
            // Acknowledgements and similar frames are shorter.
            return bytes.byteCount &- start >= 10 && bytes.byte(start) & 0x0c != 0x08 ? .other : .damaged
        }
        let (control, flags) = (bytes.byte(start), bytes.byte(start &+ 1))
        // These are data frames with content, not protected and not fragmented.
        guard control & 0x0f == 0x08, control & 0x40 == 0 else { return .other }
        if flags & 0x40 != 0 { return .encrypted }
        guard flags & 0x04 == 0, bytes.byte(start &+ 22) & 0x0f == 0 else { return .other }
        // A frame to and from a distribution system has a fourth address.
        var size = flags & 3 == 3 ? 30 : 24
        var isAggregate = false
        if control & 0x80 != 0 {
            guard bytes.byteCount &- start >= size &+ 2 else { return .damaged }
            isAggregate = bytes.byte(start &+ size) & 0x80 != 0
            // In these frames, the order bit means four more bytes.
            size &+= flags & 0x80 != 0 ? 6 : 2
        }
        if isPadded { size = (size &+ 3) & ~3 }
        let at = start &+ size
        if isAggregate { return .several(at: at) }
        guard bytes.byteCount &- at >= 8 else { return .damaged }
        return hasSNAP(bytes, at) ? .data(etherTypeAt: at &+ 6) : .other
    }
    /// Returns true for LLC and SNAP with the code of RFC 1042 or of 802.1H.
    private static func hasSNAP(_ bytes: RawSpan, _ at: Int) -> Bool {
        let code = bytes.big32(at &+ 2) & 0xffff_ff00
        return bytes.big16(at) == 0xaaaa && (code == 0x0300_0000 || code == 0x0300_0000 | 0xf800)
    }

    /// Returns the next of several packets, which begins at `at`, and moves `at` after it. Returns nil if there are no
    /// more. The range begins where an Ethernet frame with this packet would begin. It ends where the packet ends, even
    /// if that was not captured.
    static func next(_ bytes: RawSpan, at: inout Int) -> Range<Int>? {
        // Each has two addresses and a length, then LLC and SNAP, and begins at a multiple of four bytes.
        while bytes.byteCount &- at >= 14 {
            let content = at &+ 14
            let end = content &+ Int(bytes.big16(at &+ 12))
            let isPacket = end &- content >= 8 && bytes.byteCount &- content >= 8 && hasSNAP(bytes, content)
            at &+= (end &- at &+ 3) & ~3
            if isPacket { return content &- 6..<end }
        }
        return nil
    }
}
