import Node
import Wire

/// Counts UDP datagrams of no known protocol, and tells which of them are QUIC (RFC 9000).
struct UnknownDatagrams {
    private struct Ends: Hashable {
        var one: Endpoint
        var other: Endpoint
    }
    /// Ends that speak QUIC: most of its packets do not say what they are.
    private var quic: Set<Ends> = []
    private static let limit = 4096

    mutating func count(_ datagram: Datagram, _ payload: RawSpan, _ tally: inout Tally) {
        if Self.isLongHeader(payload), quic.count < Self.limit {
            quic.insert(Ends(one: datagram.source, other: datagram.destination))
        } else if !quic.contains(Ends(one: datagram.source, other: datagram.destination)),
            !quic.contains(Ends(one: datagram.destination, other: datagram.source))
        {
            return tally.unknownDatagrams &+= 1
        }
        tally.quicDatagrams &+= 1
    }
    /// Whether a long header of version 1 or 2 stands there (RFC 9000, section 17.2; RFC 9369, section 3).
    private static func isLongHeader(_ payload: RawSpan) -> Bool {
        guard payload.byteCount > 5, payload.unsafeLoad(as: UInt8.self) & 0xc0 == 0xc0 else { return false }
        let version = payload.unsafeLoadUnaligned(fromUncheckedByteOffset: 1, as: UInt32.self).bigEndian
        return version == 1 || version == 0x6b33_43cf
    }
}
