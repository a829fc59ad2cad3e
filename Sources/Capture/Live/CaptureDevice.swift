internal import CPcap
internal import Glibc

/// A device of this machine that can capture packets.
public struct CaptureDevice: Hashable, Sendable {
    /// The name, such as `eth0`, or `any`.
    public var name: String
    /// The link type of its packets, as far as it is known before the device is open.
    public var link: LinkType

    /// The network devices that this user may see, and `any`, which captures from all devices. Other sources of
    /// libpcap, such as USB, carry no messages and are left out.
    public static var all: [CaptureDevice] {
        LiveCapture.devices.compactMap { name in
            if name == "any" { return CaptureDevice(name: name, link: .linuxCooked) }
            return kind(of: name).map { CaptureDevice(name: name, link: $0) }
        }
    }
    /// Returns the link type for the kind of hardware (`ARPHRD_*`) that the system reports; nil if the device is not a
    /// network device.
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
    /// The name that libpcap gives to the link type, such as `EN10MB`, and its description.
    public var linkNames: (name: String, description: String) {
        func text(_ pointer: UnsafePointer<CChar>?) -> String? { pointer.map { String(cString: $0) } }
        let name = text(pcap_datalink_val_to_name(link.rawValue)) ?? "USER0"
        return (name, text(pcap_datalink_val_to_description(link.rawValue)) ?? name)
    }
    /// Returns the reason why libpcap rejects a filter for this device; nil if it accepts the filter.
    public func problem(ofFilter filter: String) -> String? {
        guard let handle = pcap_open_dead(link.rawValue, 262_144) else { return nil }
        defer { pcap_close(handle) }
        return LiveCapture.problem(ofFilter: filter, handle)
    }
}
