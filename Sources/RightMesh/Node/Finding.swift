internal import Node
import Wire

/// FIND: requests, answers, relays, subscriptions and pushes.
extension MeshNode {
    /// Asks the nearest superpeer which of the targets are online. Returns false if no superpeer is known. A superpeer
    /// looks at its own routes instead.
    @discardableResult mutating func find(
        _ targets: [Target], ticket: Value? = nil, _ now: Instant, _ out: inout [Action]
    ) -> Bool {
        guard !targets.isEmpty else { return true }
        let asked = Array(targets.prefix(Limits.records))
        if isSuperpeer {
            let records = online(Targets(asked), now)
            tellFound(records.map(\.id), ticket, at: now, into: &out)
            return true
        }
        var nearest: Route?
        for slot in routing.usedSlots {
            let r = routing.route(at: slot)
            guard r.role.isSuperpeer else { continue }
            if let n = nearest, n.hops < r.hops || n.hops == r.hops && n.peer.precedes(r.peer) { continue }
            nearest = r
        }
        guard let sp = nearest?.peer, let endpoint = routing.endpoint(towards: sp) else {
            tellFailed(asked.map(\.id), ticket, because: "no superpeer is known", at: now, into: &out)
            return false
        }
        var body = Body()
        body.targets = Targets(asked)
        request(.find, to: sp, at: endpoint, body, for: .find(asked.map(\.id), ticket: ticket), now, into: &out)
        return true
    }
    private mutating func tellFound(_ ids: [MeshID], _ ticket: Value?, at now: Instant, into out: inout [Action]) {
        tell(
            "found",
            [
                "count": .uint(UInt64(ids.count)),
                "online": .list(ids.prefix(ticket == nil ? 64 : .max).map { .bytes($0.array) }),
            ], ticket: ticket, at: now, into: &out)
    }
    /// Reports that a FIND could not be sent or was not answered.
    mutating func tellFailed(
        _ targets: [MeshID], _ ticket: Value?, because why: String, at now: Instant, into out: inout [Action]
    ) {
        tell(
            "find_failed", ["targets": .list(targets.prefix(64).map { .bytes($0.array) }), "reason": .text(why)],
            ticket: ticket, at: now, into: &out)
    }
    /// Applies a FIND_ACK. Targets that it does not list are offline.
    mutating func found(
        _ list: Peers?, of targets: [MeshID], ticket: Value?, _ h: Header, at now: Instant, into out: inout [Action]
    ) {
        remember(list, now, &out)
        let online = Set(list?.records.map(\.id) ?? [])
        for t in targets where !online.contains(t) {
            guard let known = remote[t], known.isOnline else { continue }
            _ = remote.tell(t, isOnline: false, role: known.role, now)
            tell("remote", ["peer": .bytes(t.array), "online": .bool(false)], at: now, into: &out)
        }
        tellFound(list?.records.map(\.id) ?? [], ticket, at: now, into: &out)
    }
    /// Returns the targets that a superpeer can reach, itself included.
    func online(_ targets: Targets?, _ now: Instant) -> [Peer] {
        var out: [Peer] = []
        var had: Set<MeshID> = []
        for t in targets?.records ?? [] where had.insert(t.id).inserted {
            if t.id == id {
                out.append(Peer(id, hop: 1, role: kind.role))
            } else if let r = routing[t.id] {
                out.append(record(r, now))
            }
        }
        return out
    }

    // Subscriptions and pushes

    mutating func subscribe(_ targets: Targets?, of requester: MeshID, behind gateway: Endpoint, _ now: Instant) {
        subscriptions.expire(now)
        for t in targets?.records ?? [] {
            let s = Subscriptions.Subscription(gateway: gateway, requester: requester, target: t.id)
            if t.flags.isForget {
                subscriptions.forget(s)
            } else if t.flags.isSubscribe {
                subscriptions.add(s, port: t.port, now)
            }
        }
    }
    /// Returns the online targets that a gateway tracks.
    func tracked(by gateway: Endpoint, _ now: Instant) -> [Peer] {
        subscriptions.targets(of: gateway).compactMap { target in routing[target].map { record($0, now) } }
    }
    /// Pushes changes to the gateways that track them.
    mutating func push(_ now: Instant, _ out: inout [Action]) {
        guard !changes.isEmpty else { return }
        let all = changes
        changes.removeAll(keepingCapacity: true)
        guard subscriptions.count > 0 else { return }
        subscriptions.expire(now)
        var ids: [Endpoint: MeshID]?
        for change in all {
            for gateway in subscriptions.gateways(of: change.id) {
                let known = ids ?? peersByEndpoint
                ids = known
                var body = Body()
                let withdrawn = Peer(change.id, hop: UInt8(Limits.hops), role: Role(), isWithdrawn: true)
                body.peers = Peers([change.route.map { record($0, now) } ?? withdrawn], isSnapshot: false)
                request(.info, to: known[gateway] ?? MeshID(), at: gateway, body, for: .push, now, into: &out)
            }
        }
    }
    /// Forwards a push from a phone to the endpoints whose FINDs it has relayed.
    mutating func passOn(_ list: Peers?, from source: Endpoint, _ now: Instant, _ out: inout [Action]) {
        reversePaths.expire(now)
        let others = reversePaths.requesters.filter { $0 != source }
        guard let list, !list.records.isEmpty, !others.isEmpty else { return }
        let known = peersByEndpoint
        var body = Body()
        body.peers = Peers(list.records, isSnapshot: false)
        for endpoint in others {
            request(.info, to: known[endpoint] ?? MeshID(), at: endpoint, body, for: .push, now, into: &out)
        }
    }
    /// The neighbours by their endpoints.
    private var peersByEndpoint: [Endpoint: MeshID] {
        var out: [Endpoint: MeshID] = [:]
        for (route, endpoint) in routing.neighbours { out[endpoint] = route.peer }
        return out
    }

    // Relaying

    mutating func relay(_ h: Header, _ datagram: RawSpan, from: Endpoint, at now: Instant, into out: inout [Action]) {
        reversePaths.expire(now)
        let back = h.type == .findAck ? reversePaths.endpoint(for: h) : nil
        guard let to = back ?? routing.endpoint(towards: h.dst), to != from else {
            reassembler.counters[.noRoute] += 1
            return
        }
        if h.type == .find { reversePaths.note(h, from: from, now) }
        links.send(bug == nil ? Relay.forwarded(datagram) : spoiledRelay(datagram), to: to, &out)
    }
}
