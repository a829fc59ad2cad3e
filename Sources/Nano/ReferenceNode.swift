import Crypto
import Node
import Wire

/// A well-behaved Nano node without a ledger, for both ends of a connection: it proves its id, checks that of others,
/// sends keepalives and answers what a fresh node knows of the genesis account.
///
/// It does not look for peers by itself: it dials those it is told of, and dials them again when they are gone.
struct ReferenceNode: Node {
    private var core: NodeCore
    private var sessions: [LinkID: Session] = [:]
    private var dials: [Dial]
    /// Connections with each address.
    private var perAddress: [Endpoint: Int] = [:]
    private var inbound = 0
    /// Established connections, and when they get their next keepalive.
    private var realtime = 0
    private var nextKeepalive = Instant.zero
    /// Never later than the next thing to do. May be earlier: then `wake` finds nothing and sets it anew.
    private(set) var deadline: Instant?

    /// A peer that we want to be connected to.
    private struct Dial: Sendable {
        var peer: Endpoint
        var link: LinkID?
        var at: Instant?
    }

    init(_ options: NodeOptions) {
        core = NodeCore(options)
        dials = options.peers.map { Dial(peer: $0) }
    }

    mutating func start(now: Instant, _ out: inout [Action]) {
        out.append(
            .report(
                Event(
                    "identity", nil,
                    [
                        .init("node_id", .bytes(core.key.publicKey)),
                        .init("network", .text(core.rules.network.name)),
                        .init("profile", .text(core.rules.profile.rawValue)),
                    ])))
        for dial in dials { out.append(.connect(dial.peer)) }
    }

    mutating func opened(
        _ link: LinkID, peer: Endpoint, by opener: Opener, now: Instant, _ out: inout [Action]
    ) {
        guard sessions[link] == nil else { return }
        out.append(
            .report(
                Event(
                    "connected", link,
                    [
                        .init("peer", .text(peer.description)), .init("direction", .text(opener == .us ? "out" : "in")),
                    ])))
        if opener == .us, let i = dials.firstIndex(where: { $0.peer == peer && $0.link == nil }) {
            dials[i].link = link
            dials[i].at = nil
        }
        var session = Session(link, peer, by: opener, now: now, &core)
        perAddress[peer.withoutPort, default: 0] += 1
        if opener == .them { inbound += 1 }
        if opener == .them,
            perAddress[peer.withoutPort, default: 0] > core.limits.connectionsPerAddress
                || inbound > core.limits.inbound
        {
            session.close(.tooManyConnections, &out)
        } else {
            session.begin(now: now, &core, &out)
        }
        sessions[link] = session
        settle(link, wasRealtime: false, now)
    }

    mutating func received(_ bytes: RawSpan, on link: LinkID, now: Instant, _ out: inout [Action]) {
        guard let wasRealtime = sessions[link]?.isRealtime else { return }
        sessions[link]?.receive(bytes, now: now, &core, &out)
        settle(link, wasRealtime: wasRealtime, now)
    }

    mutating func closed(_ link: LinkID, now: Instant, _ out: inout [Action]) {
        guard sessions[link] != nil else { return }
        out.append(
            .report(Event("closed", link, [.init("reason", .text(CloseReason.endOfStream.rawValue))])))
        remove(link, now)
    }

    mutating func unreachable(_ peer: Endpoint, now: Instant, _ out: inout [Action]) {
        out.append(.report(Event("unreachable", nil, [.init("peer", .text(peer.description))])))
        guard let i = dials.firstIndex(where: { $0.peer == peer && $0.link == nil && $0.at == nil }) else { return }
        dials[i].at = now + core.limits.redial
        expect(dials[i].at)
    }

    mutating func wake(now: Instant, _ out: inout [Action]) {
        guard let due = deadline, due <= now else { return }
        for i in dials.indices {
            guard let at = dials[i].at, at <= now else { continue }
            dials[i].at = nil
            out.append(.connect(dials[i].peer))
        }
        // In order, so that the same seed gives the same run.
        let links = sessions.keys.sorted()
        if realtime > 0, nextKeepalive <= now {
            nextKeepalive = now + core.limits.keepalivePeriod
            // One more than is told, since nobody is told of itself.
            let known = Array(links.compactMap { sessions[$0]?.peering }.prefix(8))
            for link in links { sessions[link]?.keepalive(others: known, now: now, core, &out) }
        }
        for link in links {
            guard let wasRealtime = sessions[link]?.isRealtime else { continue }
            sessions[link]?.wake(now: now, &core, &out)
            settle(link, wasRealtime: wasRealtime, now)
        }
        deadline = nil
        if realtime > 0 { expect(nextKeepalive) }
        for session in sessions.values { expect(session.deadline(core)) }
        for dial in dials { expect(dial.at) }
    }

    private mutating func expect(_ at: Instant?) {
        if let at, at < (deadline ?? .never) { deadline = at }
    }

    /// Keeps the counts and the deadline after something happened on a connection.
    private mutating func settle(_ link: LinkID, wasRealtime: Bool, _ now: Instant) {
        guard let session = sessions[link] else { return }
        if session.isRealtime, !wasRealtime {
            realtime += 1
            if realtime == 1 { nextKeepalive = now + core.limits.keepalivePeriod }
            expect(nextKeepalive)
        }
        if session.isOver { remove(link, now) } else { expect(session.deadline(core)) }
    }

    private mutating func remove(_ link: LinkID, _ now: Instant) {
        guard let session = sessions.removeValue(forKey: link) else { return }
        core.forget(link, session.peer, session.nodeID)
        if session.isRealtime { realtime -= 1 }
        if session.opener == .them { inbound -= 1 }
        let address = session.peer.withoutPort
        if let n = perAddress[address], n > 1 { perAddress[address] = n - 1 } else { perAddress[address] = nil }
        if let i = dials.firstIndex(where: { $0.link == link }) {
            dials[i].link = nil
            dials[i].at = now + core.limits.redial
            expect(dials[i].at)
        }
    }
}
