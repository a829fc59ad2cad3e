import Node
import Wire

// The handling of the hub's messages in a client.
extension Client {
    mutating func take(_ bytes: RawSpan, on link: LinkID, at now: Instant, into out: inout [Action]) {
        var framing = MessageFraming()
        guard case .message(let type, _) = framing.next(bytes), let head = Envelope.read(bytes) else { return }
        switch type {
        case is Connected.Type: return out.append(.report(Event("connected", link)))
        case is Pong.Type: return out.append(.report(Event("pong", link)))
        case is HubError.Type: return out.append(.report(Event("error", link)))
        default: break
        }
        guard isForMe(head, bytes) else { return }
        let sender = Self.peer(head.fromPeerID?.value(in: bytes))
        let subject = Self.peer(head.data?.value(in: bytes).last("peerId"))
        switch type {
        case is PeerDiscovered.Type: if let subject { discovered(subject, on: link, at: now, into: &out) }
        case is PeerDisconnected.Type:
            // A notice without a network is sent to all peers. Peers that knew the departed peer receive another one.
            if let subject, head.networkName != nil { forget(subject, link, &out) }
        case is Goodbye.Type: if let sender { forget(sender, link, &out) }
        case is Offer.Type:
            if let sender { offered(sender, head.data?.value(in: bytes), on: link, at: now, into: &out) }
        case is Answer.Type:
            if let sender { answered(sender, head.data?.value(in: bytes), on: link, at: now, into: &out) }
        case is Candidate.Type:
            guard let sender, let session = SessionText.candidate(head.data?.value(in: bytes)) else { return }
            tell("candidate", sender, session, on: link, into: &out)
        default: break
        }
    }
    private static func peer(_ value: Value?) -> PeerID? {
        if case .text(let text)? = value { PeerID(text) } else { nil }
    }
    /// Returns true if a message is of the client's network, for the client or for all, and not from the client itself.
    private func isForMe(_ head: Envelope, _ bytes: RawSpan) -> Bool {
        let network = NetworkName(head.networkName?.value(in: bytes))
        if network != voice.network, bug != .clientTakesOtherNetworks { return false }
        if let target = head.targetPeerID?.value(in: bytes), target.isTrue, target != .text(me.text),
            bug != .clientTakesOthersMail
        {
            return false
        }
        return head.fromPeerID?.value(in: bytes) != .text(me.text)
    }
    private mutating func discovered(_ peer: PeerID, on link: LinkID, at now: Instant, into out: inout [Action]) {
        guard peer != me, learn(peer, link, &out), parameters.offers else { return }
        // The peer with the larger id, compared as text, offers. Otherwise both would.
        guard bug == .clientSmallerOffers ? me.text < peer.text : me.text > peer.text else { return }
        if bug != .clientNeverOffers { offer(peer, newSession(), at: now, into: &out) }
    }
    mutating func offer(_ peer: PeerID, _ session: UInt64, at now: Instant, into out: inout [Action]) {
        negotiations.offered(peer, session, now)
        say(voice.offer(peer, session), &out)
        if bug != .clientSendsNoCandidate { say(voice.candidate(peer, session), &out) }
    }
    private mutating func offered(
        _ peer: PeerID, _ data: Value?, on link: LinkID, at now: Instant, into out: inout [Action]
    ) {
        guard let session = SessionText.session(data, "offer") else {
            return out.append(.report(Event("offer_refused", link, [.init("peer", .text(peer.text))])))
        }
        tell("offer", peer, session, on: link, into: &out)
        // If both offered, the offer of the larger id counts.
        if negotiations.isOffered(peer, now), me.text > peer.text { return }
        negotiations.agreed(peer, session, now)
        if bug == .clientNeverAnswers { return }
        for _ in 0..<(bug == .clientAnswersTwice ? 2 : 1) { say(voice.answer(peer, session), &out) }
        if bug != .clientSendsNoCandidate { say(voice.candidate(peer, session), &out) }
    }
    private mutating func answered(
        _ peer: PeerID, _ data: Value?, on link: LinkID, at now: Instant, into out: inout [Action]
    ) {
        guard let session = SessionText.session(data, "answer") else { return }
        tell("answer", peer, session, on: link, into: &out)
        if negotiations.isOffered(peer, now) { negotiations.agreed(peer, session, now) }
    }
    private func tell(_ what: String, _ peer: PeerID, _ session: UInt64, on link: LinkID, into out: inout [Action]) {
        out.append(.report(Event(what, link, [.init("peer", .text(peer.text)), .init("session", .uint(session))])))
    }
}
