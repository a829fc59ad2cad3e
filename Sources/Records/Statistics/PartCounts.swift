internal import Text
internal import Wire

/// The counts of the parts of one type of message, by the name of the part.
public struct PartCounts: Hashable, Sendable {
    public struct Count: Hashable, Sendable {
        /// The number of messages with the part.
        public var messages = 0
        /// The number of its elements in all messages.
        public var elements = 0
    }
    public private(set) var counts: [String: Count] = [:]
    /// The maximum number of names. The value of a field can be a name, so a capture may hold any number.
    static let limit = 256
    /// The number of rows of a table for people.
    static let shown = 20
    /// The name of all parts beyond the limit.
    static let others = "others"

    /// Adds the elements of a part, in this number of messages.
    mutating func add(_ name: String, _ elements: Int, messages: Int = 1) {
        let name = counts[name] != nil || counts.count < Self.limit ? name : Self.others
        counts[name, default: Count()].messages &+= messages
        counts[name, default: Count()].elements &+= elements
    }
    mutating func merge(_ other: Self) {
        for (name, count) in other.sorted { add(name, count.elements, messages: count.messages) }
    }
    /// The parts with most elements first.
    var sorted: [(name: String, count: Count)] {
        counts.sorted { ($1.value.elements, $0.key) < ($0.value.elements, $1.key) }.map { ($0.key, $0.value) }
    }
    /// The counts as members: the name with `messages` and `elements`.
    var members: [Value.Entry] {
        sorted.map {
            .init($0.name, ["messages": .number($0.count.messages), "elements": .number($0.count.elements)])
        }
    }
    /// Reads `members`; nil if they are no counts.
    init?(_ members: Value) {
        guard case .map(let entries) = members else { return nil }
        for entry in entries {
            guard let messages = entry.value.amount("messages"), let elements = entry.value.amount("elements") else {
                return nil
            }
            add(entry.key, elements, messages: messages)
        }
    }
    init() {}
}
