internal import Node
public import Wire

/// Which way bytes went, seen from the harness.
public enum Direction: String, Sendable {
    case sent
    case received
}

/// One thing that a case sent, received or saw on a link.
public struct TraceEntry: Sendable {
    /// Since the case began.
    public var at: Duration
    /// Name of the link in the scenario.
    public var link: String
    /// The actors at its two ends: ours, theirs.
    public var ours: String
    /// The actor at the other end.
    public var theirs: String
    /// Which way it went.
    public var direction: Direction
    /// What went.
    public var content: Content
    /// Whether the failure is about this one.
    public var isCulprit = false
    /// What carried it, in units that have entries of their own: it has no packet. Nil: it went like this.
    public var carrier: Carrier?
    /// Whether its bytes are those of other entries.
    public var isCarried: Bool { carrier != nil }
    /// What a datagram is by itself of which no message could be made.
    public var part: (any Message.Type)?
    /// Index of its connection among those of the case.
    public var connection = 0
    /// Number of the step that sent or took it, where that was kept.
    public var step: Int?
    /// What went the same way over the same connection before it, behind the one that is kept before, and is not kept.
    public var leftOut = LeftOut()

    /// What messages go in that do not go over a link as they are.
    public enum Carrier: Sendable {
        /// Those of entries before it when it came, behind it when it was sent.
        case datagrams
        /// As what those carry, or as a channel of one.
        case layers
    }
    /// What can go over a link, or happen to it.
    public enum Content: Sendable {
        case message(any Message.Type, [UInt8])
        /// Bytes that are no message, with why where they were received.
        case bytes([UInt8], WireError?)
        case opened
        case closed(String)

        /// A message where the type is known, else bytes.
        static func of(_ type: (any Message.Type)?, _ bytes: [UInt8], _ problem: WireError? = nil) -> Content {
            type.map { .message($0, bytes) } ?? .bytes(bytes, problem)
        }
    }
    /// Name of the message, or what else it is.
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
    /// Whether it is the beginning of a connection.
    var isOpening: Bool { if case .opened = content { true } else { false } }
    /// Whether it is a datagram with a part of a message.
    func isPart(of definition: Definition) -> Bool {
        type.map { definition.isPart($0.name.description) } ?? false
    }
    /// The bytes as they were on the wire; none for a beginning or an end.
    public var bytes: [UInt8] {
        switch content {
        case .message(_, let b), .bytes(let b, _): b
        case .opened, .closed: []
        }
    }
}

/// What was left out of a trace.
public struct LeftOut: Sendable, Equatable {
    /// How many there were.
    public var entries: Int
    /// Bytes that they held.
    public var bytes: Int
    /// So many.
    public init(entries: Int = 0, bytes: Int = 0) { (self.entries, self.bytes) = (entries, bytes) }
    /// Whether that is nothing.
    public var isNothing: Bool { entries == 0 }
    mutating func add(_ other: LeftOut) {
        entries += other.entries
        bytes += other.bytes
    }
    mutating func add(_ e: TraceEntry) {
        entries += 1
        // What went in datagrams, or in units of layers, is counted with those.
        bytes += e.isCarried ? 0 : e.bytes.count
    }
}

/// Why a case did not pass: evidence, not only a sentence.
public struct Problem: Sendable {
    /// One line that makes sense on its own.
    public var reason: String
    /// Place in the scenario file.
    public var span: Span
    /// What stands beside the caret there.
    public var label: String
    /// Field path of the first difference; empty for the whole record.
    public var path = ""
    /// What was due, for people.
    public var wanted = ""
    /// What was there instead, for people.
    public var had = ""
    /// More that is known of it, by name, in the order in which people read it.
    public var facts: [(name: String, text: String)] = []
    /// All differences to the pattern, in field order.
    public var mismatches: [Mismatch] = []
    /// Index in the trace of the record that it is about.
    public var culprit: Int?
    /// The scenario's own word for it.
    public var because: String?
    /// What else than the node may have caused it.
    public internal(set) var excuse: Excuse?

