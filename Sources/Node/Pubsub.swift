public import Wire

/// What a node wants of publish and subscribe that another protocol carries. Topics are names; messages are bytes.
public enum PubsubCall: Equatable, Sendable {
    case subscribe(String)
    case unsubscribe(String)
    case publish(String, [UInt8])
}

/// What the carrier tells that node.
public enum PubsubEvent: Equatable, Sendable {
    /// Somebody else published this to a topic that the node is subscribed to. Each message comes once.
    case published(String, [UInt8])
    /// Somebody subscribed to this topic, who did not hear what was published before.
    case joined(String)
}

/// A node that leaves its publish and subscribe to another one.
public protocol PubsubUser: Node {
    /// Whether it does so, as of `NodeOptions.leavesPubsub`.
    var leavesPubsub: Bool { get }
    /// Takes what it wants, in order, since this was last asked.
    mutating func takePubsubCalls() -> [PubsubCall]
    /// What the carrier has for it.
    mutating func hear(_ event: PubsubEvent, now: Instant, _ out: inout [Action])
}

/// A node that publishes and subscribes for another one.
public protocol PubsubCarrier: Node {
    /// Whether who opens a connection and begins with this byte speaks the carrier's protocol, and not that of the node
    /// which it carries for.
    func isOpening(_ first: UInt8) -> Bool
    /// Does what the other one wants.
    mutating func carry(_ call: PubsubCall, now: Instant, _ out: inout [Action])
    /// Takes what came, in order, since this was last asked.
    mutating func takePubsubEvents() -> [PubsubEvent]
}

/// Two nodes in one, at one address: what the user publishes and subscribes to goes over the connections of the carrier.
/// Whose a connection is tells the first byte of whoever opened it.
public struct PubsubPair: Node {
    private enum Side { case user, carrier }
    private struct Waiting {
        var peer: Endpoint
        var limit: Instant
    }
    /// How long the other side may take to say its first byte.
    public static let patience = Duration.seconds(30)
    /// Connections of which no byte has come, at most; a further one is closed.
    static let waitingLimit = 1_024
    private var user: any PubsubUser
    private var carrier: any PubsubCarrier
    private var sides: [LinkID: Side] = [:]
    private var waiting: [LinkID: Waiting] = [:]
    /// Who dialed, in order, for each address.
    private var dialing: [Endpoint: [Side]] = [:]

