import Crypto
import Node
import Wire

/// One connection of a node. It takes bytes and the time, and returns actions.
///
/// It begins undefined, with a handshake that either side may have to answer. It becomes realtime when the response of
/// the other side is verified (nano-node, node/transport/tcp_server.cpp).
struct Session: Sendable {
    enum State: Equatable, Sendable {
        case undefined
        /// The handshake is done; the other side has this node id.
        case realtime(Key32)
        /// The connection began with a legacy bootstrap request. Up to V27 such requests are served, later they are
        /// ignored.
        case bootstrap
    }
    let link: LinkID
    let peer: Endpoint
    let opener: Opener
    var state = State.undefined
    /// The peers of the last keepalive that was kept and not yet read. Newer keepalives are ignored until then.
    var unread: [Endpoint] = []
    /// The number of requests of ascending bootstrap in the last received bytes.
    var waitingPulls = 0
    /// True if blocks without headers follow a bulk_push.
    var isPushed = false
    /// The time at which telemetry was last sent in answer to a request.
    var telemetrySentAt: Instant?
    /// True if the node has closed the connection: it then takes no further actions.
    private(set) var isOver = false
    /// The seeded fault of the node, and the messages that it delays.
    let bug: Misbehaviour?
    private var held = HeldBack()
    private let began: Instant
    private var lastReceived: Instant
    private var lastSent: Instant
    /// True if a handshake message was received. A query in a later one is an error.
    var hasReceivedHandshake = false
    var hasQueried = false
    /// The protocol version of the other side, once it has proved its id.
    var peerVersion: UInt8 = 0
    /// An incomplete message, at most as long as the longest message.
    private var pending: [UInt8] = []

    init(_ link: LinkID, _ peer: Endpoint, by opener: Opener, now: Instant, _ core: NodeCore) {
        self.link = link
        self.peer = peer
        self.opener = opener
        bug = core.bug
        began = now
        lastReceived = now
        lastSent = now
    }

    var isRealtime: Bool { nodeID != nil }
    var hasUnread: Bool { !unread.isEmpty }
    /// Returns true if no message was sent for this duration.
    func isMute(for duration: Duration, now: Instant) -> Bool { lastSent + duration <= now }
    /// Returns and removes the peers of the kept keepalive, so that the next one is kept.
    mutating func read() -> [Endpoint] {
        defer { unread = [] }
        return unread
    }
    /// The node id of the other side, once the handshake is done.
    var nodeID: Key32? { if case .realtime(let id) = state { id } else { nil } }

    /// Begins an established connection: the side that opened it sends a query.
    mutating func begin(now: Instant, _ core: inout NodeCore, _ out: inout [Action]) {
        if opener == .us { query(now, &core, &out) }
    }

    /// Takes the next bytes of the stream, in segments of any length.
    mutating func receive(_ bytes: RawSpan, now: Instant, _ core: inout NodeCore, _ out: inout [Action]) {
        guard !isOver, held.close == nil, bytes.byteCount > 0 else { return }
        lastReceived = now
        waitingPulls = 0
        if pending.isEmpty {
            let used = consume(bytes, at: now, in: &core, into: &out)
            if !isOver, used < bytes.byteCount { pending.append(bytes.extracting(used..<bytes.byteCount)) }
        } else {
            pending.append(bytes)
            // The bytes are moved out, so that they have a single owner and are not copied when they grow.
            var whole: [UInt8] = []
            swap(&whole, &pending)
            let used = consume(whole.span.bytes, at: now, in: &core, into: &out)
            if !isOver { pending = used == 0 ? whole : Array(whole[used...]) }
        }
    }

    /// Handles the timers that are due.
    mutating func wake(now: Instant, _ core: inout NodeCore, _ out: inout [Action]) {
        guard !isOver else { return }
        for bytes in held.takeDue(now) { deliver(bytes, now, &out) }
        if let late = held.close, late.at <= now { return end(late.reason, &out) }
        if let at = core.limits.handshake, state == .undefined, began + at <= now {
            return close(.handshakeTimeout, &out)
        }
        if let at = muteAt(core), at <= now { return close(.mute, &out) }
        guard let at = idleAt(core), at <= now else { return }
        close(.idle, &out)
    }

