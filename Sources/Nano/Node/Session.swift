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
    var state = State.undefined
    /// Peers of the last keepalive that was kept and not yet read. Newer keepalives are ignored until then.
    var unread: [Endpoint] = []
    /// Requests of ascending bootstrap in the last received bytes, and the number of those that were answered.
    var waitingPulls = 0
    var pullCount = 0
    /// Blocks without headers follow a bulk_push.
    var isPushed = false
    /// When telemetry was last sent in answer to a request.
    var telemetrySentAt: Instant?
    /// The node has closed the connection: no more actions.
    private(set) var isOver = false
    let key: SigningKey
    /// The seeded fault of the node, and what it delays.
    let bug: Misbehaviour?
    private var held = HeldBack()
    /// Telemetry requests received, and whether a block was passed on: only for seeded faults.
    var questions = 0
    var hasFlooded = false
    private let began: Instant
    private var lastReceived: Instant
    private var lastSent: Instant
    /// Whether a handshake message was received: a query in a later one is an error.
    var hasReceivedHandshake = false
    var hasQueried = false
    /// When a delayed query is sent.
    private var queryAt: Instant?
    /// An incomplete message; never longer than the longest message.
    private var pending: [UInt8] = []

    init(_ link: LinkID, _ peer: Endpoint, by opener: Opener, now: Instant, _ core: inout NodeCore) {
        self.link = link
        self.peer = peer
        self.opener = opener
        key = core.connectionKey()
        bug = core.bug
        began = now
        lastReceived = now
        lastSent = now
    }

    var isRealtime: Bool { nodeID != nil }
    var hasUnread: Bool { !unread.isEmpty }
    /// Whether nothing was sent for so long.
    func isMute(for duration: Duration, now: Instant) -> Bool { lastSent + duration <= now }
    /// Takes the peers of the kept keepalive, so that the next one is kept.
    mutating func read() -> [Endpoint] {
        defer { unread = [] }
        return unread
    }
    /// The node id of the other side, once the handshake is done.
    var nodeID: Key32? { if case .realtime(let id) = state { id } else { nil } }

    /// The connection is established: the side that opened it sends a query.
    mutating func begin(now: Instant, _ core: inout NodeCore, _ out: inout [Action]) {
        if core.has(opener == .us ? .keepaliveBeforeQuery : .speaksFirst) { send(keepaliveAboutUs(core), now, &out) }
        guard opener == .us, !core.has(.queryNone) else { return }
        if core.has(.queryLate) { queryAt = now + .seconds(7) } else { query(now, &core, &out) }
    }

    /// The next bytes of the stream, segmented anywhere.
    mutating func receive(_ bytes: RawSpan, now: Instant, _ core: inout NodeCore, _ out: inout [Action]) {
        guard !isOver, held.close == nil, bytes.byteCount > 0 else { return }
        if core.has(.forgetsPartial), lastReceived + .seconds(1) <= now { pending = [] }
        lastReceived = now
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
        // A node that is silent because of its seeded fault does not close for it.
        let isQuiet = core.has(.goesQuiet) || core.has(.noKeepalive) || core.has(.openerWithoutKeepalive)
        return isRealtime && !isQuiet ? lastSent + core.limits.muteness : nil
    }
    private func idleAt(_ core: NodeCore) -> Instant? {
        let silenceAt = opener == .them && !core.has(.noSilenceLimit) ? lastReceived + core.limits.silence : nil
        // A node that is silent because of its seeded fault does not close for it.
        if core.has(.noIdleTimeout) || core.has(.goesQuiet) && isRealtime { return isRealtime ? silenceAt : nil }
        let idle = max(lastReceived, lastSent) + core.limits.idle
        return min(idle, silenceAt ?? .never)
    }

    mutating func send(_ bytes: [UInt8], _ now: Instant, _ out: inout [Action]) {
        lastSent = now
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
        lastSent = now
        out.append(.send(link, bytes))
    }
    mutating func close(_ reason: CloseReason, on type: MessageType? = nil, _ out: inout [Action]) {
        guard !isOver, held.close == nil else { return }
        // The reason is in what was received just now.
        if let delay = bug?.delay(of: reason, on: type, opener) { return held.close = (lastReceived + delay, reason) }
        end(reason, &out)
    }
    private mutating func end(_ reason: CloseReason, _ out: inout [Action]) {
        isOver = true
        pending = []
        out.append(.close(link))
        out.report("closed", link, [.init("reason", .text(reason.rawValue))])
    }
    mutating func fail(_ reason: CloseReason, on type: MessageType? = nil, _ out: inout [Action]) {
        out.report("handshake_failed", link, [.init("reason", .text(reason.rawValue))])
        close(reason, on: type, &out)
    }
}

// From bytes to messages.
extension Session {
    /// Handles the messages at the front; returns the number of their bytes.
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
        out.report("received", link, [.init("message", .text(type.name.description))])
        if let error = core.contentError(type, bytes), !core.takesBadContent(type.type, bytes) {
            drop(type, because: error, &out)
            if core.has(.failsOnBadBlock), type.type == .publish { core.isDown = true }
            // Duplicate payloads are dropped before their content is checked: those of unknown block types are all
            // empty, and so duplicates of each other.
            if type.type == .publish, !core.duplicates.isNew(bytes, now: now) { return }
            if core.rules.profile.closesOnContentErrors && !keeps(on: type, core) || closes(on: type, bytes, core) {
                close(.badContent, &out)
            }
            return
        }
        switch (state, type.type) {
        case (.undefined, .nodeIDHandshake): handleHandshake(bytes, now, &core, &out)
        case (.undefined, .bulkPull), (.undefined, .bulkPush), (.undefined, .frontierReq),
            (.undefined, .bulkPullAccount):
            guard core.rules.profile.hasBootstrapMode || core.has(.earlyRequestsServed) else {
                return close(.beforeHandshake, &out)
            }
            guard core.beginBootstrap(link) else { return close(.tooManyConnections, &out) }
            state = .bootstrap
            serve(type.type, bytes, now, core, &out)
        case (.undefined, .ascPullReq)
        where core.has(.servesBeforeHandshake) || core.has(.servesHalfway) && hasReceivedHandshake:
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
    /// Reports a message that is not processed.
    func drop(_ type: any NanoMessage.Type, because reason: String, _ out: inout [Action]) {
        out.report(
            "dropped", link, [.init("message", .text(type.name.description)), .init("reason", .text(reason))])
    }
    /// The length with as many pairs as the old form of the header can state.
    private static let fewPairs = Header.count + 15 * 2 * Key32.byteCount
    /// Whether a seeded fault ignores a message before the handshake is done.
    private func passes(early type: MessageType) -> Bool {
        switch bug {
        case .acceptsRealtimeBeforeHandshake: type != .ascPullReq
        case .acceptsHalfway: hasReceivedHandshake && type != .ascPullReq
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

extension [UInt8] {
    mutating func append(_ bytes: RawSpan) { bytes.withUnsafeBytes { append(contentsOf: $0) } }
}
