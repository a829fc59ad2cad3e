import Node

/// Which sequence numbers authors gave to which messages, whoever passed those on.
struct HeardAuthors {
    private struct Author {
        var highest: UInt64
        /// Of each number what its message was.
        var messages: [UInt64: HeardKey] = [:]
    }
    private var all: [HeardKey: Author] = [:]
    private var count = 0
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

    mutating func hear(_ author: HeardKey, _ number: UInt64, _ content: HeardKey) -> Place {
        if count >= limit { (all, count) = ([:], 0) }
        return Self.hear(number, content, &all[author, default: Author(highest: number)], &count)
    }
    private static func hear(
        _ number: UInt64, _ content: HeardKey, _ known: inout Author, _ count: inout Int
    ) -> Place {
        if let other = known.messages[number] { return other == content ? .again : .taken }
        known.messages[number] = content
        count += 1
        guard number < known.highest else {
            known.highest = number
            return .next
        }
        return .behind(known.highest)
    }
}
