internal import Node
internal import Wire

/// Where those who are played say what the node says, too.
struct ValueUses {
    /// An answer of ours by its own field; with `null` for its number, one that has a list of which an element is made.
    struct Answer: Hashable {
        var flow: Int
        /// Full path of the field.
        var path: String
        var number: Value
    }
    private struct Use {
        var first: Int
        var last: Int
    }
    /// The last of our messages that answers a request.
    private var answers: [Answer: Int] = [:]
    /// Of values that the node says, by our messages.
    private var uses: [Value: Use] = [:]

    init(_ traffic: RecordedTraffic) {
        let rules = traffic.definition.recording
        // Values themselves take much: of what the node alone says there are hashes.
        var heard: Set<Int> = []
        for e in traffic.events where !e.isOurs {
            if case .message(let message) = e.what { message.fields.eachLeaf { heard.insert($0.hashValue) } }
        }
        for (i, e) in traffic.events.enumerated() where e.isOurs {
            guard case .message(let message) = e.what else { continue }
            let (name, fields) = (message.name, message.fields)
            for rule in rules.answers {
                guard let number = fields.at(rule.path, of: name) else { continue }
                answers[Answer(flow: e.flow, path: rule.path, number: number)] = i
            }
            for rule in rules.elements where fields.at(rule.list, of: name) != nil {
                answers[Answer(flow: e.flow, path: rule.list, number: .null)] = i
            }
            fields.eachLeaf { v in
                if heard.contains(v.hashValue) { uses[v, default: Use(first: i, last: i)].last = i }
            }
        }
    }
    /// Whether we say a value of the node's in a message before this one, or behind it.
    func isUsed(_ value: Value, before index: Int) -> Bool { uses[value].map { $0.first < index } ?? false }
    func isUsed(_ value: Value, after index: Int) -> Bool { uses[value].map { $0.last > index } ?? false }
    func isAnswered(_ answer: Answer, after index: Int) -> Bool { answers[answer].map { $0 > index } ?? false }
}
