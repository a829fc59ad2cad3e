internal import Scenario

/// The steps of a scenario in the common form. They are brought into it a part at a time, so that nothing but their text
/// grows with their number.
struct StepsText {
    /// Nodes of YAML that are formatted together.
    private static let part = 4000
    /// What `Formatter` is given above a part, and what it gives back there.
    private static let head = "recorded:\nsteps:\n"

    /// Of the whole file.
    private let limits: YAMLLimits
    /// Only counts.
    let isDraft: Bool
    private(set) var text = ""
    /// The place of the event that each step is about, by its number from 1.
    private(set) var events: [Int: Int] = [:]
    private(set) var count = 0
    private(set) var nodes = 0
    private(set) var bytes = 0
    /// Steps that want something of the node.
    private(set) var expectations = 0
    /// The step that takes most nodes, of those that are about an event.
    private(set) var longest: (event: Int, nodes: Int, bytes: Int)?
    /// The last event up to which the file would not be too large.
    private(set) var fitting: Int?
    private var waiting: [String] = []
    private var waitingNodes = 0

    init(_ limits: YAMLLimits, isDraft: Bool) { (self.limits, self.isDraft) = (limits, isDraft) }

    mutating func add(_ step: StepText) {
        let lines = step.lines
        let (ownNodes, ownBytes) = (step.nodes, lines.reduce(0) { $0 + $1.utf8.count + 1 })
        count += 1
        nodes += ownNodes
        bytes += ownBytes
        if ["expect", "never", "alt"].contains(step.members.first?.key) { expectations += 1 }
        if let event = step.event {
            events[count] = event
            if ownNodes > longest?.nodes ?? 0 { longest = (event, ownNodes, ownBytes) }
            // Something has to be left for what stands above the steps.
            if nodes < limits.nodes * 9 / 10, bytes < limits.size * 9 / 10 { fitting = event }
        }
        guard !isDraft else { return }
        if waitingNodes + ownNodes > Self.part { flush() }
        waiting += lines
        waitingNodes += ownNodes
    }
    /// The end, with comments behind the last step.
    mutating func finish(_ comments: [String]) {
        guard !isDraft else { return }
        waiting += comments.map { "  # \($0)" }
        flush()
    }
    private mutating func flush() {
        guard !waiting.isEmpty else { return }
        let plain = waiting.joined(separator: "\n") + "\n"
        let source = SourceFile(name: "", bytes: Array((Self.head + plain).utf8))
        let formatted = Formatter.format(source).text
        text += formatted.flatMap { $0.hasPrefix(Self.head) ? String($0.dropFirst(Self.head.count)) : nil } ?? plain
        waiting = []
        waitingNodes = 0
    }
}
