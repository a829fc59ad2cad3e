import Libp2p
import Node
import Wire

/// A client that takes snapshots of markets from peers, without I/O (Spec/gossipsub/lib2p2.md, getting a book). Its
/// input are the peers, the events on streams and the time, its output the actions to take.
struct SnapshotTaker: Sendable {
    var markets: [[UInt8]: SnapshotMarket] = [:]
    var exchanges: [HostStream: SnapshotExchange] = [:]
    /// Peers that sent invalid data, and the time until which they are not asked.
    var barred: [PeerID: Instant] = [:]
    private var random: Random
    let faults: Set<BookFault>

    /// The maximum number of simultaneous requests for each market.
    static let limitAtATime = 4
    static let barTime = Duration.seconds(600)

    init(_ random: Random, _ faults: Set<BookFault> = []) { (self.random, self.faults) = (random, faults) }

    /// Returns how many of `count` candidates are asked.
    static func wanted(of count: Int, _ faults: Set<BookFault> = []) -> Int {
        if faults.contains(.asksOne) { return 1 }
        if faults.contains(.asksAll) { return count }
        return max(1, (count + 2) / 3)
    }
    /// Adds a market of the node. It wants a snapshot of it.
    mutating func join(_ market: [UInt8]) {
        guard markets[market] == nil else { return }
        markets[market] = SnapshotMarket(isWanted: !faults.contains(.takesNoSnapshot))
    }
    mutating func leave(_ market: [UInt8]) -> [SnapshotAction] {
        markets[market] = nil
        let over = exchanges.filter { $0.value.market == market }.keys.sorted()
        for stream in over { exchanges[stream] = nil }
        return over.map { .act(.reset($0)) }
    }
    /// The names of its markets, sorted.
    var marketNames: [[UInt8]] { markets.keys.sorted { $0.lexicographicallyPrecedes($1) } }
    /// Notes that the application requests a snapshot. Returns nil if this node does not have the market.
    mutating func want(_ market: [UInt8], _ now: Instant) -> [SnapshotAction]? {
        guard markets[market] != nil else { return nil }
        markets[market]?.isWanted = true
        return go(market, now)
    }
    /// Updates the peers of a market's topic, and the candidates, which are the peers that give snapshots.
    mutating func update(
        _ market: [UInt8], peers: [PeerID], candidates: [PeerID], _ now: Instant
    ) -> [SnapshotAction] {
        guard var own = markets[market] else { return [] }
        own.ring.update(candidates, &random)
        if peers.isEmpty {
            own.alone = own.alone ?? now
        } else {
            if let alone = own.alone, now - alone >= SnapshotMarket.solitude { own.isWanted = true }
            own.alone = nil
        }
        markets[market] = own
        return go(market, now)
    }
    /// Begins a snapshot if one is requested and may begin now, and asks as many peers as may be asked now.
    private mutating func go(_ market: [UInt8], _ now: Instant) -> [SnapshotAction] {
        guard var own = markets[market] else { return [] }
        if let at = own.beginsAt, at <= now || faults.contains(.asksAtOnce) {
            let count = own.ring.peers.count { isAskable($0, now) }
            guard count > 0 else { return [] }
            own.taking = SnapshotTaking(wanted: Self.wanted(of: count, faults))
            (own.isWanted, own.began) = (false, now)
            if faults.contains(.asksSamePeersAgain) { own.ring.restart() }
        }
        guard var taking = own.taking else { return [] }
        var out: [SnapshotAction] = []
        let mayReplace = !faults.contains(.failureNotReplaced)
        while taking.given + taking.open.count < taking.wanted, taking.open.count < Self.limitAtATime,
            mayReplace || taking.asked.count < taking.wanted,
            let peer = own.ring.take(where: { !taking.asked.contains($0) && isAskable($0, now) })
        {
            taking.asked.insert(peer)
            taking.open.insert(peer)
            out.append(.ask(peer, market: market))
        }
        own.taking = taking
        let isComplete = taking.given >= taking.wanted
        if taking.open.isEmpty {
            own.taking = nil
            out.append(
                .report(
                    Event(
                        "snapshot", nil,
                        [
                            .init("market", NodeEvents.topic(market)), .init("complete", .bool(isComplete)),
                            .init("asked", .uint(UInt64(taking.asked.count))),
                            .init("given", .uint(UInt64(taking.given))),
                        ])))
        }
        markets[market] = own
        return out
    }
    private func isAskable(_ peer: PeerID, _ now: Instant) -> Bool {
        barred[peer].map { $0 <= now } ?? true || faults.contains(.liarAskedAgain)
    }

    // The course of a request

