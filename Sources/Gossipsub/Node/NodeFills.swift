import Libp2p
import Node
import Wire

// The execution of orders: this node offers Fills for its orders, and signs the offers of peers.
extension GossipsubNode {
    /// Acts on the news of the order books. Returns false if there were none.
    mutating func followBooks(_ now: Instant, _ out: inout [Action]) -> Bool {
        let news = router.book?.takeNews() ?? []
        for (market, item) in news {
            switch item {
            case .filled(let fill): out.append(.report(NodeEvents.fill(fill, market)))
            case .offered(let offer): answer(offer, market, now, &out)
            case .late(let fill): settle(late: fill, market, now, &out)
            }
        }
        return !news.isEmpty
    }
    /// Signs an offer for an order of this node and publishes the Fill, if the order allows it.
    private mutating func answer(_ offer: MarketFill, _ market: [UInt8], _ now: Instant, _ out: inout [Action]) {
        guard let known = router.book?.markets[market], !faults.book.contains(.signsNoOffer) else { return }
        if let why = known.refusal(of: offer, faults.book) {
            return out.append(.report(NodeEvents.offerRefused(offer, market, why)))
        }
        guard let read = try? Fill(copying: offer.bytes),
            let fill = try? MarketFill(read.executed(by: host.identity).encoded(), of: market)
        else { return }
        publish(BookContent(fills: [fill]), market, now, &out)
    }
    /// Subtracts a Fill of an older version from an order of this node, in a new version.
    private mutating func settle(late fill: MarketFill, _ market: [UInt8], _ now: Instant, _ out: inout [Action]) {
        guard let known = router.book?.markets[market], let order = known.order(fill.taker.key),
            !faults.book.contains(.lateFillIgnored)
        else { return }
        var changed = order.read
        changed.amount = Text(known.remaining(of: order).reduced(by: fill.amount).text)
        changed.version = order.version &+ 1
        changed.signature = nil
        guard let made = try? MarketOrder(changed.signed(by: host.identity).encoded(), of: market) else { return }
        publish(BookContent(orders: [made]), market, now, &out)
    }
    /// Merges content of this node into its book, and publishes it.
    mutating func publish(_ content: BookContent, _ market: [UInt8], _ now: Instant, _ out: inout [Action]) {
        router.book?.merge(content, market, now: now)
        let data = content.data
        var wanted: [RouterAction] = []
        let id = router.publish(data, to: market, now: now, &wanted)
        wanted.append(.report(NodeEvents.published(market, data, id)))
        act(wanted, now, &out)
    }

    // Commands of the operator

    /// Offers a Fill of an order of this node against the best order of another author. Returns nil if there is none.
    mutating func match(_ words: ControlArguments, _ now: Instant, _ out: inout [Action]) -> Value? {
        guard let market = words.bytes("market"), let known = router.book?.markets[market],
            let own = known.order(OrderKey(author: host.identity.peer.bytes, id: orderID(words, market))),
            let found = known.match(own, faults.book)
        else { return nil }
        var amount = found.amount
        if let text = words.bytes("amount") {
            guard let wanted = DecimalNumber(text), wanted <= amount else { return nil }
            amount = wanted
        }
        var fill = Fill()
        fill.id = Bytes(nextFillID(now))
        fill.market = Text(bytes: Bytes(market))
        fill.price = found.maker.read.price
        fill.amount = Text(amount.text)
        (fill.maker, fill.makerOrder) = (Bytes(found.maker.key.author), Bytes(found.maker.key.id))
        (fill.makerVersion, fill.takerVersion) = (found.maker.version, own.version)
        fill.takerOrder = Bytes(own.key.id)
        guard let offer = try? MarketFill(fill.offered(by: host.identity).encoded(), of: market),
            router.book?.noteOwn(offer, market) == true
        else { return nil }
        // The maker may not know the order yet.
        publish(BookContent(orders: [own], offers: [offer]), market, now, &out)
        settle(now, &out)
        return Self.row(offer)
    }
    /// Returns the id for the next Fill. Ids of a restarted node differ from those that it used before.
    private mutating func nextFillID(_ now: Instant) -> [UInt8] {
        book?.fillCount += 1
        let number = UInt64(max(0, date)) &+ UInt64(now.nanoseconds) &+ (book?.fillCount ?? 0)
        return withUnsafeBytes(of: number.bigEndian) { [UInt8]($0) }
    }
    /// Returns the id of an order that a command names; by default, a node has one order on each market.
    func orderID(_ words: ControlArguments, _ market: [UInt8]) -> [UInt8] {
        words.bytes("id") ?? host.identity.peer.bytes.suffix(8) + market.prefix(8)
    }
    /// Returns the Fills of a market.
    func fillRows(_ words: ControlArguments, _ now: Instant) -> Value? {
        guard let market = words.bytes("market"), var known = router.book?.markets[market] else { return nil }
        known.expire(now: now)
        return .list(known.fills.all.map { Self.row($0) })
    }
    private static func row(_ fill: MarketFill) -> Value { .map(NodeEvents.details(of: fill)) }
}
