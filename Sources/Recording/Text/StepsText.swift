internal import Scenario

/// Steps that were formatted together.
struct StepsPart: Sendable {
    var steps: Int
    /// The text in UTF-8, one or more lines per step.
    var text: [UInt8]
}

/// A step of a played actor that accepts a connection from the node.
struct Acceptance: Sendable {
    /// The number of the step, from 1.
    var step: Int
    var line: String
}

/// The steps of a scenario in the common form. They are formatted in parts.
struct StepsText {
    /// The result that is requested of the steps.
    enum Purpose: Equatable {
        /// The number of steps.
        case draft
        /// The counts, and the text if it is short. For a longer text only the beginning is kept.
        case count(kept: Int)
        /// The text in parts, which are taken as they are made.
        case text
    }
    /// The number of YAML nodes up to which steps are formatted together.
    private static let part = 4000
    /// The text above a part that `Formatter` receives and returns.
    private static let head = "recorded:\nsteps:\n"

    /// The limits for the whole file.
    private let limits: YAMLLimits
    var purpose: Purpose
    /// The parts that were not taken yet.
    private(set) var parts: [StepsPart] = []
    /// True if there was more text than is kept.
    private(set) var isCut = false
    /// The number of bytes of text made so far.
    private(set) var size = 0
    private(set) var acceptances: [Acceptance] = []
    /// The index of the event that each step is about, by the number of the step from 1.
    private(set) var events: [Int: Int] = [:]
    private(set) var count = 0
    private(set) var nodes = 0
    private(set) var bytes = 0
    /// The number of steps that expect something from the node.
    private(set) var expectations = 0
    /// The step with the most YAML nodes among those that are about an event.
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
            // Some room is left for the text above the steps.
            if nodes < limits.nodes * 9 / 10, bytes < limits.size * 9 / 10 { fitting = event }
        }
        if waitingNodes + ownNodes > Self.part { flush() }
        waiting += lines
        waitingNodes += ownNodes
        waitingSteps += 1
        if step.takesConnection, let line = lines.last { acceptances.append(Acceptance(step: count, line: line)) }
    }
    /// Finishes the text with comments after the last step.
    mutating func finish(_ comments: [String]) {
        guard purpose != .draft else { return }
        waiting += comments.map { "  # \($0)" }
        flush()
    }
    private mutating func flush() {
        guard !waiting.isEmpty else { return }
        defer { (waiting, waitingNodes, waitingSteps) = ([], 0, 0) }
        // The scenario is already too large, so this text is only counted.
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
    /// Returns the parts made since the last call if the purpose is `text`; otherwise none.
    mutating func take() -> [StepsPart] {
        guard purpose == .text else { return [] }
        defer { parts.removeAll() }
        return parts
    }
}
