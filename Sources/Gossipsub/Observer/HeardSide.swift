import Node

/// What one side of a connection has said to the other on its stream of pubsub.
struct HeardSide {
    typealias Topic = [UInt8]
    typealias MessageID = [UInt8]

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
    var topics: [Topic: Bool] = [:]
    /// When it left those that it had.
    var left: [Topic: Instant] = [:]
    /// Since when it has the other side in the mesh of a topic by its own GRAFT, which neither side ended since.
    var grafted: [Topic: Instant] = [:]
    /// The last GRAFT for each topic.
    var wished: [Topic: Instant] = [:]
    var pruned: [Topic: Pruned] = [:]
    /// Topics that it left while it had the other side in the mesh, which it has not pruned since.
    var leaving: [Topic: Instant] = [:]
    /// Topics for which it sent GRAFT and that it did not tell.
    var untold: [Topic: Instant] = [:]
    var sent: [MessageID: Sent] = [:]
    var offered: Set<MessageID> = []
    /// How often it asked for messages.
    var wanted: [MessageID: Int] = [:]
    var unwanted: [MessageID: Instant] = [:]

    init(_ channel: HeardChannel, _ version: HeardVersion?) { (self.channel, self.version) = (channel, version) }

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
