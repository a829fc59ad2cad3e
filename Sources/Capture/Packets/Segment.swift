import Node

/// The flags of a TCP header that this module uses.
struct TCPFlags: OptionSet, Hashable, Sendable {
    var rawValue: UInt8
    static let fin = Self(rawValue: 0x01)
    static let syn = Self(rawValue: 0x02)
    static let reset = Self(rawValue: 0x04)
    static let acknowledges = Self(rawValue: 0x10)
}

/// The positions of the headers of a packet that have checksums of their own.
struct HeaderPlaces: Hashable, Sendable {
    /// A value of `network`: no header has a checksum (IPv6, or a packet that was reassembled from fragments).
    static let noChecksum: Int32 = -1
    /// A value of `network`: the checksum was not computed from the addresses of the header (a routing header of IPv6,
    /// RFC 8200, 8.1), so that the transport cannot be checked.
    static let otherAddresses: Int32 = -2

    /// The position of the IPv4 header, or one of the values above.
    var network: Int32
    /// The position of the TCP or UDP header.
    var transport: Int32
}

/// A TCP segment. The payload is a range of the packet, so that nothing is copied.
struct Segment: Hashable, Sendable {
    var source: Endpoint
    var destination: Endpoint
    var sequence: UInt32
    var acknowledgement: UInt32
    var flags: TCPFlags
    /// The receive window of the sender as in the header, without scaling.
    var window: UInt16
    /// The exponent of the power of two by which the sender's windows are multiplied, in a SYN that has one (RFC 7323,
    /// 2.2).
    var windowScale: Int8?
    /// The range of the payload in the packet, as far as it was captured.
    var payload: Range<Int>
    /// The number of bytes of payload on the wire; more than in `payload` if the snap length cut it.
    var length: Int
    /// The positions of its headers.
    var headers: HeaderPlaces
}

/// A UDP datagram.
struct Datagram: Hashable, Sendable {
    var source: Endpoint
    var destination: Endpoint
    /// The range of the payload in the packet, as far as it was captured.
    var payload: Range<Int>
    /// The number of bytes of payload on the wire.
    var length: Int
    /// The positions of its headers.
    var headers: HeaderPlaces
}

/// A fragment of an IP packet.
struct Fragment: Hashable, Sendable {
    /// The properties that all fragments of a packet share. The ports of the endpoints are 0.
    struct Key: Hashable, Sendable {
        var source: Endpoint
        var destination: Endpoint
        var identification: UInt32
        /// The number of the transport for IPv4; 0 for IPv6, where only the first fragment's number counts (RFC 8200,
        /// 4.5).
        var transport: UInt8
        var isIPv6: Bool
    }
    var key: Key
    /// The protocol at the beginning of the packet's content.
    var next: UInt8
    /// The offset in the packet's content.
    var offset: Int
    /// True if more fragments follow it.
    var more: Bool
    /// The range in the packet that contains it, as far as it was captured.
    var payload: Range<Int>
    /// The number of its bytes on the wire.
    var length: Int
    /// The position of the IPv4 header, as in `HeaderPlaces`.
    var network: Int32
}
