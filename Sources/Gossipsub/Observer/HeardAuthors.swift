import Node

/// The sequence numbers that authors gave to messages, regardless of the peers that forwarded them.
struct HeardAuthors {
    /// The highest sequence number of each author.
    private var highest = HeardTable<UInt64>()
    /// The contents of messages by their ids.
    private var messages = HeardTable<HeardKey>()
    private let limit: Int

    /// The relation of a message to earlier ones.
    enum Place {
        case next
        /// The same message was seen before.
        case again
        /// Another message has its sequence number.
        case taken
        /// Its author used a higher sequence number before.
        case behind(UInt64)
    }
    /// `limit`: the number of messages that it remembers. When the limit is reached, it forgets everything.
    init(limit: Int) { self.limit = limit }

    mutating func hear(_ author: HeardKey, number: UInt64, id: HeardKey, _ content: HeardKey) -> Place {
        if messages.count >= limit { (highest, messages) = (HeardTable(), HeardTable()) }
        if let other = messages[id] { return other == content ? .again : .taken }
        messages[id] = content
        return Self.add(number, to: &highest[author, default: number])
    }
    private static func add(_ number: UInt64, to highest: inout UInt64) -> Place {
        guard number < highest else {
            highest = number
            return .next
        }
        return .behind(highest)
    }
}
