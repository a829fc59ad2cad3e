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
            var datagrams = try? Fragmenter.split(whole.span.bytes, maxDatagram: maxDatagram)
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
        // What changes at somebody's wish may not flood who never showed that it hears this node.
        if case .push = purpose, !isTrusted(endpoint), !gate.allows(size(datagrams), to: endpoint, now) { return }
        send(datagrams, to: endpoint, &out)
        requests.keep(msgID, .init(type, to: dst, at: endpoint, for: purpose, datagrams), now)
    }
    func size(_ datagrams: [[UInt8]]) -> Int { datagrams.reduce(0) { $0 + $1.count } }
    /// Whether the operator has named an address, or it has shown that it hears this node: what this node asks there is
    /// not limited.
    func isTrusted(_ endpoint: Endpoint) -> Bool { told.contains(endpoint) || gate.isProved(endpoint) }
    /// Whether a request goes out once more. Where others have named an address it does within its budget.
    private mutating func isRepeated(_ r: Requests.Request, _ now: Instant) -> Bool {
        if r.type == .find || isTrusted(r.endpoint) { return true }
        return gate.allows(size(r.datagrams), to: r.endpoint, now)
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
                if has(.noRetransmission) || !isRepeated(r, now) { continue }
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
        guard let datagrams = answers.again(request, rto: rto, now: now),
            gate.allows(size(datagrams), to: endpoint, now)
        else { return }
        load.spend(size(datagrams) * LoadShedding.Cost.sentByte)
        send(has(.repeatsAnew) ? datagrams.map(otherNumber) : datagrams, to: firstAsked[request] ?? endpoint, &out)
        if has(.repeatsBroadcast), datagrams[0][4] & 1 != 0 { broadcast(datagrams, besides: endpoint, now, &out) }
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
        for var contact in due {
            // Who was told without an id may be another one when it comes back.
            if routing[contact.id]?.hops != 1, greetings.forget(contact.id) { contact.id = MeshID() }
            greet(contact, now, &out)
        }
    }
    /// A HELLO. To a superpeer that others have named it is short until that has shown that it hears this node, and
    /// with a guard it goes out once each time it is named.
    mutating func greet(_ contact: Greetings.Contact, _ now: Instant, _ out: inout [Action]) {
        let isFree = isTrusted(contact.endpoint)
        if !isFree, isGuarded, !superpeers.mayGreet(contact.id, now) { return }
        var body = Body()
        let room = isFree ? .max : gate.left(for: contact.endpoint, now)
        let part = part(
            for: contact.id, at: contact.endpoint, isToSuperpeer: isSuperpeer, hasSuperpeers: isSuperpeer, room, now)
        if let part {
            body = part.body
        } else {
            body.peers = peers(for: contact.id, isToSuperpeer: isSuperpeer, now)
            if isSuperpeer { body.superpeers = superpeerSection(now) }
        }
        if !isFree { _ = gate.allows(Limits.header + body.byteCount(), to: contact.endpoint, now) }
        if let part { gate.go(on: part.next, for: contact.endpoint) }
        request(.hello, to: contact.id, at: contact.endpoint, fitting(body), for: .greeting, now, &out)
    }
}
