import Libp2p
import Wire

/// The reason why bytes are not a valid Order or Fill of a market.
enum OrderDefect: String, Error {
    case unreadable
    /// The bytes can be decoded, but are not in the only form that an Order or Fill may have.
    case form
    case id, market, side, price, amount, version, author, signature
    // Fills only
    case maker, taker
    case makerOrder = "maker_order"
    case makerVersion = "maker_version"
    case makerSignature = "maker_signature"
    case takerOrder = "taker_order"
    case takerVersion = "taker_version"
    case takerSignature = "taker_signature"
}

/// The identity of an Order.
struct OrderKey: Hashable, Comparable, Sendable {
    let author: [UInt8]
    let id: [UInt8]
    static func < (a: Self, b: Self) -> Bool {
        a.author == b.author ? a.id.lexicographicallyPrecedes(b.id) : a.author.lexicographicallyPrecedes(b.author)
    }
}

/// A valid Order of a market, in the only form that an Order may have.
struct MarketOrder: Equatable, Sendable {
    let bytes: [UInt8]
    let key: OrderKey
    let version: UInt64
    /// True if its amount is 0.
    let isGone: Bool
}

extension MarketOrder {
    /// The maximum length of an id in bytes, and the maximum length of a price or amount.
    static let idLimit = 64
    static let numberLimit = 64
    private static let gone = Array("0".utf8)

    /// Decodes and checks an Order. Throws the first defect that it finds.
    init(_ bytes: [UInt8], of market: [UInt8], _ faults: Set<BookFault> = []) throws(OrderDefect) {
        guard let order = try? Order(copying: bytes) else { throw .unreadable }
        let isInForm = order.unknown.items.isEmpty && order.encoded() == bytes
        guard isInForm || faults.contains(.anyFormTaken) else { throw .form }
        guard let id = order.id?.own, Self.isID(id) else { throw .id }
        guard order.market?.bytes.own == market || faults.contains(.otherMarketTaken) else { throw .market }
        guard order.side == .buy || order.side == .sell else { throw .side }
        guard let price = order.price?.bytes.own, Self.isNumber(price) || faults.contains(.anyNumberTaken) else {
            throw .price
        }
        guard let amount = order.amount?.bytes.own, Self.isNumber(amount) || faults.contains(.anyNumberTaken) else {
            throw .amount
        }
        guard let version = order.version, version > 0 else { throw .version }
        guard let author = order.author?.own, let key = Self.key(of: author) else { throw .author }
        let isUnsignedTaken = order.signature == nil && faults.contains(.acceptsUnsignedOrder)
        if !isUnsignedTaken, !faults.contains(.orderSignatureNotChecked) {
            guard let signature = order.signature?.own, key.verify(signature, of: order.signed) == true else {
                throw .signature
            }
        }
        (self.bytes, self.key, self.version) = (bytes, OrderKey(author: author, id: id), version)
        isGone = amount == Self.gone
    }
    /// Returns the key of an author; nil if the author is not a peer id that holds a key.
    static func key(of author: [UInt8]) -> PublicKey? {
        guard let bytes = PeerID(author)?.key, let key = try? PublicKey(copying: bytes), key.isWellFormed,
            key.encoded() == bytes
        else { return nil }
        return key
    }
    /// Returns whether the bytes can be the id of an Order or of a Fill.
    static func isID(_ bytes: [UInt8]) -> Bool { (1...idLimit).contains(bytes.count) }
    /// Returns whether the text is a decimal number without redundant zeros: digits, optionally followed by a point and
    /// more digits, the last of them not 0.
    static func isNumber(_ text: [UInt8]) -> Bool {
        guard text.count <= numberLimit else { return false }
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(isDigit) }) else { return false }
        let zero = UInt8(ascii: "0")
        return (parts[0].first != zero || parts[0].count == 1) && (parts.count == 1 || parts[1].last != zero)
    }
    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
    /// The Order, decoded.
    var read: Order { (try? Order(copying: bytes)) ?? Order() }
    /// The Order and its version, as a Fill names them.
    var filled: FilledOrder { FilledOrder(key: key, version: version) }
    /// Returns whether it replaces another Order of the same author and id. A higher version wins. If the author made
    /// two Orders of the same version, the one whose bytes are lexicographically smaller wins.
    func replaces(_ other: Self, _ faults: Set<BookFault> = []) -> Bool {
        if faults.contains(.staleOrderWins) { return self != other }
        if version != other.version { return version > other.version }
        return !faults.contains(.firstOfVersionWins) && bytes.lexicographicallyPrecedes(other.bytes)
    }
}
