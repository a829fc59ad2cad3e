internal import Node
import Wire

/// What a node makes of whole messages.
extension MeshNode {
    mutating func take(_ whole: Rejoined, _ now: Instant, _ out: inout [Action]) {
        let h = whole.header
        // Its form has been checked: it can be read.
        guard let body = try? Body(copying: whole.bytes.span.bytes.extracting(Limits.header...)) else { return }
        let early = has(.answersBeforeApplying) ? answer(to: h, body, now, isEarly: true) : nil
        let neighbour = h.type.isRelayed ? nil : hear(h, whole.endpoint, now, &out)
        let asked = requests.take(answeredBy: h)
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
            if isSuperpeer || profile == .narrated && body.peers?.flags.isSnapshot == true {
                merge(body.peers, of: h, through: neighbour, now, &out)
            } else {
                remember(body.peers, now, &out)
            }
            if case .uplink = asked?.purpose { uplink.answered(by: h.src, now) }
            takeCandidates(body.superpeers, of: h, from: whole.endpoint, now, &out)
        case .findAck:
            guard case .find(let targets, let ticket) = asked?.purpose else {
                rejoiner.counters[.unasked] += 1
                return
            }
            found(body.peers, of: targets, ticket: ticket, h, now, &out)
        default: break
        }
        if let answer = early ?? answer(to: h, body, now) { send(answer, to: whole, now, &out) }
        if h.type == .find, isSuperpeer { subscribe(body.targets, of: h.src, behind: whole.endpoint, now) }
        if h.type == .info, !isSuperpeer { passOn(body.peers, from: whole.endpoint, now, &out) }
    }

    // Answers

    struct Answer {
        var datagrams: [[UInt8]]
        var isBroadcast = false
    }
    /// What answers a request, from the tables as they are now.
    private mutating func answer(to h: Header, _ request: Body, _ now: Instant, isEarly: Bool = false) -> Answer? {
        guard let type = h.type.ack else { return nil }
        var body = Body()
        var flags = HeaderFlags.none
        switch h.type {
        case .hello:
            let isBetween = isSuperpeer && h.role.isSuperpeer
            if !isSuperpeer, broadcasts { flags = .broadcast }
            body.peers = peers(for: h.src, isToSuperpeer: isBetween, toAll: flags.isBroadcast, now)
            if isBetween { body.superpeers = superpeerSection(now) }
        case .info where !isSuperpeer: body.peers = Peers()
        case .info where profile == .narrated: body.peers = peers(for: h.src, now)
        case .info:
            if let gateway = routing.endpoint(towards: h.src) {
                body.peers = Peers(tracked(by: gateway, now), isSnapshot: has(.infoAckSnapshot))
            } else {
                body.peers = Peers()
            }
            if has(.infoAckListsAll) { body.peers = Peers(peers(for: h.src, now).records, isSnapshot: false) }
            body.superpeers = superpeerSection(now)
        case .find where isSuperpeer: body.peers = Peers(online(request.targets, now), isSnapshot: false)
        default: return nil
        }
        let (_, datagrams) = compose(type, to: h.src, fitting(body), answering: h.msgID, flags: flags)
        return Answer(datagrams: datagrams, isBroadcast: flags.isBroadcast)
    }
    /// To the one that asked, and when it is for all to each other phone one hop away.
    private mutating func send(_ answer: Answer, to request: Rejoined, _ now: Instant, _ out: inout [Action]) {
        answers.keep(answer.datagrams, to: MessageKey(request.header), now: now)
        send(answer.datagrams, to: request.endpoint, &out)
        guard answer.isBroadcast else { return }
        var had: Set<Endpoint> = [request.endpoint]
        for (route, endpoint) in routing.neighbours where !route.role.isSuperpeer && had.insert(endpoint).inserted {
            send(answer.datagrams, to: endpoint, &out)
        }
    }
}
