public import Wire

/// A node of a protocol on layers. The inner node knows nothing of the layers: a connection opens for it once they are
/// up. It sends and receives the messages of its protocol: one at a time if the layer below has messages, otherwise the
/// bytes of a stream.
public struct LayeredNode: LayersWithin {
    private enum Stage {
        /// The inner node does not know the link yet.
        case rising
        /// The inner node knows the link.
        case told
        /// The inner node has closed the link, and receives nothing more from it.
        case leaving
    }
    private struct Link {
        var ends: LayerEnds
        var peer: Endpoint
        var opener: Opener
        var stage = Stage.rising
        /// The time limit for the layers to come up, or to close; nil between these phases.
        var limit: Instant?
        /// The status with which its layers ended, once they have.
        var status: CloseStatus?
        /// The time at which the link needs a call, as set in `timers`.
        var timer: Instant?
        /// Sets the timer to the time at which the link needs a call. Returns false if the time is unchanged. It runs
        /// on the link in place, because a copy of the link would count a dozen references.
        mutating func setTimer() -> Bool {
            let before = timer
            timer = Instant.earlier(ends.deadline, limit)
            return timer != before
        }
    }
    /// The time limit from the beginning of a connection until its layers are up, and from the request to close it
    /// until they are over. A connection that takes longer is closed, even if a layer has no limit of its own.
    public static let patience = Duration.seconds(30)
    private var inner: any Node
    private let name: String
    private let stack: LayerStack
    private let settings: Settings
    private var random: Random
    private let secrets: Secrets?
    private var links: [LinkID: Link] = [:]
    private var timers = LinkTimers()

    /// Creates a node from the node `inner` of the protocol `name`, over this stack. The layers record their secrets in
    /// `secrets`.
    public init(
        _ inner: any Node, of name: String, over stack: LayerStack, _ settings: Settings, _ random: Random,
        secrets: Secrets? = nil
    ) {
        (self.inner, self.name, self.stack, self.settings, self.random) = (inner, name, stack, settings, random)
        self.secrets = secrets
    }
    /// Returns this node with a wrapper around the inner node. The wrapper sees the messages of the protocol.
    public func wrapping(_ wrap: (any Node) -> any Node) -> LayeredNode {
        var out = self
        out.inner = wrap(inner)
        return out
    }
    /// The time at which a layer or the inner node needs a call.
    public var deadline: Instant? { Instant.earlier(timers.deadline, inner.deadline) }
    /// Starts the inner node.
    public mutating func start(now: Instant, _ out: inout [Action]) {
        ask(now, &out) { $0.start(now: now, &$1) }
    }
    /// Begins the layers.
    public mutating func opened(
        _ link: LinkID, peer: Endpoint, by opener: Opener, now: Instant, _ out: inout [Action]
    ) {
        var plan = LayerEnds.Plan(stack, peer: peer, settings, Random(seed: random.next()))
        plan.secrets = secrets
        guard let ends = LayerEnds(plan, opener) else { return }
        links[link] = Link(ends: ends, peer: peer, opener: opener, limit: now + Self.patience)
        turn(link, at: now, into: &out) { $0.begin(now, &$2) }
    }
    /// Passes the content of the layers to the inner node.
    public mutating func received(_ bytes: RawSpan, on link: LinkID, now: Instant, _ out: inout [Action]) {
        turn(link, at: now, into: &out) { $0.receive(bytes, at: now, into: &$1, in: &$2) }
    }
    /// Reports the unsent bytes on the wire to the inner node, if it knows the connection.
    public mutating func unsent(_ bytes: Int, on link: LinkID, now: Instant, _ out: inout [Action]) {
        if links[link]?.stage == .told { ask(now, &out) { $0.unsent(bytes, on: link, now: now, &$1) } }
    }
    /// Reports the end of the connection to the inner node: as closed if the node knew the connection, as unreachable
    /// if the node had requested it.
    public mutating func closed(_ link: LinkID, now: Instant, _ out: inout [Action]) {
        turn(link, at: now, into: &out) { $0.closed(now, &$2) }
        guard let gone = links.removeValue(forKey: link) else { return }
        timers.set(link, nil)
        tellEnd(of: link, gone, now, &out)
    }
    /// Passes the call to the inner node.
    public mutating func unreachable(_ peer: Endpoint, now: Instant, _ out: inout [Action]) {
        ask(now, &out) { $0.unreachable(peer, now: now, &$1) }
    }
    /// Wakes the layers whose time has come, and the inner node.
    public mutating func wake(now: Instant, _ out: inout [Action]) {
        for link in timers.due(now) {
            links[link]?.timer = nil
            turn(link, at: now, into: &out) { $0.wake(now, &$2) }
            if let limit = links[link]?.limit, limit <= now {
                out.append(.report(Event("layers_timeout", link)))
                end(link, now, &out)
            }
        }
        if let due = inner.deadline, due <= now { ask(now, &out) { $0.wake(now: now, &$1) } }
    }
    /// Returns the answer of the inner node.
    public func answer(_ question: String, _ arguments: [Value.Entry], now: Instant) -> Value? {
        inner.answer(question, arguments, now: now)
    }
    /// Returns the rows of the inner node.
    public func rows(_ question: String, now: Instant) -> Rows? { inner.rows(question, now: now) }
    /// Passes the call to the inner node.
    public mutating func control(
        _ name: String, _ arguments: [Value.Entry], now: Instant, _ out: inout [Action]
    ) -> Value? {
        var answer: Value?
        ask(now, &out) { answer = $0.control(name, arguments, now: now, &$1) }
        return answer
    }

