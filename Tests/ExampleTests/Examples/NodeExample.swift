import Node

/// Runs two nodes until neither has a message to send. Without sockets and a clock, the result is the same each time.
/// Returns the reports of the nodes.
func talk(_ definition: Definition) throws -> [String] {
    let settings = try definition.settings()
    var nodes = [1, 2].map { definition.reference.node(NodeOptions(settings, random: Random(seed: $0))) }
    let link = LinkID(1)
    var reports: [String] = []
    var waiting: [(node: Int, actions: [Action])] = []
    for i in nodes.indices {
        var actions: [Action] = []
        nodes[i].start(now: .zero, &actions)
        nodes[i].opened(link, peer: .loopback(7075), by: i == 0 ? .us : .them, now: .zero, &actions)
        waiting.append((i, actions))
    }
    while !waiting.isEmpty {
        let (speaker, actions) = waiting.removeFirst()
        for action in actions {
            switch action {
            case .send(_, let bytes):
                var answers: [Action] = []
                nodes[1 - speaker].received(bytes.span.bytes, on: link, now: .zero, &answers)
                waiting.append((1 - speaker, answers))
            case .report(let event): reports.append("\(speaker) \(event.name)")
            case .connect, .close: break
            }
        }
    }
    return reports
}
