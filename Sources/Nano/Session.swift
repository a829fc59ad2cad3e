import Crypto
import Node
import Wire

/// One connection of a node: bytes and the time go in, actions come out.
///
/// It begins undefined, with a handshake that either side may have to answer, and becomes realtime when the response of
/// the other side verifies (nano-node, node/transport/tcp_server.cpp).
struct Session: Sendable {
    enum State: Equatable, Sendable {
        case undefined
        /// The handshake is done; the other side has this node id.
        case realtime(Key32)
        /// Began with a legacy bootstrap request: serves those up to V27, later nothing.
        case bootstrap
    }
    let link: LinkID
    let peer: Endpoint
    let opener: Opener
    private(set) var state = State.undefined
    /// Peers that its last keepalive named and that nobody has looked at. Newer ones are passed over until then.
    var unread: [Endpoint] = []
    /// Requests of ascending bootstrap that came in the last piece, and those that were answered.
    var waitingPulls = 0
    var pullCount = 0
    /// Blocks without headers follow, behind a bulk_push.
    var isPushed = false
    /// When telemetry was sent because somebody asked.
    var toldAt: Instant?
    /// Closed by us: no more actions.
    private(set) var isOver = false
    let key: SigningKey
    private let began: Instant
    private var heard: Instant
    private var said: Instant
    /// A handshake message came: one more with a query is one too many.
    private var isShaken = false
    private var hasQueried = false
    /// When a query is sent that was held back.
    private var queryAt: Instant?
    /// The beginning of a message; never longer than the longest message.
    private var pending: [UInt8] = []

    init(_ link: LinkID, _ peer: Endpoint, by opener: Opener, now: Instant, _ core: inout NodeCore) {
        self.link = link
        self.peer = peer
        self.opener = opener
        key = core.connectionKey()
        began = now
        heard = now
        said = now
    }

    var isRealtime: Bool { nodeID != nil }
    var hasUnread: Bool { !unread.isEmpty }
    /// Nothing was sent for so long.
    func isMute(for duration: Duration, now: Instant) -> Bool { said + duration <= now }
    /// The peers of the kept keepalive, which makes room for the next.
    mutating func read() -> [Endpoint] {
        defer { unread = [] }
        return unread
    }
    /// That of the other side, once the handshake is done.
    var nodeID: Key32? { if case .realtime(let id) = state { id } else { nil } }

    /// The connection stands: who opened it sends a query.
    mutating func begin(now: Instant, _ core: inout NodeCore, _ out: inout [Action]) {
        guard opener == .us, !core.has(.queryNone) else { return }
        if core.has(.queryLate) { queryAt = now + .seconds(7) } else { query(now, &core, &out) }
    }

    /// The next bytes of the stream, cut anywhere.
    mutating func receive(_ bytes: RawSpan, now: Instant, _ core: inout NodeCore, _ out: inout [Action]) {
        guard !isOver, bytes.byteCount > 0 else { return }
        heard = now
        waitingPulls = 0
        if pending.isEmpty {
            let used = consume(bytes, now, &core, &out)
            if !isOver, used < bytes.byteCount { pending.append(bytes.extracting(used..<bytes.byteCount)) }
        } else {
            pending.append(bytes)
            // Moved out, so that it stays the only one and is not copied when it grows.
            var whole: [UInt8] = []
            swap(&whole, &pending)
            let used = consume(whole.span.bytes, now, &core, &out)
            if !isOver { pending = used == 0 ? whole : Array(whole[used...]) }
        }
    }

    /// Timers that are due.
    mutating func wake(now: Instant, _ core: inout NodeCore, _ out: inout [Action]) {
        guard !isOver else { return }
        if let at = queryAt, at <= now {
            queryAt = nil
            query(now, &core, &out)
        }
        if let at = core.limits.handshake, state == .undefined, began + at <= now {
            return close(.handshakeTimeout, &out)
        }
        if let at = muteAt(core), at <= now { return close(.mute, &out) }
        if let at = idleAt(core), at <= now { close(.idle, &out) }
    }

