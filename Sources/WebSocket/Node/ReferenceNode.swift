import Node
import Wire

/// A WebSocket endpoint for both ends of a connection. It echoes each message: text as text, binary as binary. A node
/// of the kind `relay` forwards messages instead. A node of the kind `autobahn` also runs the cases of a server of the
/// Autobahn test suite.
struct ReferenceNode: Node {
    private let options: EndpointOptions
    private let peers: [Endpoint]
    /// The targets to request from `peers`, if they are given.
    private let wanted: [String]
    private var random: Random
    private var sessions: [LinkID: Session] = [:]
    /// The targets of the connections that this node opens, by peer, in order.
    private var targets: [Endpoint: [String]] = [:]
    private var cases: CaseList?
    private var relay: Relay?
    /// An output buffer that each call uses again.
    private var output = LayerOutput()
    /// A time that is at most the earliest deadline of a connection.
    private(set) var deadline: Instant?

    init(_ options: NodeOptions) {
        self.options = EndpointOptions(options.settings, bug: options.bug.flatMap { Misbehaviour.named[$0] })
        (peers, wanted) = (options.peers, options.targets)
        random = options.random
        if options.kind == Kind.autobahn { cases = CaseList() }
        if options.kind == Kind.relay { relay = Relay() }
    }
    /// The kinds of node.
    enum Kind {
        static let echo = "echo"
        static let relay = "relay"
        static let autobahn = "autobahn"
    }

    mutating func start(now: Instant, _ out: inout [Action]) {
        for (i, peer) in peers.enumerated() {
            dial(peer, cases?.target ?? (wanted.indices.contains(i) ? wanted[i] : "/"), &out)
        }
    }
    private mutating func dial(_ peer: Endpoint, _ target: String, _ out: inout [Action]) {
        targets[peer, default: []].append(target)
        out.append(.connect(peer))
    }
    mutating func opened(_ link: LinkID, peer: Endpoint, by opener: Opener, now: Instant, _ out: inout [Action]) {
        guard sessions[link] == nil else { return }
        var target = "/"
        if opener == .us, targets[peer]?.isEmpty == false { target = targets[peer]?.removeFirst() ?? "/" }
        var session = options.session(opener, to: peer, target: target, random: Random(seed: random.next()))
        var turn = LayerTurn()
        session.begin(now: now, &turn)
        finish(link, session, turn, at: now, into: &out)
    }
    mutating func received(_ bytes: RawSpan, on link: LinkID, now: Instant, _ out: inout [Action]) {
        // Remove the session from the dictionary, so that it has one owner and is not copied.
        guard var session = sessions.removeValue(forKey: link) else { return }
        var turn = LayerTurn()
        var up = LayerOutput()
        swap(&up, &output)
        // The echo has about the same length as the message, so one allocation is enough.
        if relay == nil { turn.down.reserveCapacity(bytes.byteCount) }
        // Each receiver gets all forwarded messages in one piece.
        var handed: [(link: LinkID, turn: LayerTurn)] = []
        var at = 0
        while at < bytes.byteCount, session.state != .closed {
            up.clear()
            at += session.receive(bytes.extracting(at..<bytes.byteCount), now: now, &up, &turn)
            answer(up, on: link, of: &session, at: now, in: &turn, handing: &handed)
        }
        swap(&up, &output)
        for other in handed where !other.turn.down.isEmpty { out.append(.send(other.link, other.turn.down)) }
        finish(link, session, turn, at: now, into: &out)
    }
    /// Echoes received messages, or forwards them.
    private mutating func answer(
        _ up: LayerOutput, on link: LinkID, of session: inout Session, at now: Instant, in turn: inout LayerTurn,
        handing handed: inout [(link: LinkID, turn: LayerTurn)]
    ) {
        var message = 0..<0
        for item in up.items {
            switch item {
            case .begins: relay?.join(link, session.agreed?.target ?? "/")
            case .made(_, let range, _): message = range
            case .whole(let channel, let kind):
                let payload = up.made.span.bytes.extracting(message)
                if let relay {
                    if handed.isEmpty { handed = relay.receivers(of: link).map { ($0, LayerTurn()) } }
                    for i in handed.indices {
                        sessions[handed[i].link]?.send(payload, kind: kind, on: channel, now: now, &handed[i].turn)
                    }
                } else if !(cases?.hear(payload, in: session) ?? false) {
                    session.send(payload, kind: kind, on: channel, now: now, &turn)
                }
                message = 0..<0
            default: break
            }
        }
    }
    mutating func unsent(_ bytes: Int, on link: LinkID, now: Instant, _ out: inout [Action]) {
        sessions[link]?.unsent(bytes, now: now)
        if let at = sessions[link]?.deadline, at < deadline ?? .never { deadline = at }
    }
    mutating func closed(_ link: LinkID, now: Instant, _ out: inout [Action]) {
        guard var session = sessions.removeValue(forKey: link) else { return }
        var turn = LayerTurn()
        session.closed(now: now, &turn)
        finish(link, session, turn, at: now, into: &out)
    }
    mutating func unreachable(_ peer: Endpoint, now: Instant, _ out: inout [Action]) {
        _ = targets[peer]?.isEmpty == false ? targets[peer]?.removeFirst() : nil
        out.append(.report(Event("unreachable", nil, [.init("peer", .text(peer.description))])))
    }
    mutating func wake(now: Instant, _ out: inout [Action]) {
        guard let due = deadline, due <= now else { return }
        // Keep the order, so that the same seed gives the same run.
        for link in sessions.keys.sorted() {
            guard let at = sessions[link]?.deadline, at <= now, var session = sessions.removeValue(forKey: link)
            else { continue }
            var turn = LayerTurn()
            session.wake(now: now, &turn)
            finish(link, session, turn, at: now, into: &out)
        }
        deadline = sessions.values.compactMap(\.deadline).min()
    }

