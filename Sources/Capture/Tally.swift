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
    /// TCP connections.
    public var flows = 0
    /// TCP connections with payload that no protocol explains.
    public var unknownFlows = 0
    /// Records handed out.
    public var records = 0
    /// UDP datagrams.
    public var datagrams = 0
    /// Bytes of TCP and UDP payload. Retransmitted bytes count once, bytes missing from the capture not at all.
    public var payload = 0
    /// IP fragments; they are not put together.
    public var fragments = 0
    /// Packets that are neither TCP nor UDP over IP.
    public var otherPackets = 0
    /// Packets with a header that ends early or contradicts itself.
    public var damagedPackets = 0
    /// Holes in the streams of connections whose protocol is known, and the bytes in them.
    public var gaps = 0
    /// Bytes in those holes.
    public var gapBytes = 0
    /// Nothing counted yet.
    public init() {}
}
