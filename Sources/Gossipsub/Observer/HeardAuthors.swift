import Node

/// Which sequence numbers authors gave to which messages, whoever passed those on.
struct HeardAuthors {
    /// The highest number of each.
    private var highest = HeardTable<UInt64>()
    /// What messages were, by their ids.
    private var messages = HeardTable<HeardKey>()
    private let limit: Int

    /// What a message is to those before it.
    enum Place {
        case next
        /// The same message was there before.
        case again
        /// Another message has its number.
        case taken
        /// Its author gave a higher number before.
        case behind(UInt64)
    }
    /// So many messages are kept; then all are forgotten.
    init(limit: Int) { self.limit = limit }

    mutating func hear(_ author: HeardKey, _ number: UInt64, _ id: HeardKey, _ content: HeardKey) -> Place {
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
