import Node
import Wire

/// A signal server: it serves Join, ReceiveMessages and SendMessage to all that connect. Above the layers: it takes and
/// gives messages of dxRPC, one at a time.
struct SignalServer: Node {
    private let parameters: NodeParameters
    private let form: WireForm
    private let fault: Misbehaviour?
    /// What `since` counts from, in seconds since 1970: nodes read no clock.
    private let epoch: Int64
    private var connections: [LinkID: Connection] = [:]
    private var swarms: Swarms
    private var inboxes = Subscriptions()
    /// What a node with a fault still has to say.
    private var late: [(at: Instant, link: LinkID, bytes: [UInt8])] = []
    private var sent = 0

    init(_ options: NodeOptions) {
        parameters = NodeParameters(options.settings)
        form = WireForm(parameters)
        fault = options.bug.flatMap(Misbehaviour.init(named:))
        epoch = 1_767_225_600
        swarms = Swarms(grace: parameters.grace, fault: fault)
    }
    var deadline: Instant? {
        var all = [swarms.deadline].compactMap { $0 } + late.map(\.at)
        all += connections.values.compactMap { $0.opening?.next }
        return all.min()
    }
    mutating func start(now: Instant, _ out: inout [Action]) {}
    mutating func opened(_ link: LinkID, peer: Endpoint, by opener: Opener, now: Instant, _ out: inout [Action]) {
        var connection = Connection()
        if parameters.handshake {
            connection.opening = Handshake(now)
            var open = Open()
            open.open = true
            out.append(.send(link, form.bytes(open)))
        }
        connections[link] = connection
    }
    /// Whole messages come with their kind.
    mutating func received(_ bytes: RawSpan, on link: LinkID, now: Instant, _ out: inout [Action]) {
        received(bytes, kind: Self.binary, on: link, now: now, &out)
    }
    static let binary: UInt8 = 2
    mutating func received(_ bytes: RawSpan, kind: UInt8, on link: LinkID, now: Instant, _ out: inout [Action]) {
        guard let connection = connections[link] else { return }
        guard kind == Self.binary || fault == .answersText else {
            if fault == .answersPing, isGood(Keepalive.self, bytes) { out.append(.send(link, Array("__pong__".utf8))) }
            return
        }
        var framing = MessageFraming()
        guard case .message(let type, _) = framing.next(bytes), type.check(bytes) == nil else {
            return garbage(link, now, &out)
        }
        switch type {
        case is Request.Type: request(bytes, link, now, &out)
        // One that is false is malformed.
        case is Open.Type where (try? Open(copying: bytes))?.open == true:
            connections[link]?.saidOpen = true
            if parameters.handshake { out.append(.send(link, confirmation)) }
        case is OpenAck.Type where connection.opening != nil:
            connections[link]?.opening = nil
            out.append(.send(link, confirmation))
        case is StreamClose.Type:
            let id = (try? StreamClose(copying: bytes))?.streamClose?.id ?? 0
            closeStream(id, link, now, &out)
        case is Bye.Type: bye(link, now, &out)
        case is Response.Type where fault == .strayResponseEnds: end(link, now, &out)
        // It calls nobody: each response is of an id that it never used. The rest is malformed, and passed over.
        default: break
        }
    }
    private var confirmation: [UInt8] {
        var ack = OpenAck()
        ack.openAck = true
        return form.bytes(ack)
    }
    private mutating func garbage(_ link: LinkID, _ now: Instant, _ out: inout [Action]) {
        out.append(.report(Event("malformed", link)))
        if fault == .garbageEndsAll {
            for other in connections.keys.sorted() { end(other, now, &out) }
        } else if form.build.dropsGarbage {
            end(link, now, &out)
        }
    }
    private mutating func bye(_ link: LinkID, _ now: Instant, _ out: inout [Action]) {
        guard connections[link]?.saidBye == false, fault != .byeUnanswered else { return }
        switch form.build.onBye {
        case .ignores: break
        case .answers:
            connections[link]?.saidBye = true
            var bye = Bye()
            bye.bye = NoFields()
            out.append(.send(link, form.bytes(bye)))
            end(link, now, &out)
        case .endsStreams:
            for id in (connections[link]?.streams.keys.sorted() ?? []) { drop(id, link, isLost: false, now, &out) }
        }
    }