    /// Returns the time at which `wake` must be called.
    func deadline(_ core: NodeCore) -> Instant? {
        guard !isOver else { return nil }
        let handshakeAt = state == .undefined ? core.limits.handshake.map { began + $0 } : nil
        return [handshakeAt, muteAt(core), idleAt(core), held.deadline].compactMap { $0 }.min()
    }
    private func muteAt(_ core: NodeCore) -> Instant? {
        // A node that is silent because of its seeded fault does not close the connection for that reason.
        isRealtime && !core.has(.noKeepalive) ? lastSent + core.limits.muteness : nil
    }
    private func idleAt(_ core: NodeCore) -> Instant? {
        let silenceAt = opener == .them ? lastReceived + core.limits.silence : nil
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
        // The bytes that were just received are the reason.
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
    /// Handles the messages at the front. Returns the number of their bytes.
    private mutating func consume(
        _ bytes: RawSpan, at now: Instant, in core: inout NodeCore, into out: inout [Action]
    ) -> Int {
        var at = 0
        while !isOver, held.close == nil, at < bytes.byteCount {
            let rest = bytes.extracting(at..<bytes.byteCount)
            if isPushed {
                guard let length = takePushed(rest, at: now, in: &core, into: &out) else { return at }
                at += length
                continue
            }
            switch core.frame(rest, isRealtime: isRealtime) {
            case .message(let type, let length):
                handle(type, rest.extracting(0..<length), at: now, in: &core, into: &out)
                at += length
            case .skipped(let length): at += length
            case .needMore:
                if core.has(.resetsOnTrickle) { close(.fault, &out) }
                return at
            case .refused(let reason):
                close(reason, &out)
            }
        }
        return at
    }

    private mutating func handle(
        _ type: any NanoMessage.Type, _ bytes: RawSpan, at now: Instant, in core: inout NodeCore,
        into out: inout [Action]
    ) {
        out.report("received", link, [.init("message", .text(type.name.description))])
        core.statistics.count(type)
        if let error = core.contentError(type, bytes), !core.takesBadContent(type.type, bytes) {
            drop(type, because: error, &out)
            // Duplicate payloads are dropped before their content is checked. Payloads of unknown block types are all
            // empty, and so duplicates of each other.
            if type.type == .publish, !core.duplicates.isNew(bytes, now: now) { return }
            if core.rules.profile.closesOnContentErrors || closes(on: type, bytes, core) {
                close(.badContent, &out)
            }
            return
        }
        switch (state, type.type) {
        case (.undefined, .nodeIDHandshake): handleHandshake(bytes, at: now, in: &core, into: &out)
        case (.undefined, .bulkPull), (.undefined, .bulkPush), (.undefined, .frontierReq),
            (.undefined, .bulkPullAccount):
            guard core.rules.profile.hasBootstrapMode else { return close(.beforeHandshake, &out) }
            guard core.beginBootstrap(link) else { return close(.tooManyConnections, &out) }
            state = .bootstrap
            serve(type.type, bytes, at: now, in: core, into: &out)
        case (.undefined, _):
            guard core.rules.profile.closesOnEarlyMessages, !passes(early: type.type) else { return }
            fail(.beforeHandshake, on: type.type, &out)
        case (.realtime, .keepalive): keepalive(bytes, &core, &out)
        case (.realtime, .publish): publish(bytes, at: now, in: &core, into: &out)
        case (.realtime, .confirmAck): vote(bytes, at: now, in: &core, into: &out)
        case (.realtime, .ascPullReq): answer(bytes, at: now, in: core, into: &out)
        case (.realtime, .telemetryReq): telemetryAsked(now, core, &out)
        case (.realtime, .telemetryAck): telemetry(bytes, at: now, in: &core, into: &out)
        case (.bootstrap, .keepalive): break
        case (.bootstrap, _): serve(type.type, bytes, at: now, in: core, into: &out)
        case (.realtime, _): break
        }
    }
    /// Reports a message that is not processed.
    func drop(_ type: any NanoMessage.Type, because reason: String, _ out: inout [Action]) {
        out.report(
            "dropped", link, [.init("message", .text(type.name.description)), .init("reason", .text(reason))])
    }
    /// Returns true if a seeded fault ignores a message before the handshake is done.
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
    /// Returns true if a seeded fault ends the connection because of a content error in this message.
    private func closes(on type: any NanoMessage.Type, _ bytes: RawSpan, _ core: NodeCore) -> Bool {
        switch core.bug {
        case .closesOnSoftError: state == .undefined
        case .closesOnBadBlock: type.type == .publish
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
