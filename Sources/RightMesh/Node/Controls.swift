internal import Node
import Wire

extension MeshNode {
    func answer(_ question: String, _ arguments: [Value.Entry], now: Instant) -> Value? {
        guard let control = Control(rawValue: question) else { return nil }
        if let rows = rows(question, now: now) { return rows.all }
        let now = clock.peek(now)
        switch control {
        case .route:
            guard let peer = ids(arguments).first else { return nil }
            return routing[peer].map { Self.value($0, now) } ?? .null
        case .counters:
            let waiting: [Value.Entry] = [
                .init("waiting", .uint(UInt64(requests.count))), .init("ways_back", .uint(UInt64(reversePaths.count))),
                .init("limited", .uint(gate.limited)), .init("withheld", .uint(gate.withheld)),
                .init("shed", .uint(load.dropped)),
            ]
            return .map(Counter.allCases.map { .init($0.name, .uint(reassembler.counters[$0])) } + waiting)
        case .uplink:
            return [
                "state": .text(uplink.state.rawValue),
                "id": uplink.chosen.map { .bytes($0.id.array) } ?? .null,
                "address": uplink.chosen.map { .text($0.endpoint.description) } ?? .null,
            ]
        case .status:
            return [
                "routes": .uint(UInt64(routing.count)), "superpeers": .uint(UInt64(superpeers.count)),
                "oldest": routing.oldest.map { .uint(UInt64(Route.age($0, now))) } ?? .null,
            ]
        default: return nil
        }
    }
    func rows(_ question: String, now: Instant) -> Rows? {
        guard let control = Control(rawValue: question) else { return nil }
        let now = clock.peek(now)
        switch control {
        case .routes: return Rows(routing.sorted) { Self.value($0, now) }
        case .superpeers:
            return Rows(superpeers.sorted.map { ($0, routing[$0.id]) }) { Self.value($0, $1, now) }
        case .candidates: return Rows(candidates.sorted, Self.value)
        case .assemblies: return Rows(reassembler.open) { Self.value($0.assembly, since: $0.since, now) }
        case .subscriptions:
            return Rows(subscriptions.sorted) { s, port, _ in
                [
                    "gateway": .text(s.gateway.description), "requester": .bytes(s.requester.array),
                    "target": .bytes(s.target.array), "port": .uint(UInt64(port)),
                ]
            }
        case .remote:
            return Rows(remote.sorted) { id, state, _ in
                ["id": .bytes(id.array), "online": .bool(state.isOnline), "role": state.role.value(in: RawSpan())]
            }
        case .remembered:
            return Rows(remembered.sorted) { ["id": .bytes($0.id.array), "port": .uint(UInt64($0.port))] }
        case .events: return Rows(log.all) { $0 }
        default: return nil
        }
    }
    mutating func control(
        _ name: String, _ arguments: [Value.Entry], now: Instant, _ out: inout [Action]
    ) -> Value? {
        guard let control = Control(rawValue: name) else { return nil }
        if let answer = answer(name, arguments, now: now) { return answer }
        let now = clock.read(now)
        switch control {
        case .find: return ask(arguments, .none, at: now, into: &out)
        case .subscribe: return ask(arguments, .subscribe, at: now, into: &out)
        case .forget: return ask(arguments, .forget, at: now, into: &out)
        case .choose:
            guard let id = ids(arguments).first, !isSuperpeer, let endpoint = candidates[id]?.endpoint else {
                return nil
            }
            choose(.init(id: id, endpoint: endpoint), now, &out)
            return .bool(true)
        default: return nil
        }
    }
    /// Asks for the state of peers anywhere in the mesh, on behalf of an application. Returns false if no superpeer is
    /// known. The event that reports the result repeats `ticket`.
    mutating func find(
        _ peers: [MeshID], port: UInt16 = 0, _ flags: TargetFlags, ticket: Value? = nil, at now: Instant,
        into out: inout [Action]
    ) -> Bool {
        for peer in peers {
            if flags.isSubscribe { remembered.remember(peer, port: port, now) }
            if flags.isForget { remembered.forget(peer) }
        }
        return find(peers.map { Target($0, port: port, flags) }, ticket: ticket, now, &out)
    }
    private mutating func ask(
        _ arguments: [Value.Entry], _ flags: TargetFlags, at now: Instant, into out: inout [Action]
    ) -> Value? {
        let peers = ids(arguments)
        let port = arguments.first { $0.key == "port" }.map { $0.value.integer.flatMap(UInt16.init(exactly:)) } ?? 0
        guard !peers.isEmpty, let port else { return nil }
        let ticket = arguments.first { $0.key == "ticket" }?.value
        return .bool(find(peers, port: port, flags, ticket: ticket, at: now, into: &out))
    }
    /// Returns the ids of the argument `id` or `ids`: bytes, hexadecimal text with or without `0x`, names, or a list of
    /// them. Returns an empty list if one of them is no id.
    private func ids(_ arguments: [Value.Entry]) -> [MeshID] {
        guard let value = arguments.first(where: { ["id", "ids"].contains($0.key) })?.value else { return [] }
        let all: [Value] = if case .list(let several) = value { several } else { [value] }
        let ids = all.compactMap { one -> MeshID? in
            if let id = MeshID(one) { return id }
            guard case .text(let name) = one, !name.hasPrefix("0x") else { return nil }
            return MeshID(.text("0x" + name)) ?? meshID(of: name)
        }
        return ids.count == all.count ? ids : []
    }

    private static func value(_ r: Route, _ now: Instant) -> Value {
        [
            "peer": .bytes(r.peer.array), "nexthop": .bytes(r.nexthop.array), "hopcount": .uint(UInt64(r.hops)),
            "role": r.role.value(in: RawSpan()), "age": .uint(UInt64(r.age(now))),
        ]
    }
    private static func value(_ s: SuperpeerTable.Entry, _ route: Route?, _ now: Instant) -> Value {
        [
            "id": .bytes(s.id.array), "address": .text(s.endpoint.description), "role": s.role.value(in: RawSpan()),
            "hopcount": route.map { .uint(UInt64($0.hops)) } ?? .null,
            "age": route.map { .uint(UInt64($0.age(now))) } ?? .null,
        ]
    }
    private static func value(_ c: CandidateList.Candidate) -> Value {
        [
            "id": .bytes(c.id.array), "address": c.endpoint.map { .text($0.description) } ?? .null,
            "role": c.role.value(in: RawSpan()),
        ]
    }
    private static func value(_ a: Assembly, since: Instant, _ now: Instant) -> Value {
        [
            "src": .bytes(a.header.src.array), "type": a.header.type.value(in: RawSpan()),
            "msg_id": .uint(UInt64(a.header.msgID)), "fragments": .uint(UInt64(a.fragments)),
            "of": .uint(UInt64(a.header.fragCount)),
            "missing": .list(a.missing(atMost: 64).map { .uint(UInt64($0)) }),
            "ms": .uint(UInt64(max(0, (now - since).nanoseconds / 1_000_000))),
        ]
    }
}
