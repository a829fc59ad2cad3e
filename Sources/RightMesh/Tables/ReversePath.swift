internal import Node
import Wire

/// The endpoints from which relayed FINDs were received.
struct ReversePath: Sendable {
    private var paths = ExpiringLRU<SourceNumber, Endpoint>()
    private var origins = ExpiringLRU<Endpoint, Bool>()
    /// A seeded fault.
    var bug: Misbehaviour?
    private func find(_ src: MeshID, _ msgID: UInt32) -> SourceNumber {
        SourceNumber(src: src, number: bug == .wayBackBySource ? 0 : msgID)
    }

    /// The number of reverse paths.
    var count: Int { paths.count }
    /// Records the endpoint of a FIND after one of its datagrams was relayed.
    mutating func note(_ h: Header, from endpoint: Endpoint, _ now: Instant) {
        if bug == .wayBackFromFirst, paths.has(find(h.src, h.msgID)) { return }
        paths.set(find(h.src, h.msgID), endpoint, at: now)
        paths.trim(to: Limits.remotePeers)
        origins.set(endpoint, true, at: now)
        origins.trim(to: Limits.remotePeers)
    }
    /// Returns the endpoint to which a FIND_ACK is relayed.
    mutating func endpoint(for h: Header) -> Endpoint? {
        let key = find(h.dst, h.ackID)
        return bug == .wayBackOnce ? paths.remove(key) : paths[key]
    }
    /// The endpoints from which FINDs were relayed. Each is kept for as long as a subscription lasts.
    var requesters: [Endpoint] { origins.all.map(\.key).sorted() }
    mutating func expire(_ now: Instant) {
        paths.removeAll(olderThan: bug.span(Limits.reversePath, early: .wayBackEarly, late: .wayBackLate), now: now)
        origins.removeAll(olderThan: bug == .pushWayEarly ? Limits.reversePath : Limits.subscription, now: now)
    }
}
