/// What a capture held, counted while it was read.
public struct Tally: Hashable, Sendable {
    /// When the first packet was captured.
    public var start: Timestamp?
    /// When the last one was.
    public var end: Timestamp?
    /// Packets of any kind.
    public var packets = 0
    /// Bytes of all packets as they were on the wire.
    public var bytes = 0
    /// TCP connections, and what two ends say to each other by UDP in a known protocol.
    public var flows = 0
    /// Of these, those in whose protocol something was said.
    public var conversations = 0
    /// Conversations that were met in the middle, in one direction at least: how they began is unknown.
    public var conversationsFromInside = 0
    /// Conversations of which something was said that the capture does not have.
    public var conversationsWithGaps = 0
    /// TCP connections with payload that no protocol explains.
    public var unknownFlows = 0
    /// Records handed out.
    public var records = 0
    /// UDP datagrams.
    public var datagrams = 0
    /// Bytes of TCP and UDP payload. Retransmitted bytes count once, bytes missing from the capture not at all.
    public var payload = 0
    /// IP fragments.
    public var fragments = 0
    /// IP packets that fragments were put together to.
    public var reassembledPackets = 0
    /// IP packets of which fragments came, and never all; or that overlapped, which ends them.
    public var lostFragmentedPackets = 0
    /// Packets that are neither TCP nor UDP over IP.
    public var otherPackets = 0
    /// Packets of a link type that cannot be taken apart; they are counted as other packets too.
    public var foreignPackets = 0
    /// The first such link type.
    public var foreignLink: LinkType?
    /// Bytes of TCP streams that came again.
    public var repeatedBytes = 0
    /// Segments whose bytes differ from what came before in their place.
    public var contradictions = 0
    /// Connections that were finished early, or whose waiting bytes were given up, for want of room.
    public var flowsGivenUp = 0
    /// Packets with a header that ends early or contradicts itself.
    public var damagedPackets = 0
    /// Holes in the streams of connections whose protocol is known, and the bytes in them.
    public var gaps = 0
    /// Packets that were dropped while capturing, as the files say.
    public var dropped: UInt64 = 0
    /// Bytes in those holes.
    public var gapBytes = 0
    /// Bytes of conversations that cannot be read, because bytes before them are missing.
    public var unreadBytes = 0
    /// Bytes of conversations that stay encrypted.
    public var sealedBytes = 0
    /// Bytes of conversations that continue in an unknown protocol.
    public var foreignBytes = 0
    /// Bytes in channels of layers that are not read, although the units around them are.
    public var hiddenBytes = 0
    /// UDP datagrams of QUIC, recognized by their first bytes or by other datagrams between the same two endpoints.
    public var quicDatagrams = 0
    /// Other UDP datagrams of no known protocol.
    public var unknownDatagrams = 0
    /// What came of checksums, where they were checked.
    public var checksums = ChecksumCounts()
    public init() {}
}

extension Tally {
    /// A packet came.
    mutating func count(_ packet: borrowing Packet) {
        packets &+= 1
        bytes &+= packet.length
        if start == nil { start = packet.time }
        end = packet.time
    }
    /// It is neither TCP nor UDP.
    mutating func countOther(_ packet: borrowing Packet) {
        otherPackets &+= 1
        guard !LinkType.supported.contains(packet.link) else { return }
        foreignPackets &+= 1
        foreignLink = foreignLink ?? packet.link
    }
}
