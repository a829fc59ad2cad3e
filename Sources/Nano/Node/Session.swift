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
    /// The fault of our node, and what it makes late.
    let bug: Misbehaviour?
    private var held = HeldBack()
    /// Questions for telemetry that came, and whether a block was passed on: only nodes with a seeded fault count.
    var questions = 0
    var hasFlooded = false
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
        bug = core.bug
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
        if core.has(opener == .us ? .keepaliveBeforeQuery : .speaksFirst) { send(keepaliveAboutUs(core), now, &out) }
        guard opener == .us, !core.has(.queryNone) else { return }
        if core.has(.queryLate) { queryAt = now + .seconds(7) } else { query(now, &core, &out) }
    }

    /// The next bytes of the stream, cut anywhere.
    mutating func receive(_ bytes: RawSpan, now: Instant, _ core: inout NodeCore, _ out: inout [Action]) {
        guard !isOver, held.close == nil, bytes.byteCount > 0 else { return }
        if core.has(.forgetsPartial), heard + .seconds(1) <= now { pending = [] }
        heard = now
        if !core.has(.queueNeverDrains) { waitingPulls = 0 }
        if pending.isEmpty {
            let used = consume(bytes, now, &core, &out)
            let isLost = core.has(.dropsPartialHeader) && bytes.byteCount - used < Header.count
            if !isOver, used < bytes.byteCount, !isLost { pending.append(bytes.extracting(used..<bytes.byteCount)) }
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
        for bytes in held.takeDue(now) { deliver(bytes, now, &out) }
        if let late = held.close, late.at <= now { return end(late.reason, &out) }
        if let at = core.limits.handshake, state == .undefined, began + at <= now {
            return close(.handshakeTimeout, &out)
        }
        if let at = muteAt(core), at <= now { return close(.mute, &out) }
        guard let at = idleAt(core), at <= now else { return }
        if core.has(.silenceClosesAll) { core.closesAll = true }
        close(.idle, &out)
    }

    /// When `wake` is wanted.
    func deadline(_ core: NodeCore) -> Instant? {
        guard !isOver else { return nil }
        let handshakeAt = state == .undefined ? core.limits.handshake.map { began + $0 } : nil
        return [queryAt, handshakeAt, muteAt(core), idleAt(core), held.deadline].compactMap { $0 }.min()
    }
    private func muteAt(_ core: NodeCore) -> Instant? {
        // Who says nothing by a fault of its own does not know better.
        let isQuiet = core.has(.goesQuiet) || core.has(.noKeepalive) || core.has(.openerWithoutKeepalive)
        return isRealtime && !isQuiet ? said + core.limits.muteness : nil
    }
    private func idleAt(_ core: NodeCore) -> Instant? {
        let silenceAt = opener == .them && !core.has(.noSilenceLimit) ? heard + core.limits.silence : nil
        // Who says nothing by a fault of its own does not know better.
        if core.has(.noIdleTimeout) || core.has(.goesQuiet) && isRealtime { return isRealtime ? silenceAt : nil }
        let idle = max(heard, said) + core.limits.idle
        return min(idle, silenceAt ?? .never)
    }

    mutating func send(_ bytes: [UInt8], _ now: Instant, _ out: inout [Action]) {
        said = now
        guard let bug else { return deliver(bytes, now, &out) }
        var spoiled = bytes
        bug.spoil(&spoiled, on: opener)
        if let delay = bug.delay(of: spoiled, on: opener) {
            held.hold(spoiled, until: now + delay)
        } else {
            deliver(spoiled, now, &out)
        }
    }
    private mutating func deliver(_ bytes: [UInt8], _ now: Instant, _ out: inout [Action]) {
        said = now
        out.append(.send(link, bytes))
    }
    mutating func close(_ reason: CloseReason, on type: MessageType? = nil, _ out: inout [Action]) {
        guard !isOver, held.close == nil else { return }
        // Closed because of what was heard just now.
        if let delay = bug?.delay(of: reason, on: type, opener) { return held.close = (heard + delay, reason) }
        end(reason, &out)
    }
    private mutating func end(_ reason: CloseReason, _ out: inout [Action]) {
        isOver = true
        pending = []
        out.append(.close(link))
        out.append(.report(Event("closed", link, [.init("reason", .text(reason.rawValue))])))
    }
    private mutating func fail(_ reason: CloseReason, on type: MessageType? = nil, _ out: inout [Action]) {
        out.append(.report(Event("handshake_failed", link, [.init("reason", .text(reason.rawValue))])))
        close(reason, on: type, &out)
    }
}

