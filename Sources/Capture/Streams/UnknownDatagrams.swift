import Node
import Wire

/// A counter of UDP datagrams of no known protocol. It recognizes QUIC (RFC 9000), STUN (RFC 8489) and DTLS (RFC 6347,
/// RFC 9147) among them, tunnels, and messages of protocols that are decoded over TCP only.
struct UnknownDatagrams {
    private struct Ends: Hashable {
        var one: Endpoint
        var other: Endpoint
    }
    private enum Kind {
        case quic
        case dtls
        case wireguard
    }
    /// The pairs of endpoints that speak QUIC, DTLS or WireGuard. Most packets of QUIC, and the encrypted ones of DTLS
    /// 1.3 and WireGuard, cannot be recognized on their own.
    private var known: [Ends: Kind] = [:]
    private static let limit = 4096

    mutating func count(
        _ datagram: Datagram, _ payload: RawSpan, _ guess: ProtocolDetector, _ tally: inout Tally
    ) {
        if Self.isSTUN(payload) { return tally.stunDatagrams &+= 1 }
        let ends = Ends(one: datagram.source, other: datagram.destination)
        let tunnel = UnopenedTunnel.of(datagram, payload)
        if let tunnel, tunnel != .wireguard { return tally.unopened[tunnel] &+= 1 }
        let shown: Kind? =
            tunnel != nil ? .wireguard : Self.isLongHeader(payload) ? .quic : Self.isRecord(payload) ? .dtls : nil
        if let shown, known[ends] != shown, known.count < Self.limit { known[ends] = shown }
        switch shown ?? known[ends] ?? known[Ends(one: datagram.destination, other: datagram.source)] {
        case .quic: tally.quicDatagrams &+= 1
        case .wireguard where tunnel != nil || UnopenedTunnel.isWireGuardData(payload):
            tally.unopened[.wireguard] &+= 1
        // The pair may speak other protocols as well (RFC 7983).
        case .dtls where shown == .dtls || Self.isSealed(payload): tally.dtlsDatagrams &+= 1
        case .dtls, .wireguard, nil:
            guard let stream = guess.streamProtocol(of: datagram, payload) else {
                return tally.unknownDatagrams &+= 1
            }
            tally.streamDatagrams &+= 1
            tally.streamProtocol = tally.streamProtocol ?? stream.name
        }
    }
    /// Returns whether the payload begins with a long header of version 1 or 2 (RFC 9000, section 17.2; RFC 9369,
    /// section 3).
    private static func isLongHeader(_ payload: RawSpan) -> Bool {
        guard payload.byteCount > 5, payload.unsafeLoad(as: UInt8.self) & 0xc0 == 0xc0 else { return false }
        let version = payload.unsafeLoadUnaligned(fromUncheckedByteOffset: 1, as: UInt32.self).bigEndian
        return version == 1 || version == 0x6b33_43cf
    }
    /// Returns whether the payload is one STUN message (RFC 8489, section 5): two zero bits, the length of the rest, and
    /// the magic cookie.
    private static func isSTUN(_ payload: RawSpan) -> Bool {
        guard payload.byteCount >= 20, payload.unsafeLoad(as: UInt8.self) & 0xc0 == 0 else { return false }
        let length = payload.unsafeLoadUnaligned(fromUncheckedByteOffset: 2, as: UInt16.self).bigEndian
        let cookie = payload.unsafeLoadUnaligned(fromUncheckedByteOffset: 4, as: UInt32.self).bigEndian
        return cookie == 0x2112_a442 && Int(length) == payload.byteCount - 20
    }
    /// Returns whether the payload begins with a whole record of DTLS 1.0 or 1.2 (RFC 6347, section 4.1), which also has
    /// the handshake of DTLS 1.3.
    private static func isRecord(_ payload: RawSpan) -> Bool {
        guard payload.byteCount >= 13, (20...26).contains(payload.unsafeLoad(as: UInt8.self)) else { return false }
        let version = payload.unsafeLoadUnaligned(fromUncheckedByteOffset: 1, as: UInt16.self).bigEndian
        let length = payload.unsafeLoadUnaligned(fromUncheckedByteOffset: 11, as: UInt16.self).bigEndian
        return (version == 0xfeff || version == 0xfefd) && length > 0 && Int(length) <= payload.byteCount - 13
    }
    /// Returns whether the payload may begin with an encrypted record of DTLS 1.3 (RFC 9147, section 4).
    private static func isSealed(_ payload: RawSpan) -> Bool {
        payload.byteCount > 0 && payload.unsafeLoad(as: UInt8.self) & 0xe0 == 0x20
    }
}