    /// Runs a call to the layers of a link, then passes the results to the inner node.
    private mutating func turn(
        _ link: LinkID, at now: Instant, into out: inout [Action],
        _ body: (inout LayerEnds, inout [LayerContent], inout LayerTurn) -> Void
    ) {
        guard let i = links.index(forKey: link) else { return }
        var content: [LayerContent] = []
        var turn = LayerTurn()
        body(&links.values[i].ends, &content, &turn)
        if let status = turn.status { links.values[i].status = status }
        carryOut(turn, link, &out)
        var wanted: [Action] = []
        for item in content { tell(item, on: link, at: now, wanted: &wanted, into: &out) }
        carryOut(&wanted, now, &out)
        if turn.isOver { end(link, now, &out) } else { setTimer(link) }
    }
    /// Updates the timer of a link, if its time has changed.
    private mutating func setTimer(_ link: LinkID) {
        guard let i = links.index(forKey: link), links.values[i].setTimer() else { return }
        timers.set(link, links.values[i].timer)
    }
    private func carryOut(_ turn: LayerTurn, _ link: LinkID, _ out: inout [Action]) {
        if !turn.down.isEmpty { out.append(.send(link, turn.down)) }
        for var event in turn.events {
            event.link = link
            out.append(.report(event))
        }
    }
    /// Closes the connection at the request of the layers.
    private mutating func end(_ link: LinkID, _ now: Instant, _ out: inout [Action]) {
        guard let gone = links.removeValue(forKey: link) else { return }
        timers.set(link, nil)
        out.append(.close(link))
        tellEnd(of: link, gone, now, &out)
    }
    private mutating func tellEnd(of link: LinkID, _ gone: Link, _ now: Instant, _ out: inout [Action]) {
        switch gone.stage {
        case .told: ask(now, &out) { $0.closed(link, status: gone.status, now: now, &$1) }
        case .rising where gone.opener == .us: ask(now, &out) { $0.unreachable(gone.peer, now: now, &$1) }
        case .rising, .leaving: break
        }
    }
    /// Passes content of the layers to the inner node. `wanted` has the requested actions that are not carried out yet.
    private mutating func tell(
        _ item: LayerContent, on link: LinkID, at now: Instant, wanted: inout [Action], into out: inout [Action]
    ) {
        guard let i = links.index(forKey: link) else { return }
        let told = wanted.count
        switch item {
        case .begins(name, let speaks, _, _) where links.values[i].stage == .rising:
            links.values[i].stage = .told
            links.values[i].limit = nil
            let (peer, opener) = (links.values[i].peer, links.values[i].opener)
            inner.opened(link, speaks: speaks, peer: peer, by: opener, now: now, &wanted)
        case .bytes(name, let bytes, _): inner.received(bytes.span.bytes, on: link, now: now, &wanted)
        case .message(name, let bytes, let kind, _):
            inner.received(bytes.span.bytes, kind: kind, on: link, now: now, &wanted)
        case .ends(name, _, _, _):
            carryOut(&wanted, now, &out)
            return end(link, now, &out)
        default: break
        }
        // Messages to one link in a row are sent in one piece. All other actions may change what the inner node sees
        // next.
        if !wanted[told...].allSatisfy(\.isSend) { carryOut(&wanted, now, &out) }
    }
    /// Calls the inner node. Its messages and close requests pass through the layers.
    private mutating func ask(
        _ now: Instant, _ out: inout [Action], _ body: (inout any Node, inout [Action]) -> Void
    ) {
        var wanted: [Action] = []
        body(&inner, &wanted)
        carryOut(&wanted, now, &out)
    }
    private mutating func carryOut(_ wanted: inout [Action], _ now: Instant, _ out: inout [Action]) {
        var at = 0
        while at < wanted.count {
            switch wanted[at] {
            case .send(let link, _): send(wanted, from: &at, to: link, at: now, into: &out)
            case .close(let link, let status):
                at += 1
                guard let i = links.index(forKey: link) else { continue }
                var turn = LayerTurn()
                links.values[i].ends.close(now, &turn, with: status)
                // The closing messages are sent first. The layers close when the other side answers, or when the time
                // limit passes.
                links.values[i].stage = .leaving
                links.values[i].limit = now + Self.patience
                carryOut(turn, link, &out)
                if turn.isOver { end(link, now, &out) } else { setTimer(link) }
            case .connect, .report:
                out.append(wanted[at])
                at += 1
            }
        }
        wanted.removeAll(keepingCapacity: true)
    }
    /// Sends a run of messages to one link, from `at` on.
    private mutating func send(
        _ wanted: [Action], from at: inout Int, to link: LinkID, at now: Instant, into out: inout [Action]
    ) {
        let i = links.index(forKey: link)
        var turn = LayerTurn()
        while at < wanted.count, case .send(link, let bytes) = wanted[at] {
            at += 1
            guard let i else { continue }
            _ = links.values[i].ends.send(bytes, kind: stack.kind(bytes.span.bytes), into: name, now, &turn)
        }
        carryOut(turn, link, &out)
        setTimer(link)
    }
}