    // Streams that end

    private mutating func closeStream(_ id: Int32, _ link: LinkID, _ now: Instant, _ out: inout [Action]) {
        guard let stream = connections[link]?.streams[id] else {
            if fault == .unknownCloseEnds { end(link, now, &out) }
            if fault == .closesAllOnUnknown {
                for id in (connections[link]?.streams.keys.sorted() ?? []) { drop(id, link, isLost: false, now, &out) }
            }
            return
        }
        if fault == .closeOfOneEndsAll {
            for other in (connections[link]?.streams.keys.sorted() ?? []) where other != id {
                drop(other, link, isLost: false, now, &out)
            }
        }
        switch (fault, stream) {
        case (.keepsSubscription, .receive), (.keepsJoinStream, .join): break
        default: drop(id, link, isLost: false, now, &out)
        }
        if fault == .eventAfterClose, case .join = stream {
            let event = response(id, .swarmEvent, form.bytes(event(Array("late".utf8), now)))
            late.append((now + .milliseconds(700), link, event))
        }
        if form.build.confirmsClose { out.append(.send(link, form.response(id) { $0.close = true })) }
    }
    private mutating func drop(_ id: Int32, _ link: LinkID, isLost: Bool, _ now: Instant, _ out: inout [Action]) {
        let key = StreamID(link: link, id: id)
        switch connections[link]?.streams.removeValue(forKey: id) {
        case .join(let swarm, let peer):
            let notices = isLost ? swarms.lose(key, swarm, peer, now) : swarms.leave(key, swarm, peer)
            tell(notices, now, &out)
        case .receive(let peer): inboxes.remove(key, peer)
        case nil: break
        }
    }
    /// Ends a connection, or learns that it ended.
    private mutating func lose(_ link: LinkID, _ now: Instant, _ out: inout [Action]) {
        for id in (connections[link]?.streams.keys.sorted() ?? []) { drop(id, link, isLost: true, now, &out) }
        connections[link] = nil
        late.removeAll { $0.link == link }
    }
    private mutating func end(_ link: LinkID, _ now: Instant, _ out: inout [Action]) {
        lose(link, now, &out)
        out.append(.close(link))
    }
    mutating func closed(_ link: LinkID, now: Instant, _ out: inout [Action]) { lose(link, now, &out) }
    mutating func unsent(_ bytes: Int, on link: LinkID, now: Instant, _ out: inout [Action]) {
        guard bytes > Limits.unsent, connections[link] != nil else { return }
        out.append(.report(Event("slow_reader", link, [.init("bytes", .uint(UInt64(bytes)))])))
        end(link, now, &out)
    }
    mutating func unreachable(_ peer: Endpoint, now: Instant, _ out: inout [Action]) {}
    static let controls = [NodeControl(tells: "shutdown", "ends all streams and connections of a server")]
    mutating func control(
        _ name: String, _ arguments: [Value.Entry], now: Instant, _ out: inout [Action]
    ) -> Value? {
        guard name == "shutdown" else { return nil }
        for link in connections.keys.sorted() {
            for id in fault == .abruptStop ? [] : connections[link]?.streams.keys.sorted() ?? [] {
                out.append(.send(link, form.response(id) { $0.close = true }))
            }
            out.append(.close(link))
        }
        (connections, inboxes, late) = ([:], Subscriptions(), [])
        swarms = Swarms(grace: parameters.grace, fault: fault)
        return .bool(true)
    }
    mutating func wake(now: Instant, _ out: inout [Action]) {
        tell(swarms.expire(now), now, &out)
        for item in late where item.at <= now { out.append(.send(item.link, item.bytes)) }
        late.removeAll { $0.at <= now }
        for link in connections.keys.sorted() {
            guard let due = connections[link]?.opening?.isDue(now) else {
                connections[link]?.opening = nil
                continue
            }
            guard due else { continue }
            var open = Open()
            open.open = true
            out.append(.send(link, form.bytes(open)))
        }
    }

    // Calls