    /// When `wake` is wanted.
    func deadline(_ core: NodeCore) -> Instant? {
        guard !isOver else { return nil }
        let handshakeAt = state == .undefined ? core.limits.handshake.map { began + $0 } : nil
        return [queryAt, handshakeAt, muteAt(core), idleAt(core)].compactMap { $0 }.min()
    }
    private func muteAt(_ core: NodeCore) -> Instant? {
        // Who says nothing by a fault of its own does not know better.
        isRealtime && !core.has(.goesQuiet) && !core.has(.noKeepalive) ? said + core.limits.muteness : nil
    }
    private func idleAt(_ core: NodeCore) -> Instant? {
        let silenceAt = opener == .them && !core.has(.noSilenceLimit) ? heard + core.limits.silence : nil
        // Who says nothing by a fault of its own does not know better.
        if core.has(.noIdleTimeout) || core.has(.goesQuiet) && isRealtime { return isRealtime ? silenceAt : nil }
        let idle = max(heard, said) + (core.has(.idleTimeoutEarly) ? core.limits.idle / 2 : core.limits.idle)
        return min(idle, silenceAt ?? .never)
    }

    mutating func send(_ bytes: [UInt8], _ now: Instant, _ out: inout [Action]) {
        said = now
        out.append(.send(link, bytes))
    }
    mutating func close(_ reason: CloseReason, _ out: inout [Action]) {
        guard !isOver else { return }
        isOver = true
        pending = []
        out.append(.close(link))
        out.append(.report(Event("closed", link, [.init("reason", .text(reason.rawValue))])))
    }
    private mutating func fail(_ reason: CloseReason, _ out: inout [Action]) {
        out.append(.report(Event("handshake_failed", link, [.init("reason", .text(reason.rawValue))])))
        close(reason, &out)
    }
}

// From bytes to messages.
extension Session {
    /// Handles the messages at the front; returns how many bytes they took.
    private mutating func consume(
        _ bytes: RawSpan, _ now: Instant, _ core: inout NodeCore, _ out: inout [Action]
    ) -> Int {
        var at = 0
        while !isOver, at < bytes.byteCount {
            let rest = bytes.extracting(at..<bytes.byteCount)
            if isPushed {
                guard let length = takePushed(rest, now, &core, &out) else { return at }
                at += length
                continue
            }
            switch core.frame(rest) {
            case .message(let type, let length):
                handle(type, rest.extracting(0..<length), now, &core, &out)
                at += length
                if core.has(.dropsCoalesced) { return bytes.byteCount }
            case .skipped(let length): at += length
            case .needMore:
                if core.has(.resetsOnTrickle) { close(.fault, &out) }
                return at
            case .refused(let reason): close(reason, &out)
            }
        }
        return at
    }

