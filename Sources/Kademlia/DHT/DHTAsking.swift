import Libp2p
import Node
import Wire

// The requests of this node, each on a stream of its own, and the connections for them.
extension DHT {
    /// Sends a request of a task to a peer, as soon as both are connected.
    mutating func ask(
        _ peer: PeerID, _ request: KadContent, for task: Int, host: inout Host, _ now: Instant, _ out: inout [Action]
    ) {
        if host.connection(peer) != nil {
            guard let stream = host.open([options.protocolID], to: peer, now, &out) else {
                return unanswered(peer, request, task, host: &host, now, &out)
            }
            asking[stream] = Asking(peer: peer, request: request, task: task, until: now + options.requestPatience)
            return
        }
        if dialing[peer] != nil {
            dialing[peer]?.wishes.append((request, task))
            return
        }
        var endpoints = server.book[peer].compactMap(\.endpoint)
        guard !endpoints.isEmpty else { return unanswered(peer, request, task, host: &host, now, &out) }
        let first = endpoints.removeFirst()
        dialing[peer] = Dialing(
            endpoints: endpoints, until: now + options.dialPatience, wishes: [(request, task)])
        dialed[first] = peer
        host.dial(first, expecting: peer, &out)
    }
    mutating func connected(_ peer: PeerID, host: inout Host, _ now: Instant, _ out: inout [Action]) {
        guard let waiting = dialing.removeValue(forKey: peer) else { return }
        for (request, task) in waiting.wishes where tasks[task] != nil {
            ask(peer, request, for: task, host: &host, now, &out)
        }
    }
    /// Handles that an address cannot be reached.
    mutating func unreachable(_ at: Endpoint, host: inout Host, _ now: Instant, _ out: inout [Action]) {
        guard let peer = dialed[at] else { return }
        dialNext(peer, host: &host, now, &out)
    }
    /// Dials the next address of a peer, or ends the wait for a connection if there is none.
    mutating func dialNext(_ peer: PeerID, host: inout Host, _ now: Instant, _ out: inout [Action]) {
        dialed = dialed.filter { $0.value != peer }
        guard var waiting = dialing[peer] else { return }
        guard !waiting.endpoints.isEmpty else { return giveUp(peer, host: &host, now, &out) }
        let next = waiting.endpoints.removeFirst()
        waiting.until = now + options.dialPatience
        dialing[peer] = waiting
        dialed[next] = peer
        host.dial(next, expecting: peer, &out)
    }
    /// Ends the wait for a connection with a peer.
    mutating func giveUp(_ peer: PeerID, host: inout Host, _ now: Instant, _ out: inout [Action]) {
        guard let waiting = dialing.removeValue(forKey: peer) else { return }
        for (request, task) in waiting.wishes { unanswered(peer, request, task, host: &host, now, &out) }
    }
    /// Sends the request, after both sides agreed on the protocol.
    mutating func opened(_ stream: HostStream, host: inout Host, _ now: Instant, _ out: inout [Action]) {
        guard let exchange = asking[stream] else { return }
        tap?.begin(stream, host.connection(exchange.peer)?.at, now)
        asking[stream]?.isOpen = true
        say(KadMessage(exchange.request).encoded(), on: stream, host: &host, now, &out)
        guard exchange.isOneWay else { return }
        // Some implementations answer. The node ignores that answer.
        asking[stream] = nil
        tap?.end(stream, now)
        host.close(stream, isReset: false, now, &out)
        stored(exchange.peer, isGood: true, for: exchange.task, host: &host, now, &out)
    }
    /// Handles the next bytes of an answer.
    mutating func hear(
        _ bytes: [UInt8], on stream: HostStream, host: inout Host, _ now: Instant, _ out: inout [Action]
    ) {
        guard var exchange = asking[stream], exchange.isOpen else { return }
        var (at, answer): (Int, KadMessage?) = (0, nil)
        let result = exchange.reader.next(KadMessage.self, in: bytes.span.bytes, at: &at) { _, unit in
            answer = try? KadMessage(copying: unit)
        }
        asking[stream] = exchange
        if case .needMore = result { return }
        guard let answer, answer.message.isText else {
            fail(stream, host: &host, now, &out)
            return host.close(stream, isReset: true, now, &out)
        }
        if let messages = tap?.hear(KadMessage(answer.message).encoded(), on: stream, now) {
            follow(messages, host: &host, now, &out)
        } else {
            answered(stream, answer.message, host: &host, now, &out)
        }
    }
    /// Handles a whole answer, and ends its stream.
    mutating func answered(
        _ stream: HostStream, _ answer: KadContent, host: inout Host, _ now: Instant, _ out: inout [Action]
    ) {
        guard let exchange = asking.removeValue(forKey: stream) else { return }
        tap?.end(stream, now)
        host.close(stream, isReset: false, now, &out)
        // Nothing more is expected, so bytes that follow are not kept.
        answered(exchange.peer, exchange.request, answer, for: exchange.task, host: &host, now, &out)
    }
    /// Handles a stream that ended without an answer, or took too long.
    mutating func fail(_ stream: HostStream, host: inout Host, _ now: Instant, _ out: inout [Action]) {
        guard let exchange = asking.removeValue(forKey: stream) else { return }
        tap?.end(stream, now)
        unanswered(exchange.peer, exchange.request, exchange.task, host: &host, now, &out)
    }
    /// Handles that a peer did not answer. It leaves the table, unless it only refused to store.
    private mutating func unanswered(
        _ peer: PeerID, _ request: KadContent, _ task: Int, host: inout Host, _ now: Instant, _ out: inout [Action]
    ) {
        let isStoring = request.type == .addProvider || request.type == .putValue
        if !isStoring { remove(peer, host: &host, now, &out) }
        if isStoring {
            stored(peer, isGood: false, for: task, host: &host, now, &out)
        } else {
            unanswered(peer, for: task, host: &host, now, &out)
        }
    }
}