    /// Causes that another try may not have.
    public enum Excuse: Sendable {
        /// The harness was late, or lost datagrams.
        case harness
        /// What was due did not come, or did not show: a datagram may have been lost on its way.
        case datagram
        /// What is known at the end is not as it should be: a datagram lost before may have caused that. Counts only
        /// where datagrams are seen to be lost.
        case lostBefore
    }

    /// True if the problem is about the content of a message or about a value. Lateness of the harness does not change
    /// it.
    var isFact = false
    /// True if the problem is about the time at which something arrived.
    var isOfTime = false
    /// True if something arrived too early, or although it must not. It shows that the node has what the case is about.
    public internal(set) var isPresence = false
    /// The file that `span` is in, when that is a fragment.
    public internal(set) var source: SourceFile?
    /// Branch of `par` in which it came up.
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
    /// Of an expression that is not true: what is in it, each by itself and in one line.
    mutating func tell(_ values: [(name: String, text: String)]) {
        facts = values
        had = values.map { "\($0.name) = \($0.text)" }.joined(separator: ", ")
    }
}

/// How one case came out.
public struct CaseResult: Sendable {
    /// Name of the case: that of the scenario, with the vector's where it has several.
    public var id: String
    /// What was run.
    public var scenario: Scenario
    /// How it came out.
    public var verdict: Verdict
    /// Requirement that the verdict is about; the first one covered when all is well.
    public var requirement: String
    /// How binding that requirement is.
    public var level: Level
    /// Nil when it passed.
    public var problem: Problem?
    /// Why it was skipped or not run.
    public var reason: String?
    /// Step that decided, from 1; 0 when none did.
    public var step: Int
    /// From the first step to the last, in the time of the network it ran on.
    public var duration: Duration
    /// Gives the same bytes again.
    public var seed: UInt64
    /// All that was sent and received, in order, as far as `TraceLimit` goes.
    public var trace: [TraceEntry]
    /// What is not in the trace any more.
    public var leftOut = LeftOut()
    /// Which time the case ran, from 1, under `--repeat`.
    public var round = 1
    /// Times it had to be tried again before this came out.
    public var retries = 0
    /// In which other way it was run, such as `chop:bytes`; empty for the plain one.
    public var variant = ""
    /// The id, and the variant behind it: what baselines list.
    public var name: String { variant.isEmpty ? id : id + " " + variant }
    /// The verdict before the baseline changed it, and why it did.
    public var expectation: Expectation?
    /// What its steps came to, in the order in which they were over; only where `RunOptions.keepsEvidence`.
    public var steps: [StepOutcome] = []
    /// Steps that are not among them: those beyond the first 10,000.
    public var untoldSteps = 0
    /// Its connections, in the order in which they were begun.
    public var connections: [CaseConnection] = []
    var names: CaseVariables?
    /// Names and their values at the end of the case, sorted; only where `RunOptions.keepsEvidence`.
    public var variables: [CaseVariable] { names?.shown ?? [] }
    /// It is no good result, and not a byte of the node is in it.
    var hasHeardNothing: Bool {
        guard verdict == .fail || verdict == .inconc || verdict == .error else { return false }
        return !trace.contains { $0.direction == .received && !$0.bytes.isEmpty }
    }
    /// Lets go of what only evidence is made from.
    public mutating func dropEvidence() {
        steps = []
        connections = []
        names = nil
    }

    /// What a baseline says of a case.
    public enum Expectation: Sendable, Equatable {
        /// It failed as listed: `xfail`.
        case failed(note: String)
        /// It passed, though it is listed: `xpass`.
        case passed(note: String)
        /// It failed, but not for the reason listed.
        case changed(was: String)
        /// It failed as listed, but the entry is past its day.
        case expired(String)
    }
}
