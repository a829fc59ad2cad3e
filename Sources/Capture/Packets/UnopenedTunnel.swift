/// The kinds of tunnels whose packets are recognized, but whose content is not read.
public enum UnopenedTunnel: String, CaseIterable, Sendable {
    case esp, wireguard, openvpn, l2tp, teredo, vxlanGPE = "vxlan_gpe", gre, gtp, ppp
    case frameRelay = "frame_relay"
    case macsec, wireless, nested

    /// The name for people, with the reason why it is not opened.
    public var description: (name: String, why: String) {
        let encrypted = "which is encrypted and not decoded"
        let notOpened = "a tunnel that is not opened"
        return switch self {
        case .esp: ("IPsec ESP", encrypted)
        case .wireguard: ("WireGuard", encrypted)
        case .openvpn: ("OpenVPN", encrypted)
        case .l2tp: ("L2TP", notOpened)
        case .teredo: ("Teredo", notOpened)
        case .vxlanGPE: ("VXLAN-GPE", notOpened)
        case .gre: ("GRE with a protocol that is not known", notOpened)
        case .gtp: ("GTP-U with content that is not known", notOpened)
        case .ppp: ("PPP with compression, encryption or multilink", notOpened)
        case .frameRelay: ("Frame Relay with fragments", "which are not joined")
        case .macsec: ("MACsec", encrypted)
        case .wireless: ("802.11 with encryption", "which is not decoded")
        case .nested: ("more than \(Tunnel.maximumDepth) tunnels in each other", "which are not opened")
        }
    }
}

/// The numbers of packets in tunnels that are not opened.
public struct UnopenedTunnels: Hashable, Sendable {
    private var counts = [Int](repeating: 0, count: UnopenedTunnel.allCases.count)
    /// Creates counts of zero.
    public init() {}

    /// The number of packets in tunnels of this kind.
    public subscript(_ tunnel: UnopenedTunnel) -> Int {
        get { counts[Self.index(tunnel)] }
        set { counts[Self.index(tunnel)] = newValue }
    }
    private static func index(_ tunnel: UnopenedTunnel) -> Int {
        UnopenedTunnel.allCases.firstIndex(of: tunnel) ?? 0
    }
}
