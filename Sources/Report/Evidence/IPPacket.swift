internal import Node

/// A builder of IP packets with TCP or UDP, including checksums.
enum IPPacket {
    /// The bits of the TCP header.
    struct Flags: OptionSet {
        var rawValue: UInt8
        static let fin = Self(rawValue: 0x01)
        static let syn = Self(rawValue: 0x02)
        static let reset = Self(rawValue: 0x04)
        static let push = Self(rawValue: 0x08)
        static let acknowledges = Self(rawValue: 0x10)
    }
    /// The window size in bytes that a receiver announces.
    static let window: UInt16 = 65_535

    /// Returns a packet with a TCP segment. A SYN announces the maximum segment size.
    static func tcp(
        from: Endpoint, to: Endpoint, sequence: UInt32, acknowledged: UInt32, _ flags: Flags,
        _ payload: ArraySlice<UInt8> = [], number: UInt16
    ) -> [UInt8] {
        let options: [UInt8] = flags.contains(.syn) ? [2, 4, 0x05, 0xb4] : []
        var header: [UInt8] = []
        put(from.port, &header)
        put(to.port, &header)
        put(sequence, &header)
        put(flags.contains(.acknowledges) ? acknowledged : 0, &header)
        header += [UInt8(20 + options.count) << 2, flags.rawValue]
        put(window, &header)
        put(0 as UInt32, &header)
        return packet(
            from: from, to: to, transport: 6, header: header + options, payload, checksumAt: 16, number: number)
    }
    /// Returns a packet with a UDP datagram, regardless of its length.
    static func udp(_ from: Endpoint, _ to: Endpoint, _ payload: ArraySlice<UInt8>, number: UInt16) -> [UInt8] {
        var header: [UInt8] = []
        put(from.port, &header)
        put(to.port, &header)
        put(UInt16(clamping: 8 + payload.count), &header)
        put(0 as UInt16, &header)
        return packet(from: from, to: to, transport: 17, header: header, payload, checksumAt: 6, number: number)
    }

    /// Returns an IPv4 packet if both ends have IPv4 addresses, otherwise an IPv6 packet.
    private static func packet(
        from: Endpoint, to: Endpoint, transport: UInt8, header: [UInt8], _ payload: ArraySlice<UInt8>,
        checksumAt: Int, number: UInt16
    ) -> [UInt8] {
        let count = header.count + payload.count
        var out: [UInt8] = []
        out.reserveCapacity(40 + count)
        var pseudo: [UInt8] = []
        if let source = from.v4, let destination = to.v4 {
            out += [0x45, 0]
            put(UInt16(clamping: 20 + count), &out)
            put(number, &out)
            // Flags: do not fragment. Time to live: 64 hops.
            out += [0x40, 0, 64, transport, 0, 0]
            put(source, &out)
            put(destination, &out)
            let sum = checksum([out[...]])
            out[10] = UInt8(truncatingIfNeeded: sum >> 8)
            out[11] = UInt8(truncatingIfNeeded: sum)
            pseudo += out[12..<20]
            pseudo += [0, transport]
            put(UInt16(clamping: count), &pseudo)
        } else {
            put(0x6000_0000 as UInt32, &out)
            put(UInt16(clamping: count), &out)
            out += [transport, 64] + from.address + to.address
            pseudo += out[8..<40]
            put(UInt32(clamping: count), &pseudo)
            pseudo += [0, 0, 0, transport]
        }
        var sum = checksum([pseudo[...], header[...], payload])
        // Zero would mean that the datagram has no checksum.
        if sum == 0, transport == 17 { sum = 0xffff }
        let start = out.count
        out += header
        out += payload
        out[start + checksumAt] = UInt8(truncatingIfNeeded: sum >> 8)
        out[start + checksumAt + 1] = UInt8(truncatingIfNeeded: sum)
        return out
    }
    /// Returns the Internet checksum (RFC 1071) of several parts. All parts but the last must have an even length.
    static func checksum(_ parts: [ArraySlice<UInt8>]) -> UInt16 {
        var sum: UInt64 = 0
        for part in parts {
            var at = part.startIndex
            while at < part.endIndex {
                let low = at + 1 < part.endIndex ? UInt64(part[at + 1]) : 0
                sum &+= UInt64(part[at]) << 8 | low
                at += 2
            }
        }
        while sum > 0xffff { sum = (sum & 0xffff) &+ sum >> 16 }
        return ~UInt16(truncatingIfNeeded: sum)
    }
    private static func put(_ n: some FixedWidthInteger, _ out: inout [UInt8]) {
        withUnsafeBytes(of: n.bigEndian) { out += $0 }
    }
}
