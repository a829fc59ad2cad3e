import Node

/// What one side of a connection has said to the other on its stream of pubsub. One that was not heard yet has no channel
/// and is unsure.
struct HeardSide {
    /// A PRUNE, and the time that it said.
    struct Pruned {
        var at: Instant
        var seconds: UInt64?
        /// The topic was left.
        var isLeave = false
    }
    struct Topic {
        /// Whether it has the topic, as it told.
        var isTold: Bool?
        /// When it left it, if it had it.
        var left: Instant?
        /// Since when it has the other side in the mesh by its own GRAFT, which neither side ended since.
        var grafted: Instant?
        /// Its last GRAFT.
        var wished: Instant?
        /// Its last PRUNE.
        var pruned: Pruned?
        /// It told that it has the topic or does not, or sent GRAFT.
        var isKnown: Bool { isTold != nil || wished != nil }
    }
    struct Message {
        /// When it went to the other side last, and how often it did.
        var sent: Instant?
        var count: Int32 = 0
        /// How often it asked for it.
        var wanted: Int32 = 0
        /// It was in its IHAVE.
        var isOffered = false
        /// The last IDONTWANT.
        var unwanted: Instant?

        /// It goes to the other side; what was before.
        mutating func send(_ now: Instant) -> (sent: Instant?, count: Int32) {
            defer { (sent, count) = (now, count &+ 1) }
            return (sent, count)
        }
        /// It asks for it; when it sent it itself.
        mutating func want() -> Instant? {
            wanted &+= 1
            return sent
        }
    }
    /// Something that is to follow soon, for a topic.
    struct Due {
        var since: Instant
        /// For people.
        var topic: String
    }
    /// Its stream; the last one where there were several.
    let channel: HeardChannel?
    /// Nil: of no version that anybody knows.
    let version: HeardVersion?
    /// Something of the stream was not seen, or is not remembered any more.
    var isUnsure: Bool
    var rpcs = 0
    var hasExtensions = false
    var hasTestExtension = false
    var topics = HeardTable<Topic>()
    var messages = HeardTable<Message>()
    /// Topics that it left while it had the other side in the mesh, which it has not pruned since.
    var leaving: [HeardKey: Due] = [:]
    /// Topics for which it sent GRAFT and that it did not tell.
    var untold: [HeardKey: Due] = [:]

    /// One that was not heard yet.
    init() { (channel, version, isUnsure) = (nil, nil, true) }
    init(_ channel: HeardChannel, _ version: HeardVersion?, isUnsure: Bool) {
        (self.channel, self.version, self.isUnsure) = (channel, version, isUnsure)
    }

    /// It says something; another stream of it is a fresh one.
    mutating func meet(_ message: HeardMessage, isUnsure: Bool) {
        if channel == message.channel {
            if isUnsure { self.isUnsure = true }
            return
        }
        // What of two streams at a time the other side listens to is not known.
        self = HeardSide(
            message.channel, HeardVersion(message.speaks), isUnsure: isUnsure || channel != nil)
    }
    /// Entries that are kept.
    var count: Int { topics.count + messages.count + leaving.count + untold.count }
    /// Keeps nothing any more, and says nothing of what takes memory.
    mutating func forget() {
        isUnsure = true
        (topics, messages, leaving, untold) = (HeardTable(), HeardTable(), [:], [:])
    }
}
