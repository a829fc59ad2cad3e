public import Node
public import Wire

/// A driver that runs any number of nodes over a network, next to links that the caller handles itself.
///
/// Nodes are values: the driver calls them, performs their actions and keeps their timers. Everything happens inside
/// `next`, on the caller's thread.
public final class Driver: NetworkClient {
    /// The network.
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
    /// True while two joined nodes pass requests and events to each other.
    var isExchanging = false
    /// The caller's data channels, each with the node that opens it.
    var channels: [LinkID: NodeID] = [:]
    var lastChannel: UInt64 = 0
    /// The callers' closures that decide about each datagram of a carrier.
    var interceptors: [NodeID: (CarriedDatagram) -> Bool] = [:]
    /// True to return the events of nodes; false to drop them.
    public var tellsReports = false
    /// A closure that is called before each poll with the period since the last one in which the network was not
    /// polled. Work of the caller or of the whole machine delays events in this period.
    public var unattended: ((_ from: Instant, _ to: Instant) -> Void)?
    /// The beginning of the period without a poll: the time at which the last poll ended, or should have ended.
    public internal(set) var unattendedSince: Instant

    struct Slot {
        var node: any Node
        /// The transport over which it dials.
        var transport: Transport
        /// The listeners from which it dials over UDP, because it has a single address to receive and send.
        var listeners: [ListenerID] = []
        /// The node that opens its data channels, or whose channels it opens.
        var partner: NodeID?
        /// True if it opens the caller's data channels.
        var servesCaller = false
        /// The deadline of its valid timer. Older timers in the heap are ignored.
        var deadline: Instant?
    }
    struct Timer: Comparable {
        var at: Instant
        var node: NodeID
        static func < (a: Self, b: Self) -> Bool { (a.at, a.node) < (b.at, b.node) }
    }

    /// Creates a driver that is the only user of a network.
    public init(_ network: any Network) {
        self.network = network
        unattendedSince = network.now
    }
    /// The time since the network began.
    public var now: Instant { network.now }

    // MARK: - Nodes