    private mutating func handle(
        _ type: any NanoMessage.Type, _ bytes: RawSpan, _ now: Instant, _ core: inout NodeCore, _ out: inout [Action]
    ) {
        out.append(.report(Event("received", link, [.init("message", .text(type.name.description))])))
        if let error = core.contentError(type, bytes) {
            out.append(
                .report(
                    Event(
                        "dropped", link,
                        [.init("message", .text(type.name.description)), .init("reason", .text(error))])))
            if core.has(.failsOnBadBlock), type.type == .publish { core.isDown = true }
            // Payloads that came before are dropped unseen, bad ones too: those of unknown block types are empty, and alike.
            if type.type == .publish, !core.duplicates.isNew(bytes, now: now) { return }
            if core.rules.profile.closesOnContentErrors || closes(on: type, bytes, core) { close(.badContent, &out) }
            return
        }
        switch (state, type.type) {
        case (.undefined, .nodeIDHandshake): shake(bytes, now, &core, &out)
        case (.undefined, .bulkPull), (.undefined, .bulkPush), (.undefined, .frontierReq),
            (.undefined, .bulkPullAccount):
            guard core.rules.profile.hasBootstrapMode else { return close(.beforeHandshake, &out) }
            guard core.beginBootstrap(link) else { return close(.tooManyConnections, &out) }
            state = .bootstrap
            serve(type.type, bytes, now, core, &out)
        case (.undefined, .ascPullReq) where core.has(.servesBeforeHandshake): answer(bytes, now, core, &out)
        case (.undefined, _):
            let isPassed = core.has(.acceptsRealtimeBeforeHandshake) && type.type != .ascPullReq
            guard core.rules.profile.closesOnEarlyMessages, !isPassed else { return }
            fail(.beforeHandshake, &out)
        case (.realtime, .nodeIDHandshake): if core.has(.closesOnReplay) { close(.fault, &out) }
        case (.realtime, .keepalive): keepalive(bytes, &core, &out)
        case (.realtime, .publish): publish(bytes, now, &core, &out)
        case (.realtime, .confirmReq):
            if core.has(.closesOnManyPairs), bytes.byteCount > Self.fewPairs { close(.fault, &out) }
        case (.realtime, .confirmAck): vote(bytes, now, &core, &out)
        case (.realtime, .ascPullReq): answer(bytes, now, core, &out)
        case (.realtime, .telemetryReq): telemetryAsked(now, core, &out)
        case (.realtime, .telemetryAck): telemetry(bytes, now, &core, &out)
        case (.realtime, .bulkPull): if core.has(.closesOnRealtimeBulkPull) { close(.fault, &out) }
        case (.bootstrap, .keepalive): if core.has(.closesOnBootstrapKeepalive) { close(.fault, &out) }
        case (.bootstrap, _): serve(type.type, bytes, now, core, &out)
        case (.realtime, _): break
        }
    }
    /// As many pairs as the old form of the header can state.
    private static let fewPairs = Header.count + 15 * 2 * Key32.byteCount
    /// Whether a seeded fault ends the connection because of such a content error.
    private func closes(on type: any NanoMessage.Type, _ bytes: RawSpan, _ core: NodeCore) -> Bool {
        switch core.bug {
        case .closesOnSoftError: state == .undefined
        case .closesOnTelemetryBits: type.type == .telemetryAck && (Prelude(bytes, at: 0)?.extensions ?? 0) > 0x3ff
        case .closesOnUnknownPull: type.type == .ascPullReq && !PullType.load(bytes, Header.count, .big).isKnown
        case .closesOnLaterPull: type.type == .ascPullReq && PullType.load(bytes, Header.count, .big).isKnown
        default: false
        }
    }
}

// The handshake.
extension Session {
    /// Sends a cookie for the other side to sign.
    private mutating func query(_ now: Instant, _ core: inout NodeCore, _ out: inout [Action]) {
        var message = NodeIDHandshake()
        message.header = core.rules.header(.nodeIDHandshake)
        message.version = core.rules.profile.handshake
        message.query = newCookie(now, &core)
        // Nobody can answer without one. Only when the same port was used again within a cookie's life.
        guard message.query != nil else { return close(.missingCookie, &out) }
        send(message.encoded(), now, &out)
    }
    /// A cookie for the other side; nil when no more can be open.
    private mutating func newCookie(_ now: Instant, _ core: inout NodeCore) -> Key32? {
        let cookie = core.cookie()
        guard core.cookies.assign(cookie, to: peer, now: now) else { return nil }
        hasQueried = true
        return cookie
    }

    /// A handshake message before the handshake is done.
    private mutating func shake(_ bytes: RawSpan, _ now: Instant, _ core: inout NodeCore, _ out: inout [Action]) {
        guard let asked = Prelude(bytes, at: 0)?.extensions, var message = core.handshake(bytes) else { return }
        if message.query == nil, message.response == nil {
            let isClosed = core.rules.profile.closesOnEmptyHandshake && !core.has(.acceptsEmptyHandshake)
            if isClosed { fail(.emptyHandshake, &out) }
            return
        }
        if message.query != nil, isShaken {
            guard core.has(.acceptsSecondQuery) else { return fail(.secondQuery, &out) }
            message.query = nil
        }
        isShaken = true
        if core.has(.ignoresV1Answer), opener == .us, message.version == 1, message.response != nil { return }
        // Our answer waits until theirs is found good: who fails gets nothing more.
        if let response = message.response, let reason = refusal(of: response, now, &core) {
            return fail(reason, &out)
        }
        if let cookie = message.query { respond(to: cookie, version: message.version, asked: asked, now, &core, &out) }
        if let response = message.response { establish(response.nodeID, message.version, now, &core, &out) }
    }

