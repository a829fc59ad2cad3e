import Node

/// What a message costs: T(n, s) = 72 F + 8 + 24 n + (8 + 44 s) bytes for n peers and s superpeers, where F is the
/// number of datagrams. Computed, without a message.
struct MessageCost: Equatable {
    /// Records of PEERS.
    var peers: Int
    /// Records of SUPERPEERS; nil: the section is not sent.
    var superpeers: Int?
    /// Bytes of a datagram.
    var maxDatagram = Limits.datagram.upperBound
    /// Bytes of a record of SUPERPEERS.
    var superpeer = Superpeer.length(hasMetrics: false)

    private static var section: Int { 8 }
    private static var peer: Int { Peer.least }

    /// F: datagrams are filled in order and cut before records, the header of a section goes with its first record.
    var datagrams: Int {
        var (full, used) = (0, 0)
        let capacity = maxDatagram - Limits.header
        func fill(_ count: Int, _ record: Int) {
            let first = Self.section + (count > 0 ? record : 0)
            if used + first > capacity { (full, used) = (full + 1, 0) }
            used += first
            let here = min(max(0, count - 1), (capacity - used) / record)
            used += here * record
            let left = max(0, count - 1) - here
            guard left > 0 else { return }
            let each = capacity / record
            full += (left + each - 1) / each
            used = ((left - 1) % each + 1) * record
        }
        fill(peers, Self.peer)
        if let superpeers { fill(superpeers, superpeer) }
        return full + 1
    }
    /// T: bytes of all its datagrams.
    var bytes: Int {
        Limits.header * datagrams + Self.section + Self.peer * peers
            + (superpeers.map { Self.section + superpeer * $0 } ?? 0)
    }
    /// The HELLO of a node with a guard to a superpeer that others have named: itself alone, with metrics at the most.
    static let shortGreeting =
        Self(peers: 0, superpeers: 1, superpeer: Superpeer.length(hasMetrics: true)).bytes
    var traffic: MeshTraffic { MeshTraffic(messages: 1, datagrams: datagrams, ids: peers, bytes: bytes) }
}
