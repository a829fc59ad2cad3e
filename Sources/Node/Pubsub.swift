public import Wire

/// A request of a node to the protocol that carries its publish and subscribe. Topics are names; messages are bytes.
public enum PubsubCall: Equatable, Sendable {
    case subscribe(String)
    case unsubscribe(String)
    case publish(String, [UInt8])
    /// Look for the other nodes of this namespace in place of an earlier one, and connect to them, now and again. A
    /// carrier that cannot discover peers ignores it.
    case meet(String)
}

/// An event from the carrier to that node.
public enum PubsubEvent: Equatable, Sendable {
    /// Another node published this to a topic to which the node is subscribed. Each message is delivered once.
    case published(String, [UInt8])
    /// Another node subscribed to this topic. It did not receive earlier messages.
    case joined(String)
}

/// A node that leaves its publish and subscribe to another node.
public protocol PubsubUser: Node {
    /// True if it does so with its settings.
    var leavesPubsub: Bool { get }
    /// Takes the requests since the last call, in order.
    mutating func takePubsubCalls() -> [PubsubCall]
    /// Handles an event of the carrier.
    mutating func hear(_ event: PubsubEvent, now: Instant, _ out: inout [Action])
}

/// A node that publishes and subscribes for another node.
public protocol PubsubCarrier: Node {
    /// Returns true if a peer that opens a connection with this byte uses the carrier's protocol. Otherwise the peer
    /// uses the protocol of the user.
    func isOpening(_ first: UInt8) -> Bool
    /// Carries out a request of the user.
    mutating func carry(_ call: PubsubCall, now: Instant, _ out: inout [Action])
    /// Takes the events since the last call, in order.
    mutating func takePubsubEvents() -> [PubsubEvent]
}

/// Two nodes in one, at one address: the user publishes and subscribes over the connections of the carrier. The first
/// byte of the peer that opened a connection decides which node receives it.
public struct PubsubPair: Node {
    private enum Side { case user, carrier }
    private struct Waiting {
        var peer: Endpoint
        var limit: Instant
    }
    /// The time limit for the first byte of the other side.
    public static let patience = Duration.seconds(30)
    /// The maximum number of connections without a received byte; a further one is closed.
    static let waitingLimit = 1_024
    private var user: any PubsubUser
    private var carrier: any PubsubCarrier
    private var sides: [LinkID: Side] = [:]
    private var waiting: [LinkID: Waiting] = [:]
    /// The nodes that requested connections, in order, for each address.
    private var dialing: [Endpoint: [Side]] = [:]

    /// Creates a pair: `user` publishes and subscribes over the connections of `carrier`.
    public init(_ user: any PubsubUser, over carrier: any PubsubCarrier) {
        (self.user, self.carrier) = (user, carrier)
    }
    /// The time at which a node, or a connection without a received byte, needs a call.
    public var deadline: Instant? {
        Instant.earlier(
            Instant.earlier(user.deadline, carrier.deadline), waiting.values.lazy.map(\.limit).min())
    }
    /// Starts both nodes.
    public mutating func start(now: Instant, _ out: inout [Action]) {
        tell(.carrier, at: now, into: &out) { $0.start(now: now, &$1) }
        tell(.user, at: now, into: &out) { $0.start(now: now, &$1) }
    }
    /// Passes a connection to the node that requested it. For other connections, the pair waits for the first byte.
    public mutating func opened(
        _ link: LinkID, peer: Endpoint, by opener: Opener, now: Instant, _ out: inout [Action]
    ) {
        guard opener == .us, let side = takeDialer(of: peer) else {
            guard waiting.count < Self.waitingLimit else { return out.append(.close(link)) }
            return waiting[link] = Waiting(peer: peer, limit: now + Self.patience)
        }
        sides[link] = side
        tell(side, at: now, into: &out) { $0.opened(link, peer: peer, by: .us, now: now, &$1) }
    }
    /// Passes the bytes to the node that has the connection.
    public mutating func received(_ bytes: RawSpan, on link: LinkID, now: Instant, _ out: inout [Action]) {
        if let unknown = waiting[link], bytes.byteCount > 0 {
            waiting[link] = nil
            let side: Side = carrier.isOpening(bytes.unsafeLoad(as: UInt8.self)) ? .carrier : .user
            sides[link] = side
            tell(side, at: now, into: &out) { $0.opened(link, peer: unknown.peer, by: .them, now: now, &$1) }
        }
        guard let side = sides[link] else { return }
        var wanted: [Action] = []
        switch side {
        case .user: user.received(bytes, on: link, now: now, &wanted)
        case .carrier: carrier.received(bytes, on: link, now: now, &wanted)
        }
        carryOut(side, wanted, at: now, into: &out)
    }
    /// Passes the call to the node that has the connection.
    public mutating func unsent(_ bytes: Int, on link: LinkID, now: Instant, _ out: inout [Action]) {
        guard let side = sides[link] else { return }
        tell(side, at: now, into: &out) { $0.unsent(bytes, on: link, now: now, &$1) }
    }
    /// Passes the call to the node that had the connection.
    public mutating func closed(_ link: LinkID, now: Instant, _ out: inout [Action]) {
        waiting[link] = nil
        guard let side = sides.removeValue(forKey: link) else { return }
        tell(side, at: now, into: &out) { $0.closed(link, now: now, &$1) }
    }
    /// Passes the call to the node that requested the connection.
    public mutating func unreachable(_ peer: Endpoint, now: Instant, _ out: inout [Action]) {
        guard let side = takeDialer(of: peer) else { return }
        tell(side, at: now, into: &out) { $0.unreachable(peer, now: now, &$1) }
    }
    /// Wakes the nodes whose time has come.
    public mutating func wake(now: Instant, _ out: inout [Action]) {
        for (link, unknown) in waiting where unknown.limit <= now {
            waiting[link] = nil
            out.append(.close(link))
        }
        for side in [Side.carrier, .user] {
            guard let due = side == .user ? user.deadline : carrier.deadline, due <= now else { continue }
            tell(side, at: now, into: &out) { $0.wake(now: now, &$1) }
        }
    }
    /// Returns the answer of the user, or of the carrier if the user does not know the question.
    public func answer(_ question: String, _ arguments: [Value.Entry], now: Instant) -> Value? {
        user.answer(question, arguments, now: now) ?? carrier.answer(question, arguments, now: now)
    }
    /// Returns the rows of the user.
    public func rows(_ question: String, now: Instant) -> Rows? { user.rows(question, now: now) }
    /// Passes the call to the user. A question that the user does not know is for the carrier; a command is not.
    public mutating func control(
        _ name: String, _ arguments: [Value.Entry], now: Instant, _ out: inout [Action]
    ) -> Value? {
        var answer: Value?
        tell(.user, at: now, into: &out) { answer = $0.control(name, arguments, now: now, &$1) }
        return answer ?? carrier.answer(name, arguments, now: now)
    }

    private mutating func takeDialer(of peer: Endpoint) -> Side? {
        guard var sides = dialing.removeValue(forKey: peer), !sides.isEmpty else { return nil }
        let side = sides.removeFirst()
        if !sides.isEmpty { dialing[peer] = sides }
        return side
    }
    private mutating func tell(
        _ side: Side, at now: Instant, into out: inout [Action], _ body: (inout any Node, inout [Action]) -> Void
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
        carryOut(side, wanted, at: now, into: &out)
    }
    /// Hands on the actions of one node, then the requests and events between both, until both lists are empty.
    private mutating func carryOut(_ side: Side, _ wanted: [Action], at now: Instant, into out: inout [Action]) {
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
