import Libp2p
import Node
import Wire

/// Functions of scenario expressions that make and read Orders and snapshots. An identity is the seed of an Ed25519
/// key.
let bookFunctions: [ProtocolFunction] = [
    ProtocolFunction(
        "gossipsub.order", arguments: 7...8,
        usage:
            "gossipsub.order(seed, market, id, side, price, amount, version, mistake?): a signed Order; empty text or one of these mistakes: "
            + OrderMistake.allCases.map(\.rawValue).joined(separator: " ")
    ) { arguments throws(ProtocolFunction.Refusal) in
        var order = Order()
        order.market = Text(try arguments[1].textArgument())
        order.id = Bytes(try arguments[2].bytesArgument())
        guard let side = OrderSide(arguments[3]) else {
            throw ProtocolFunction.Refusal("buy, sell or a number is expected")
        }
        guard case .uint(let version) = arguments[6] else { throw ProtocolFunction.Refusal("a version is expected") }
        (order.side, order.version) = (side, version)
        (order.price, order.amount) = (Text(try arguments[4].textArgument()), Text(try arguments[5].textArgument()))
        let author = Identity(seed: try arguments[0].bytesArgument())
        order.author = Bytes(author.peer.bytes)
        guard arguments.count > 7 else { return .bytes(order.signed(by: author).encoded()) }
        let word = try arguments[7].textArgument()
        guard !word.isEmpty else { return .bytes(order.signed(by: author).encoded()) }
        guard let mistake = OrderMistake(rawValue: word) else {
            throw ProtocolFunction.Refusal("no mistake is called \(word)")
        }
        return .bytes(mistake.make(order, author))
    },
    ProtocolFunction(
        "gossipsub.orders", arguments: 1...2,
        usage: "gossipsub.orders(list of Orders, list of Fills?): the data of a market's message with them"
    ) { arguments throws(ProtocolFunction.Refusal) in
        .bytes(try listed(arguments[0], orderTag) + (arguments.count > 1 ? listed(arguments[1], fillTag) : []))
    },
    ProtocolFunction(
        "gossipsub.part", arguments: 2...3,
        usage: "gossipsub.part(list of Orders, last, list of Fills?): a part of a snapshot, with its length"
    ) { arguments throws(ProtocolFunction.Refusal) in
        guard case .bool(let isLast) = arguments[1] else { throw ProtocolFunction.Refusal("true or false is expected") }
        let fills = arguments.count > 2 ? try listed(arguments[2], fillTag) : []
        let content = try listed(arguments[0], orderTag) + (isLast ? lastField : []) + fills
        var out: [UInt8] = []
        Varint.append(UInt64(content.count), to: &out)
        return .bytes(out + content)
    },
    ProtocolFunction(
        "gossipsub.book", arguments: 1...1,
        usage:
            "gossipsub.book(list of parts): id, author, market, side, price, amount, version and bytes of each Order in them"
    ) { arguments throws(ProtocolFunction.Refusal) in
        guard case .list(let parts) = arguments[0] else {
            throw ProtocolFunction.Refusal("a list of parts is expected")
        }
        return .list(parts.flatMap { part in orders(in: part).map { row($0) } })
    },
    ProtocolFunction(
        "gossipsub.message_orders", arguments: 1...1,
        usage: "gossipsub.message_orders(list of messages' data): the Orders in them, like gossipsub.book"
    ) { arguments throws(ProtocolFunction.Refusal) in
        guard case .list(let items) = arguments[0] else { throw ProtocolFunction.Refusal("a list is expected") }
        return .list(
            items.flatMap { item -> [Value] in
                guard case .bytes(let data) = item, let read = try? Orders(copying: data) else { return [] }
                return read.orders.map { row($0) }
            })
    },
    ProtocolFunction(
        "gossipsub.order_defect", arguments: 2...2,
        usage: "gossipsub.order_defect(Order, market): the defect of the Order, in one word; null if it is valid"
    ) { arguments throws(ProtocolFunction.Refusal) in
        let market = Array(try arguments[1].textArgument().utf8)
        let order = try arguments[0].bytesArgument()
        do throws(OrderDefect) {
            _ = try MarketOrder(order, of: market)
            return .null
        } catch { return .text(error.rawValue) }
    },
]

/// Field 2 of a part with the value true: no part follows.
private let lastField: [UInt8] = [0x10, 0x01]
/// The tags of Orders and Fills in a message or part, which have a length.
private let orderTag: UInt8 = 0x0a
private let fillTag: UInt8 = 0x1a

private func listed(_ list: Value, _ tag: UInt8) throws(ProtocolFunction.Refusal) -> [UInt8] {
    var out: [UInt8] = []
    for wire in try list.listOfBytes() {
        out.append(tag)
        Varint.append(UInt64(wire.count), to: &out)
        out += wire
    }
    return out
}
private func orders(in part: Value) -> [Order] {
    guard case .bytes(let wire) = part, let read = try? SnapshotPart(copying: wire) else { return [] }
    return read.part.orders
}
private func row(_ order: Order) -> Value {
    func text(_ field: Text?) -> Value { field.map { .text($0.string(in: RawSpan())) } ?? .null }
    return .map([
        .init("id", order.id.map { .bytes($0.array()) } ?? .null),
        .init("author", order.author.map { .bytes($0.array()) } ?? .null), .init("market", text(order.market)),
        .init("side", order.side?.value(in: RawSpan()) ?? .null), .init("price", text(order.price)),
        .init("amount", text(order.amount)), .init("version", order.version.map { .uint($0) } ?? .null),
        .init("bytes", .bytes(order.encoded())),
    ])
}

/// The mistakes that an Order may have.
private enum OrderMistake: String, CaseIterable {
    case unsigned
    case flipped
    /// The signature does not cover the prefix.
    case bare
    /// The signature is made with the key of another identity than the author.
    case forged
    /// The author is a peer id that holds a hash of the key, from which the key cannot be recovered.
    case hashed
    /// The Order has an unknown field, which the signature covers too.
    case unknown
    /// The id follows the market.
    case reordered
    /// The version takes one byte more than it needs.
    case long

    func make(_ order: Order, _ author: Identity) -> [UInt8] {
        let good = order.signed(by: author)
        let fields = ProtobufScan.fields(good.encoded())?.map { Array($0.all) } ?? []
        guard fields.count == 8 else { return good.encoded() }
        switch self {
        case .unsigned: return fields.dropLast().flatMap { $0 }
        case .flipped: return signed(order) { author.sign($0).spoiled }
        case .bare: return signed(order) { author.sign(Array($0.dropFirst(Order.signaturePrefix.count))) }
        case .forged: return signed(order) { Identity(seed: author.peer.bytes).sign($0) }
        case .hashed:
            var other = order
            other.author = Bytes([0x12, 0x20] + [UInt8](repeating: 7, count: 32))
            return signed(other) { author.sign($0) }
        case .unknown:
            let signature = author.sign(Order.signaturePrefix + fields.dropLast().flatMap { $0 } + .unknownField)
            var other = order
            other.signature = Bytes(signature)
            return other.encoded() + .unknownField
        case .reordered: return fields[1] + fields[0] + fields[2...].flatMap { $0 }
        case .long:
            var version = fields[5]
            version[version.count - 1] |= 0x80
            return fields[..<5].flatMap { $0 } + version + [0] + fields[6...].flatMap { $0 }
        }
    }
    private func signed(_ order: Order, _ sign: ([UInt8]) -> [UInt8]) -> [UInt8] {
        var other = order
        other.signature = Bytes(sign(order.signed))
        return other.encoded()
    }
}
