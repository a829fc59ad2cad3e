import Node
import Wire

// The calls of the client, and the messages that it receives.
extension SignalClient {
    mutating func ask(_ wish: Wish, on link: LinkID, at now: Instant, into out: inout [Action]) {
        switch wish {
        case .join(let swarm):
            var join = JoinRequest()
            (join.swarm, join.peer) = (Bytes(swarm), Bytes(me))
            if let id = call(.join, form.bytes(join), on: link, at: now, into: &out) { links[link]?.streams[id] = wish }
        case .receive:
            var reception = ReceptionRequest()
            reception.peer = Bytes(me)
            if let id = call(.receiveMessages, form.bytes(reception), on: link, at: now, into: &out) {
                links[link]?.streams[id] = wish
            }
        }
    }
    @discardableResult
    private mutating func call(
        _ method: Method, _ value: [UInt8], reliable: [UInt8]? = nil, on link: LinkID, at now: Instant,
        into out: inout [Action]
    ) -> Int32? {
        guard let id = links[link]?.nextID else { return nil }
        links[link]?.nextID = id &+ 1
        let end = now + (method.isStream ? Limits.ready : Limits.unary)
        links[link]?.pending[id] = PendingCall(method: method, end: end, reliable: reliable)
        var request = RequestContent()
        if id != 0 { request.id = id }
        request.method = Text(method.fullName)
        request.payload = form.payload(method.argument, value)
        if method.isStream { request.stream = true }
        out.append(.send(link, form.bytes(Request(request))))
        return id
    }
    /// Sends a message to each server, because the recipient may be at any of them (websocket-signal-manager.ts).
    mutating func send(_ message: SignalMessage, _ now: Instant, _ out: inout [Action]) {
        for link in ready { call(.sendMessage, form.bytes(message), on: link, at: now, into: &out) }
    }
    /// Sends a copy of a message of the outbox to each server.
    mutating func sendReliably(_ id: [UInt8], _ now: Instant, _ out: inout [Action]) {
        guard let message = outbox.message(id) else { return }
        let links = ready
        if !links.isEmpty { outbox.noteCopy(of: id) }
        for link in links {
            call(.sendMessage, form.bytes(message), reliable: id, on: link, at: now, into: &out)
        }
    }
    /// The connections on which the client may call, in order.
    private var ready: [LinkID] { links.filter { $0.value.opening == nil }.keys.sorted() }
    /// Reports unanswered calls as failed: all calls of a connection that ends, otherwise those whose time is over.
    mutating func failCalls(_ link: LinkID, _ out: inout [Action], _ isDue: (Instant) -> Bool) {
        for (id, call) in (links[link]?.pending ?? [:]).sorted(by: { $0.key < $1.key }) where isDue(call.end) {
            links[link]?.pending[id] = nil
            out.append(.report(Event("call_failed", link, [.init("id", .int(Int64(id)))])))
        }
    }
    func message(to recipient: [UInt8], _ type: StaticString, _ value: [UInt8]) -> SignalMessage {
        message(to: recipient, type.description, value)
    }
    private func message(to recipient: [UInt8], _ type: String, _ value: [UInt8]) -> SignalMessage {
        var any = ApplicationPayload()
        any.typeURL = Text(type)
        if !value.isEmpty { any.value = Bytes(value) }
        var message = SignalMessage()
        (message.author, message.recipient, message.payload) = (Bytes(me), Bytes(recipient), any)
        return message
    }

    // Received messages

