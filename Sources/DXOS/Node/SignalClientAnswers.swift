import Node
import Wire

// The answers of a client to its operator.
extension SignalClient {
    func answer(_ question: String, _ arguments: [Value.Entry], now: Instant) -> Value? {
        switch NodeQuestion(rawValue: question) {
        case .key: .bytes(me)
        case .status: status
        case .pending: .count(links.values.reduce(0) { $0 + $1.pending.count })
        default: rows(question, now: now)?.all
        }
    }
    func rows(_ question: String, now: Instant) -> Rows? {
        guard let question = NodeQuestion(rawValue: question) else { return nil }
        switch question {
        case .key, .status, .pending: return nil
        case .connections:
            return Rows(links.sorted { $0.key < $1.key }) { id, link in
                question.row([
                    .uint(id.number), .text("\(link.peer)"), true, .text(link.opening == nil ? "open" : "opening"),
                    .count(link.streams.count),
                ])
            }
        case .swarms:
            let me = me
            return Rows(swarms) { swarm, members in
                question.row([.bytes(swarm), 1, .count(members.subtracting([me]).count)])
            }
        case .peers:
            return Rows(members) { $0.row }
        case .subscriptions:
            let streams = links.values.reduce(0) { $0 + $1.streams.values.count { $0 == .receive } }
            return Rows([streams]) { [me] streams in
                question.row([.bytes(me), .count(streams), .text(streams > 0 ? "open" : "lost"), .null])
            }
        case .topics: return Rows([Value]()) { $0 }
        case .hosts: return Rows(servers) { [links, redials] in Self.row($0, links, redials.next($0).map { $0 - now }) }
        case .calls: return Rows(calls(now)) { $0.row }
        case .outbox:
            return Rows(outbox.entries) { id, entry in
                question.row([
                    .bytes(id), .bytes(entry.message.recipient?.array() ?? []), .count(entry.copies),
                    .seconds(now - entry.begun), .seconds(entry.end - now),
                ])
            }
        }
    }
    private var status: Value {
        [
            "role": "client", "build": .text(parameters.build.rawValue),
            "profile": .text(parameters.isV3 ? "v3" : "v1"), "limit": .count(parameters.limit),
            "servers": .count(servers.count), "connections": .count(links.count),
            "swarms": .count(swarms.count), "outbox": .count(outbox.count), "delivered": .uint(counters.delivered),
            "not_delivered": .uint(counters.notDelivered), "received": .uint(counters.received),
        ]
    }
    /// The joined swarms in order, each with the members that the servers have reported.
    private var swarms: [(swarm: [UInt8], members: Set<[UInt8]>)] {
        var swarms: [[UInt8]: Set<[UInt8]>] = [:]
        for case .join(let swarm) in wishes { swarms[swarm] = [] }
        for link in links.values {
            for (id, members) in link.members {
                if case .join(let swarm)? = link.streams[id] { swarms[swarm, default: []].formUnion(members) }
            }
        }
        return swarms.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { ($0.key, $0.value) }
    }
    private var members: [MemberRow] {
        swarms.flatMap { swarm, members in
            members.union([me]).map {
                MemberRow(member: .init(swarm: swarm, peer: $0), place: $0 == me ? "here" : "elsewhere")
            }
        }.sorted { $0.member < $1.member }
    }
    /// Returns the row of a server.
    private static func row(_ server: Endpoint, _ links: [LinkID: Link], _ redial: Duration?) -> Value {
        let link = links.values.first { $0.peer == server }
        let state = link != nil ? "connected" : redial != nil ? "waiting" : "dialing"
        return NodeQuestion.hosts.row([
            .text("\(server)"), .null, .text(state), .count(link?.streams.count ?? 0), .seconds(redial),
        ])
    }
    /// Returns the calls without an answer, then the open streams, of each connection.
    private func calls(_ now: Instant) -> [CallRow] {
        links.sorted { $0.key < $1.key }.flatMap { number, link in
            let ids = Set(link.pending.keys).union(link.streams.keys).sorted()
            return ids.map { id in
                let call = link.pending[id]
                var row = CallRow(
                    stream: StreamID(link: number, id: id), isOurs: true, method: call?.method ?? .receiveMessages,
                    about: call?.reliable, isAnswered: call == nil, ends: call.map { $0.end - now })
                switch link.streams[id] {
                case .join(let swarm)?: (row.method, row.about) = (.join, swarm)
                case .receive?: row.about = me
                case nil: break
                }
                return row
            }
        }
    }
}
