internal import Scenario

/// Steps that were brought into the common form together, and where they stand.
struct StepsPart: Sendable {
    var steps: Int
    /// Of `Recording.steps`.
    var bytes: Range<Int>
}

/// A step of ours that takes a connection of the node.
struct Acceptance: Sendable {
    /// Its number, from 1.
    var step: Int
    var line: String
}

/// The steps of a scenario in the common form. They are brought into it a part at a time, so that nothing but their text
/// grows with their number.
struct StepsText {
    /// Nodes of YAML that are formatted together.
    private static let part = 4000
    /// What `Formatter` is given above a part, and what it gives back there.
    private static let head = "recorded:\nsteps:\n"

    /// Of the whole file.
    private let limits: YAMLLimits
    /// Only counts steps.
    let isDraft: Bool
    private(set) var text: [UInt8] = []
    private(set) var parts: [StepsPart] = []
    private(set) var acceptances: [Acceptance] = []
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
    private var waitingSteps = 0

    init(_ limits: YAMLLimits, isDraft: Bool) { (self.limits, self.isDraft) = (limits, isDraft) }

    mutating func add(_ step: StepText) {
        count += 1
        guard !isDraft else { return }
        let lines = step.lines
        let (ownNodes, ownBytes) = (step.nodes, lines.reduce(0) { $0 + $1.utf8.count + 1 })
        nodes += ownNodes
        bytes += ownBytes
        if ["expect", "never", "alt"].contains(step.members.first?.key) { expectations += 1 }
        if let event = step.event {
            events[count] = event
            if ownNodes > longest?.nodes ?? 0 { longest = (event, ownNodes, ownBytes) }
            // Something has to be left for what stands above the steps.
            if nodes < limits.nodes * 9 / 10, bytes < limits.size * 9 / 10 { fitting = event }
        }
        if waitingNodes + ownNodes > Self.part { flush() }
        waiting += lines
        waitingNodes += ownNodes
        waitingSteps += 1
        if step.takesConnection, let line = lines.last { acceptances.append(Acceptance(step: count, line: line)) }
    }
    /// The end, with comments behind the last step.
    mutating func finish(_ comments: [String]) {
        guard !isDraft else { return }
        waiting += comments.map { "  # \($0)" }
        flush()
    }
    private mutating func flush() {
        guard !waiting.isEmpty else { return }
        defer { (waiting, waitingNodes, waitingSteps) = ([], 0, 0) }
        // It will be refused, and only counted.
        guard nodes <= limits.nodes, text.count <= limits.size else { return }
        let plain = waiting.joined(separator: "\n") + "\n"
        let source = SourceFile(name: "", bytes: Array((Self.head + plain).utf8))
        let formatted = Formatter.format(source).text
        let own = formatted.flatMap { $0.hasPrefix(Self.head) ? $0.utf8.dropFirst(Self.head.utf8.count) : nil }
        let start = text.count
        if let own { text += own } else { text += plain.utf8 }
        parts.append(StepsPart(steps: waitingSteps, bytes: start..<text.count))
    }
}