    mutating func received(_ bytes: RawSpan, on link: LinkID, now: Instant, _ out: inout [Action]) {
        received(bytes, kind: SignalServer.binary, on: link, now: now, &out)
    }
    mutating func received(_ bytes: RawSpan, kind: UInt8, on link: LinkID, now: Instant, _ out: inout [Action]) {
        var framing = MessageFraming()
        guard links[link] != nil, case .message(let type, _) = framing.whole(bytes, kind: kind) else { return }
        switch type {
        case is Response.Type:
            if let response = (try? Response(copying: bytes))?.response {
                hear(response, on: link, at: now, into: &out)
            }
        // A value of false is malformed.
        case is Open.Type where parameters.handshake && (try? Open(copying: bytes))?.open == true:
            out.append(.send(link, form.confirmation))
        case is OpenAck.Type where links[link]?.opening != nil && (try? OpenAck(copying: bytes))?.openAck == true:
            links[link]?.opening = nil
            out.append(.send(link, form.confirmation))
            begin(link, now, &out)
        case is Bye.Type: bye(link, now, &out)
        default: break
        }
    }
    private mutating func bye(_ link: LinkID, _ now: Instant, _ out: inout [Action]) {
        switch form.build.onBye {
        case .ignores: break
        case .answers:
            out.append(.send(link, form.goodbye))
            hangUp(link, now, &out)
        case .endsStreams:
            links[link]?.streams = [:]
            links[link]?.members = [:]
            failCalls(link, &out) { _ in true }
        }
    }
    private mutating func hear(
        _ response: ResponseContent, on link: LinkID, at now: Instant, into out: inout [Action]
    ) {
        let id = response.id ?? 0
        let call = links[link]?.pending.removeValue(forKey: id)
        let error = response.error.map { $0.message?.string(in: RawSpan()) ?? "" }
        if let error, let message = call?.reliable { outbox.noteRefusal(of: message, error) }
        guard let wish = links[link]?.streams[id] else { return }
        if let text = error {
            links[link]?.end(id)
            return out.append(.report(Event("stream_error", link, [.init("message", .text(text))])))
        }
        if response.close ?? false {
            // As in JavaScript, the client does not join again while the connection exists.
            links[link]?.end(id)
            return out.append(.report(Event("stream_closed", link)))
        }
        guard let payload = response.payload else { return }
        switch wish {
        case .join(let swarm):
            let event = payload.swarmEvent
            if let peer = event?.peerAvailable?.peer {
                if links[link]?.members[id]?.count ?? 0 < Limits.members {
                    links[link]?.members[id, default: []].insert(peer.array())
                }
                tell("peer_available", swarm, peer, on: link, into: &out)
            }
            if let peer = event?.peerLeft?.peer {
                links[link]?.members[id]?.remove(peer.array())
                tell("peer_left", swarm, peer, on: link, into: &out)
            }
        case .receive: if let message = payload.message { hear(message, on: link, at: now, into: &out) }
        }
    }
    private func tell(_ name: String, _ swarm: [UInt8], _ peer: Bytes, on link: LinkID, into out: inout [Action]) {
        out.append(
            .report(Event(name, link, [.init("swarm", .bytes(swarm)), .init("peer", .bytes(peer.array()))])))
    }
    private mutating func hear(_ message: SignalMessage, on link: LinkID, at now: Instant, into out: inout [Action]) {
        let author = message.author?.array() ?? []
        guard let payload = message.payload else { return }
        if let acknowledged = payload.acknowledgement?.messageID?.data?.array() {
            if outbox.acknowledge(acknowledged) {
                out.append(.report(outcome(Self.delivered, of: acknowledged, [.init("count", .uint(1))])))
            }
        } else if let reliable = payload.reliable {
            let id = reliable.messageID?.data?.array() ?? []
            let isNew = inbox.take(id, now)
            var acknowledgement = Acknowledgement()
            acknowledgement.messageID = PublicKey(id)
            let answer = self.message(to: author, ApplicationKind.acknowledgementType, form.bytes(acknowledgement))
            send(answer, now, &out)
            if isNew { deliver(reliable.payload?.swarmMessage, author, on: link, at: now, into: &out) }
        } else {
            deliver(payload.swarmMessage, author, on: link, at: now, into: &out)
        }
    }
    /// Reports a received message, and answers an offer.
    private mutating func deliver(
        _ swarm: SwarmMessage?, _ author: [UInt8], on link: LinkID, at now: Instant, into out: inout [Action]
    ) {
        counters.received += 1
        out.append(.report(Event("message", link, [.init("author", .bytes(author))])))
        guard let swarm, swarm.data?.offer != nil else { return }
        var answer = Answer()
        (answer.accept, answer.offerMessageID) = (true, swarm.messageID)
        var data = MessageData()
        data.answer = answer
        var reply = SwarmMessage()
        (reply.topic, reply.sessionID, reply.data) = (swarm.topic, swarm.sessionID, data)
        send(message(to: author, ApplicationKind.swarmMessageType, form.bytes(reply)), now, &out)
    }
}
