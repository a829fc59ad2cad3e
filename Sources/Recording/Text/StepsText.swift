internal import Scenario

/// Steps that were brought into the common form together.
struct StepsPart: Sendable {
    var steps: Int
    /// A line each or more, in UTF-8.
    var text: [UInt8]
}

/// A step of ours that takes a connection of the node.
struct Acceptance: Sendable {
    /// Its number, from 1.
    var step: Int
    var line: String
}

/// The steps of a scenario in the common form. They are brought into it a part at a time.
struct StepsText {
    /// What is wanted of the steps.
    enum Purpose: Equatable {
        /// Their number.
        case draft
        /// What there is to know of them, and their text where that is short; of a longer one the beginning.
        case count(kept: Int)
        /// Their text, a part after the other: it is taken as it comes.
        case text
    }
    /// Nodes of YAML that are formatted together.
    private static let part = 4000
    /// What `Formatter` is given above a part, and what it gives back there.
    private static let head = "recorded:\nsteps:\n"

    /// Of the whole file.
    private let limits: YAMLLimits
    var purpose: Purpose
    /// Those that were not taken.
    private(set) var parts: [StepsPart] = []
    /// There was more text than is kept.
    private(set) var isCut = false
    /// Bytes of text that was made.
    private(set) var size = 0
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

    init(_ limits: YAMLLimits, _ purpose: Purpose) { (self.limits, self.purpose) = (limits, purpose) }

    mutating func add(_ step: StepText) {
        count += 1
        guard purpose != .draft else { return }
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
        guard purpose != .draft else { return }
        waiting += comments.map { "  # \($0)" }
        flush()
    }
    private mutating func flush() {
        guard !waiting.isEmpty else { return }
        defer { (waiting, waitingNodes, waitingSteps) = ([], 0, 0) }
        // It will be refused, and only counted.
        guard !isCut, nodes <= limits.nodes, size <= limits.size else { return }
        let plain = waiting.joined(separator: "\n") + "\n"
        let source = SourceFile(name: "", bytes: Array((Self.head + plain).utf8))
        let formatted = Formatter.format(source).text
        let own = formatted.flatMap { $0.hasPrefix(Self.head) ? $0.utf8.dropFirst(Self.head.utf8.count) : nil }
        let text = own.map { Array($0) } ?? Array(plain.utf8)
        size += text.count
        parts.append(StepsPart(steps: waitingSteps, text: text))
        if case .count(let kept) = purpose, size > kept, count > Recording.long { isCut = true }
    }
    /// The text that was made since this was last asked, where it is wanted as it comes.
    mutating func take() -> [StepsPart] {
        guard purpose == .text else { return [] }
        defer { parts.removeAll() }
        return parts
    }
}
