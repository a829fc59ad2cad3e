import Libp2p
import Node
import Wire

/// The server and the client of snapshots, which a node with order books has in addition to pubsub.
struct NodeBook: Sendable {
    var server: SnapshotServer
    var taker: SnapshotTaker
    /// The number of offers that it has made.
    var fillCount: UInt64 = 0

    init(_ random: Random, _ faults: Set<BookFault>) {
        (server, taker) = (SnapshotServer(faults), SnapshotTaker(random, faults))
    }
    var deadline: Instant? { Instant.earlier(server.deadline, taker.deadline) }
}

// The order books of a node: its markets and its snapshot streams.
extension GossipsubNode {
    /// Carries out actions on streams.
    mutating func act(_ actions: [StreamAction], _ now: Instant, _ out: inout [Action]) {
        for action in actions {
            switch action {
            case .send(let bytes, let stream): host.send(bytes, on: stream, now, &out)
            case .end(let stream): host.close(stream, isReset: false, now, &out)
            case .reset(let stream): host.close(stream, isReset: true, now, &out)
            }
        }
    }
    /// Carries out actions for snapshots, and the actions that follow from them.
    mutating func act(_ actions: [SnapshotAction], _ now: Instant, _ out: inout [Action]) {
        var actions = actions[...]
        while let action = actions.popFirst() {
            switch action {
            case .ask(let peer, let market):
                if let stream = host.open([ProtocolID.snapshot], to: peer, now, &out) {
                    book?.taker.asking(peer, market, on: stream, now)
                } else {
                    actions += book?.taker.unreachable(peer, market, now) ?? []
                }
            case .act(let what): act([what], now, &out)
            case .blame(let peer, let market): router.blame(peer, for: market)
            case .report(let event): out.append(.report(event))
            }
        }
    }
    /// Updates the snapshot client with the markets of this node and the peers that have them.
    mutating func followMarkets(_ now: Instant, _ out: inout [Action]) {
        guard var own = book else { return }
        let markets = router.topics.filter { OrderBook.isMarket($0) }
        var wanted: [SnapshotAction] = []
        for market in own.taker.marketNames where !markets.contains(market) { wanted += own.taker.leave(market) }
        for market in markets {
            own.taker.join(market)
            let peers = router.peers(of: market)
            let candidates = peers.filter {
                host.identified($0)?.protocols.contains(ProtocolID.snapshot) == true
            }
            wanted += own.taker.update(market, peers: peers, candidates: candidates, now)
        }
        book = own
        act(wanted, now, &out)
    }
    /// Handles an event on a stream that is not a pubsub stream. Returns false if it is not a snapshot stream either.
    mutating func takeSnapshots(_ news: HostNews, _ now: Instant, _ out: inout [Action]) -> Bool {
        if case .received(let stream, _) = news, owners[stream] != nil { return false }
        // The values are moved out, so that they are changed in place without a copy.
        guard var own = book, var orders = router.book else { return false }
        (book, router.book) = (nil, nil)
        var (actions, wanted): ([StreamAction], [SnapshotAction]) = ([], [])
        var isTaken = true
        switch news {
        case .opened(let stream, let peer, ProtocolID.snapshot, by: .them):
            actions = own.server.opened(stream, by: peer, now)
        case .opened(let stream, _, ProtocolID.snapshot, by: .us): wanted = own.taker.opened(stream, now)
        case .received(let stream, let bytes) where own.server.has(stream):
            actions = own.server.received(bytes, on: stream, &orders, now)
        case .received(let stream, let bytes) where own.taker.has(stream):
            wanted = own.taker.received(bytes, on: stream, &orders, now)
        case .ended(let stream, let isOver) where own.server.has(stream):
            actions = own.server.ended(stream, isOver: isOver)
        case .ended(let stream, _) where own.taker.has(stream): wanted = own.taker.ended(stream, now)
        case .refused(let stream) where own.taker.has(stream): wanted = own.taker.ended(stream, now)
        default: isTaken = false
        }
        (book, router.book) = (own, orders)
        act(actions, now, &out)
        act(wanted, now, &out)
        return isTaken
    }
    /// Wakes the snapshot server and client if their deadline has passed.
    mutating func wakeSnapshots(_ now: Instant, _ out: inout [Action]) {
        guard var own = book, let due = own.deadline, due <= now else { return }
        let actions = own.server.wake(now)
        let wanted = own.taker.wake(now)
        book = own
        act(actions, now, &out)
        act(wanted, now, &out)
    }

    // Commands of the operator

    /// Places or changes an order of this node, and publishes it. Returns nil if the order is invalid or if this node
    /// does not have the market.
    mutating func place(_ words: ControlArguments, _ now: Instant, _ out: inout [Action]) -> Value? {
        guard let market = words.bytes("market"), router.book?.markets[market] != nil else { return nil }
        var order = Order()
        order.market = Text(bytes: Bytes(market))
        order.id = Bytes(orderID(words, market))
        order.side = words["side"].flatMap { OrderSide($0) } ?? .buy
        order.price = Text(bytes: Bytes(words.bytes("price") ?? []))
        order.amount = Text(bytes: Bytes(words.bytes("amount") ?? []))
        let key = OrderKey(author: host.identity.peer.bytes, id: order.id?.own ?? [])
        let last = router.book?.markets[market]?.order(key)?.version ?? 0
        order.version = words.number("version") ?? last &+ 1
        let signed = order.signed(by: host.identity)
        guard let made = try? MarketOrder(signed.encoded(), of: market) else { return nil }
        publish(BookContent(orders: [made]), market, now, &out)
        settle(now, &out)
        return .map([.init("id", .bytes(key.id)), .init("version", .uint(made.version))])
    }
    /// Requests a snapshot, which is taken as soon as the minimum time since the last one has passed.
    mutating func wantSnapshot(_ words: ControlArguments, _ now: Instant, _ out: inout [Action]) -> Value? {
        followMarkets(now, &out)
        guard let market = words.bytes("market"), let wanted = book?.taker.want(market, now) else { return nil }
        act(wanted, now, &out)
        settle(now, &out)
        return .bool(true)
    }
    /// Returns the orders of a market that are not gone, with the amounts that are left.
    func bookRows(_ words: ControlArguments, _ now: Instant) -> Value? {
        guard let market = words.bytes("market"), var known = router.book?.markets[market] else { return nil }
        known.expire(now: now)
        return .list(known.open.map { Self.row($0.order.read, $0.amount) })
    }
    private static func row(_ order: Order, _ amount: DecimalNumber) -> Value {
        func text(_ field: Text?) -> Value { field.map { .text($0.string(in: RawSpan())) } ?? .null }
        return .map([
            .init("id", .bytes(order.id?.own ?? [])),
            .init("author", .text(order.author?.own.flatMap { PeerID($0) }?.description ?? "")),
            .init("side", order.side?.value(in: RawSpan()) ?? .null), .init("price", text(order.price)),
            .init("amount", .text(amount.text)), .init("version", .uint(order.version ?? 0)),
        ])
    }
}
