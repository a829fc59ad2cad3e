import Node
import Wire

// The calls of clients.
extension SignalServer {
    mutating func request(_ bytes: RawSpan, on link: LinkID, at now: Instant, into out: inout [Action]) {
        guard let call = Call(bytes) else { return garbage(link, now, &out) }
        if fault != nil, isPassedOver(call, bytes, on: link, at: now) { return }
        do throws(Refusal) {
            let method = try method(of: call, link)
            guard let value = call.value else { throw .missingPayload }
            guard value.count <= messageLimit || passesOver(method) else {
                throw .tooLarge(bytes: value.count, limit: messageLimit)
            }
            switch method {
            case .join: try join(call, value, on: link, at: now, into: &out)
            case .receiveMessages: try receive(call, value, on: link, at: now, into: &out)
            case .sendMessage: try send(call, value, on: link, at: now, into: &out)
            case .subscribe: try subscribe(call, value, on: link, at: now, into: &out)
            }
            counters.calls += 1
        } catch {
            counters.refused += 1
            out.append(.send(link, form.response(call.id) { $0.error = error.described(form.build, call) }))
        }
    }
    /// The maximum number of bytes of the argument of a call. The carrier of the bus has a limit of its own.
    var messageLimit: Int {
        carriedBus == nil ? parameters.limit : min(parameters.limit, CarriedBus.largestMessage)
    }
    /// Returns true if a seeded fault makes the node accept messages that it does not relay.
    private func passesOver(_ method: Method) -> Bool { fault == .dropsLarge && method == .sendMessage }
    func method(of call: Call, _ link: LinkID) throws(Refusal) -> Method {
        let name = String(decoding: call.method, as: UTF8.self)
        let dot = name.utf8.lastIndex(of: UInt8(ascii: "."))
        let service = dot.map { String(name[..<$0]) } ?? ""
        let bare = dot.map { String(name[name.index(after: $0)...]) } ?? name
        guard !service.isEmpty, !bare.isEmpty else { throw .malformedMethod(name) }
        let isServed = service == Method.service || service == Method.busService && parameters.bus == .on
        guard isServed else { throw .unknownService(service) }
        guard let method = Method(rawValue: bare), method.service == service else {
            throw .unknownMethod(bare)
        }
        guard call.isStream == method.isStream else { throw .streamingMismatch }
        let streams = connections[link]?.streams ?? [:]
        if method.isStream, streams[call.id] != nil { throw .usedID }
        let limit = method == .subscribe ? Limits.topics : Limits.streams
        if method.isStream, streams.count >= limit { throw .tooManyStreams }
        return method
    }
    func read<M: Message>(_ type: M.Type, _ value: [UInt8]) throws(Refusal) -> M {
        guard let message = try? M(copying: value) else { throw .unreadablePayload }
        return message
    }
    func checkKeys(_ keys: [[UInt8]]) throws(Refusal) {
        guard keys.allSatisfy({ $0.count <= Limits.key }) else { throw .longKey }
    }
    mutating func join(
        _ call: Call, _ value: [UInt8], on link: LinkID, at now: Instant, into out: inout [Action]
    ) throws(Refusal) {
        let request = try read(JoinRequest.self, value)
        let (swarm, peer) = (request.swarm?.array() ?? [], request.peer?.array() ?? [])
        try checkKeys([swarm, peer])
        let key = StreamID(link: link, id: call.id)
        connections[link]?.streams[call.id] = .join(swarm: swarm, peer: peer)
        ready(call, link, &out)
        change(now, &out) { $0.join(key, Swarms.Place(swarm: swarm, peer: peer), at: now, into: &$1) }
    }
    mutating func receive(
        _ call: Call, _ value: [UInt8], on link: LinkID, at now: Instant, into out: inout [Action]
    ) throws(Refusal) {
        let peer = try read(ReceptionRequest.self, value).peer?.array() ?? []
        try checkKeys([peer])
        connections[link]?.streams[call.id] = .receive(peer: peer)
        let isFirst = inboxes.add(StreamID(link: link, id: call.id), peer)
        ready(call, link, &out)
        if isFirst { carry(.subscribe(.peer(peer)), now, &out) }
    }
    mutating func send(
        _ call: Call, _ value: [UInt8], on link: LinkID, at now: Instant, into out: inout [Action]
    ) throws(Refusal) {
        _ = try read(SignalMessage.self, value)
        guard let message = RelayedMessage(value) else { throw .unreadablePayload }
        try checkKeys([message.author, message.recipient])
        if value.count > messageLimit { return answer(call, link, &out) }
        let streams = inboxes.streams(of: message.recipient)
        counters.messages += 1
        if streams.isEmpty { counters.unclaimed += 1 }
        hand(message, to: streams, &out)
        publish(message, now, &out)
        answer(call, link, &out)
    }
    /// Sends a message to the streams of its recipient.
    func hand(_ message: RelayedMessage, to receivers: [StreamID], _ out: inout [Action]) {
        let encoded = form.bytes(message.message(withMetadata: parameters.isV3))
        for stream in receivers { out.append(.send(stream.link, response(stream.id, .message, encoded))) }
    }
    /// Sends the only answer of a unary call.
    mutating func answer(_ call: Call, _ link: LinkID, _ out: inout [Action]) {
        let id = fault == .wrongID ? call.id &+ 1 : call.id
        out.append(.send(link, form.response(id) { $0.payload = form.payload(.empty, []) }))
    }
    mutating func ready(_ call: Call, _ link: LinkID, _ out: inout [Action]) {
        out.append(.send(link, form.response(call.id) { $0.streamReady = true }))
    }
}
