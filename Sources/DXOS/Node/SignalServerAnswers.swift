import Node
import Wire

// The answers of a server to its operator.
extension SignalServer {
    func answer(_ question: String, _ arguments: [Value.Entry], now: Instant) -> Value? {
        switch NodeQuestion(rawValue: question) {
        case .key: .bytes(me)
        case .status: status
        case .pending: .count(bus.unanswered)
        default: rows(question, now: now)?.all
        }
    }
    func rows(_ question: String, now: Instant) -> Rows? {
        guard let question = NodeQuestion(rawValue: question) else { return nil }
        switch question {
        case .key, .status, .pending: return nil
        case .connections:
            return Rows(connections.sorted { $0.key < $1.key }) { link, connection in
                question.row([
                    .uint(link.number), .text("\(connection.peer)"), .bool(connection.opener == .us),
                    .text(connection.opening == nil ? "open" : "opening"), .count(connection.streams.count),
                ])
            }
        case .swarms:
            let remote = membership.remote
            return Rows(membership.swarms.sizes) { swarm, members in
                question.row([.bytes(swarm), .count(members), .count(remote.count(of: swarm))])
            }
        case .peers: return Rows(members(now)) { $0.row }
        case .subscriptions:
            return Rows(inboxes.peers) { peer, streams, ends in
                question.row([
                    .bytes(peer), .count(streams), .text(ends == nil ? "open" : "lost"),
                    .seconds(ends.map { $0 - now }),
                ])
            }
        case .topics:
            let held = carriedBus?.held ?? bus.held
            let topics = carriedBus == nil ? bus.topics : held.sorted { $0.name < $1.name }.map { ($0, 0) }
            let isCarried = carriedBus != nil
            return Rows(topics) { topic, subscribers in
                question.row([
                    .text(topic.kind), .bytes(topic.key), .bool(held.contains(topic)),
                    // The carrier knows its subscribers.
                    isCarried ? .null : .count(subscribers),
                ])
            }
        case .hosts: return Rows(knownHosts(now)) { $0 }
        case .calls: return Rows(calls) { $0.row }
        case .outbox: return Rows([Value]()) { $0 }
        }
    }
    private var status: Value {
        let swarms = membership.swarms.sizes
        return [
            "role": "server", "build": .text(parameters.build.rawValue),
            "profile": .text(parameters.isV3 ? "v3" : "v1"),
            "bus": .text(parameters.bus.rawValue), "network": carriedBus?.network.map { .text($0) } ?? .null,
            "limit": .count(messageLimit), "connections": .count(connections.count),
            "swarms": .count(swarms.count), "members": .count(swarms.reduce(0) { $0 + $1.members }),
            "elsewhere": .count(membership.remote.count), "subscriptions": .count(inboxes.peers.count),
            "hosts": .count(bus.links.count), "served": .uint(counters.calls), "refused": .uint(counters.refused),
            "messages": .uint(counters.messages), "unclaimed": .uint(counters.unclaimed),
            "malformed": .uint(counters.malformed),
        ]
    }
    /// Returns the members of the swarms here, and those that other hosts announced, in order.
    private func members(_ now: Instant) -> [MemberRow] {
        let swarms = membership.swarms
        let time = membership.clock.time(now)
        let here = swarms.places.map { place in
            MemberRow(
                member: place, place: swarms.isLost(place) ? "lost" : "here",
                age: swarms.since(place).map { time.passed(since: $0) }, ends: swarms.leaves(place).map { $0 - now })
        }
        let elsewhere = membership.remote.places.map { place, since, until in
            MemberRow(
                member: place, place: "elsewhere", age: time.passed(since: since), ends: until.map { $0 - now })
        }
        return (here + elsewhere).sorted { $0.member < $1.member }
    }
    /// Returns a row for each connection with another host, and for each host to which this host will connect.
    private func knownHosts(_ now: Instant) -> [Value] {
        let keys = bus.keys
        let topics = bus.subscriptions.reduce(into: [LinkID: Int]()) { $0[$1.stream.link, default: 0] += 1 }
        let connected = bus.links.compactMap { link in
            connections[link].map { connection in
                NodeQuestion.hosts.row([
                    .text("\(connection.peer)"), keys[link].map { .bytes($0) } ?? .null, "connected",
                    .count(topics[link] ?? 0), .null,
                ])
            }
        }
        let dialed = Set(connections.values.compactMap(\.dialed))
        let missing = hosts.filter { !dialed.contains($0) }.map { host in
            let next = redials.next(host)
            return NodeQuestion.hosts.row([
                .text("\(host)"), .null, .text(next == nil ? "dialing" : "waiting"), .count(0),
                .seconds(next.map { $0 - now }),
            ])
        }
        return connected + missing
    }
    /// The streams of clients and hosts, then the subscriptions of this host at others.
    private var calls: [CallRow] {
        let served = connections.sorted { $0.key < $1.key }.flatMap { link, connection in
            connection.streams.sorted { $0.key < $1.key }.map { id, stream in
                CallRow(
                    stream: StreamID(link: link, id: id), isOurs: false, method: stream.method, about: stream.subject,
                    isAnswered: true, ends: nil)
            }
        }
        let ours = bus.subscriptions.map { subscription in
            CallRow(
                stream: subscription.stream, isOurs: true, method: .subscribe, about: subscription.topic.key,
                isAnswered: subscription.isAnswered, ends: nil)
        }
        return served + ours
    }
}

extension Connection.Stream {
    /// The method that opened the stream.
    var method: Method {
        switch self {
        case .join: .join
        case .receive: .receiveMessages
        case .topic: .subscribe
        }
    }
    /// The key of the swarm, peer or topic.
    var subject: [UInt8] {
        switch self {
        case .join(let swarm, _): swarm
        case .receive(let peer): peer
        case .topic(let topic): topic.key
        }
    }
}