    /// Notes the stream on which a peer can be asked.
    mutating func asking(_ peer: PeerID, _ market: [UInt8], on stream: HostStream, _ now: Instant) {
        exchanges[stream] = SnapshotExchange(market, peer, now)
    }
    /// Handles that no stream to a peer can be opened now.
    mutating func unreachable(_ peer: PeerID, _ market: [UInt8], _ now: Instant) -> [SnapshotAction] {
        end(peer, market, because: "no stream", at: now)
    }
    func has(_ stream: HostStream) -> Bool { exchanges[stream] != nil }
    /// Sends the request and ends the direction, after both sides agreed on the protocol.
    mutating func opened(_ stream: HostStream, _ now: Instant) -> [SnapshotAction] {
        guard let exchange = exchanges[stream] else { return [] }
        exchanges[stream]?.isOpen = true
        return [.act(.send(SnapshotRequest(exchange.market).encoded(), stream)), .act(.end(stream))]
    }
    /// Handles the next bytes of an answer.
    mutating func received(
        _ bytes: [UInt8], on stream: HostStream, _ book: inout OrderBook, _ now: Instant
    ) -> [SnapshotAction] {
        guard var exchange = exchanges[stream] else { return [] }
        let result = exchange.reader.take(bytes)
        if !result.parts.isEmpty { exchange.heard = now }
        exchanges[stream] = exchange
        var defect: OrderDefect?
        for part in result.parts {
            var content = BookContent(part, exchange.market, faults)
            if !faults.contains(.offerInSnapshotTaken) { content.refuseOffers() }
            if faults.contains(.snapshotFillsIgnored) { content.fills = [] }
            defect = defect ?? content.defect
            if content.defect == nil || !faults.contains(.failedPartDropped) {
                book.merge(content, exchange.market, now: now)
            }
        }
        if result.isUnreadable { defect = defect ?? .unreadable }
        if faults.contains(.liarBelieved) { defect = nil }
        if let defect {
            barred[exchange.peer] = now + Self.barTime
            return [.blame(exchange.peer, market: exchange.market)] + fail(stream, defect.rawValue, now)
        }
        guard result.isLast else { return [] }
        exchanges[stream] = nil
        // No data follow the last part.
        return [.act(.reset(stream))] + end(exchange.peer, exchange.market, because: nil, at: now)
    }
    /// Handles a stream on which no protocol was agreed on, or that the other side ended.
    mutating func ended(_ stream: HostStream, _ now: Instant) -> [SnapshotAction] {
        guard has(stream) else { return [] }
        return fail(stream, "ended", now)
    }
    private mutating func fail(_ stream: HostStream, _ why: String, _ now: Instant) -> [SnapshotAction] {
        guard let exchange = exchanges.removeValue(forKey: stream) else { return [] }
        return [.act(.reset(stream))] + end(exchange.peer, exchange.market, because: why, at: now)
    }
    /// Notes that a peer gave its snapshot, or failed. `why`: the reason of the failure.
    private mutating func end(
        _ peer: PeerID, _ market: [UInt8], because why: String?, at now: Instant
    ) -> [SnapshotAction] {
        guard markets[market]?.taking?.open.remove(peer) != nil else { return [] }
        guard let why else {
            markets[market]?.taking?.given += 1
            return go(market, now)
        }
        let event = Event(
            "snapshot_failed", nil,
            [
                .init("market", NodeEvents.topic(market)), .init("peer", .text(peer.description)),
                .init("why", .text(why)),
            ])
        return [.report(event)] + go(market, now)
    }
    /// The time at which `wake` must be called.
    var deadline: Instant? {
        let late = faults.contains(.silentNotTimedOut) ? nil : exchanges.values.lazy.map(\.deadline).min()
        return Instant.earlier(late, markets.values.lazy.compactMap { nextBeginning($0) }.min())
    }
    /// Returns the time at which a snapshot of a market may begin; nil if no peer can be asked or no snapshot is
    /// requested.
    private func nextBeginning(_ market: SnapshotMarket) -> Instant? {
        guard let begins = market.beginsAt else { return nil }
        let peers = market.ring.peers.map { faults.contains(.liarAskedAgain) ? .zero : barred[$0] ?? .zero }
        return peers.min().map { max($0, begins) }
    }
    mutating func wake(_ now: Instant) -> [SnapshotAction] {
        barred = barred.filter { $0.value > now }
        var out: [SnapshotAction] = []
        if !faults.contains(.silentNotTimedOut) {
            for stream in exchanges.filter({ $0.value.deadline <= now }).keys.sorted() {
                out += fail(stream, "silent", now)
            }
        }
        for market in marketNames { out += go(market, now) }
        return out
    }
}
