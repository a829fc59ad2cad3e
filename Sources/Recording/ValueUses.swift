internal import Node
internal import Wire

/// The positions at which played actors send values that the node sends too.
struct ValueUses {
    /// An answer of a played actor, identified by its own field. If `number` is `null`, the answer has a list with an
    /// element made from the node's list.
    struct Answer: Hashable {
        var flow: Int
        /// The full path of the field.
        var path: String
        var number: Value
    }
    private struct Use {
        var first: Int
        var last: Int
    }
    /// The last message of a played actor that answers each request.
    private var answers: [Answer: Int] = [:]
    /// The first and last use of each value of the node in messages of played actors.
    private var uses: [Value: Use] = [:]

    init(_ traffic: RecordedTraffic) {
        let rules = traffic.definition.recording
        // Values take much memory, so values that only the node sends are stored as hashes.
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
    /// Returns whether a played actor sends a value of the node in a message before this one. The other function checks
    /// the messages after it.
    func isUsed(_ value: Value, before index: Int) -> Bool { uses[value].map { $0.first < index } ?? false }
    func isUsed(_ value: Value, after index: Int) -> Bool { uses[value].map { $0.last > index } ?? false }
    func isAnswered(_ answer: Answer, after index: Int) -> Bool { answers[answer].map { $0 > index } ?? false }
}
