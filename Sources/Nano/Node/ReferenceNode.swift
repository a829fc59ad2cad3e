import Crypto
import Node
import Wire

/// A conforming Nano node for both ends of a connection. It proves its id, checks the ids of other nodes, contacts the
/// peers that they name, serves a small ledger, inserts blocks into it, and sends telemetry. It does not vote and
/// requests no blocks.
struct ReferenceNode: Node {
    var core: NodeCore
    private(set) var sessions: [LinkID: Session] = [:]
    var peering: Peering
    /// The connections by site and subnetwork.
    private var connectionCounts = PrefixCounts()
    private var inbound = 0
    private var outbound = 0
    /// The time of the next keepalives.
    private var nextKeepalive = Instant.zero
    /// The time of the next telemetry; nil without an established connection.
    private var nextTelemetry: Instant?
    /// A time at or before the earliest deadline of a connection.
    private var nextSession: Instant?
    /// A time at or before the next action. If it is earlier, `wake` only sets it again.
    private(set) var deadline: Instant?

    init(_ options: NodeOptions) {
        core = NodeCore(options)
        peering = Peering(core, options)
    }

    mutating func start(now: Instant, _ out: inout [Action]) {
        out.report(
            "identity", nil,
            [
                .init("node_id", .bytes(core.key.publicKey)), .init("network", .text(core.rules.network.name)),
                .init("profile", .text(core.rules.profile.rawValue)),
            ])
        contactStored(now, &out)
        contactConfigured(now, &out)
        expect(peering.deadline)
    }

    mutating func opened(
        _ link: LinkID, peer: Endpoint, by opener: Opener, now: Instant, _ out: inout [Action]
    ) {
        guard sessions[link] == nil else { return }
        out.report(
            "connected", link,
            [.init("peer", .text(peer.description)), .init("direction", .text(opener == .us ? "out" : "in"))])
        if opener == .us { peering.reached(peer, link) }
        var session = Session(link, peer, by: opener, now: now, core)
        connectionCounts.add(peer)
        if opener == .them { inbound += 1 } else { outbound += 1 }
        if let reason = refusal(of: peer, by: opener, now) {
            session.close(reason, &out)
        } else {
            session.begin(now: now, &core, &out)
        }
        sessions[link] = session
        settle(link, wasRealtime: false, now, &out)
    }
    /// Returns why a new connection is closed; nil if it is kept.
    private func refusal(of peer: Endpoint, by opener: Opener, _ now: Instant) -> CloseReason? {
        if core.exclusions.contains(peer, now: now) { return .excluded }
        let limits = core.limits
        guard opener == .them else { return outbound > limits.outbound ? .tooManyConnections : nil }
        if inbound > limits.inbound { return .tooManyConnections }
        let isOverLimit =
            connectionCounts.atSite(of: peer) > limits.connectionsPerAddress
            || peer.v4 == nil && connectionCounts.inSubnetwork(of: peer) > limits.connectionsPerSubnetwork
        return isOverLimit ? .tooManyConnections : nil
    }

    mutating func received(_ bytes: RawSpan, on link: LinkID, now: Instant, _ out: inout [Action]) {
        guard let session = sessions[link] else { return }
        let (wasRealtime, hadUnread) = (session.isRealtime, session.hasUnread)
        sessions[link]?.receive(bytes, now: now, &core, &out)
        if !hadUnread, sessions[link]?.hasUnread == true { peering.hasKeepalive(link, now) }
        settle(link, wasRealtime: wasRealtime, now, &out)
        for peer in core.takeNamed() { contact(peer, now, &out) }
        for (bytes, source) in core.takeFloods() { flood(bytes, except: source, now, &out) }
    }

    mutating func closed(_ link: LinkID, now: Instant, _ out: inout [Action]) {
        guard sessions[link] != nil else { return }
        out.report("closed", link, [.init("reason", .text(CloseReason.endOfStream.rawValue))])
        remove(link, now)
    }

    mutating func unreachable(_ peer: Endpoint, now: Instant, _ out: inout [Action]) {
        out.report("unreachable", nil, [.init("peer", .text(peer.description))])
        peering.failed(peer, now, core)
        expect(peering.deadline)
    }

    func answer(_ question: String, _ arguments: [Value.Entry], now: Instant) -> Value? { answer(question, now) }

    mutating func control(
        _ name: String, _ arguments: [Value.Entry], now: Instant, _ out: inout [Action]
    ) -> Value? {
        name == Self.configure ? setConfiguration(arguments, now, &out) : answer(name, now)
    }

    mutating func wake(now: Instant, _ out: inout [Action]) {
        guard let due = deadline, due <= now else { return }
        contactConfigured(now, &out)
        if core.established > 0, nextKeepalive <= now {
            nextKeepalive = now + core.limits.keepalivePeriod
            sendKeepalives(now, &out)
        }
        if let at = nextTelemetry, at <= now { broadcastTelemetry(now, &out) }
        if let at = peering.nextStore, at <= now { storePeers(now, &out) }
        if let at = peering.nextMerge, at <= now { mergeNext(now, &out) }
        if let at = nextSession, at <= now {
            // The connections are handled in order, so that the same seed gives the same run.
            for link in sessions.keys.sorted() {
                guard let wasRealtime = sessions[link]?.isRealtime else { continue }
                sessions[link]?.wake(now: now, &core, &out)
                settle(link, wasRealtime: wasRealtime, now, &out)
            }
            nextSession = sessions.values.compactMap { $0.deadline(core) }.min()
        }
        deadline = nil
        if core.established > 0 { expect(nextKeepalive) }
        expect(nextTelemetry)
        expect(nextSession)
        expect(peering.deadline)
    }

