internal import Node
public import Wire

/// The direction of bytes, seen from the harness.
public enum Direction: String, Sendable {
    case sent
    case received
}

/// One message, byte sequence or event that a case sent, received or saw on a link.
public struct TraceEntry: Sendable {
    /// The time since the case began.
    public var at: Duration
    /// The name of the link in the scenario.
    public var link: String
    /// The actor on our side.
    public var ours: String
    /// The actor on the other side.
    public var theirs: String
    /// The direction of the entry.
    public var direction: Direction
    /// The content of the entry.
    public var content: Content
    /// True if the failure is about this entry.
    public var isCulprit = false
    /// The units that carried it, which have entries of their own. It has no packet of its own. Nil if it was
    /// transmitted as it is.
    public var carrier: Carrier?
    /// True if its bytes are part of other entries.
    public var isCarried: Bool { carrier != nil }
    /// The type of a datagram by itself, if no message could be made from it.
    public var part: (any Message.Type)?
    /// The index of its connection among the connections of the case.
    public var connection = 0
    /// The number of the step that sent or took it, if that was recorded.
    public var step: Int?
    /// The entries that were left out between this one and the previous kept one of the same connection and direction.
    public var leftOut = LeftOut()

    /// The kinds of units that carry messages which are not transmitted as they are.
    public enum Carrier: Sendable {
        /// The datagrams in the entries before a received message, or after a sent one.
        case datagrams
        /// Units of layers: the message is their content, or the entry is about a channel of a layer.
        case layers
    }
    /// The content or event of an entry.
    public enum Content: Sendable {
        case message(any Message.Type, [UInt8])
        /// Bytes that are not a message. If they were received, with the reason.
        case bytes([UInt8], WireError?)
        case opened
        case closed(String)

        /// Returns a message if the type is known, otherwise bytes.
        static func of(_ type: (any Message.Type)?, _ bytes: [UInt8], _ problem: WireError? = nil) -> Content {
            type.map { .message($0, bytes) } ?? .bytes(bytes, problem)
        }
    }
    /// The name of the message, or a description of other content.
    public var name: String {
        switch content {
        case .message(let type, _): type.name.description
        case .bytes(let b, _): "\(b.count) bytes"
        case .opened: "connection"
        case .closed(let how): how
        }
    }
    /// The description of a message.
    var type: (any Message.Type)? { if case .message(let type, _) = content { type } else { nil } }
    /// True if the entry is the beginning of a connection.
    var isOpening: Bool { if case .opened = content { true } else { false } }
    /// Returns whether the entry is a datagram with a part of a message.
    func isPart(of definition: Definition) -> Bool {
        type.map { definition.isPart($0.name.description) } ?? false
    }
    /// The bytes as on the wire; empty for a beginning or an end.
    public var bytes: [UInt8] {
        switch content {
        case .message(_, let b), .bytes(let b, _): b
        case .opened, .closed: []
        }
    }
}

/// The entries that were left out of a trace.
public struct LeftOut: Sendable, Equatable {
    /// The number of entries.
    public var entries: Int
    /// The number of bytes in them.
    public var bytes: Int
    public init(entries: Int = 0, bytes: Int = 0) { (self.entries, self.bytes) = (entries, bytes) }
    /// True if no entry was left out.
    public var isNothing: Bool { entries == 0 }
    mutating func add(_ other: LeftOut) {
        entries += other.entries
        bytes += other.bytes
    }
    mutating func add(_ e: TraceEntry) {
        entries += 1
        // The bytes of a carried message are counted with the datagrams or units that carry it.
        bytes += e.isCarried ? 0 : e.bytes.count
    }
}

/// The reason why a case did not pass, with the evidence.
public struct Problem: Sendable {
    /// One line that makes sense on its own.
    public var reason: String
    /// The reason by which two failures are compared; nil: `reason`. It has no values, which differ between runs.
    public internal(set) var kind: String?
    /// The position in the scenario file.
    public var span: Span
    /// The text beside the caret at that position.
    public var label: String
    /// The field path of the first difference; empty for the whole record.
    public var path = ""
    /// The expected value or event, for people.
    public var wanted = ""
    /// The actual value or event, for people.
    public var had = ""
    /// Further facts by name, in the order in which people read them.
    public var facts: [(name: String, text: String)] = []
    /// All differences from the pattern, in field order.
    public var mismatches: [Mismatch] = []
    /// The index in the trace of the record that the problem is about.
    public var culprit: Int?
    /// The explanation that the scenario gives.
    public var because: String?
    /// A possible cause other than the node.
    public internal(set) var excuse: Excuse?