    /// What the first one publishes and subscribes to goes over the connections of the second.
    public init(_ user: any PubsubUser, over carrier: any PubsubCarrier) {
        (self.user, self.carrier) = (user, carrier)
    }
    /// When one of both, or a connection of which no byte has come, wants to be called.
    public var deadline: Instant? {
        Instant.earlier(
            Instant.earlier(user.deadline, carrier.deadline), waiting.values.lazy.map(\.limit).min())
    }
    /// Starts both.
    public mutating func start(now: Instant, _ out: inout [Action]) {
        tell(.carrier, now, &out) { $0.start(now: now, &$1) }
        tell(.user, now, &out) { $0.start(now: now, &$1) }
    }
    /// What we dialed is known; of others the first byte is waited for.
    public mutating func opened(
        _ link: LinkID, peer: Endpoint, by opener: Opener, now: Instant, _ out: inout [Action]
    ) {
        guard opener == .us, let side = takeDialer(of: peer) else {
            guard waiting.count < Self.waitingLimit else { return out.append(.close(link)) }
            return waiting[link] = Waiting(peer: peer, limit: now + Self.patience)
        }
        sides[link] = side
        tell(side, now, &out) { $0.opened(link, peer: peer, by: .us, now: now, &$1) }
    }
    /// To whom it belongs.
    public mutating func received(_ bytes: RawSpan, on link: LinkID, now: Instant, _ out: inout [Action]) {
        if let unknown = waiting[link], bytes.byteCount > 0 {
            waiting[link] = nil
            let side: Side = carrier.isOpening(bytes.unsafeLoad(as: UInt8.self)) ? .carrier : .user
            sides[link] = side
            tell(side, now, &out) { $0.opened(link, peer: unknown.peer, by: .them, now: now, &$1) }
        }
        guard let side = sides[link] else { return }
        var wanted: [Action] = []
        switch side {
        case .user: user.received(bytes, on: link, now: now, &wanted)
        case .carrier: carrier.received(bytes, on: link, now: now, &wanted)
        }
        carryOut(side, wanted, now, &out)
    }
    /// To whom it belongs.
    public mutating func unsent(_ bytes: Int, on link: LinkID, now: Instant, _ out: inout [Action]) {
        guard let side = sides[link] else { return }
        tell(side, now, &out) { $0.unsent(bytes, on: link, now: now, &$1) }
    }
    /// To whom it belonged.
    public mutating func closed(_ link: LinkID, now: Instant, _ out: inout [Action]) {
        waiting[link] = nil
        guard let side = sides.removeValue(forKey: link) else { return }
        tell(side, now, &out) { $0.closed(link, now: now, &$1) }
    }
    /// To who dialed.
    public mutating func unreachable(_ peer: Endpoint, now: Instant, _ out: inout [Action]) {
        guard let side = takeDialer(of: peer) else { return }
        tell(side, now, &out) { $0.unreachable(peer, now: now, &$1) }
    }
    /// Wakes both where they want it.
    public mutating func wake(now: Instant, _ out: inout [Action]) {
        for (link, unknown) in waiting where unknown.limit <= now {
            waiting[link] = nil
            out.append(.close(link))
        }
        for side in [Side.carrier, .user] {
            guard let due = side == .user ? user.deadline : carrier.deadline, due <= now else { continue }
            tell(side, now, &out) { $0.wake(now: now, &$1) }
        }
    }
    /// As the user has it.
    public func answer(_ question: String, _ arguments: [Value.Entry], now: Instant) -> Value? {
        user.answer(question, arguments, now: now)
    }
    /// As the user has it.
    public func rows(_ question: String, now: Instant) -> Rows? { user.rows(question, now: now) }
    /// As the user has it.
    public mutating func control(
        _ name: String, _ arguments: [Value.Entry], now: Instant, _ out: inout [Action]
    ) -> Value? {
        var answer: Value?
        tell(.user, now, &out) { answer = $0.control(name, arguments, now: now, &$1) }
        return answer
    }

    private mutating func takeDialer(of peer: Endpoint) -> Side? {
        guard var sides = dialing.removeValue(forKey: peer), !sides.isEmpty else { return nil }
        let side = sides.removeFirst()
        if !sides.isEmpty { dialing[peer] = sides }
        return side
    }
    private mutating func tell(
        _ side: Side, _ now: Instant, _ out: inout [Action], _ body: (inout any Node, inout [Action]) -> Void
    ) {
        var wanted: [Action] = []
        switch side {
        case .user:
            var node: any Node = user
            body(&node, &wanted)
            if let node = node as? any PubsubUser { user = node }
        case .carrier:
            var node: any Node = carrier
            body(&node, &wanted)
            if let node = node as? any PubsubCarrier { carrier = node }
        }
        carryOut(side, wanted, now, &out)
    }
    /// Hands on what one of both wants, and then what they have for each other, until there is none.
    private mutating func carryOut(_ side: Side, _ wanted: [Action], _ now: Instant, _ out: inout [Action]) {
        hand(side, wanted, &out)
        while true {
            let calls = user.takePubsubCalls(), events = carrier.takePubsubEvents()
            if calls.isEmpty, events.isEmpty { return }
            var ofCarrier: [Action] = [], ofUser: [Action] = []
            for call in calls { carrier.carry(call, now: now, &ofCarrier) }
            for event in events { user.hear(event, now: now, &ofUser) }
            hand(.carrier, ofCarrier, &out)
            hand(.user, ofUser, &out)
        }
    }
    private mutating func hand(_ side: Side, _ wanted: [Action], _ out: inout [Action]) {
        for action in wanted {
            switch action {
            case .connect(let peer): dialing[peer, default: []].append(side)
            case .close(let link, _): sides[link] = nil
            case .send, .report: break
            }
            out.append(action)
        }
    }
}
