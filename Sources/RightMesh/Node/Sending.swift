internal import Node
import Wire

/// Sends messages, repeats requests and greets.
extension MeshNode {
    /// Returns the datagrams of a new message.
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
            var datagrams = try? Fragmenter.split(whole.span.bytes, maxDatagram: maxDatagram)
        else { return (lastMessage, []) }
        if bug != nil { spoil(&datagrams, whole, type) }
        return (header.msgID, datagrams)
    }
    /// Sends a request, which is repeated until it is answered.
    mutating func request(
        _ type: MessageType, to dst: MeshID, at endpoint: Endpoint, _ body: Body, for purpose: Requests.Purpose,
        _ now: Instant,
        into out: inout [Action]
    ) {
        // The returned number proves that the last answer was received; nodes without a guard ignore it.
        let heard = isGuarded && !type.isRelayed ? lastAnswers[dst] ?? 0 : 0
        let (msgID, datagrams) = compose(type, to: dst, body, answering: heard)
        // Other nodes cause pushes, so the budget limits them for an unproved address.
        if case .push = purpose, !isTrusted(endpoint), !gate.allows(datagrams.byteCount, to: endpoint, now) { return }
        send(datagrams, to: endpoint, &out)
        requests.keep(msgID, .init(type, to: dst, at: endpoint, for: purpose, datagrams), now)
    }
    /// Returns true if requests to an address are not limited. The operator has configured it, or it has proved that it
    /// receives what is sent there.
    func isTrusted(_ endpoint: Endpoint) -> Bool { configuredEndpoints.contains(endpoint) || gate.isProved(endpoint) }
    /// Returns true if a request may be repeated. To an address that only other nodes have named, the budget limits
    /// repetitions.
    private mutating func isRepeated(_ r: Requests.Request, _ now: Instant) -> Bool {
        if r.type == .find || isTrusted(r.endpoint) { return true }
        return gate.allows(r.datagrams.byteCount, to: r.endpoint, now)
    }
    mutating func send(_ datagrams: [[UInt8]], to endpoint: Endpoint, _ out: inout [Action]) {
        for d in datagrams {
            if has(.conflictingDuplicate), d.count > Limits.header + 8 {
                links.send(Array(d.dropLast()) + [d[d.count - 1] ^ 1], to: endpoint, &out)
            }
            links.send(d, to: endpoint, &out)
        }
    }
    /// Repeats unanswered requests, and reports the requests that have failed.
    mutating func resend(_ now: Instant, _ out: inout [Action]) {
        while let due = requests.due(now) {
            switch due {
            case .again(let r):
                if !isRepeated(r, now) { continue }
                send(r.datagrams, to: r.endpoint, &out)
            case .failed(let msgID, let r):
                tell(
                    "unanswered",
                    [
                        "type": r.type.value(in: RawSpan()), "msg_id": .uint(UInt64(msgID)), "to": .bytes(r.dst.array),
                        "address": .text(r.endpoint.description),
                    ], at: now, into: &out)
                switch r.purpose {
                case .uplink: uplinkFailed(r, now, &out)
                case .find(let targets, let ticket):
                    tellFailed(targets, ticket, because: "no answer", at: now, into: &out)
                case .greeting, .push: break
                }
            }
        }
    }
    /// Sends an answer again, to the endpoint that repeats the request.
    mutating func repeatAnswer(_ request: MessageKey, to endpoint: Endpoint, _ now: Instant, _ out: inout [Action]) {
        let rto = bug == nil ? Limits.retransmission : spoiledPause
        guard let datagrams = answers.again(request, rto: rto, now: now),
            gate.allows(datagrams.byteCount, to: endpoint, now)
        else { return }
        load.spend(datagrams.byteCount * LoadShedding.Cost.sentByte)
        send(datagrams, to: endpoint, &out)
    }
    /// Sends the HELLOs that are due.
    mutating func greet(_ now: Instant, _ out: inout [Action]) {
        var random = generator
        let tenth = UInt64((Limits.interval / 5).nanoseconds)
        let least = bug.span(Limits.interval, early: .helloEarly, late: .helloLate) * 9 / 10
        let due = greetings.due(now) {
            least + .nanoseconds(Int64(random.next() % tenth))
        }
        generator = random
        for var contact in due {
            // Another node may by now use an address that was configured without an id.
            if routing[contact.id]?.hops != 1, greetings.forget(contact.id) { contact.id = MeshID() }
            greet(contact, now, &out)
        }
    }
    /// Sends a HELLO. To a superpeer that only other nodes have named, it is short until the superpeer has proved its
    /// address. With a guard, it is then sent only once after each message that names the superpeer.
    mutating func greet(_ contact: Greetings.Contact, _ now: Instant, _ out: inout [Action]) {
        let isFree = isTrusted(contact.endpoint)
        if !isFree, isGuarded, !superpeers.mayGreet(contact.id, now) { return }
        var body = Body()
        let budget = isFree ? .max : gate.left(for: contact.endpoint, now)
        let part = part(
            for: contact.id, at: contact.endpoint, isToSuperpeer: isSuperpeer, hasSuperpeers: isSuperpeer, budget, now)
        if let part {
            body = part.body
        } else {
            body.peers = peers(for: contact.id, isToSuperpeer: isSuperpeer, now)
            if isSuperpeer { body.superpeers = superpeerSection(now) }
        }
        if !isFree { _ = gate.allows(Limits.header + body.byteCount(), to: contact.endpoint, now) }
        if let part { gate.goOn(at: part.next, for: contact.endpoint) }
        request(.hello, to: contact.id, at: contact.endpoint, fitting(body), for: .greeting, now, into: &out)
    }
}
