internal import CPcap

/// The format of a packet's first bytes, with libpcap's number (`DLT_*`). The set is open: unknown types keep their
/// number.
public struct LinkType: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The number of the `DLT_*` constant.
    public var rawValue: Int32
    /// Creates a link type from the number of a `DLT_*` constant, known or not.
    public init(rawValue: Int32) { self.rawValue = rawValue }

    /// BSD loopback: an address family in the byte order of the machine that captured.
    public static let null = Self(rawValue: 0)
    /// Ethernet, with or without VLAN tags.
    public static let ethernet = Self(rawValue: 1)
    /// SLIP after the header that BSD writes.
    public static let slip = Self(rawValue: 8)
    /// PPP, with or without the address and control bytes of HDLC.
    public static let ppp = Self(rawValue: 9)
    /// IPv4 or IPv6 without any link header.
    public static let raw = Self(rawValue: 12)
    /// The same format, with OpenBSD's number.
    public static let rawOpenBSD = Self(rawValue: 14)
    /// PPP in frames of HDLC, or Cisco HDLC.
    public static let pppInHDLC = Self(rawValue: 50)
    /// The same format, with the number in files.
    public static let rawInFiles = Self(rawValue: 101)
    /// Cisco HDLC.
    public static let ciscoHDLC = Self(rawValue: 104)
    /// 802.11 frames without another header.
    public static let ieee80211 = Self(rawValue: 105)
    /// Frame Relay.
    public static let frameRelay = Self(rawValue: 107)
    /// 802.11 frames after a radiotap header.
    public static let radiotap = Self(rawValue: 127)
    /// OpenBSD loopback: an address family in network byte order.
    public static let loop = Self(rawValue: 108)
    /// Linux "cooked" capture, the format of the `any` device.
    public static let linuxCooked = Self(rawValue: 113)
    /// PPP of Linux's `pppd`, with the direction in place of the address byte.
    public static let pppOfLinux = Self(rawValue: 166)
    /// Frames of another link type after a header with data about their reception (PPI).
    public static let perPacketInformation = Self(rawValue: 192)
    /// PPP after a byte with the direction.
    public static let pppWithDirection = Self(rawValue: 204)
    /// Cisco HDLC after a byte with the direction.
    public static let ciscoHDLCWithDirection = Self(rawValue: 205)
    /// Frame Relay after a byte with the direction.
    public static let frameRelayWithDirection = Self(rawValue: 206)
    /// IPv4 without any link header.
    public static let ipv4 = Self(rawValue: 228)
    /// IPv6 without any link header.
    public static let ipv6 = Self(rawValue: 229)
    /// Packets in the log messages of Linux's packet filter.
    public static let netfilterLog = Self(rawValue: 239)
    /// Linux "cooked" capture, version 2.
    public static let linuxCooked2 = Self(rawValue: 276)

    /// The number in files. `DLT_RAW` differs between systems; in files it is always 101.
    var numberInFiles: UInt16 {
        self == .raw || self == .rawOpenBSD
            ? UInt16(Self.rawInFiles.rawValue) : UInt16(truncatingIfNeeded: rawValue)
    }
    /// The link types that `Layers` can read.
    public static let supported: [LinkType] = [
        .null, .ethernet, .raw, .rawOpenBSD, .rawInFiles, .loop, .linuxCooked, .ipv4, .ipv6, .linuxCooked2,
        .ieee80211, .radiotap, .slip, .ppp, .pppInHDLC, .ciscoHDLC, .frameRelay, .pppOfLinux, .perPacketInformation,
        .pppWithDirection, .ciscoHDLCWithDirection, .frameRelayWithDirection, .netfilterLog,
    ]
    /// True for frames of 802.11, or frames that may contain one.
    @inline(__always)
    var isWireless: Bool { self == .ieee80211 || self == .radiotap || self == .perPacketInformation }
    /// Creates a link type from the number in a file (`LINKTYPE_*`), which equals that in `DLT_*` except for a few.
    init(numberInFiles: UInt32) {
        self.init(rawValue: numberInFiles == 101 ? Self.raw.rawValue : Int32(truncatingIfNeeded: numberInFiles))
    }
    /// The name and number of libpcap, such as `IEEE802_11_RADIO (127)`.
    public var description: String {
        guard let name = pcap_datalink_val_to_name(rawValue) else { return "\(rawValue)" }
        return "\(String(cString: name)) (\(rawValue))"
    }
}
