import Node
import Wire

/// A counter of UDP datagrams of no known protocol. It recognizes QUIC (RFC 9000) among them.
struct UnknownDatagrams {
    private struct Ends: Hashable {
        var one: Endpoint
        var other: Endpoint
    }
    /// The pairs of endpoints that speak QUIC. Most QUIC packets cannot be recognized on their own.
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
    /// Returns whether the payload begins with a long header of version 1 or 2 (RFC 9000, section 17.2; RFC 9369,
    /// section 3).
    private static func isLongHeader(_ payload: RawSpan) -> Bool {
        guard payload.byteCount > 5, payload.unsafeLoad(as: UInt8.self) & 0xc0 == 0xc0 else { return false }
        let version = payload.unsafeLoadUnaligned(fromUncheckedByteOffset: 1, as: UInt32.self).bigEndian
        return version == 1 || version == 0x6b33_43cf
    }
}