    /// The causes that may be absent from another attempt.
    public enum Excuse: Sendable {
        /// The harness was late, or it lost datagrams.
        case harness
        /// An expected event did not arrive or show. A datagram may have been lost on its way.
        case datagram
        /// The final state is wrong, possibly because a datagram was lost earlier. This excuse counts only if the run
        /// has shown that datagrams are lost.
        case lostBefore
    }

    /// True if the problem is about the content of a message or about a value. Lateness of the harness does not change
    /// it.
    var isFact = false
    /// True if the problem is about the time at which something arrived.
    var isOfTime = false
    /// True if something arrived too early, or although it must not. It shows that the node has what the case is about.
    public internal(set) var isPresence = false
    /// The file of `span` if that is a fragment.
    public internal(set) var source: SourceFile?
    /// The branch of `par` in which the problem occurred.
    public internal(set) var branch: String?

    init(
        _ reason: String, _ span: Span, label: String = "", path: String = "", wanted: String = "", had: String = "",
        culprit: Int? = nil, excuse: Excuse? = nil
    ) {
        self.reason = reason
        self.span = span
        self.label = label
        self.path = path
        self.wanted = wanted
        self.had = had
        self.culprit = culprit
        self.excuse = excuse
    }
    /// Adds the names and calls in a false expression with their values: one fact each, and a single line with all.
    mutating func tell(_ values: [(name: String, text: String)]) {
        facts = values
        had = values.map { "\($0.name) = \($0.text)" }.joined(separator: ", ")
    }
    /// Gives the failure of an expression the words of a step that judges. `found`: what contradicts them.
    mutating func word(_ step: Step, found: String?) {
        guard step.requirement != nil, let sentence = step.because else { return }
        kind = reason
        reason = Self.expectation(sentence) + (found.map { "; found: \($0)" } ?? "")
    }
    /// Returns the beginning of the reason if an expression is false that a sentence stands for.
    public static func expectation(_ sentence: String) -> String { "expected: \(sentence)" }
}

/// The result of one case.
public struct CaseResult: Sendable {
    /// The id of the case: the id of the scenario, followed by the name of the vector if there are several.
    public var id: String
    /// The scenario that was run.
    public var scenario: Scenario
    /// The verdict of the case.
    public var verdict: Verdict
    /// The requirement that the verdict is about; the first covered one if the case passed.
    public var requirement: String
    /// The level of that requirement.
    public var level: Level
    /// The reason for the verdict; nil if the case passed.
    public var problem: Problem?
    /// The reason why it was skipped or not run.
    public var reason: String?
    /// The step that decided the verdict, from 1; 0 if no step did.
    public var step: Int
    /// The time from the first step to the last, measured by the network that it ran on.
    public var duration: Duration
    /// The seed that produces the same bytes again.
    public var seed: UInt64
    /// Everything that was sent and received, in order, within `TraceLimit`.
    public var trace: [TraceEntry]
    /// The entries that are no longer in the trace.
    public var leftOut = LeftOut()
    /// The round of the case, from 1, under `--repeat`.
    public var round = 1
    /// The number of further attempts before this result.
    public var retries = 0
    /// The variant in which it was run, such as `chop:bytes`; empty for the plain one.
    public var variant = ""
    /// The id followed by the variant, as in baselines.
    public var name: String { variant.isEmpty ? id : id + " " + variant }
    /// The expectation of the baseline, with the note of its entry.
    public var expectation: Expectation?
    /// The outcomes of its steps, in the order in which they ended; only with `RunOptions.keepsEvidence`.
    public var steps: [StepOutcome] = []
    /// The number of steps without an outcome: all beyond the first 10,000.
    public var untoldSteps = 0
    /// Its connections, in the order in which they began.
    public var connections: [CaseConnection] = []
    /// The datagrams below its data channels, without those beyond `TraceLimit`; only over sockets with
    /// `RunOptions.keepsEvidence`.
    public var datagrams: [CaseDatagram] = []
    var names: CaseVariables?
    /// The names and their values at the end of the case, sorted; only with `RunOptions.keepsEvidence`.
    public var variables: [CaseVariable] { names?.shown ?? [] }
    /// True if the result is not good and the case received no byte from the node.
    var hasHeardNothing: Bool {
        guard verdict == .fail || verdict == .inconc || verdict == .error else { return false }
        return !trace.contains { $0.direction == .received && !$0.bytes.isEmpty }
    }
    /// Removes the data that serve only as evidence.
    public mutating func dropEvidence() {
        steps = []
        connections = []
        datagrams = []
        names = nil
    }

    /// The comparison of a result with a baseline.
    public enum Expectation: Sendable, Equatable {
        /// The case failed as listed: `xfail`.
        case failed(note: String)
        /// The case passed although it is listed: `xpass`.
        case passed(note: String)
        /// The case failed, but for another reason than the listed one.
        case changed(was: String)
        /// The case failed as listed, but the entry has expired.
        case expired(String)
    }
}