    private mutating func expect(_ at: Instant?) {
        if let at, at < (deadline ?? .never) { deadline = at }
    }

    /// Updates the counts and the deadline after an event on a connection.
    private mutating func settle(_ link: LinkID, wasRealtime: Bool, _ now: Instant, _ out: inout [Action]) {
        guard let session = sessions[link] else { return }
        if session.isRealtime, !wasRealtime {
            core.established += 1
            if core.established == 1 { nextKeepalive = now + core.limits.keepalivePeriod }
            expect(nextKeepalive)
            if core.rules.profile.broadcastsTelemetry {
                nextTelemetry = nextTelemetry ?? now + core.limits.telemetryPeriod
                expect(nextTelemetry)
            }
            peering.expectStore(now)
        }
        if session.isOver { return remove(link, now) }
        if let at = session.deadline(core) {
            nextSession = min(nextSession ?? .never, at)
            expect(at)
        }
        expect(peering.deadline)
    }

    private mutating func remove(_ link: LinkID, _ now: Instant) {
        guard let session = sessions.removeValue(forKey: link) else { return }
        // A peer counts as connected until its connection has ended.
        if session.isRealtime, core.rules.profile.hasPeerHistory {
            for known in core.listeningPeers where known.link == link { peering.history.note(known.peer, now: now) }
        }
        core.forget(link, session.peer, session.nodeID)
        if session.isRealtime { core.established -= 1 }
        if session.opener == .them { inbound -= 1 } else { outbound -= 1 }
        connectionCounts.remove(session.peer)
        peering.lost(link, now, core)
        expect(peering.deadline)
    }

    // Messages to several peers

    /// Sends a message to some of the other peers.
    private mutating func flood(_ bytes: [UInt8], except source: LinkID, _ now: Instant, _ out: inout [Action]) {
        let channels = sessions.values.filter { $0.isRealtime && $0.link != source }.map(\.link).sorted()
        let count = Int(core.rules.profile.fanout(channels.count + 1).rounded(.up))
        for link in core.choices.some(count, of: channels) { sessions[link]?.send(bytes, now, &out) }
    }
    /// Sends telemetry to all peers.
    private mutating func broadcastTelemetry(_ now: Instant, _ out: inout [Action]) {
        guard core.established > 0 else { return nextTelemetry = nil }
        nextTelemetry = now + core.limits.telemetryPeriod
        let telemetry = core.telemetry(peers: core.established, now)
        let links = sessions.keys.filter { sessions[$0]?.isRealtime == true }.sorted()
        for link in links { sessions[link]?.sendTelemetry(telemetry, at: now, in: core, into: &out) }
    }

    /// Sends a keepalive with random peers to some peers and one about us to others. All peers that no message was sent
    /// to for a period get a keepalive too.
    private mutating func sendKeepalives(_ now: Instant, _ out: inout [Action]) {
        let channels = sessions.values.filter(\.isRealtime).map(\.link).sorted()
        let fanout = core.rules.profile.fanout(channels.count)
        for (share, isAboutUs) in [(0.75, false), (0.25, true)] {
            let count = Int((share * fanout).rounded(.up))
            let chosen =
                core.has(.keepalivesToFirst) ? Array(channels.prefix(count)) : core.choices.some(count, of: channels)
            for link in chosen {
                sessions[link]?.keepalive(aboutUs: isAboutUs, now: now, &core, &out)
            }
        }
        for link in channels where sessions[link]?.isMute(for: core.limits.keepalivePeriod, now: now) == true {
            sessions[link]?.keepalive(aboutUs: false, now: now, &core, &out)
        }
    }

    /// Returns the peers of one unread keepalive of a connection that is still open.
    mutating func readKeepalive() -> [Endpoint] {
        while let link = peering.takeUnread(&core.choices) {
            if let peers = sessions[link]?.read(), !peers.isEmpty { return peers }
        }
        return []
    }
    /// The endpoints of established connections that this node opened.
    var dialedPeers: [Endpoint] {
        sessions.values.filter { $0.opener == .us && $0.isRealtime }.map(\.peer)
    }
    /// Returns true if there is a connection with the node that listens at this endpoint. An early generation knows
    /// only endpoints that it opened connections to, so it connects back to a peer that states its port.
    func isConnected(to peer: Endpoint) -> Bool {
        sessions.values.contains { $0.peer == peer }
            || !core.rules.profile.contactsAtOnce && core.listeningPeers.contains { $0.peer == peer }
    }
    /// Returns true if another connection to this endpoint would exceed a limit.
    func isAtLimit(_ peer: Endpoint) -> Bool {
        let limits = core.limits
        func isFull(_ counts: PrefixCounts) -> Bool {
            counts.atSite(of: peer) >= limits.connectionsPerAddress
                || counts.inSubnetwork(of: peer) >= limits.connectionsPerSubnetwork
        }
        return isFull(connectionCounts) || isFull(peering.attempts.prefixCounts)
            || outbound + peering.dialing.count >= limits.outbound
    }
}
