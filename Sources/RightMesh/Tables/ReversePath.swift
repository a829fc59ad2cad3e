internal import Node
import Wire

/// Where the FINDs came from that a node has passed on.
struct ReversePath: Sendable {
    private struct Find: ExpiringKey {
        var src: MeshID
        var msgID: UInt32
        func add(to hash: inout WordHash) {
            src.add(to: &hash)
            hash.add(UInt64(msgID))
        }
    }
    private var ways = ExpiringLRU<Find, Endpoint>()
    private var origins = ExpiringLRU<Endpoint, Bool>()
    /// A seeded fault.
    var bug: Misbehaviour?
    private func find(_ src: MeshID, _ msgID: UInt32) -> Find {
        Find(src: src, msgID: bug == .wayBackBySource ? 0 : msgID)
    }

    /// How many ways are known.
    var count: Int { ways.count }
    /// A datagram of a FIND was passed on.
    mutating func note(_ h: Header, from endpoint: Endpoint, _ now: Instant) {
        if bug == .wayBackFromFirst, ways.has(find(h.src, h.msgID)) { return }
        ways.set(find(h.src, h.msgID), endpoint, at: now)
        ways.trim(to: Limits.remotePeers)
        origins.set(endpoint, true, at: now)
        origins.trim(to: Limits.remotePeers)
    }
    /// Where a FIND_ACK goes.
    mutating func way(of h: Header) -> Endpoint? {
        let key = find(h.dst, h.ackID)
        return bug == .wayBackOnce ? ways.remove(key) : ways[key]
    }
    /// Those from whom FINDs came while a subscription lasts.
    var requesters: [Endpoint] { origins.all.map(\.key).sorted() }
    mutating func expire(_ now: Instant) {
        ways.removeAll(olderThan: bug.span(Limits.reversePath, early: .wayBackEarly, late: .wayBackLate), now: now)
        origins.removeAll(olderThan: bug == .pushWayEarly ? Limits.reversePath : Limits.subscription, now: now)
    }
}
