internal import Node
import Wire

/// What a node makes of whole messages.
extension MeshNode {
    mutating func take(_ whole: Rejoined, _ now: Instant, _ out: inout [Action]) {
        let h = whole.header
        // Its form has been checked: it can be read.
        guard let body = (try? Body(copying: whole.bytes.span.bytes.extracting(Limits.header...))) ?? unreadable else {
            return
        }
        let early = has(.answersBeforeApplying) ? answer(to: h, body, at: whole.endpoint, now) : nil
        let neighbour =
            h.type.isRelayed && !(has(.findRefreshes) && h.type == .find) ? nil : hear(h, whole.endpoint, now, &out)
        let asked = requests.take(answeredBy: h)
        if asked != nil, isGuarded { gate.prove(whole.endpoint, now) }
        // The answer to a FIND is none that is waited for.
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
                if has(.pushInRoutes) { merge(body.peers, of: h, through: neighbour, now, &out) }
            }
        case .infoAck:
            if has(.infoAckRemoves), !isSuperpeer { dropUnlisted(body.peers, now, &out) }
            if isSuperpeer || profile == .narrated && body.peers?.flags.isSnapshot == true || has(.infoAckInRoutes) {
                merge(body.peers, of: h, through: neighbour, now, &out)
            } else {
                remember(body.peers, now, &out)
            }
            if case .uplink = asked?.purpose { uplink.answered(by: h.src, now) }
            takeCandidates(body.superpeers, of: h, from: whole.endpoint, now, &out)
        case .findAck:
            guard case .find(let targets, let ticket) = asked?.purpose else {
                rejoiner.counters[.unasked] += 1
                if has(.appliesUnasked) { remember(body.peers, now, &out) }
                return
            }
            found(body.peers, of: targets, ticket: ticket, h, now, &out)
        default: break
        }
        if let answer = early ?? answer(to: h, body, at: whole.endpoint, now) { send(answer, to: whole, now, &out) }
        // What is pushed is asked for once and sent for long.
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
    /// What answers a request, from the tables as they are now.
    private mutating func answer(
        to h: Header, _ request: Body, at endpoint: Endpoint, _ now: Instant
    ) -> Answer? {
        guard let type = h.type.ack, !(has(.pushUnanswered) && h.type == .info && !isSuperpeer) else { return nil }
        // The answer to a FIND is no longer than what it answers.
        let isShort = isGuarded && h.type != .find
        let share = isShort ? gate.share(of: endpoint, ackID: h.ackID, now) : .all
        if share == .nothing { return nil }
        var body = Body()
        var flags = HeaderFlags.none
        switch h.type {
        case .hello:
            let isBetween = isSuperpeer && h.role.isSuperpeer
            // To an address that has not shown that it hears this node nothing is for all, and so it is not told of itself.
            if !isSuperpeer, broadcasts, share == .all { flags = .broadcast }
            body.peers = peers(
                for: h.src, isToSuperpeer: isBetween, toAll: flags.isBroadcast && !has(.broadcastWithHorizon), now)
            if isBetween { body.superpeers = superpeerSection(now) }
        case .info where !isSuperpeer: body.peers = has(.pushAnsweredWithRecords) ? request.peers : Peers()
        case .info where profile == .narrated: body.peers = peers(for: h.src, now)
        case .info:
            if let gateway = routing.endpoint(towards: h.src) {
                body.peers = Peers(tracked(for: h.src, by: gateway, now), isSnapshot: has(.infoAckSnapshot))
            } else {
                body.peers = Peers()
            }
            if has(.infoAckListsAll) { body.peers = Peers(peers(for: h.src, now).records, isSnapshot: false) }
            if !has(.infoAckFirstOnly) || faulted.insert(h.src).inserted { body.superpeers = superpeerSection(now) }
        case .find where isSuperpeer: body.peers = Peers(online(request.targets, now), isSnapshot: false)
        default: return nil
        }
        if share == .datagram { body = inOneDatagram(body) }
        let (msgID, datagrams) = compose(type, to: h.src, fitting(body), answering: h.msgID, flags: flags)
        if isShort { gate.give(msgID, to: endpoint, now) }
        return Answer(datagrams: datagrams, isBroadcast: flags.isBroadcast)
    }
    /// As much of it as a datagram holds: the sender among the superpeers, and the first peers. A list that is cut is no
    /// snapshot.
    private func inOneDatagram(_ body: Body) -> Body {
        let room = maxDatagram - Limits.header
        guard body.byteCount() > room else { return body }
        var body = body
        if let all = body.superpeers { body.superpeers = Superpeers(Array(all.records.prefix(1))) }
        let left = room - 8 - (body.superpeers?.byteCount() ?? 0)
        guard let all = body.peers, all.records.count * 24 > left else { return body }
        body.peers = Peers(Array(all.records.prefix(left / 24)), isSnapshot: false)
        return body
    }
    /// To the one that asked, and when it is for all to each other phone one hop away.
    private mutating func send(_ answer: Answer, to request: Rejoined, _ now: Instant, _ out: inout [Action]) {
        if !has(.neverRepeats) { answers.keep(answer.datagrams, to: MessageKey(request.header), now: now) }
        var to = request.endpoint
        if has(.findAnsweredHome), request.header.type == .find {
            to = routing.endpoint(towards: request.header.src) ?? to
        }
        for _ in 0..<(has(.answersTwice) ? 2 : 1) { send(answer.datagrams, to: to, &out) }
        if has(.repeatsToFirst) { firstAsked[MessageKey(request.header)] = request.endpoint }
        if answer.isBroadcast, !has(.broadcastToNobody) { broadcast(answer.datagrams, besides: request.endpoint, &out) }
    }
    /// To all other phones one hop away.
    mutating func broadcast(_ datagrams: [[UInt8]], besides asker: Endpoint, _ out: inout [Action]) {
        var had: Set<Endpoint> = has(.broadcastToAskerTwice) ? [] : [asker]
        for (route, endpoint) in routing.neighbours
        where (!route.role.isSuperpeer || has(.broadcastToSuperpeers)) && had.insert(endpoint).inserted {
            send(has(.broadcastOtherBytes) ? datagrams.map(otherNumber) : datagrams, to: endpoint, &out)
        }
    }
}