    /// Carries out the results of a session's turn, and keeps the session unless it is over.
    private mutating func finish(
        _ link: LinkID, _ session: consuming Session, _ turn: consuming LayerTurn, at now: Instant,
        into out: inout [Action]
    ) {
        if !turn.down.isEmpty { out.append(.send(link, turn.down)) }
        for var event in turn.events {
            event.link = link
            out.append(.report(event))
        }
        if turn.isOver { out.append(.close(link)) }
        guard session.state == .closed else {
            if let at = session.deadline, at < deadline ?? .never { deadline = at }
            sessions[link] = session
            return
        }
        relay?.leave(link)
        guard session.role == .client, let peer = peers.first, cases != nil else { return }
        cases?.next(&out)
        if let target = cases?.target { dial(peer, target, &out) }
    }
}

// Controls.
extension ReferenceNode {
    mutating func control(
        _ name: String, _ arguments: [Value.Entry], now: Instant, _ out: inout [Action]
    ) -> Value? {
        // Names are not resolved here, and the creator of the node decides about TLS.
        guard name == "open", case .text(let text) = Value.map(arguments)["url"], let url = WebSocketURL(text),
            !url.isSecure, let endpoint = url.endpoint
        else { return nil }
        dial(endpoint, url.target, &out)
        return .bool(true)
    }
}

/// The connections of a client that runs the cases of an Autobahn server. It asks for the number of cases, runs each,
/// and requests the report.
private struct CaseList: Sendable {
    private enum Step { case count, run(Int), report, over }
    private var step = Step.count
    private var count = 0
    private static let agent = "meshspec"

    /// The next target; nil after the last one.
    var target: String? {
        switch step {
        case .count: "/getCaseCount"
        case .run(let n): "/runCase?case=\(n)&agent=\(Self.agent)"
        case .report: "/updateReports?agent=\(Self.agent)"
        case .over: nil
        }
    }
    /// Takes a message that must not be echoed. Returns true if it did.
    mutating func hear(_ message: RawSpan, in session: Session) -> Bool {
        guard session.role == .client, case .count = step else { return false }
        count = message.withUnsafeBytes { Int(String(decoding: $0.prefix(10), as: UTF8.self)) ?? 0 }
        return true
    }
    /// Advances after the end of a connection.
    mutating func next(_ out: inout [Action]) {
        switch step {
        case .count: step = count > 0 ? .run(1) : .over
        case .run(let n): step = n < count ? .run(n + 1) : .report
        case .report: step = .over
        case .over: break
        }
        if case .over = step {
            out.append(.report(Event("cases_done", nil, [.init("count", .uint(UInt64(count)))])))
        }
    }
}
