import Node

/// The computed cost of a message: T(n, s) = 72 F + 8 + 24 n + (8 + 44 s) bytes for n peers and s superpeers, where F
/// is the number of datagrams. No message is encoded.
struct MessageCost: Equatable {
    /// The number of records of PEERS.
    var peers: Int
    /// The number of records of SUPERPEERS; nil if the section is not sent.
    var superpeers: Int?
    /// The most bytes of a datagram.
    var maxDatagram = Limits.datagram.upperBound
    /// The number of bytes of a record of SUPERPEERS.
    var superpeer = Superpeer.length(hasMetrics: false)

    private static var section: Int { 8 }
    private static var peer: Int { Peer.least }

    /// F: datagrams are filled in order and cut before records. The header of a section is in the same datagram as its
    /// first record.
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
    /// T: the number of bytes of all datagrams.
    var bytes: Int {
        Limits.header * datagrams + Self.section + Self.peer * peers
            + (superpeers.map { Self.section + superpeer * $0 } ?? 0)
    }
    /// The number of bytes of the HELLO that a node with a guard sends to a superpeer that other nodes have named. It
    /// lists only the sender, at most with metrics.
    static let shortGreeting =
        Self(peers: 0, superpeers: 1, superpeer: Superpeer.length(hasMetrics: true)).bytes
    var traffic: MeshTraffic { MeshTraffic(messages: 1, datagrams: datagrams, ids: peers, bytes: bytes) }
}