extension LayeredNode: PubsubUser {
    /// True if the inner node leaves publish and subscribe to another node.
    public var leavesPubsub: Bool { (inner as? any PubsubUser)?.leavesPubsub ?? false }
    /// Takes the calls of the inner node.
    public mutating func takePubsubCalls() -> [PubsubCall] {
        guard var user = inner as? any PubsubUser else { return [] }
        let calls = user.takePubsubCalls()
        if !calls.isEmpty { inner = user }
        return calls
    }
    /// Passes the event to the inner node.
    public mutating func hear(_ event: PubsubEvent, now: Instant, _ out: inout [Action]) {
        ask(now, &out) { node, wanted in
            guard var user = node as? any PubsubUser else { return }
            user.hear(event, now: now, &wanted)
            node = user
        }
    }
}

extension LayeredNode: ChannelUser {
    /// True if another node opens data channels for the inner node.
    public var usesChannels: Bool { (inner as? any ChannelUser)?.usesChannels ?? false }
    /// Takes the calls of the inner node.
    public mutating func takeChannelCalls() -> [ChannelCall] {
        guard var user = inner as? any ChannelUser else { return [] }
        let calls = user.takeChannelCalls()
        if !calls.isEmpty { inner = user }
        return calls
    }
    /// Passes the event to the inner node.
    public mutating func hear(_ event: ChannelEvent, now: Instant, _ out: inout [Action]) {
        ask(now, &out) { node, wanted in
            guard var user = node as? any ChannelUser else { return }
            node = VacantNode()
            user.hear(event, now: now, &wanted)
            node = user
        }
    }
}

extension Action {
    fileprivate var isSend: Bool { if case .send = self { true } else { false } }
}
