internal import Node
import Wire

/// Where the FINDs came from that a node has passed on.
struct WayBack: Sendable {
    private struct Find: AgingKey {
        var src: MeshID
        var msgID: UInt32
        func add(to hash: inout WordHash) {
            src.add(to: &hash)
            hash.add(UInt64(msgID))
        }
    }
    private var ways = AgingTable<Find, Endpoint>()
    private var origins = AgingTable<Endpoint, Bool>()

    /// How many ways are known.
    var count: Int { ways.count }
    /// A datagram of a FIND was passed on.
    mutating func note(_ h: Header, from endpoint: Endpoint, _ now: Instant) {
        ways.set(Find(src: h.src, msgID: h.msgID), endpoint, at: now)
        ways.trim(to: Limits.remotePeers)
        origins.set(endpoint, true, at: now)
        origins.trim(to: Limits.remotePeers)
    }
    /// Where a FIND_ACK goes.
    func way(of h: Header) -> Endpoint? { ways[Find(src: h.dst, msgID: h.ackID)] }
    /// Those from whom FINDs came while a subscription lasts.
    var requesters: [Endpoint] { origins.all.map(\.key).sorted() }
    mutating func expire(_ now: Instant) {
        ways.removeAll(olderThan: Limits.wayBack, now: now)
        origins.removeAll(olderThan: Limits.subscription, now: now)
    }
}
