import Node

/// The messages that one side of a connection has sent to the other on its pubsub stream. A side that has sent nothing
/// yet has no channel and is unsure.
struct HeardSide {
    /// A PRUNE and its backoff time.
    struct Pruned {
        var at: Instant
        var seconds: UInt64?
        /// True if the side sent PRUNE because it left the topic.
        var isLeave = false
    }
    struct Topic {
        /// The last subscription that it sent: true if it has the topic, false if it left it; nil if it sent none.
        var isTold: Bool?
        /// The time when it left the topic, if it had it.
        var left: Instant?
        /// The time of the GRAFT by which it took the other side into its mesh; nil after either side ended that.
        var grafted: Instant?
        /// The time of its last GRAFT.
        var wished: Instant?
        /// Its last PRUNE.
        var pruned: Pruned?
        /// True if it sent a subscription for the topic, or GRAFT.
        var isKnown: Bool { isTold != nil || wished != nil }
    }
    struct Message {
        /// The time when it last sent the message to the other side, and how many times it did.
        var sent: Instant?
        var count: Int32 = 0
        /// The number of times that it requested the message.
        var wanted: Int32 = 0
        /// True if its IHAVE listed the message.
        var isOffered = false
        /// The time of its last IDONTWANT for the message.
        var unwanted: Instant?

        /// Counts that it sends the message to the other side. Returns the state before.
        mutating func send(_ now: Instant) -> (sent: Instant?, count: Int32) {
            defer { (sent, count) = (now, count &+ 1) }
            return (sent, count)
        }
        /// Counts that it requests the message. Returns the time when it last sent the message itself.
        mutating func want() -> Instant? {
            wanted &+= 1
            return sent
        }
    }
    /// A message that the side must send soon, about a topic.
    struct Due {
        var since: Instant
        /// The name of the topic, for diagnostics.
        var topic: String
    }
    /// Its stream; if it opened several, the last one.
    let channel: HeardChannel?
    /// The version that the stream uses; nil if the version is unknown.
    let version: HeardVersion?
    /// True if a part of the stream was not seen, or was forgotten.
    var isUnsure: Bool
    var rpcs = 0
    var hasExtensions = false
    var hasTestExtension = false
    var topics = HeardTable<Topic>()
    var messages = HeardTable<Message>()
    /// Topics that it left while the other side was in its mesh, and for which it has not sent PRUNE since.
    var leaving: [HeardKey: Due] = [:]
    /// Topics for which it sent GRAFT without a subscription.
    var untold: [HeardKey: Due] = [:]

    /// Creates a side that has sent nothing yet.
    init() { (channel, version, isUnsure) = (nil, nil, true) }
    init(_ channel: HeardChannel, _ version: HeardVersion?, isUnsure: Bool) {
        (self.channel, self.version, self.isUnsure) = (channel, version, isUnsure)
    }

    /// Notes that the side sends a message. If the message is on another stream, the side starts anew.
    mutating func meet(_ message: HeardMessage, isUnsure: Bool) {
        if channel == message.channel {
            if isUnsure { self.isUnsure = true }
            return
        }
        // It is unknown which of two simultaneous streams the other side reads.
        self = HeardSide(
            message.channel, HeardVersion(message.speaks), isUnsure: isUnsure || channel != nil)
    }
    /// The number of entries that it keeps.
    var count: Int { topics.count + messages.count + leaving.count + untold.count }
    /// Drops all entries. The side is unsure from then on, so rules that need memory are not judged.
    mutating func forget() {
        isUnsure = true
        (topics, messages, leaving, untold) = (HeardTable(), HeardTable(), [:], [:])
    }
}