    /// Starts a node. It owns the connections that arrive through `listeners`. It opens connections over `transport`,
    /// and over UDP it sends from its listeners.
    @discardableResult
    public func add(_ node: any Node, listeners mine: [ListenerID] = [], transport: Transport = .tcp) -> NodeID {
        lastNode += 1
        let id = NodeID(number: lastNode)
        for l in mine { listeners[l] = id }
        nodes[id] = Slot(node: node, transport: transport, listeners: transport == .udp ? mine : [])
        call(id) { $0.start(now: self.now, &$1) }
        return id
    }
    /// Stops a node, resets its links and closes its listeners. The node that it is joined to stops as well.
    public func remove(_ id: NodeID) {
        let partner = nodes.removeValue(forKey: id)?.partner
        channels = channels.filter { $0.value != id }
        interceptors[id] = nil
        // The order is fixed, because a simulated network takes a random number for each link.
        for link in owners.filter({ $0.value == id }).keys.sorted() {
            network.close(link, reset: true)
            owners[link] = nil
            dialed[link] = nil
        }
        for (l, owner) in listeners where owner == id {
            network.stopListening(l)
            listeners[l] = nil
        }
        // The other node of a pair has no purpose any more.
        if let partner, nodes[partner] != nil { remove(partner) }
    }
    /// Returns true if a node has connections, including those that it is opening or closing.
    public func hasLinks(_ id: NodeID) -> Bool { owners.values.contains(id) }
    /// Asks a node a question about itself, which changes nothing, not even its timer. Returns nil if the node does not
    /// exist or does not know the question.
    public func answer(_ id: NodeID, _ question: String, _ arguments: [Value.Entry]) -> Value? {
        nodes[id]?.node.answer(question, arguments, now: now)
    }
    /// Returns the answer to a question in parts, if it is a long list. Returns nil if the node does not exist, or if
    /// `answer` has the answer.
    public func rows(_ id: NodeID, _ question: String) -> Rows? { nodes[id]?.node.rows(question, now: now) }
    /// Sends a question or command to a node. Returns nil if the node does not exist or does not know the control.
    public func control(_ id: NodeID, _ name: String, _ arguments: [Value.Entry]) -> Value? {
        if let answer = answer(id, name, arguments) { return answer }
        var answer: Value?
        call(id) { answer = $0.control(name, arguments, now: self.now, &$1) }
        return answer
    }
    /// Calls a node and performs its actions. During the call the slot does not own the node, so that nothing is
    /// copied.
    func call(_ id: NodeID, _ body: (inout any Node, inout [Action]) -> Void) {
        guard var slot = nodes.removeValue(forKey: id) else { return }
        var out = takeActions()
        body(&slot.node, &out)
        settle(id, slot, out)
    }
    /// Returns the list in which actions are collected, whose memory is reused.
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
        if slot.partner != nil { exchange(id) } else if slot.servesCaller { passChannelEvents(of: id) }
    }
    func set(_ timer: Timer) {
        timers.insert(timer)
        // Timers that are no longer valid stay until they are due. This removes them if nodes that often move their
        // timer leave too many.
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
        case .send(let link, let bytes):
            if owners[link] == id, goesOn(bytes, on: link, of: id, isSent: true) { network.send(bytes, on: link) }
        case .close(let link, _):
            guard owners[link] == id else { return }
            owners[link] = nil
            dialed[link] = nil
            network.close(link, reset: false)
        case .report(let event): if tellsReports { networkEvents.append(.reported(id, event)) }
        }
    }

    // MARK: - The caller's own links

    /// Listens for the caller, or for a node to which the caller then passes the listener. Port 0 chooses a free port.
    public func listen(
        _ at: Endpoint, _ transport: Transport = .tcp
    ) throws(NetworkError) -> (id: ListenerID, bound: Endpoint) {
        try network.listen(at, transport)
    }
    /// Stops accepting connections. Open connections remain.
    public func stopListening(_ listener: ListenerID) { network.stopListening(listener) }
    /// Begins to connect. A later `next` returns `opened` or `failed`. Over UDP it sends from the first suitable
    /// listener of `listeners`, or else from the address `local` if that is given.
    public func dial(
        _ to: Endpoint, _ transport: Transport = .tcp, from listeners: [ListenerID] = [], at local: Endpoint? = nil
    ) -> LinkID {
        network.dial(to, transport, from: listeners, at: local)
    }
    /// Sends bytes, one datagram over UDP, or one text on a data channel, on a link of the caller. Does nothing if the
    /// link has ended.
    public func send(_ bytes: [UInt8], on link: LinkID) {
        if channels[link] != nil { return send(bytes, isText: true, onChannel: link) }
        network.send(bytes, on: link)
    }
    /// Ends one of the caller's links after all bytes are sent, or at once with `reset`.
    public func close(_ link: LinkID, reset: Bool = false) {
        if channels[link] != nil { return closeChannel(link) }
        network.close(link, reset: reset)
    }
    /// Breaks a link of a node, as the network may. Both sides see a reset.
    public func breakLink(_ link: LinkID) {
        guard owners[link] != nil else { return }
        network.close(link, reset: true)
        ended(link, .reset)
    }
    /// Ends the sending direction of one of the caller's streams. The other direction continues to its own end.
    public func endSending(on link: LinkID) { network.endSending(on: link) }

    /// Returns the next event on the caller's links; nil at `deadline`.
    public func next(until deadline: Instant) -> NetworkEvent? {
        // The network is polled once, and due timers run, before the deadline counts.
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
            // A node with a deadline in the past would block all others, so it is woken only once a millisecond.
            if let d = nodes[timer.node]?.deadline, d <= now {
                let later = now + .milliseconds(1)
                nodes[timer.node]?.deadline = later
                set(Timer(at: later, node: timer.node))
            }
        }
    }

    // MARK: - NetworkClient

    /// Passes the event to the node that owns the link, or to the caller.
    public func opened(_ link: LinkID, peer: Endpoint, through listener: ListenerID?) {
        dialed[link] = nil
        if let id = listener.flatMap({ listeners[$0] }) { owners[link] = id }
        guard let id = owners[link] else { return networkEvents.append(.opened(link, peer: peer, through: listener)) }
        call(id) { $0.opened(link, peer: peer, by: listener == nil ? .us : .them, now: self.now, &$1) }
    }
    /// Passes the bytes to the node that owns the link, or copies them for the caller.
    public func received(_ bytes: RawSpan, on link: LinkID) {
        guard let id = owners[link] else {
            return networkEvents.append(.received(link, bytes.withUnsafeBytes { [UInt8]($0) }))
        }
        // Only datagrams of carriers are copied.
        if interceptors[id] == nil || goesOn(bytes.withUnsafeBytes { [UInt8]($0) }, on: link, of: id, isSent: false) {
            pass(bytes, on: link, to: id)
        }
    }
    func pass(_ bytes: RawSpan, on link: LinkID, to id: NodeID) {
        guard var slot = nodes.removeValue(forKey: id) else { return }
        var out = takeActions()
        slot.node.received(bytes, on: link, now: now, &out)
        settle(id, slot, out)
    }
    /// Passes the event to the node that owns the link. The caller of `next` can ask the network.
    public func unsent(_ bytes: Int, on link: LinkID) {
        guard let id = owners[link] else { return }
        call(id) { $0.unsent(bytes, on: link, now: self.now, &$1) }
    }
    /// Passes the event to the node that owned the link, or to the caller.
    public func ended(_ link: LinkID, _ ending: Ending) {
        guard let id = owners.removeValue(forKey: link) else { return networkEvents.append(.ended(link, ending)) }
        call(id) { $0.closed(link, now: self.now, &$1) }
    }
    /// Passes the event to the node that dialed, or to the caller.
    public func failed(_ link: LinkID, _ error: NetworkError) {
        let peer = dialed.removeValue(forKey: link)
        guard let id = owners.removeValue(forKey: link) else { return networkEvents.append(.failed(link, error)) }
        guard let peer else { return call(id) { $0.closed(link, now: self.now, &$1) } }
        call(id) { $0.unreachable(peer, now: self.now, &$1) }
    }
}
