internal import Node
import Wire

/// What a node says.
extension MeshNode {
    /// A new message in datagrams.
    mutating func compose(
        _ type: MessageType, to dst: MeshID, _ body: Body, answering request: UInt32 = 0, flags: HeaderFlags = .none
    ) -> (msgID: UInt32, datagrams: [[UInt8]]) {
        lastMessage = SerialNumber.next(lastMessage)
        var header = Header(type)
        (header.src, header.dst, header.role, header.boot) = (id, dst, kind.role, boot)
        (header.msgID, header.ackID, header.flags) = (lastMessage, request, flags)
        var body = body
        if bug != nil { spoil(&header, &body) }
        if has(.noSplit) {
            if let all = body.peers?.records, all.count > 330 { body.peers?.records = Array(all.prefix(330)) }
            if body.superpeers != nil { body.superpeers?.records = [] }
        }
        func encoded<M: RightMeshMessage>(_: M.Type) -> [UInt8] {
            var m = M()
            (m.header, m.body) = (header, body)
            return m.encoded()
        }
        guard let whole = type.message.map({ encoded($0) }),
            var datagrams = try? Splitter.split(whole.span.bytes, maxDatagram: maxDatagram)
        else { return (lastMessage, []) }
        if bug != nil { spoil(&datagrams, whole, type) }
        return (header.msgID, datagrams)
    }
    /// Sends a request, and again until it is answered.
    mutating func request(
        _ type: MessageType, to dst: MeshID, at endpoint: Endpoint, _ body: Body, for purpose: Requests.Purpose,
        _ now: Instant,
        _ out: inout [Action]
    ) {
        // What is returned shows that the last answer has come; those who do not look for it ignore it.
        let heard = isGuarded && !type.isRelayed ? lastAnswers[dst] ?? 0 : 0
        let (msgID, datagrams) = compose(type, to: dst, body, answering: heard)
        send(datagrams, to: endpoint, &out)
        requests.keep(msgID, .init(type, to: dst, at: endpoint, for: purpose, datagrams), now)
    }
    mutating func send(_ datagrams: [[UInt8]], to endpoint: Endpoint, _ out: inout [Action]) {
        for d in datagrams {
            if has(.conflictingDuplicate), d.count > Limits.header + 8 {
                var other = d
                other[d.count - 1] ^= 1
                links.send(other, to: endpoint, &out)
            }
            links.send(d, to: endpoint, &out)
        }
    }
    /// Sends requests again that nobody answered, and gives up those that were sent often enough.
    mutating func resend(_ now: Instant, _ out: inout [Action]) {
        while let due = requests.due(now) {
            switch due {
            case .again(let r):
                if has(.noRetransmission) { continue }
                var datagrams = r.datagrams
                if has(.resendsFirstDatagram) { datagrams = Array(datagrams.prefix(1)) }
                if has(.resendsNewNumber) { datagrams = datagrams.map(otherNumber) }
                if has(.newBodyOnRetransmission) {
                    for i in datagrams.indices where datagrams[i].count > Limits.header {
                        datagrams[i][datagrams[i].count - 1] ^= 1
                    }
                }
                send(datagrams, to: r.endpoint, &out)
            case .failed(let msgID, let r):
                tell(
                    "unanswered",
                    [
                        .init("type", r.type.value(in: RawSpan())), .init("msg_id", .uint(UInt64(msgID))),
                        .init("to", .bytes(r.dst.array)), .init("address", .text(r.endpoint.description)),
                    ], now, &out)
                switch r.purpose {
                case .uplink: uplinkFailed(r, now, &out)
                case .find(let targets, let ticket): tellFailed(targets, ticket, "no answer", now, &out)
                case .greeting, .push: break
                }
            }
        }
    }
    /// The same answer once more, to the one who repeats the request.
    mutating func repeatAnswer(_ request: MessageKey, to endpoint: Endpoint, _ now: Instant, _ out: inout [Action]) {
        let rto = bug == nil ? Limits.retransmission : spoiledPause
        guard let datagrams = answers.again(request, rto: rto, now: now) else { return }
        send(has(.repeatsAnew) ? datagrams.map(otherNumber) : datagrams, to: firstAsked[request] ?? endpoint, &out)
        if has(.repeatsBroadcast), datagrams[0][4] & 1 != 0 { broadcast(datagrams, besides: endpoint, &out) }
    }
    /// HELLOs that are due.
    mutating func greet(_ now: Instant, _ out: inout [Action]) {
        if has(.oneHelloThread), requests.isWaiting(for: .hello) { return }
        var random = chance
        let tenth = UInt64((Limits.interval / 5).nanoseconds)
        let least = bug.span(Limits.interval, early: .helloEarly, late: .helloLate) * 9 / 10
        let due = greetings.due(now, one: has(.oneHelloThread)) {
            least + .nanoseconds(Int64(random.next() % tenth))
        }
        chance = random
        for contact in due { greet(contact, now, &out) }
    }
    /// A HELLO.
    mutating func greet(_ contact: Greetings.Contact, _ now: Instant, _ out: inout [Action]) {
        var body = Body()
        body.peers = peers(for: contact.id, isToSuperpeer: isSuperpeer, now)
        if isSuperpeer { body.superpeers = superpeerSection(now) }
        request(.hello, to: contact.id, at: contact.endpoint, fitting(body), for: .greeting, now, &out)
    }

