/// The counts of the contents of a capture.
public struct Tally: Hashable, Sendable {
    /// The time of the first packet.
    public var start: Timestamp?
    /// The time of the last packet.
    public var end: Timestamp?
    /// The number of packets of any kind.
    public var packets = 0
    /// The number of bytes of all packets on the wire.
    public var bytes = 0
    /// The number of TCP connections and of pairs of ends that use a known protocol over UDP.
    public var flows = 0
    /// The number of flows with data in a known protocol.
    public var conversations = 0
    /// The number of conversations that began before the capture in at least one direction.
    public var conversationsFromInside = 0
    /// The number of conversations with bytes that the capture does not have.
    public var conversationsWithGaps = 0
    /// The number of TCP connections with payload in an unknown protocol.
    public var unknownFlows = 0
    /// The number of records passed on.
    public var records = 0
    /// The number of UDP datagrams.
    public var datagrams = 0
    /// The number of bytes of TCP and UDP payload. Retransmitted bytes count once, bytes missing from the capture not
    /// at all.
    public var payload = 0
    /// The number of IP fragments.
    public var fragments = 0
    /// The number of IP packets that were reassembled from fragments.
    public var reassembledPackets = 0
    /// The number of IP packets whose fragments were not complete, or overlapped, which discards the packet.
    public var lostFragmentedPackets = 0
    /// The number of packets that are neither TCP nor UDP over IP.
    public var otherPackets = 0
    /// The numbers of packets in tunnels that are not opened.
    public var unopened = UnopenedTunnels()
    /// The number of packets of an unsupported link type, which are also counted as other packets.
    public var foreignPackets = 0
    /// The first such link type.
    public var foreignLink: LinkType?
    /// The number of repeated bytes of TCP streams.
    public var repeatedBytes = 0
    /// The number of segments whose bytes differ from earlier ones at the same position.
    public var contradictions = 0
    /// The number of connections that were finished early, or whose waiting bytes were discarded, because memory was
    /// full.
    public var flowsGivenUp = 0
    /// The number of packets with a header that ends early or contradicts itself.
    public var damagedPackets = 0
    /// The number of gaps in the streams of connections with a known protocol.
    public var gaps = 0
    /// The number of packets that were dropped while capturing, as recorded in the files.
    public var dropped: UInt64 = 0
    /// The number of bytes in these gaps.
    public var gapBytes = 0
    /// The number of bytes of conversations that cannot be read, because bytes before them are missing.
    public var unreadBytes = 0
    /// The number of bytes of conversations that stay encrypted.
    public var sealedBytes = 0
    /// The number of bytes of conversations that continue in an unknown protocol.
    public var foreignBytes = 0
    /// The number of bytes in channels of layers that are not read, although the units around them are.
    public var hiddenBytes = 0
    /// The number of UDP datagrams of QUIC, recognized by their first bytes or by other datagrams between the same two
    /// endpoints.
    public var quicDatagrams = 0
    /// The number of UDP datagrams of STUN.
    public var stunDatagrams = 0
    /// The number of UDP datagrams of DTLS.
    public var dtlsDatagrams = 0
    /// The number of UDP datagrams with messages of a protocol that is decoded over TCP only.
    public var streamDatagrams = 0
    /// The name of the first such protocol.
    public var streamProtocol: String?
    /// The number of other UDP datagrams of unknown protocols.
    public var unknownDatagrams = 0
    /// The results of checksums, if they were checked.
    public var checksums = ChecksumCounts()
    public init() {}
}

extension Tally {
    /// The UDP datagrams that are recognized but not decoded: their number, the name of the protocol, and the reason.
    public var unreadDatagrams: [(count: Int, name: String, why: String)] {
        [
            (quicDatagrams, "QUIC", "which is encrypted and not decoded"),
            (stunDatagrams, "STUN", "which is not decoded"),
            (dtlsDatagrams, "DTLS", "which is encrypted and not decoded"),
            (streamDatagrams, "\(streamName) over UDP", "which is not supported"),
        ].filter { $0.count > 0 }
    }
    /// The name of `streamProtocol` for people, such as `Nano`.
    private var streamName: String {
        let name = streamProtocol ?? "a protocol"
        return name.prefix(1).uppercased() + name.dropFirst()
    }
    /// The tunnels that are recognized but not opened: the number of their packets, the name, and the reason.
    public var unreadTunnels: [(count: Int, name: String, why: String)] {
        UnopenedTunnel.allCases.map { (unopened[$0], $0.description.name, $0.description.why) }
            .filter { $0.count > 0 }
    }
    /// Counts a packet.
    mutating func count(_ packet: borrowing Packet) {
        packets &+= 1
        bytes &+= packet.length
        if start == nil { start = packet.time }
        end = packet.time
    }
    /// Counts a packet that is neither TCP nor UDP.
    mutating func countOther(_ packet: borrowing Packet) {
        otherPackets &+= 1
        var link = packet.link
        if link == .perPacketInformation { link = PerPacketInformation(packet.bytes, at: 0)?.link ?? link }
        guard !LinkType.supported.contains(link) else { return }
        foreignPackets &+= 1
        foreignLink = foreignLink ?? link
    }
}
