internal import CPcap
internal import Glibc

/// A device of this machine that can be captured from.
public struct CaptureDevice: Hashable, Sendable {
    /// Such as `eth0`, or `any`.
    public var name: String
    /// What the first bytes of its packets are, as far as that is known before it is opened.
    public var link: LinkType

    /// Network devices, and `any` for all of them together, as far as this user may see them. Sources of other kinds
    /// that libpcap knows, such as USB, carry no messages.
    public static var all: [CaptureDevice] {
        LiveCapture.devices.compactMap { name in
            if name == "any" { return CaptureDevice(name: name, link: .linuxCooked) }
            return kind(of: name).map { CaptureDevice(name: name, link: $0) }
        }
    }
    /// By the kind of hardware (`ARPHRD_*`) that the system tells; nil for what is no network device.
    private static func kind(of name: String) -> LinkType? {
        guard !name.contains("/"), let file = fopen("/sys/class/net/\(name)/type", "re") else { return nil }
        defer { fclose(file) }
        var text = [CChar](repeating: 0, count: 16)
        guard fgets(&text, 16, file) != nil else { return nil }
        return switch atoi(text) {
        // Ethernet, loopback.
        case 1, 772: .ethernet
        case 801: .ieee80211
        case 803: .radiotap
        // Tunnels over IP, PPP, and devices without a header.
        case 512, 768, 769, 776, 778, 65_534: .raw
        default: .linuxCooked
        }
    }
    /// libpcap's name of its link type, such as `EN10MB`, and what that is.
    public var linkNames: (name: String, description: String) {
        func text(_ pointer: UnsafePointer<CChar>?) -> String? { pointer.map { String(cString: $0) } }
        let name = text(pcap_datalink_val_to_name(link.rawValue)) ?? "USER0"
        return (name, text(pcap_datalink_val_to_description(link.rawValue)) ?? name)
    }
    /// Why libpcap does not understand a filter for this device; nil when it does.
    public func problem(ofFilter filter: String) -> String? {
        guard let handle = pcap_open_dead(link.rawValue, 262_144) else { return nil }
        defer { pcap_close(handle) }
        return LiveCapture.problem(ofFilter: filter, handle)
    }
}
