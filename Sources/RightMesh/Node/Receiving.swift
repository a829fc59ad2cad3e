internal import Node
import Wire

/// Applies and answers whole messages.
extension MeshNode {
    mutating func take(_ whole: ReassembledMessage, _ now: Instant, _ out: inout [Action]) {
        let h = whole.header
        // This fails only with a seeded fault, because the form of the message has been checked.
        guard let body = (try? Body(copying: whole.bytes.span.bytes.extracting(Limits.header...))) ?? unreadable else {
            return
        }
        let asked = requests.take(answeredBy: h)
        // The answer identifies a superpeer whose id was unknown. Its id decides whether it gets a route.
        if h.type == .infoAck, case .uplink = asked?.purpose { uplink.answered(by: h.src, now) }
        let neighbour = h.type.isRelayed ? nil : hear(h, from: whole.endpoint, at: now, into: &out)
        if asked != nil { gate.prove(whole.endpoint, now) }
        // An answer to a FIND does not count as the last answer.
        if asked != nil, h.type != .findAck, isGuarded {
            lastAnswers.set(h.src, h.msgID, at: now)
            lastAnswers.trim(to: Limits.remembered)
        }
        if asked?.dst == MeshID() { greetings.identify(whole.endpoint, as: h.src) }
        switch h.type {
        case .hello, .helloAck:
            merge(body.peers, of: h, through: neighbour, now, &out)
            takeSuperpeers(body.superpeers, of: h, from: whole.endpoint, now, &out)
        case .info:
            if isSuperpeer {
                merge(body.peers, of: h, through: neighbour, now, &out)
            } else {
                remember(body.peers, now, &out)
            }
        case .infoAck:
            if isSuperpeer || profile == .narrated {
                merge(body.peers, of: h, through: neighbour, now, &out)
            } else {
                remember(body.peers, now, &out)
            }
            takeCandidates(body.superpeers, of: h, from: whole.endpoint, now, &out)
        case .findAck:
            guard case .find(let targets, let ticket) = asked?.purpose else {
                reassembler.counters[.unasked] += 1
                return
            }
            found(body.peers, of: targets, ticket: ticket, h, at: now, into: &out)
        default: break
        }
        if let answer = answer(to: whole, body, now) { send(answer, to: whole, now, &out) }
        // A subscription is requested once and causes messages for a long time.
        if h.type == .find, isSuperpeer, !isGuarded || gate.isProved(whole.endpoint) {
            subscribe(body.targets, of: h.src, behind: whole.endpoint, now)
        }
        if h.type == .info, !isSuperpeer { passOn(body.peers, from: whole.endpoint, now, &out) }
    }

    // Answers

    struct Answer {
        var datagrams: [[UInt8]]
        var isBroadcast = false
    }
    /// Returns the answer to a request, from the current state of the tables.
    private mutating func answer(to whole: ReassembledMessage, _ request: Body, _ now: Instant) -> Answer? {
        let (h, endpoint) = (whole.header, whole.endpoint)
        guard let type = h.type.ack else { return nil }
        let isKnown = reassembler.standing(of: h.src, at: endpoint) == .established
        // The answer to a FIND is at most as long as the FIND.
        var budget = Int.max
        if h.type != .find {
            guard
                let some = gate.answerBudget(
                    for: endpoint, asking: whole.bytes.count, ackID: h.ackID, isKnown: isKnown, now)
            else { return nil }
            budget = some
        }
        var body = Body()
        var flags = HeaderFlags.none
        var part: Part?
        switch h.type {
        case .hello:
            let isBetween = isSuperpeer && h.role.isSuperpeer
            part = self.part(for: h.src, at: endpoint, isToSuperpeer: isBetween, hasSuperpeers: isBetween, budget, now)
            if part != nil { break }
            // An address that has not proved that it receives messages gets no broadcast answer, so the answer does not
            // list the receiver itself.
            if !isSuperpeer, broadcasts, !isGuarded || gate.isProved(endpoint) { flags = .broadcast }
            body.peers = peers(
                for: h.src, isToSuperpeer: isBetween, toAll: flags.isBroadcast, now)
            if isBetween { body.superpeers = superpeerSection(now) }
        case .info where !isSuperpeer: body.peers = Peers()
        case .info where profile == .narrated:
            part = self.part(for: h.src, at: endpoint, budget, now)
            if part == nil { body.peers = peers(for: h.src, now) }
        case .info:
            var records: [Peer] = []
            if let gateway = routing.endpoint(towards: h.src) { records = tracked(for: h.src, by: gateway, now) }
            part = self.part(for: h.src, at: endpoint, listing: records, hasSuperpeers: true, budget, now)
            if part != nil { break }
            body.peers = Peers(records, isSnapshot: false)
            body.superpeers = superpeerSection(now)
        case .find where isSuperpeer: body.peers = Peers(online(request.targets, now), isSnapshot: false)
        default: return nil
        }
        let (msgID, datagrams) = compose(
            type, to: h.src, part?.body ?? fitting(body), answering: h.msgID, flags: flags)
        let size = datagrams.byteCount
        load.spend(size * LoadShedding.Cost.sentByte)
        if h.type != .find {
            gate.give(msgID, size, to: endpoint, isKnown: isKnown, isCut: part?.isCut ?? false, now)
            if let part { gate.goOn(at: part.next, for: endpoint) }
        }
        return Answer(datagrams: datagrams, isBroadcast: flags.isBroadcast)
    }
    /// Sends an answer to the requester, and a broadcast answer to each other phone one hop away as well.
    private mutating func send(_ answer: Answer, to request: ReassembledMessage, _ now: Instant, _ out: inout [Action])
    {
        answers.keep(answer.datagrams, to: MessageKey(request.header), now: now)
        send(answer.datagrams, to: request.endpoint, &out)
        if answer.isBroadcast { broadcast(answer.datagrams, besides: request.endpoint, now, &out) }
    }
    /// Sends an answer to all other phones one hop away. For phones that have not proved their address, it is limited
    /// by the budget.
    mutating func broadcast(
        _ datagrams: [[UInt8]], besides asker: Endpoint, _ now: Instant, _ out: inout [Action]
    ) {
        var had: Set<Endpoint> = [asker]
        let size = datagrams.byteCount
        load.spend(routing.slotCount * LoadShedding.Cost.slot)
        for (route, endpoint) in routing.neighbours where !route.role.isSuperpeer && had.insert(endpoint).inserted {
            if isGuarded, size > Limits.shortAnswer, !gate.isProved(endpoint) { continue }
            let isKnown = reassembler.standing(of: route.peer, at: endpoint) == .established
            guard gate.allows(size, to: endpoint, isKnown: isKnown, now) else { continue }
            load.spend(size * LoadShedding.Cost.sentByte)
            send(datagrams, to: endpoint, &out)
        }
    }
}
