import Wire

/// The content of a market's message, or of a part of a snapshot.
struct BookContent: Sendable {
    var orders: [MarketOrder] = []
    /// The Fills that both authors signed.
    var fills: [MarketFill] = []
    /// The Fills that only the taker has signed.
    var offers: [MarketFill] = []
    /// The defect of the first invalid Order or Fill.
    var defect: OrderDefect?

    var isEmpty: Bool { orders.isEmpty && fills.isEmpty && offers.isEmpty }

    /// The numbers of the fields, which are the same in messages and in parts.
    static let orderField: UInt64 = 1
    static let fillField: UInt64 = 3

    /// Reads the valid Orders and Fills. Further ones are skipped, and the defect of the first one is kept.
    init(_ bytes: [UInt8], _ market: [UInt8], _ faults: Set<BookFault> = []) {
        guard let fields = ProtobufScan.fields(bytes) else {
            defect = .unreadable
            return
        }
        for field in fields where field.number == Self.orderField || field.number == Self.fillField {
            do throws(OrderDefect) {
                guard let content = field.content else { throw .unreadable }
                if field.number == Self.orderField {
                    orders.append(try MarketOrder(Array(content), of: market, faults))
                } else {
                    let fill = try MarketFill(Array(content), of: market, faults)
                    if fill.isExecuted { fills.append(fill) } else { offers.append(fill) }
                }
            } catch { defect = defect ?? error }
        }
    }
    /// Creates the content of a message of this node.
    init(orders: [MarketOrder] = [], fills: [MarketFill] = [], offers: [MarketFill] = []) {
        (self.orders, self.fills, self.offers) = (orders, fills, offers)
    }
    /// Turns offers into defects: parts of snapshots must not have any.
    mutating func refuseOffers() {
        if !offers.isEmpty { defect = defect ?? .makerSignature }
        offers = []
    }
    /// The content as the data of a message.
    var data: [UInt8] {
        var message = Orders()
        message.orders = orders.compactMap { try? Order(copying: $0.bytes) }
        message.fills = (fills + offers).compactMap { try? Fill(copying: $0.bytes) }
        return message.encoded()
    }
}

/// News of an order book for its node.
enum BookNews: Equatable, Sendable {
    /// A Fill is new.
    case filled(MarketFill)
    /// An offer for an Order of this node is new.
    case offered(MarketFill)
    /// An offer of this node was executed after the node had given its Order a newer version.
    case late(MarketFill)
}
