internal import Node
import Wire

/// The targets that a superpeer tracks for other nodes, by requester and by the gateway that sent the FIND.
struct Subscriptions: Sendable {
    struct Subscription: Hashable, ExpiringKey {
        var gateway: Endpoint
        var requester: MeshID
        var target: MeshID
        func add(to hash: inout WordHash) {
            gateway.add(to: &hash)
            requester.add(to: &hash)
            target.add(to: &hash)
        }
    }
    /// The subscriptions with the requested port, in the order of renewal.
    private var all = ExpiringLRU<Subscription, UInt16>()
    /// The number of requesters for each target and gateway.
    private var gateways: [MeshID: [Endpoint: Int]] = [:]
    private var targets: [Endpoint: [MeshID: Int]] = [:]
    private var requesters: [MeshID: Set<Subscription>] = [:]
    /// A seeded fault.
    var bug: Misbehaviour?
    private var life: Duration {
        bug.span(Limits.subscription, early: .subscriptionEarly, late: .subscriptionLate)
    }

    var count: Int { all.count }
    /// All subscriptions, by gateway, requester and target.
    var sorted: [(subscription: Subscription, port: UInt16, since: Instant)] {
        all.all.map { ($0.key, $0.value, $0.time) }.sorted {
            let (a, b) = ($0.0, $1.0)
            if a.gateway != b.gateway { return a.gateway < b.gateway }
            return a.requester == b.requester ? a.target.precedes(b.target) : a.requester.precedes(b.requester)
        }
    }
    /// Returns the targets that a gateway tracks for all its requesters.
    func targets(of gateway: Endpoint) -> [MeshID] {
        (targets[gateway].map { [MeshID]($0.keys) } ?? []).sorted { $0.precedes($1) }
    }
    /// Returns the gateways that track a target.
    func gateways(of target: MeshID) -> [Endpoint] {
        if bug == .pushOfAll { return targets.keys.sorted() }
        let found = gateways[target] ?? [:]
        if bug == .pushPerRequester {
            return found.sorted { $0.key < $1.key }.flatMap { [Endpoint](repeating: $0, count: $1) }
        }
        return found.keys.sorted()
    }
    /// Returns the requesters that track a target through a gateway: for seeded faults.
    func requesters(of target: MeshID, behind gateway: Endpoint) -> [MeshID] {
        all.all.map(\.key).filter { $0.target == target && $0.gateway == gateway }.map(\.requester)
    }

    /// Adds or renews a subscription. If the table is full, a new one is ignored.
    mutating func add(_ s: Subscription, port: UInt16, _ now: Instant) {
        if !all.has(s) {
            guard all.count < Limits.subscriptions else { return }
            gateways[s.target, default: [:]][s.gateway, default: 0] += 1
            targets[s.gateway, default: [:]][s.target, default: 0] += 1
            requesters[s.requester, default: []].insert(s)
        } else if bug == .subscriptionNotRenewed {
            return
        }
        all.set(s, port, at: now)
    }
    mutating func forget(_ s: Subscription) {
        switch bug {
        case .forgetIgnored: return
        case .forgetForAll:
            for other in all.all where other.key.gateway == s.gateway && other.key.target == s.target {
                remove(other.key)
            }
        case .forgetsAll: removeAll(of: s.requester)
        default: remove(s)
        }
    }
    mutating func remove(_ s: Subscription) {
        guard all.remove(s) != nil else { return }
        Self.decrease(&gateways, s.target, s.gateway)
        Self.decrease(&targets, s.gateway, s.target)
        requesters[s.requester]?.remove(s)
        if requesters[s.requester]?.isEmpty == true { requesters[s.requester] = nil }
    }
    /// Removes all subscriptions of a requester that is gone.
    mutating func removeAll(of requester: MeshID) { for s in requesters[requester] ?? [] { remove(s) } }
    /// Removes the subscriptions that were not renewed.
    mutating func expire(_ now: Instant) {
        while let (s, time) = all.first, time + life <= now { remove(s) }
    }
    private static func decrease<A, B>(_ counts: inout [A: [B: Int]], _ a: A, _ b: B) {
        guard let n = counts[a]?[b] else { return }
        counts[a]?[b] = n > 1 ? n - 1 : nil
        if counts[a]?.isEmpty == true { counts[a] = nil }
    }
}
