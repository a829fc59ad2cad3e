public import Node
public import Wire

/// Runs any number of nodes over a network, beside links that the caller handles itself.
///
/// Nodes are values: the driver calls them, carries out their actions and keeps their timers. Everything happens inside
/// `next`, on the caller's thread.
public final class Driver: NetworkClient {
    /// What it runs on.
    public let network: any Network
    var nodes: [NodeID: Slot] = [:]
    var owners: [LinkID: NodeID] = [:]
    var dialed: [LinkID: Endpoint] = [:]
    var listeners: [ListenerID: NodeID] = [:]
    var timers = Heap<Timer>()
    var networkEvents: [NetworkEvent] = []
    var taken = 0
    var lastNode = 0
    var actions: [Action] = []
    /// Whether events of nodes are handed out; off, they are dropped.
    public var tellsReports = false
    /// Told of each time in which nobody looked at the network, before the next look: by whom the caller's own work, or
    /// that of the whole machine, held up what came meanwhile.
    public var unattended: ((_ from: Instant, _ to: Instant) -> Void)?
    /// Since when nobody looked at the network: since the last look was over, or should have been.
    public internal(set) var unattendedSince: Instant

    struct Slot {
        var node: any Node
        /// What it dials over.
        var transport: Transport
        /// Where it dials from, over UDP: it has one address, to listen and to speak.
        var listeners: [ListenerID] = []
        /// The timer that counts; older ones in the heap are ignored.
        var deadline: Instant?
    }
    struct Timer: Comparable {
        var at: Instant
        var node: NodeID
        static func < (a: Self, b: Self) -> Bool { (a.at, a.node) < (b.at, b.node) }
    }

    /// Runs nodes over a network, of which it is the only user.
    public init(_ network: any Network) {
        self.network = network
        unattendedSince = network.now
    }
    /// Time since the network began.
    public var now: Instant { network.now }

    // Nodes

    /// Starts a node. Connections that come through `listeners` are its own; those that it opens go over `transport`,
    /// and over UDP from where it listens.
    @discardableResult
    public func add(_ node: any Node, listeners mine: [ListenerID] = [], transport: Transport = .tcp) -> NodeID {
        lastNode += 1
        let id = NodeID(number: lastNode)
        for l in mine { listeners[l] = id }
        nodes[id] = Slot(node: node, transport: transport, listeners: transport == .udp ? mine : [])
        call(id) { $0.start(now: self.now, &$1) }
        return id
    }
    /// Stops a node: its links are reset, its listeners closed.
    public func remove(_ id: NodeID) {
        nodes[id] = nil
        // In order: a simulated network draws from its seed for each.
        for link in owners.filter({ $0.value == id }).keys.sorted() {
            network.close(link, reset: true)
            owners[link] = nil
            dialed[link] = nil
        }
        for (l, owner) in listeners where owner == id {
            network.stopListening(l)
            listeners[l] = nil
        }
    }
    /// Whether a node has connections, those included that it opens or closes.
    public func hasLinks(_ id: NodeID) -> Bool { owners.values.contains(id) }
    /// Asks a node something from its own side; nothing becomes of it, not even with its timer. Nil: there is no such
    /// node, or it knows no such question.
    public func answer(_ id: NodeID, _ question: String, _ arguments: [Value.Entry]) -> Value? {
        nodes[id]?.node.answer(question, arguments, now: now)
    }
    /// The answer to a question that is a long list, in parts. Nil: there is no such node, or `answer` knows.
    public func rows(_ id: NodeID, _ question: String) -> Rows? { nodes[id]?.node.rows(question, now: now) }
    /// Asks or tells a node something from its own side. Nil: there is no such node, or it knows no such control.
    public func control(_ id: NodeID, _ name: String, _ arguments: [Value.Entry]) -> Value? {
        if let answer = answer(id, name, arguments) { return answer }
        var answer: Value?
        call(id) { answer = $0.control(name, arguments, now: self.now, &$1) }
        return answer
    }
    /// Calls a node, then carries out what it wants. The slot gives its node up meanwhile, so that nothing is copied.
    func call(_ id: NodeID, _ body: (inout any Node, inout [Action]) -> Void) {
        guard var slot = nodes.removeValue(forKey: id) else { return }
        var out = takeActions()
        body(&slot.node, &out)
        settle(id, slot, out)
    }
    /// The list that actions are gathered in; its memory is used again.
    func takeActions() -> [Action] {
        var out: [Action] = []
        swap(&out, &actions)
        return out
    }
    func settle(_ id: NodeID, _ called: Slot, _ asked: consuming [Action]) {
        var slot = called
        let deadline = slot.node.deadline
        let isNew = deadline != slot.deadline
        slot.deadline = deadline
        nodes[id] = slot
        if isNew, let deadline { set(Timer(at: deadline, node: id)) }
        var wanted = asked
        for i in wanted.indices { perform(wanted[i], of: id) }
        wanted.removeAll(keepingCapacity: true)
        actions = wanted
    }
    func set(_ timer: Timer) {
        timers.insert(timer)
        // Timers that do not count any more stay until they are due: of nodes that move theirs often, too many.
        guard timers.count > 2 * nodes.count + 1024 else { return }
        timers = Heap()
        for (id, slot) in nodes { if let at = slot.deadline { timers.insert(Timer(at: at, node: id)) } }
    }
    func perform(_ action: Action, of id: NodeID) {
        switch action {
        case .connect(let peer):
            let slot = nodes[id]
            let link = network.dial(peer, slot?.transport ?? .tcp, from: slot?.listeners ?? [])
            owners[link] = id
            dialed[link] = peer
        case .send(let link, let bytes): if owners[link] == id { network.send(bytes, on: link) }
        case .close(let link, _):
            guard owners[link] == id else { return }
            owners[link] = nil
            dialed[link] = nil
            network.close(link, reset: false)
        case .report(let event): if tellsReports { networkEvents.append(.reported(id, event)) }
        }
    }

