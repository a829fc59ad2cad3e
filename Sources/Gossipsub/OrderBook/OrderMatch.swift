import Libp2p
import Wire

/// The reason why the maker does not sign an offer. The raw value names the field of the offer that is the cause.
enum OfferRefusal: String {
    /// The Order is unknown, or has another version.
    case makerVersion = "maker_version"
    case takerVersion = "taker_version"
    /// Both Orders are on the same side.
    case side
    /// The price is not the maker's, or it is worse than the taker's.
    case price
    /// An Order has less left.
    case amount
}

// The matching of Orders, without I/O.
extension Market {
    /// Returns the reason not to sign an offer for an Order of this node; nil if it can be signed.
    func refusal(of offer: MarketFill, _ faults: Set<BookFault> = []) -> OfferRefusal? {
        if faults.contains(.signsAnyOffer) { return nil }
        guard let maker = order(offer.maker.key),
            maker.version == offer.maker.version || faults.contains(.signsOldVersion)
        else { return .makerVersion }
        guard let taker = order(offer.taker.key), taker.version == offer.taker.version else { return .takerVersion }
        let (a, b) = (maker.read, taker.read)
        guard a.side != b.side else { return .side }
        guard offer.price == a.price?.bytes.own, Self.crosses(b, a) else { return .price }
        if faults.contains(.signsOldVersion) { return nil }
        let left = faults.contains(.signsTooMuch) ? nil : remaining(of: maker)
        guard offer.amount <= left ?? offer.amount, offer.amount <= remaining(of: taker) else { return .amount }
        return nil
    }
    /// Returns whether a taker's Order accepts the price of a maker's.
    private static func crosses(_ taker: Order, _ maker: Order) -> Bool {
        guard let own = number(taker.price), let other = number(maker.price) else { return false }
        return taker.side == .buy ? other <= own : other >= own
    }
    private static func number(_ text: Text?) -> DecimalNumber? { text?.bytes.own.flatMap { DecimalNumber($0) } }

    /// Returns the best Order of another author that an Order of this node can be executed against, and the largest
    /// possible amount; nil if there is none. Of equal prices, the first by author and id is the best.
    func match(_ own: MarketOrder, _ faults: Set<BookFault> = []) -> (maker: MarketOrder, amount: DecimalNumber)? {
        let taker = own.read
        let promised = faults.contains(.offersTwice) ? .zero : fills.offered(of: own.filled)
        let left = remaining(of: own).reduced(by: promised)
        var best: (order: MarketOrder, price: DecimalNumber, amount: DecimalNumber)?
        for (order, amount) in open where order.key.author != own.key.author {
            let maker = order.read
            guard maker.side != taker.side, Self.crosses(taker, maker), let price = Self.number(maker.price) else {
                continue
            }
            if let found = best {
                guard taker.side == .buy ? price < found.price : found.price < price else { continue }
            }
            best = (order, price, amount)
        }
        guard let best, !left.isZero else { return nil }
        return (best.order, min(left, best.amount))
    }
}
