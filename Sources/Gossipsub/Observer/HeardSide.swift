import Node
import Wire

/// A topic or the id of a message, by a hash of its bytes: what is only compared need not be kept.
struct HeardKey: Hashable {
    private let hash: Int

    /// Of bytes, and others behind them.
    init(_ first: Bytes?, _ second: Bytes? = nil, in bytes: RawSpan) {
        var hasher = Hasher()
        first?.withSpan(in: bytes) { span in span.withUnsafeBytes { hasher.combine(bytes: $0) } }
        second?.withSpan(in: bytes) { span in span.withUnsafeBytes { hasher.combine(bytes: $0) } }
        hash = hasher.finalize()
    }
}

/// What one side of a connection has said to the other on its stream of pubsub.
struct HeardSide {
    /// A PRUNE, and the time that it said.
    struct Pruned {
        var at: Instant
        var seconds: UInt64?
        /// The topic was left.
        var isLeave = false
    }
    /// A message that went to the other side.
    struct Sent {
        var at: Instant
        var count = 1
    }
    /// Something that is to follow soon, for a topic.
    struct Due {
        var since: Instant
        /// For people.
        var topic: String
    }
    /// Its stream; the last one where there were several.
    let channel: HeardChannel
    /// Nil: of no version that anybody knows.
    let version: HeardVersion?
    /// Something of the stream was not seen, or is not remembered any more.
    var isUnsure = false
    var rpcs = 0
    var hasExtensions = false
    var hasTestExtension = false
    /// Topics that it told, and whether it has them now.
    var topics: [HeardKey: Bool] = [:]
    /// When it left those that it had.
    var left: [HeardKey: Instant] = [:]
    /// Since when it has the other side in the mesh of a topic by its own GRAFT, which neither side ended since.
    var grafted: [HeardKey: Instant] = [:]
    /// The last GRAFT for each topic.
    var wished: [HeardKey: Instant] = [:]
    var pruned: [HeardKey: Pruned] = [:]
    /// Topics that it left while it had the other side in the mesh, which it has not pruned since.
    var leaving: [HeardKey: Due] = [:]
    /// Topics for which it sent GRAFT and that it did not tell.
    var untold: [HeardKey: Due] = [:]
    var sent: [HeardKey: Sent] = [:]
    var offered: Set<HeardKey> = []
    /// How often it asked for messages.
    var wanted: [HeardKey: Int] = [:]
    var unwanted: [HeardKey: Instant] = [:]

    init(_ channel: HeardChannel, _ version: HeardVersion?) { (self.channel, self.version) = (channel, version) }

    /// It says this to the other side.
    mutating func hear(
        _ rpc: RPCContent, _ bytes: RawSpan, _ other: inout HeardSide?, _ turn: inout HeardTurn,
        _ authors: inout HeardAuthors
    ) {
        turn.hear(rpc, bytes, &self, &other, &authors)
    }
    /// Entries that are kept.
    var count: Int {
        topics.count + left.count + grafted.count + wished.count + pruned.count + leaving.count + untold.count
            + sent.count + offered.count + wanted.count + unwanted.count
    }
    /// Keeps nothing any more, and says nothing of what takes memory.
    mutating func forget() {
        let (rpcs, hasExtensions, hasTestExtension) = (rpcs, hasExtensions, hasTestExtension)
        self = HeardSide(channel, version)
        (self.rpcs, self.hasExtensions, self.hasTestExtension, isUnsure) = (rpcs, hasExtensions, hasTestExtension, true)
    }
}
