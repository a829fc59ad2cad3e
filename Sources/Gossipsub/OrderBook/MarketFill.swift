import Libp2p
import Wire

/// The identity of a Fill. It includes both authors, so that only both of them together can contradict a Fill.
struct FillKey: Hashable, Sendable {
    let maker: [UInt8]
    let taker: [UInt8]
    let id: [UInt8]
}

/// An Order in one version, as a Fill names it.
struct FilledOrder: Hashable, Sendable {
    let key: OrderKey
    let version: UInt64
}

/// A valid Fill of a market, or a valid offer, in the only form that it may have.
struct MarketFill: Equatable, Sendable {
    let bytes: [UInt8]
    let key: FillKey
    let maker: FilledOrder
    let taker: FilledOrder
    let price: [UInt8]
    let amount: DecimalNumber
    /// True if the maker has signed it, too. Otherwise it is an offer.
    let isExecuted: Bool
}

extension MarketFill {
    /// Decodes and checks a Fill. Throws the first defect that it finds.
    init(_ bytes: [UInt8], of market: [UInt8], _ faults: Set<BookFault> = []) throws(OrderDefect) {
        guard let fill = try? Fill(copying: bytes) else { throw .unreadable }
        guard fill.unknown.items.isEmpty, fill.encoded() == bytes else { throw .form }
        guard let id = fill.id?.own, MarketOrder.isID(id) else { throw .id }
        guard fill.market?.bytes.own == market || faults.contains(.fillOfOtherMarketTaken) else { throw .market }
        guard let price = fill.price?.bytes.own, MarketOrder.isNumber(price) else { throw .price }
        guard let amount = fill.amount?.bytes.own.flatMap({ DecimalNumber($0) }), !amount.isZero else { throw .amount }
        guard let maker = fill.maker?.own, let makerKey = MarketOrder.key(of: maker) else { throw .maker }
        guard let makerOrder = fill.makerOrder?.own, MarketOrder.isID(makerOrder) else { throw .makerOrder }
        guard let makerVersion = fill.makerVersion, makerVersion > 0 else { throw .makerVersion }
        guard let taker = fill.taker?.own, taker != maker, let takerKey = MarketOrder.key(of: taker) else {
            throw .taker
        }
        guard let takerOrder = fill.takerOrder?.own, MarketOrder.isID(takerOrder) else { throw .takerOrder }
        guard let takerVersion = fill.takerVersion, takerVersion > 0 else { throw .takerVersion }
        let signed = fill.signed
        if !faults.contains(.takerSignatureNotChecked) {
            guard let signature = fill.takerSignature?.own, takerKey.verify(signature, of: signed) == true else {
                throw .takerSignature
            }
        }
        if let signature = fill.makerSignature?.own, !faults.contains(.makerSignatureNotChecked) {
            guard makerKey.verify(signature, of: signed) == true else { throw .makerSignature }
        }
        (self.bytes, self.price, self.amount) = (bytes, price, amount)
        key = FillKey(maker: maker, taker: taker, id: id)
        self.maker = FilledOrder(key: OrderKey(author: maker, id: makerOrder), version: makerVersion)
        self.taker = FilledOrder(key: OrderKey(author: taker, id: takerOrder), version: takerVersion)
        isExecuted = fill.makerSignature != nil
    }
    /// Returns whether it replaces another Fill of the same maker, taker and id. If both made two of them, the one whose
    /// bytes are lexicographically smaller wins.
    func replaces(_ other: Self, _ faults: Set<BookFault> = []) -> Bool {
        !faults.contains(.firstOfFillsWins) && bytes.lexicographicallyPrecedes(other.bytes)
    }
}
