import Node
import Wire

/// Items without headers that follow a message of legacy bootstrap, up to an end mark.
///
/// `bulk_push` brings blocks from the same side; `bulk_pull` asks the other side for blocks, `frontier_req` for heads
/// of accounts, `bulk_pull_account` for one head and then for what is pending. Nodes since V28 serve nothing of it, and
/// none does after a handshake.
enum BootstrapStream: Equatable, Sendable {
    /// `BulkBlock`, up to one of type `not_a_block`.
    case blocks
    /// `Frontier`, up to zeros.
    case frontiers
    /// One `AccountFrontier`, then as `pending`.
    case account(PendingFlags)
    /// The message that the flags choose, up to zeros.
    case pending(PendingFlags)

    /// The answer to a message of the other side; nil where none follows.
    init?(answering type: any Message.Type, _ bytes: RawSpan) {
        if type == BulkPull.self {
            self = .blocks
        } else if type == FrontierReq.self {
            self = .frontiers
        } else if type == BulkPullAccount.self, bytes.byteCount > Header.count {
            // The last byte of the message.
            let flags = PendingFlags.load(bytes, bytes.byteCount - 1, .big)
            guard flags.number <= PendingFlags.hashAmountAndAddress.number else { return nil }
            self = .account(flags)
        } else {
            return nil
        }
    }
    /// The next item and its bytes; for blocks, nil when `first` begins none.
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

    /// Bytes of each item, where they are all as long.
    var length: Int? {
        switch self {
        case .frontiers, .pending: item(0)?.length
        case .blocks, .account: nil
        }
    }
    /// The rest of the stream after an item with these bytes; nil at the end.
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
    /// So many requests are kept; nano-node serves 64 at once.
    static let maximum = 64
    private var awaited: [BootstrapStream] = []
    /// An item of the first one was received: the rest must follow.
    private(set) var isInside = false

    var isEmpty: Bool { awaited.isEmpty }
    mutating func expect(_ stream: BootstrapStream) {
        if awaited.count < Self.maximum { awaited.append(stream) }
    }
    mutating func clear() {
        awaited.removeAll()
        isInside = false
    }
    /// Bytes are missing; as of `Framing`. The end mark may be among them, so that what follows need be no item.
    mutating func lose(_ count: Int64?, behind kept: Int) -> Int? {
        let wasInside = isInside
        isInside = false
        // No item of the answer was seen yet: the next bytes may be its first.
        if let count, count == 0, !wasInside, !awaited.isEmpty { return 0 }
        guard let count, let length = awaited.first?.length, wasInside || kept == 0 else {
            awaited.removeAll()
            return nil
        }
        let over = Int((count % Int64(length) + Int64(kept % length)) % Int64(length))
        return over == 0 ? 0 : length - over
    }
    /// The item at the front of `bytes`; not empty.
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
