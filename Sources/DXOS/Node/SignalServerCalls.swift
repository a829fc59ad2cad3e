import Node
import Wire

// The calls of clients.
extension SignalServer {
    mutating func request(_ bytes: RawSpan, on link: LinkID, at now: Instant, into out: inout [Action]) {
        guard let call = Call(bytes) else { return garbage(link, now, &out) }
        if isPassedOver(call, bytes, on: link, at: now) { return }
        do throws(Refusal) {
            let method = try method(of: call, link)
            guard let value = call.value else {
                throw Refusal("Request payload is missing.", isOfPayload: true)
            }
            switch method {
            case .join: try join(call, value, on: link, at: now, into: &out)
            case .receiveMessages: try receive(call, value, on: link, at: now, into: &out)
            case .sendMessage: try send(call, value, on: link, at: now, into: &out)
            case .subscribe: try subscribe(call, value, on: link, at: now, into: &out)
            }
        } catch {
            if fault == .silentWithoutPayload, error.isOfPayload { return }
            if fault == .missingPayloadEndsAll, error.isOfPayload {
                for other in connections.keys.sorted() { end(other, now, &out) }
                return
            }
            if fault == .silentUnknownService, error.name == .service { return }
            if fault == .silentUnknownMethod, error.name == .method { return }
            out.append(.send(link, form.response(call.id) { $0.error = error.described(form.build, call) }))
            if fault == .errorCloses { end(link, now, &out) }
        }
    }
    /// Returns true if a seeded fault makes the node ignore a call.
    mutating func isPassedOver(_ call: Call, _ bytes: RawSpan, on link: LinkID, at now: Instant) -> Bool {
        switch fault {
        case .needsOpen: return connections[link]?.saidOpen == false
        case .fieldsInOrder: return Request.dissect(bytes).notes.contains { $0.kind == .outOfOrder }
        case .negativeIDsIgnored: return call.id < 0
        case .needsDefaults:
            return Call.content([1], bytes).map { ProtobufField(at: 0, in: $0.span.bytes)?.number != 1 } ?? true
        case .oneCallAtATime:
            defer { connections[link]?.lastCall = now }
            return connections[link]?.lastCall == now
        case .idsMustGrow:
            guard call.id > connections[link]?.lastID ?? .min else { return true }
            connections[link]?.lastID = call.id
            return false
        default: return false
        }
    }
    func method(of call: Call, _ link: LinkID) throws(Refusal) -> Method {
        let name = String(decoding: call.method, as: UTF8.self)
        let dot = name.utf8.lastIndex(of: UInt8(ascii: "."))
        let service = dot.map { String(name[..<$0]) } ?? (fault == .bareMethodTaken ? Method.service : "")
        let bare = dot.map { String(name[name.index(after: $0)...]) } ?? name
        guard !service.isEmpty, !bare.isEmpty else { throw Refusal("Invalid method: \(name)") }
        let isServed = service == Method.service || service == Method.busService && parameters.hasBus
        guard isServed || fault == .anyServiceTaken else {
            throw Refusal("Service not supported: \(service)", .service)
        }
        guard let method = Method(rawValue: bare), method.service == service || fault == .anyServiceTaken else {
            throw Refusal("Method not found: \(bare)", .method)
        }
        guard call.isStream == method.isStream || fault == .mismatchTaken else {
            throw Refusal("Invalid RPC method call: response streaming mismatch.")
        }
        if fault == .needsDot, call.typeURL?.first != UInt8(ascii: ".") { throw Refusal("Unknown type.") }
        let streams = connections[link]?.streams ?? [:]
        if method.isStream, streams[call.id] != nil { throw Refusal("Request id is in use by a stream.") }
        if fault == .sharedIDs, connections.contains(where: { $0.key != link && $0.value.streams[call.id] != nil }) {
            throw Refusal("Request id is in use by a stream.")
        }
        let limit = method == .subscribe ? Limits.topics : Limits.streams
        if method.isStream, streams.count >= limit { throw Refusal("Too many streams.") }
        return method
    }
    func read<M: Message>(_ type: M.Type, _ value: [UInt8]) throws(Refusal) -> M {
        guard let message = try? M(copying: value) else {
            throw Refusal("Request payload can not be decoded.", isOfPayload: true)
        }
        if fault == .unknownFieldsRefused, M.dissect(value).notes.contains(where: { $0.kind == .unknown }) {
            throw Refusal("Unknown field.")
        }
        return message
    }
    func checkKeys(_ keys: [[UInt8]]) throws(Refusal) {
        guard keys.allSatisfy({ $0.count <= Limits.key }) else { throw Refusal("Key is too long.") }
        if fault == .keysMustBe32, keys.contains(where: { $0.count != 32 }) { throw Refusal("Invalid key.") }
    }
    mutating func join(
        _ call: Call, _ value: [UInt8], on link: LinkID, at now: Instant, into out: inout [Action]
    ) throws(Refusal) {
        let request = try read(JoinRequest.self, value)
        if fault == .metadataRefused, request.metadata != nil { throw Refusal("Unexpected metadata.") }
        let (swarm, peer) = (request.swarm?.array() ?? [], request.peer?.array() ?? [])
        try checkKeys([swarm, peer])
        if fault == .oneSwarmOnly {
            for (id, stream) in connections[link]?.streams ?? [:] {
                if case .join(let other, _) = stream, other != swarm {
                    drop(id, on: link, isLost: false, at: now, into: &out)
                }
            }
        }
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
        let known = fault == .subscribesOnce && subscribed.contains(peer)
        if fault == .subscribesOnce { subscribed.insert(peer) }
        let isFirst = !known && inboxes.add(StreamID(link: link, id: call.id), peer)
        ready(call, link, &out)
        if isFirst, fault != .neverSubscribesPeer { carry(.subscribe(.peer(peer)), now, &out) }
    }
    mutating func send(
        _ call: Call, _ value: [UInt8], on link: LinkID, at now: Instant, into out: inout [Action]
    ) throws(Refusal) {
        _ = try read(SignalMessage.self, value)
        guard var message = RelayedMessage(value) else {
            throw Refusal("Request payload can not be decoded.", isOfPayload: true)
        }
        try checkKeys([message.author, message.recipient])
        if fault == .metadataRefused, message.metadata != nil { throw Refusal("Unexpected metadata.") }
        if fault == .authorMustReceive, inboxes.streams(of: message.author).isEmpty {
            throw Refusal("Unknown author.")
        }
        var receivers = inboxes.streams(of: message.recipient)
        sent += 1
        if fault == .losesMessages, sent % 2 == 0 { receivers = [] }
        if fault == .notToSelf { receivers.removeAll { $0.link == link } }
        if fault == .messagesOnJoin { receivers += joined(message.recipient) }
        if fault == .unknownRecipientFails, receivers.isEmpty { throw Refusal("Unknown recipient.") }
        if fault == .rewritesPayload { message.payload?.typeURL.insert(UInt8(ascii: "."), at: 0) }
        if fault == .opensPayload { message.rewrite() }
        if fault == .swapsKeys { swap(&message.author, &message.recipient) }
        hand(message, to: receivers, &out)
        if fault != .messagesStay { publish(message, now, &out) }
        answer(call, link, &out)
    }
    /// Sends a message to the streams of its recipient.
    func hand(_ message: RelayedMessage, to receivers: [StreamID], _ out: inout [Action]) {
        let encoded = form.bytes(message.message(withMetadata: handsMetadataOn))
        for stream in receivers { out.append(.send(stream.link, response(stream.id, .message, encoded))) }
    }
    var handsMetadataOn: Bool { parameters.isV3 && fault != .metadataDropped }
    func joined(_ peer: [UInt8]) -> [StreamID] {
        connections.flatMap { link, connection in
            connection.streams.compactMap { id, stream in
                if case .join(_, peer) = stream { StreamID(link: link, id: id) } else { nil }
            }
        }.sorted()
    }
    /// Sends the only answer of a unary call.
    mutating func answer(_ call: Call, _ link: LinkID, _ out: inout [Action]) {
        let id = fault == .wrongID ? call.id &+ 1 : call.id
        let answer = form.response(id) {
            if fault != .emptyWithoutAny { $0.payload = form.payload(.empty, []) }
        }
        if fault == .readyOnUnary { out.append(.send(link, form.response(id) { $0.streamReady = true })) }
        out.append(.send(link, answer))
        if fault == .doubleResponse { out.append(.send(link, answer)) }
        if fault == .closeOnUnary { out.append(.send(link, form.response(id) { $0.close = true })) }
    }
    mutating func ready(_ call: Call, _ link: LinkID, _ out: inout [Action]) {
        switch (fault, Method(name: call.method.span.bytes)) {
        case (.noStreamReady, _), (.noJoinReady, .join), (.noReceiveReady, .receiveMessages): return
        default: break
        }
        let ready = form.response(call.id) { $0.streamReady = true }
        out.append(.send(link, fault == .twoInOne ? ready + ready : ready))
    }
}
