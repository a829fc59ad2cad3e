import Node
import Wire

/// Recognizes the tunnels over UDP that `Tunnel` does not open, by their ports and first bytes.
extension UnopenedTunnel {
    /// Returns the tunnel of a datagram of no known protocol; nil if it cannot be recognized by itself.
    static func of(_ datagram: Datagram, _ payload: RawSpan) -> UnopenedTunnel? {
        func isOn(_ port: UInt16) -> Bool { datagram.source.port == port || datagram.destination.port == port }
        guard payload.byteCount >= 8 else { return nil }
        let first = payload.byte(0)
        if isWireGuard(payload, type: first) { return .wireguard }
        // A key of zero means the negotiation of the keys (RFC 3948, 2.2).
        if isOn(4500), payload.big32(0) != 0 { return .esp }
        if isOn(1194), (1...11).contains(first >> 3) { return .openvpn }
        if isOn(1701), payload.big16(0) & 0x000f == 2 || payload.big16(0) & 0x000f == 3 { return .l2tp }
        // An IPv6 packet, or what precedes it (RFC 4380, 5.1.1).
        if isOn(3544), first >> 4 == 6 || payload.big16(0) <= 1 { return .teredo }
        // A valid network id, and the type of the content.
        if datagram.destination.port == 4790, first & 0x0c == 0x0c { return .vxlanGPE }
        if isOn(51820), isWireGuardData(payload) { return .wireguard }
        return nil
    }
    /// Returns true for a message of WireGuard's handshake. Each type has one length.
    private static func isWireGuard(_ payload: RawSpan, type: UInt8) -> Bool {
        guard payload.big32(0) & 0xff_ffff == 0 else { return false }
        return switch type {
        case 1: payload.byteCount == 148
        case 2: payload.byteCount == 92
        case 3: payload.byteCount == 64
        default: false
        }
    }
    /// Returns true for a message of WireGuard with encrypted data, which is padded to 16 bytes. Other protocols may
    /// have such messages, so this alone is no proof.
    static func isWireGuardData(_ payload: RawSpan) -> Bool {
        payload.byteCount >= 32 && payload.byteCount & 15 == 0 && payload.big32(0) == 0x0400_0000
    }
}