    // Lists

    /// What a node lists as all that it has: split horizon leaves out the receiver and what is reached through it.
    mutating func peers(
        for receiver: MeshID, isToSuperpeer: Bool = false, toAll: Bool = false, _ now: Instant
    ) -> Peers {
        let neighbour = toAll && !has(.broadcastWithHorizon) || has(.noSplitHorizon) ? nil : routing.place(of: receiver)
        // In full-mesh mode these are few of many.
        if isFullMesh, isToSuperpeer {
            let attached = routing.attached()
            return snapshot(attached, attached.count, without: neighbour, now)
        }
        return snapshot(routing.places, routing.count, without: neighbour, now)
    }
    private func snapshot(
        _ places: some Sequence<Int>, _ count: Int, without neighbour: Int?, _ now: Instant
    ) -> Peers {
        var records: [Peers.Peer] = []
        records.reserveCapacity(count)
        for place in places {
            if let neighbour, hides(place, from: neighbour) { continue }
            records.append(record(routing.route(at: place), now))
        }
        return Peers(records, isSnapshot: true)
    }
    /// Split horizon: whether a route is no news for a neighbour.
    private func hides(_ place: Int, from neighbour: Int) -> Bool {
        if place == neighbour { return !has(.listsReceiver) }
        return routing.goes(place, through: neighbour) && !has(.listsThroughReceiver)
    }
    func record(_ r: Route, _ now: Instant) -> Peers.Peer {
        let hop = has(.sendsHopZero) && r.hops == 1 ? 0 : UInt8(clamping: r.hops)
        return Peers.Peer(r.peer, hop: hop, role: r.role, age: bug == nil ? r.age(now) : spoiledAge(r, now))
    }
    /// Itself first, then the superpeers that it can reach.
    mutating func superpeerSection(_ now: Instant) -> Superpeers {
        let places = routing.places(of: superpeers)
        var records: [Superpeers.Superpeer] = []
        records.reserveCapacity(superpeers.count + 1)
        records.append(.init(id, at: listening, role: kind.role, hop: 0, age: 0))
        for (s, place) in zip(superpeers.sorted, places) {
            guard let place else { continue }
            let r = routing.route(at: place)
            records.append(
                .init(
                    s.id, at: s.endpoint, role: s.role, hop: UInt8(clamping: r.hops),
                    age: bug == nil ? r.age(now) : spoiledAge(r, now)))
        }
        if hasMetrics {
            records[0].metrics = metrics(now)
            // All of a section have them or none: of others what they said of themselves.
            for i in records.indices.dropFirst() { records[i].metrics = superpeers[records[i].id]?.metrics ?? .init() }
        }
        return Superpeers(records)
    }
    /// What a phone may choose this superpeer by. It takes no fees.
    private func metrics(_ now: Instant) -> Superpeers.Metrics {
        var out = Superpeers.Metrics()
        for place in routing.places {
            let route = routing.route(at: place)
            if route.role == .master { out.sellers = UInt16(clamping: Int(out.sellers) + 1) }
            if route.role == .client { out.buyers = UInt16(clamping: Int(out.buyers) + 1) }
        }
        if out.sellers > 0 { out.buyersPerSeller = UInt16(clamping: Int(out.buyers) * 100 / Int(out.sellers)) }
        out.uptime = UInt32(clamping: (now - started).nanoseconds / 1_000_000_000)
        return out
    }
    /// As much of it as a message may hold. What is not all of what a node has is no snapshot.
    func fitting(_ body: Body) -> Body {
        let room = Limits.records - (body.superpeers?.records.count ?? 0)
        guard let all = body.peers?.records, all.count > room else { return body }
        var body = body
        body.peers = Peers(Array(all.prefix(room)), isSnapshot: false)
        return body
    }
}
