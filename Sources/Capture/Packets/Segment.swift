import Node

/// The flags of a TCP header that matter here.
struct TCPFlags: OptionSet, Hashable, Sendable {
    var rawValue: UInt8
    static let fin = Self(rawValue: 0x01)
    static let syn = Self(rawValue: 0x02)
    static let reset = Self(rawValue: 0x04)
    static let acknowledges = Self(rawValue: 0x10)
}

/// Where the headers of a packet stand that have checksums of their own.
struct HeaderPlaces: Hashable, Sendable {
    /// For `network`: there is no header with a checksum (IPv6, or a packet that was put together from fragments).
    static let noChecksum: Int32 = -1
    /// For `network`: the addresses of the header are not those that were summed up (a routing header of IPv6,
    /// RFC 8200, 8.1), so that the transport cannot be checked.
    static let otherAddresses: Int32 = -2

    /// Of IPv4, or one of the above.
    var network: Int32
    /// Of TCP or UDP.
    var transport: Int32
}

/// What stands in one TCP segment. The payload is a range of the packet, so that nothing is copied.
struct Segment: Hashable, Sendable {
    var source: Endpoint
    var destination: Endpoint
    var sequence: UInt32
    var acknowledgement: UInt32
    var flags: TCPFlags
    /// How much its sender would take, as it stands there: unscaled.
    var window: UInt16
    /// The power of two that windows of its sender are multiplied by, in a SYN that names one (RFC 7323, 2.2).
    var windowScale: Int8?
    /// Where the payload lies in the packet, as far as it was captured.
    var payload: Range<Int>
    /// Bytes of payload on the wire; more than in `payload` when the snap length cut it.
    var length: Int
    /// Where its headers begin.
    var headers: HeaderPlaces
}

/// What stands in one UDP datagram.
struct Datagram: Hashable, Sendable {
    var source: Endpoint
    var destination: Endpoint
    /// Where the payload lies in the packet, as far as it was captured.
    var payload: Range<Int>
    /// Bytes of payload on the wire.
    var length: Int
    /// Where its headers begin.
    var headers: HeaderPlaces
}

/// Part of an IP packet that was cut on its way.
struct Fragment: Hashable, Sendable {
    /// What all fragments of a packet share. The ports of the endpoints are 0.
    struct Key: Hashable, Sendable {
        var source: Endpoint
        var destination: Endpoint
        var identification: UInt32
        /// Of IPv4 the number of the transport; of IPv6 0, for only the first fragment is asked (RFC 8200, 4.5).
        var transport: UInt8
        var isIPv6: Bool
    }
    var key: Key
    /// What the packet's content begins with.
    var next: UInt8
    /// Where it stands in the packet's content.
    var offset: Int
    /// More of the packet follows behind it.
    var more: Bool
    /// Where it lies in the packet that brought it, as far as it was captured.
    var payload: Range<Int>
    /// Bytes of it on the wire.
    var length: Int
    /// Where the header of IPv4 begins, as in `HeaderPlaces`.
    var network: Int32
}