    // The caller's own links

    /// Listens for the caller, or for a node that is then given the listener; port 0 takes a free one.
    public func listen(
        _ at: Endpoint, _ transport: Transport = .tcp
    ) throws(NetworkError) -> (id: ListenerID, bound: Endpoint) {
        try network.listen(at, transport)
    }
    /// Takes no more connections; those that stand stay.
    public func stopListening(_ listener: ListenerID) { network.stopListening(listener) }
    /// Begins to connect; `opened` or `failed` comes out of a later `next`. Over UDP from the first of `listeners` that
    /// fits, else from the address `local`, where one is given.
    public func dial(
        _ to: Endpoint, _ transport: Transport = .tcp, from listeners: [ListenerID] = [], at local: Endpoint? = nil
    ) -> LinkID {
        network.dial(to, transport, from: listeners, at: local)
    }
    /// Sends on one of the caller's links, over UDP one datagram; nothing happens when it has ended.
    public func send(_ bytes: [UInt8], on link: LinkID) { network.send(bytes, on: link) }
    /// Ends one of the caller's links, after what was sent or with `reset` at once.
    public func close(_ link: LinkID, reset: Bool = false) { network.close(link, reset: reset) }
    /// Breaks a link of a node, as the network may: both sides are told that it was reset.
    public func breakLink(_ link: LinkID) {
        guard owners[link] != nil else { return }
        network.close(link, reset: true)
        ended(link, .reset)
    }
    /// Ends what the caller sends on one of its streams; what the other side sends still comes, and its end.
    public func endSending(on link: LinkID) { network.endSending(on: link) }

    /// The next thing that happened on the caller's links; nil when `deadline` has come first.
    public func next(until deadline: Instant) -> NetworkEvent? {
        // One look at the network, and the timers that are due, come before the verdict that time is up.
        var looked = false
        while true {
            if taken < networkEvents.count {
                defer { taken += 1 }
                return networkEvents[taken]
            }
            networkEvents.removeAll(keepingCapacity: true)
            taken = 0
            let isUp = looked && now >= deadline
            wakeDue()
            if !networkEvents.isEmpty { continue }
            if isUp { return nil }
            look(until: min(deadline, timers.first?.at ?? .never))
            looked = true
        }
    }
    private func look(until deadline: Instant) {
        let begun = now
        unattended?(unattendedSince, begun)
        network.poll(until: deadline, self)
        unattendedSince = min(now, max(deadline, begun))
    }
    func wakeDue() {
        while let timer = timers.first, timer.at <= now {
            _ = timers.removeFirst()
            guard nodes[timer.node]?.deadline == timer.at else { continue }
            nodes[timer.node]?.deadline = nil
            call(timer.node) { $0.wake(now: self.now, &$1) }
            // A node that wants to be woken in the past would hold everybody up: once a millisecond is enough.
            if let d = nodes[timer.node]?.deadline, d <= now {
                let later = now + .milliseconds(1)
                nodes[timer.node]?.deadline = later
                set(Timer(at: later, node: timer.node))
            }
        }
    }

    // NetworkClient

    /// To the node that owns the link, or to the caller.
    public func opened(_ link: LinkID, peer: Endpoint, through listener: ListenerID?) {
        dialed[link] = nil
        if let id = listener.flatMap({ listeners[$0] }) { owners[link] = id }
        guard let id = owners[link] else { return networkEvents.append(.opened(link, peer: peer, through: listener)) }
        call(id) { $0.opened(link, peer: peer, by: listener == nil ? .us : .them, now: self.now, &$1) }
    }
    /// To the node that owns the link, or copied to the caller.
    public func received(_ bytes: RawSpan, on link: LinkID) {
        guard let id = owners[link] else {
            return networkEvents.append(.received(link, bytes.withUnsafeBytes { [UInt8]($0) }))
        }
        guard var slot = nodes.removeValue(forKey: id) else { return }
        var out = takeActions()
        slot.node.received(bytes, on: link, now: now, &out)
        settle(id, slot, out)
    }
    /// To the node that owns the link; whoever calls `next` asks the network.
    public func unsent(_ bytes: Int, on link: LinkID) {
        guard let id = owners[link] else { return }
        call(id) { $0.unsent(bytes, on: link, now: self.now, &$1) }
    }
    /// To the node that owned the link, or to the caller.
    public func ended(_ link: LinkID, _ ending: Ending) {
        guard let id = owners.removeValue(forKey: link) else { return networkEvents.append(.ended(link, ending)) }
        call(id) { $0.closed(link, now: self.now, &$1) }
    }
    /// To the node that dialed, or to the caller.
    public func failed(_ link: LinkID, _ error: NetworkError) {
        let peer = dialed.removeValue(forKey: link)
        guard let id = owners.removeValue(forKey: link) else { return networkEvents.append(.failed(link, error)) }
        guard let peer else { return call(id) { $0.closed(link, now: self.now, &$1) } }
        call(id) { $0.unreachable(peer, now: self.now, &$1) }
    }
}
