import Node
import Wire

// The other hosts, and the bus to them.
extension SignalServer {
    /// Changes the membership, and carries out the calls and notices that follow.
    mutating func change(
        _ now: Instant, _ out: inout [Action], _ body: (inout HostMembership, inout HostMembership.Output) -> Void
    ) {
        var output = HostMembership.Output()
        body(&membership, &output)
        for call in output.calls { carry(call, now, &out) }
        tell(output.notices, now, &out)
    }
    /// Passes a call to the bus.
    mutating func carry(_ call: BusCall, _ now: Instant, _ out: inout [Action]) {
        guard parameters.bus != .off else { return }
        if carriedBus != nil { carriedBus?.carry(call) } else { bus.carry(call, now, &out) }
    }
    /// Handles a bus event from another host. `link` is the connection, if the bus uses our connections.
    mutating func hear(_ event: BusEvent, on link: LinkID?, at now: Instant, into out: inout [Action]) {
        if case .published(_, let bytes) = event, bytes.count > messageLimit + Limits.envelope {
            return out.append(.report(Event("large_publication", link, [.init("bytes", .uint(UInt64(bytes.count)))])))
        }
        var isGood = true
        if case .published(.peer(let peer), let bytes) = event {
            isGood = deliver(bytes, to: peer, &out)
        } else {
            change(now, &out) { isGood = $0.hear(event, now, &$1) }
        }
        guard !isGood else { return }
        counters.malformed += 1
        out.append(.report(Event("malformed_publication", link)))
    }
    /// Delivers a message from the topic of its recipient. Returns false if it could not be read.
    private mutating func deliver(_ bytes: [UInt8], to peer: [UInt8], _ out: inout [Action]) -> Bool {
        guard let content = Call.content([1], bytes.span.bytes), let message = RelayedMessage(content) else {
            return false
        }
        // A message to another recipient does not belong on this topic.
        guard message.recipient == peer else { return true }
        hand(message, to: inboxes.streams(of: message.recipient), &out)
        return true
    }
    /// Publishes a message to a peer that may be at another host too.
    mutating func publish(_ message: RelayedMessage, _ now: Instant, _ out: inout [Action]) {
        var event = PeerEvent()
        event.message = message.message(withMetadata: parameters.isV3)
        carry(.publish(.peer(message.recipient), form.bytes(event), about: nil), now, &out)
    }
    /// Adds a subscription of another host, and subscribes to our topics there.
    mutating func subscribe(
        _ call: Call, _ value: [UInt8], on link: LinkID, at now: Instant, into out: inout [Action]
    ) throws(Refusal) {
        let subscription = try read(BusSubscription.self, value)
        guard let topic = Topic(subscription) else { throw .noTopic }
        let host = subscription.subscriber?.array() ?? []
        try checkKeys([topic.key, host])
        guard host != me else { throw .ownSubscription }
        connections[link]?.streams[call.id] = .topic(topic)
        ready(call, link, &out)
        bus.add(StreamID(link: link, id: call.id), topic, host: host, at: now, into: &out)
        bus.begin(link, &out)
        if subscription.resumed ?? false { hear(.resumed(topic), on: link, at: now, into: &out) }
    }
    /// Opens the connections to hosts that are due.
    mutating func redial(_ now: Instant, _ out: inout [Action]) {
        for host in redials.due(now) { out.append(.connect(host)) }
    }
}

extension SignalServer: PubsubUser {
    /// Moves this host to another signaling network. Returns nil if it cannot: its peers would be announced in both.
    mutating func move(_ arguments: [Value.Entry]) -> Value? {
        guard case .text(let key)? = Value.map(arguments)["key"], !key.isEmpty, carriedBus != nil,
            membership.swarms.sizes.isEmpty, inboxes.peers.isEmpty
        else { return nil }
        carriedBus?.move(to: key)
        return .bool(true)
    }
    var leavesPubsub: Bool { carriedBus != nil }
    mutating func takePubsubCalls() -> [PubsubCall] { carriedBus?.takeCalls() ?? [] }
    mutating func hear(_ event: PubsubEvent, now: Instant, _ out: inout [Action]) {
        if let event = carriedBus?.event(event) { hear(event, on: nil, at: now, into: &out) }
    }
}
