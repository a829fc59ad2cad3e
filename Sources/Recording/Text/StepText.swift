/// One step of a recorded scenario, with the comments above it.
struct StepText {
    var comments: [String] = []
    /// The verb, followed by its modifiers.
    var members: [(key: String, value: YAMLText)]
    /// The index of the event that it represents.
    var event: Int?

    init(_ verb: String, _ value: YAMLText, event: Int? = nil) {
        members = [(verb, value)]
        self.event = event
    }
    init(_ members: [(key: String, value: YAMLText)], event: Int?) {
        self.members = members
        self.event = event
    }
    func with(_ modifier: String, _ word: String) -> Self {
        var out = self
        out.members.append((modifier, .word(word)))
        return out
    }
    /// True if the step waits for a connection from the node. False if it waits for a channel.
    var takesConnection: Bool {
        guard members.count == 1, let first = members.first, first.key == "accept", case .map(let all) = first.value
        else { return false }
        return all.contains { $0.key == "at" }
    }
    /// The number of YAML nodes that the step takes.
    var nodes: Int { members.reduce(1) { $0 + 1 + $1.value.nodes } }
    var lines: [String] {
        comments.map { "  # \($0)" }
            + members.enumerated().map { i, m in "  \(i == 0 ? "-" : " ") \(m.key): \(m.value.inFlow)" }
    }
}