// From bytes to messages.
extension Session {
    /// Handles the messages at the front; returns how many bytes they took.
    private mutating func consume(
        _ bytes: RawSpan, _ now: Instant, _ core: inout NodeCore, _ out: inout [Action]
    ) -> Int {
        var at = 0
        while !isOver, held.close == nil, at < bytes.byteCount {
            let rest = bytes.extracting(at..<bytes.byteCount)
            if isPushed {
                guard let length = takePushed(rest, now, &core, &out) else { return at }
                at += length
                continue
            }
            switch core.frame(rest, isRealtime: isRealtime) {
            case .message(let type, let length):
                let wasRealtime = isRealtime
                handle(type, rest.extracting(0..<length), now, &core, &out)
                at += length
                let isLast = core.has(.dropsBehindHandshake) && isRealtime && !wasRealtime
                if core.has(.dropsCoalesced) || isLast { return bytes.byteCount }
            case .skipped(let length): at += length
            case .needMore:
                if core.has(.resetsOnTrickle) { close(.fault, &out) }
                return at
            case .refused(let reason):
                if core.has(.errorClosesAll) { core.closesAll = true }
                close(reason, &out)
            }
        }
        return at
    }

    private mutating func handle(
        _ type: any NanoMessage.Type, _ bytes: RawSpan, _ now: Instant, _ core: inout NodeCore, _ out: inout [Action]
    ) {
        out.append(.report(Event("received", link, [.init("message", .text(type.name.description))])))
        if let error = core.contentError(type, bytes), !core.takesBadContent(type.type, bytes) {
            out.append(
                .report(
                    Event(
                        "dropped", link,
                        [.init("message", .text(type.name.description)), .init("reason", .text(error))])))
            if core.has(.failsOnBadBlock), type.type == .publish { core.isDown = true }
            // Payloads that came before are dropped unseen, bad ones too: those of unknown block types are empty, and
            // alike.
            if type.type == .publish, !core.duplicates.isNew(bytes, now: now) { return }
            if core.rules.profile.closesOnContentErrors && !keeps(on: type, core) || closes(on: type, bytes, core) {
                close(.badContent, &out)
            }
            return
        }
        switch (state, type.type) {
        case (.undefined, .nodeIDHandshake): shake(bytes, now, &core, &out)
        case (.undefined, .bulkPull), (.undefined, .bulkPush), (.undefined, .frontierReq),
            (.undefined, .bulkPullAccount):
            guard core.rules.profile.hasBootstrapMode || core.has(.earlyRequestsServed) else {
                return close(.beforeHandshake, &out)
            }
            guard core.beginBootstrap(link) else { return close(.tooManyConnections, &out) }
            state = .bootstrap
            serve(type.type, bytes, now, core, &out)
        case (.undefined, .ascPullReq)
        where core.has(.servesBeforeHandshake) || core.has(.servesHalfway) && isShaken:
            answer(bytes, now, core, &out)
        case (.undefined, _):
            guard core.rules.profile.closesOnEarlyMessages, !passes(early: type.type) else { return }
            fail(.beforeHandshake, on: type.type, &out)
        case (.realtime, .nodeIDHandshake):
            if core.has(.closesOnReplay) { close(.fault, &out) }
            if core.has(.answersAfterHandshake), let message = core.handshake(bytes), let cookie = message.query {
                respond(to: cookie, version: message.version, asked: message.bits, now, &core, &out)
            }
        case (.realtime, .keepalive): keepalive(bytes, &core, &out)
        case (.realtime, .publish): publish(bytes, now, &core, &out)
        case (.realtime, .confirmReq):
            if core.has(.closesOnManyPairs), bytes.byteCount > Self.fewPairs { close(.fault, &out) }
        case (.realtime, .confirmAck): vote(bytes, now, &core, &out)
        case (.realtime, .ascPullReq): answer(bytes, now, core, &out)
        case (.realtime, .telemetryReq): telemetryAsked(now, core, &out)
        case (.realtime, .telemetryAck): telemetry(bytes, now, &core, &out)
        case (.realtime, .bulkPull):
            if core.has(.closesOnRealtimeBulkPull) { close(.fault, &out) }
            if core.has(.servesRealtimeBulkPull) { serve(type.type, bytes, now, core, &out) }
        case (.bootstrap, .keepalive): if core.has(.closesOnBootstrapKeepalive) { close(.fault, &out) }
        case (.bootstrap, _): serve(type.type, bytes, now, core, &out)
        case (.realtime, _): break
        }
    }
    /// As many pairs as the old form of the header can state.
    private static let fewPairs = Header.count + 15 * 2 * Key32.byteCount
    /// Whether a seeded fault passes over a message that comes before the handshake is done.
    private func passes(early type: MessageType) -> Bool {
        switch bug {
        case .acceptsRealtimeBeforeHandshake: type != .ascPullReq
        case .acceptsHalfway: isShaken && type != .ascPullReq
        case .earlyKeepalivePassed: type == .keepalive
        case .earlyPublishPassed: type == .publish
        case .earlyConfirmReqPassed: type == .confirmReq
        case .earlyVotePassed: type == .confirmAck
        case .earlyTelemetryPassed: type == .telemetryReq || type == .telemetryAck
        case .earlyPullAckPassed: type == .ascPullAck
        default: false
        }
    }
    /// Whether a seeded fault keeps the connection in spite of such a content error.
    private func keeps(on type: any NanoMessage.Type, _ core: NodeCore) -> Bool {
        core.has(.keepsBadBlock) && type.type == .publish || core.has(.keepsOnEarlyBadContent) && state == .undefined
    }
    /// Whether a seeded fault ends the connection because of such a content error.
    private func closes(on type: any NanoMessage.Type, _ bytes: RawSpan, _ core: NodeCore) -> Bool {
        switch core.bug {
        case .closesOnSoftError: state == .undefined
        case .closesOnShortTelemetry:
            type.type == .telemetryAck && isRealtime && (RawHeader(bytes, at: 0)?.extensions ?? 0) <= 0x3ff
        case .closesOnTelemetryBits: type.type == .telemetryAck && (RawHeader(bytes, at: 0)?.extensions ?? 0) > 0x3ff
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
        core.issue(cookie)
        hasQueried = true
        return cookie
    }

    /// A handshake message before the handshake is done.
    private mutating func shake(_ bytes: RawSpan, _ now: Instant, _ core: inout NodeCore, _ out: inout [Action]) {
        guard let asked = RawHeader(bytes, at: 0)?.extensions, var message = core.handshake(bytes) else { return }
        if message.query == nil, message.response == nil {
            let isPassed = core.has(.acceptsEmptyHandshake) || core.has(.acceptsEmptyLater) && isShaken
            if core.rules.profile.closesOnEmptyHandshake, !isPassed { return fail(.emptyHandshake, &out) }
            if core.rules.profile.takesEmptyHandshakeForQuery { isShaken = true }
            return
        }
        if message.query != nil, isShaken {
            let isPassed = core.has(.acceptsSecondQuery) || core.has(.acceptsLaterQuery) && message.response == nil
            guard isPassed else { return fail(.secondQuery, &out) }
            message.query = nil
        }
        isShaken = true
        if core.has(.ignoresV1Answer), opener == .us, message.version == 1, message.response != nil { return }
        if core.has(.answersBeforeVerifying), message.response != nil, let cookie = message.query {
            respond(to: cookie, version: message.version, asked: asked, now, &core, &out)
            message.query = nil
        }
        // Our answer waits until theirs is found good: who fails gets nothing more.
        if let response = message.response, let reason = refusal(of: response, now, &core) {
            if core.has(.openerAnswersForeign), reason == .wrongGenesis, let cookie = message.query {
                respond(to: cookie, version: message.version, asked: asked, now, &core, &out)
            }
            return fail(reason, &out)
        }
        if let cookie = message.query { respond(to: cookie, version: message.version, asked: asked, now, &core, &out) }
        if let response = message.response { establish(response.nodeID, message.version, now, &core, &out) }
    }

    /// What is wrong with a response, in nano-node's order (network.cpp, `verify_handshake_response`).
    private func refusal(
        of response: NodeIDHandshake.Response, _ now: Instant, _ core: inout NodeCore
    ) -> CloseReason? {
        if core.nodeIDs.contains(response.nodeID) {
            return core.has(.acceptsOwnID) || core.has(.acceptsOwnIDV1) && response.version == 1 ? nil : .ownNodeID
        }
        if response.version >= 2, !core.takes(genesis: response.genesis, version: response.version, by: opener) {
            return .wrongGenesis
        }
        // Used up even when the signature turns out bad.
        guard let cookie = core.cookies.take(peer, now: now) else {
            return core.has(.acceptsResponseFirst) && !hasQueried ? nil : .missingCookie
        }
        return core.takes(response, over: cookie, by: opener) ? nil : .invalidSignature
    }

    /// Answers a query in the highest version that it and we know, with a query of our own unless there was one.
    private mutating func respond(
        to cookie: Key32, version: UInt8, asked: UInt16, _ now: Instant, _ core: inout NodeCore, _ out: inout [Action]
    ) {
        // Those that answer wrongly do so when they were dialed; as openers they have faults of their own.
        let isDialed = opener == .them
        if core.has(isDialed ? (version > 1 ? .noAnswer : .v1QueryIgnored) : .openerSilent), isDialed || version > 1 {
            return
        }
        if isDialed, core.has(.v3Unanswered), asked & 8 != 0 { return }
        var message = NodeIDHandshake()
        message.header = core.rules.header(.nodeIDHandshake)
        message.version = version
        if isDialed, core.has(.v1AnswerToV2) || core.has(.v3FlagConfuses) && asked & 8 != 0 { message.version = 1 }
        if isDialed, core.has(.v2AnswerToV1) { message.version = max(2, version) }
        if !isDialed, core.has(.openerAnswersV1) { message.version = 1 }
        if !isDialed, core.has(.openerAnswersV2ToV3) { message.version = min(2, version) }
        let asksAgain = core.has(.queryInThirdMessage) && version > 1 || core.has(.openerV1WithQuery) && version == 1
        let asksNot = isDialed && core.has(version > 1 ? .answerWithoutQuery : .v1AnswerWithoutQuery)
        if !hasQueried && !asksNot || asksAgain && !isDialed { message.query = newCookie(now, &core) }
        if core.has(.answersInTwo), isDialed, version > 1, message.query != nil {
            send(message.encoded(), now, &out)
            message.query = nil
        }
        message.response = response(to: cookie, version: message.version, &core)
        if isDialed, core.has(.v2FlagMissing), version > 1 { message.header.extensions.stored = message.bits & ~4 }
        if isDialed, core.has(.undeclaredResponse), version > 1 { message.header.extensions.stored = message.bits & ~2 }
        send(message.encoded(), now, &out)
    }
    private func response(to cookie: Key32, version: UInt8, _ core: inout NodeCore) -> NodeIDHandshake.Response {
        var response = NodeIDHandshake.Response(version: version)
        response.nodeID = Fixed(exactly: key.publicKey) ?? response.nodeID
        response.salt = core.salt()
        response.genesis = core.genesisToName
        response.capabilities = version >= 3 ? core.rules.profile.capabilities : 0
        if core.has(.v3CapabilitiesLittle) { response.capabilities = response.capabilities.byteSwapped }
        if core.has(.v3ReservedSet), version >= 3 { response.reserved = 1 }
        response.sign(with: key, over: cookie)
        if let proof = core.peculiarProof(response, over: cookie) {
            response.signature = Fixed(exactly: key.sign(proof.span.bytes)) ?? response.signature
        }
        if core.has(version == 1 ? .badV1Signature : .badSignature) { response.signature.bytes[7] ^= 1 }
        return response
    }

    /// The other side has proved its id: from here on all messages are welcome.
    private mutating func establish(
        _ nodeID: Key32, _ version: UInt8, _ now: Instant, _ core: inout NodeCore, _ out: inout [Action]
    ) {
        guard core.join(nodeID, from: peer, link: link) else { return fail(.duplicateNodeID, &out) }
        core.newest = link
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
        if opener == .us, core.has(version == 1 ? .openerV1Closes : .openerCloses) { close(.fault, &out) }
    }
}

extension [UInt8] {
    mutating func append(_ bytes: RawSpan) { bytes.withUnsafeBytes { append(contentsOf: $0) } }
}
