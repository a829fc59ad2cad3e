public import Node

/// One of a few parts of all connections, which have nothing to do with each other: what is kept for one does not depend
/// on the others, so that they can be read side by side and give the same as one after the other.
///
/// A connection's lane is told by its two ends alone. Whoever makes up connections that share a lane gains nothing.
public struct FlowLane: Hashable, Sendable {
    /// How many there are; a power of two. Enough for a few busy connections to be spread over several threads, few enough
    /// for what is kept for each to stay in the cache.
    public static let count = 8
    /// From 0.
    public let number: Int

    /// The lane of what two ends say to each other, whoever sends. All datagrams have one, for what they say may turn on
    /// what others say to each other.
    public init(_ a: Endpoint, _ b: Endpoint, _ transport: Transport = .tcp) {
        self.init(transport == .udp ? 0 : Self.slot(a, b))
    }
    init(_ slot: UInt16) { number = Int(slot) & (Self.count &- 1) }

    /// A number with the lane in its last bits.
    static func slot(_ a: Endpoint, _ b: Endpoint) -> UInt16 {
        let sum = mixed(a) &+ mixed(b)
        return UInt16(truncatingIfNeeded: (sum ^ sum >> 32) &* 0x9e37_79b9_7f4a_7c15 >> 48)
    }
    private static func mixed(_ e: Endpoint) -> UInt64 {
        let n = (e.low ^ e.high &* 0xff51_afd7_ed55_8ccd ^ UInt64(e.port) << 40) &* 0xc4ce_b9fe_1a85_ec53
        return (n ^ n >> 29) &* 0xbf58_476d_1ce4_e5b9
    }
}