    private mutating func request(_ bytes: RawSpan, _ link: LinkID, _ now: Instant, _ out: inout [Action]) {
        guard let call = Call(bytes) else { return garbage(link, now, &out) }
        if isPassedOver(call, bytes, link, now) { return }
        do throws(Refusal) {
            let method = try method(of: call, link)
            guard let value = call.value else {
                throw Refusal("Request payload is missing.", isOfPayload: true)
            }
            switch method {
            case .join: try join(call, value, link, now, &out)
            case .receiveMessages: try receive(call, value, link, now, &out)
            case .sendMessage: try send(call, value, link, now, &out)
            }
        } catch {
            if fault == .silentWithoutPayload, error.isOfPayload { return }
            if fault == .silentUnknownService, error.name == .service { return }
            if fault == .silentUnknownMethod, error.name == .method { return }
            out.append(.send(link, form.response(call.id) { $0.error = error.described(form.build, call) }))
            if fault == .errorCloses { end(link, now, &out) }
        }
    }
    /// Faults that make the node not hear a call.
    private mutating func isPassedOver(_ call: Call, _ bytes: RawSpan, _ link: LinkID, _ now: Instant) -> Bool {
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
    private func method(of call: Call, _ link: LinkID) throws(Refusal) -> Method {
        let name = String(decoding: call.method, as: UTF8.self)
        let dot = name.utf8.lastIndex(of: UInt8(ascii: "."))
        let service = dot.map { String(name[..<$0]) } ?? (fault == .bareMethodTaken ? Method.service : "")
        let bare = dot.map { String(name[name.index(after: $0)...]) } ?? name
        guard !service.isEmpty, !bare.isEmpty else { throw Refusal("Invalid method: \(name)") }
        guard service == Method.service || fault == .anyServiceTaken else {
            throw Refusal("Service not supported: \(service)", .service)
        }
        guard let method = Method(rawValue: bare) else { throw Refusal("Method not found: \(bare)", .method) }
        guard call.isStream == method.isStream || fault == .mismatchTaken else {
            throw Refusal("Invalid RPC method call: response streaming mismatch.")
        }
        if fault == .needsDot, call.typeURL?.first != UInt8(ascii: ".") { throw Refusal("Unknown type.") }
        let streams = connections[link]?.streams ?? [:]
        if method.isStream, streams[call.id] != nil { throw Refusal("Request id is in use by a stream.") }
        if fault == .sharedIDs, connections.contains(where: { $0.key != link && $0.value.streams[call.id] != nil }) {
            throw Refusal("Request id is in use by a stream.")
        }
        if method.isStream, streams.count >= Limits.streams { throw Refusal("Too many streams.") }
        return method
    }
    private func read<M: Message>(_ type: M.Type, _ value: [UInt8]) throws(Refusal) -> M {
        guard let message = try? M(copying: value) else {
            throw Refusal("Request payload can not be decoded.", isOfPayload: true)
        }
        if fault == .unknownFieldsRefused, M.dissect(value).notes.contains(where: { $0.kind == .unknown }) {
            throw Refusal("Unknown field.")
        }
        return message
    }
    private func checkKeys(_ keys: [[UInt8]]) throws(Refusal) {
        guard keys.allSatisfy({ $0.count <= Limits.key }) else { throw Refusal("Key is too long.") }
        if fault == .keysMustBe32, keys.contains(where: { $0.count != 32 }) { throw Refusal("Invalid key.") }
    }
    private mutating func join(
        _ call: Call, _ value: [UInt8], _ link: LinkID, _ now: Instant, _ out: inout [Action]
    ) throws(Refusal) {
        let request = try read(JoinRequest.self, value)
        if fault == .metadataRefused, request.metadata != nil { throw Refusal("Unexpected metadata.") }
        let (swarm, peer) = (request.swarm?.array() ?? [], request.peer?.array() ?? [])
        try checkKeys([swarm, peer])
        if fault == .oneSwarmOnly {
            for (id, stream) in connections[link]?.streams ?? [:] {
                if case .join(let other, _) = stream, other != swarm { drop(id, link, isLost: false, now, &out) }
            }
        }
        let key = StreamID(link: link, id: call.id)
        connections[link]?.streams[call.id] = .join(swarm: swarm, peer: peer)
        ready(call, link, &out)
        tell(swarms.join(key, swarm, peer, now), now, &out)
    }
    private mutating func receive(
        _ call: Call, _ value: [UInt8], _ link: LinkID, _ now: Instant, _ out: inout [Action]
    ) throws(Refusal) {
        let peer = try read(ReceptionRequest.self, value).peer?.array() ?? []
        try checkKeys([peer])
        connections[link]?.streams[call.id] = .receive(peer: peer)
        let known = fault == .subscribesOnce && subscribed.contains(peer)
        if fault == .subscribesOnce { subscribed.insert(peer) }
        if !known { inboxes.add(StreamID(link: link, id: call.id), peer) }
        ready(call, link, &out)
    }
    /// Peers that subscribed once, of a node that has them do so once.
    private var subscribed: Set<[UInt8]> = []

    private mutating func send(
        _ call: Call, _ value: [UInt8], _ link: LinkID, _ now: Instant, _ out: inout [Action]
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
        let encoded = message.encoded(form, withMetadata: parameters.isV3 && fault != .metadataDropped)
        for stream in receivers { out.append(.send(stream.link, response(stream.id, .message, encoded))) }
        answer(call, link, &out)
    }
    private func joined(_ peer: [UInt8]) -> [StreamID] {
        connections.flatMap { link, connection in
            connection.streams.compactMap { id, stream in
                if case .join(_, peer) = stream { StreamID(link: link, id: id) } else { nil }
            }
        }.sorted()
    }
    /// The one answer of a unary call.
    private mutating func answer(_ call: Call, _ link: LinkID, _ out: inout [Action]) {
        let id = fault == .wrongID ? call.id &+ 1 : call.id
        let answer = form.response(id) {
            if fault != .emptyWithoutAny { $0.payload = form.payload(.empty, []) }
        }
        if fault == .readyOnUnary { out.append(.send(link, form.response(id) { $0.streamReady = true })) }
        out.append(.send(link, answer))
        if fault == .doubleResponse { out.append(.send(link, answer)) }
        if fault == .closeOnUnary { out.append(.send(link, form.response(id) { $0.close = true })) }
    }
    private mutating func ready(_ call: Call, _ link: LinkID, _ out: inout [Action]) {
        switch (fault, Method(name: call.method.span.bytes)) {
        case (.noStreamReady, _), (.noJoinReady, .join), (.noReceiveReady, .receiveMessages): return
        default: break
        }
        let ready = form.response(call.id) { $0.streamReady = true }
        out.append(.send(link, fault == .twoInOne ? ready + ready : ready))
    }

    // What streams are told

    private mutating func tell(_ notices: [Swarms.Notice], _ now: Instant, _ out: inout [Action]) {
        for notice in notices {
            let event = form.bytes(
                notice.since.map { self.event(notice.peer, $0) } ?? Self.left(notice.peer))
            var streams = notice.streams
            if fault == .eventsOnReceive {
                streams += connections.flatMap { link, connection in
                    connection.streams.compactMap { id, stream in
                        if case .receive = stream { StreamID(link: link, id: id) } else { nil }
                    }
                }.sorted()
            }
            for stream in streams { out.append(.send(stream.link, response(stream.id, .swarmEvent, event))) }
        }
    }
    private func response(_ id: Int32, _ type: TypeName, _ value: [UInt8]) -> [UInt8] {
        form.response(id) { $0.payload = form.payload(type, value) }
    }
    private func event(_ peer: [UInt8], _ since: Instant) -> SwarmEvent {
        var available = PeerAvailable()
        available.peer = Bytes(peer)
        if fault != .sinceMissing { available.since = time(since) }
        if let ttl = parameters.ttl { available.until = time(since + ttl) }
        if fault == .announcesToClients { available.announceBackToHost = Bytes(Array("host".utf8)) }
        var event = SwarmEvent()
        event.peerAvailable = available
        return event
    }
    private func time(_ now: Instant) -> Timestamp {
        var time = Timestamp()
        time.seconds = epoch + now.nanoseconds / 1_000_000_000
        let nanos = Int32(now.nanoseconds % 1_000_000_000)
        if nanos != 0 { time.nanos = nanos }
        return time
    }
    private static func left(_ peer: [UInt8]) -> SwarmEvent {
        var left = PeerLeft()
        left.peer = Bytes(peer)
        var event = SwarmEvent()
        event.peerLeft = left
        return event
    }
}
