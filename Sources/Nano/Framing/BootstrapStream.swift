import Node
import Wire

/// The items without headers that follow a message of legacy bootstrap, up to an end mark.
///
/// After `bulk_push`, blocks follow from the same side. `bulk_pull` asks the other side for blocks, `frontier_req` for
/// heads of accounts, and `bulk_pull_account` for one head and the pending amounts. Nodes since V28 serve none of
/// these, and no node serves them after a handshake.
enum BootstrapStream: Equatable, Sendable {
    /// `BulkBlock` items up to the end mark, which has the type `not_a_block`.
    case blocks
    /// `Frontier` items, up to one that is zero.
    case frontiers
    /// One `AccountFrontier`, followed by the items of `pending`.
    case account(PendingFlags)
    /// Items of the message that the flags select, up to one that is zero.
    case pending(PendingFlags)

    /// The answer to a message of the other side; nil if no items follow.
    init?(answering type: any Message.Type, _ bytes: RawSpan) {
        if type == BulkPull.self {
            self = .blocks
        } else if type == FrontierReq.self {
            self = .frontiers
        } else if type == BulkPullAccount.self, bytes.byteCount > Header.count {
            // The flags are the last byte of the message.
            let flags = PendingFlags.load(bytes, bytes.byteCount - 1, .big)
            guard flags.number <= PendingFlags.hashAmountAndAddress.number else { return nil }
            self = .account(flags)
        } else {
            return nil
        }
    }
    /// Returns the next item and its number of bytes. For blocks, it returns nil if `first` begins no item.
    func item(_ first: UInt8) -> (type: any Message.Type, length: Int)? {
        switch self {
        case .blocks:
            let type = BlockType(rawValue: first)
            return type.isBlock || type == .notABlock ? (BulkBlock.self, 1 + type.count) : nil
        case .frontiers: return (Frontier.self, Self.frontier)
        case .account: return (AccountFrontier.self, Self.accountFrontier)
        case .pending(.address): return (PendingAddress.self, Self.pendingAddress)
        case .pending(.hashAndAmount): return (PendingAmount.self, Self.pendingAmount)
        case .pending: return (PendingBlock.self, Self.pendingBlock)
        }
    }
    private static let frontier = Frontier().byteCount()
    private static let accountFrontier = AccountFrontier().byteCount()
    private static let pendingAddress = PendingAddress().byteCount()
    private static let pendingAmount = PendingAmount().byteCount()
    private static let pendingBlock = PendingBlock().byteCount()

    /// The number of bytes of each item, if all have the same length.
    var length: Int? {
        switch self {
        case .frontiers, .pending: item(0)?.length
        case .blocks, .account: nil
        }
    }
    /// Returns the rest of the stream after an item with these bytes; nil at the end.
    func after(_ item: RawSpan) -> Self? {
        switch self {
        case .blocks: return item.byteCount > 1 ? self : nil
        case .account(let flags): return .pending(flags)
        case .frontiers, .pending:
            let isEnd = item.withUnsafeBytes { $0.allSatisfy { $0 == 0 } }
            return isEnd ? nil : self
        }
    }
}

/// The streams that are expected in one direction.
struct BootstrapStreams: Sendable {
    /// The most requests that are kept. nano-node serves 64 at one time.
    static let maximum = 64
    private var awaited: [BootstrapStream] = []
    /// True if an item of the first stream was received, so that the rest must follow.
    private(set) var isInside = false

    var isEmpty: Bool { awaited.isEmpty }
    mutating func expect(_ stream: BootstrapStream) {
        if awaited.count < Self.maximum { awaited.append(stream) }
    }
    mutating func clear() {
        awaited.removeAll()
        isInside = false
    }
    /// Handles missing bytes as defined by `Framing`. The end mark may be among them, so the next bytes need not be an
    /// item.
    mutating func lose(_ count: Int64?, behind kept: Int) -> Int? {
        let wasInside = isInside
        isInside = false
        // No item of the answer has been seen yet, so the next bytes may be its first item.
        if let count, count == 0, !wasInside, !awaited.isEmpty { return 0 }
        guard let count, let length = awaited.first?.length, wasInside || kept == 0 else {
            awaited.removeAll()
            return nil
        }
        let over = Int((count % Int64(length) + Int64(kept % length)) % Int64(length))
        return over == 0 ? 0 : length - over
    }
    /// Returns what the first byte of the next item announces; nil if no item begins with it.
    func announced(by bytes: RawSpan) -> Announcement? {
        guard let stream = awaited.first, bytes.byteCount > 0 else { return nil }
        return stream.item(bytes.unsafeLoad(fromUncheckedByteOffset: 0, as: UInt8.self)).map {
            Announcement($0.type, length: $0.length)
        }
    }
    /// Returns the item at the front of `bytes`, which is not empty.
    mutating func next(_ bytes: RawSpan) -> FramingResult {
        guard let stream = awaited.first, bytes.byteCount > 0 else { return .needMore(1) }
        let first = bytes.unsafeLoad(fromUncheckedByteOffset: 0, as: UInt8.self)
        guard let (type, length) = stream.item(first) else {
            clear()
            return .refused(
                BulkBlock.check(bytes.extracting(..<1))
                    ?? WireError(reason: .unexplained, path: "type", offset: 0, had: UInt64(first)))
        }
        guard bytes.byteCount >= length else { return .needMore(length - bytes.byteCount) }
        if let rest = stream.after(bytes.extracting(..<length)) {
            awaited[0] = rest
            isInside = true
        } else {
            awaited.removeFirst()
            isInside = false
        }
        return .message(type, length: length)
    }
}