    /// What is wrong with a response, in nano-node's order (network.cpp, `verify_handshake_response`).
    private func refusal(
        of response: NodeIDHandshake.Response, _ now: Instant, _ core: inout NodeCore
    ) -> CloseReason? {
        if core.nodeIDs.contains(response.nodeID) { return core.has(.acceptsOwnID) ? nil : .ownNodeID }
        if response.version >= 2, response.genesis != core.rules.network.genesis,
            !core.has(opener == .us ? .acceptsGenesisAsInitiator : .acceptsWrongGenesis)
        {
            return .wrongGenesis
        }
        // Used up even when the signature turns out bad.
        guard let cookie = core.cookies.take(peer, now: now) else {
            return core.has(.acceptsResponseFirst) && !hasQueried ? nil : .missingCookie
        }
        if core.has(.acceptsAnySignature) || core.has(.acceptsWrongCookie) { return nil }
        if core.has(.acceptsAlteredSalt), response.version >= 2 { return nil }
        return response.isSigned(over: cookie) ? nil : .invalidSignature
    }

    /// Answers a query in the highest version that it and we know, with a query of our own unless there was one.
    private mutating func respond(
        to cookie: Key32, version: UInt8, asked: UInt16, _ now: Instant, _ core: inout NodeCore, _ out: inout [Action]
    ) {
        // Those that answer wrongly do so when they were dialed; as openers they have faults of their own.
        let isDialed = opener == .them
        if isDialed, core.has(version > 1 ? .noAnswer : .v1QueryIgnored) { return }
        var message = NodeIDHandshake()
        message.header = core.rules.header(.nodeIDHandshake)
        message.version = version
        if isDialed, core.has(.v1AnswerToV2) || core.has(.v3FlagConfuses) && asked & 8 != 0 { message.version = 1 }
        if !hasQueried || core.has(.queryInThirdMessage) && version > 1 { message.query = newCookie(now, &core) }
        message.response = response(to: cookie, version: message.version, &core)
        if isDialed, core.has(.v2FlagMissing), version > 1 { message.header.extensions.stored = message.bits & ~4 }
        if isDialed, core.has(.undeclaredResponse), version > 1 { message.header.extensions.stored = message.bits & ~2 }
        send(message.encoded(), now, &out)
    }
    private func response(to cookie: Key32, version: UInt8, _ core: inout NodeCore) -> NodeIDHandshake.Response {
        var response = NodeIDHandshake.Response(version: version)
        response.nodeID = Fixed(exactly: key.publicKey) ?? response.nodeID
        response.salt = core.salt()
        response.genesis = core.has(.wrongGenesis) ? Key32(repeating: 0x77) : core.rules.network.genesis
        response.capabilities = version >= 3 ? core.rules.profile.capabilities : 0
        let signed = core.has(.signatureOverWrongBytes) && version >= 2 ? response.nodeID : cookie
        response.sign(with: key, over: signed)
        if core.has(version == 1 ? .badV1Signature : .badSignature) { response.signature.bytes[7] ^= 1 }
        return response
    }

    /// The other side has proved its id: from here on all messages are welcome.
    private mutating func establish(
        _ nodeID: Key32, _ version: UInt8, _ now: Instant, _ core: inout NodeCore, _ out: inout [Action]
    ) {
        guard core.join(nodeID, from: peer, link: link) else { return fail(.duplicateNodeID, &out) }
        state = .realtime(nodeID)
        out.append(
            .report(
                Event(
                    "handshake_done", link,
                    [.init("node_id", nodeID.value(in: RawSpan())), .init("version", .uint(UInt64(version)))])))
        // Where it was dialed is where it listens.
        if opener == .us { core.place(peer, link) }
        keepalive(aboutUs: true, now: now, &core, &out)
        askForVotes(now, core, &out)
    }
}

extension [UInt8] {
    mutating func append(_ bytes: RawSpan) { bytes.withUnsafeBytes { append(contentsOf: $0) } }
}
