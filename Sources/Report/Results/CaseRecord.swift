public import Scenario

/// The result of one case as plain data. All reports, and all lines of a results file, are made from it. A run makes it
/// from a `CaseResult`, and `meshspec report` from a line of a results file. A report cannot distinguish the two.
public struct CaseRecord: Sendable {
    /// The name of the case: the name of the scenario, with the name of the vector in brackets if there are several. It
    /// never depends on the position in the file.
    public var id: String
    /// The other way in which the case was run, such as `chop:bytes`; empty for the plain run.
    public var variant = ""
    /// A one-sentence description of the test.
    public var title: String
    /// The name of the protocol.
    public var protocolName: String
    /// The verdict before a baseline changed it.
    public var verdict: Verdict
    /// The requirement that the verdict is about; the first one covered if the case passed.
    public var requirement: String
    /// The level of `requirement`.
    public var level: Level
    /// The requirements that the case proves if it passes.
    public var covers: [String]
    /// The time from the first step to the last.
    public var duration: Duration
    /// The file of the scenario, as the user would write its path.
    public var file: String
    /// The fingerprint of the content of the scenario file.
    public var content: String
    /// The seed that reproduces the same bytes.
    public var seed: UInt64
    /// The number of the round, from 1.
    public var round = 1
    /// The number of retries before this result.
    public var retries = 0
    /// The fingerprint of the failure (requirement, field and kind of reason); empty if the case passed.
    public var fingerprint = ""
    /// The result of the comparison with the entry of the baseline for this case.
    public var expectation: CaseResult.Expectation?
    /// The reason in one line why the case did not pass; nil if it did.
    public var reason: String?
    /// The details of the failure.
    public var failure: Failure?
    /// The explanation that the scenario gives, unless `reason` has it: it then says what was expected.
    var explanation: String? {
        guard let because = failure?.because else { return nil }
        return reason?.contains(Problem.expectation(because)) ?? false ? nil : because
    }
    /// The steps of the scenario with their outcomes; empty if they were not kept.
    public var steps: [Step] = []
    /// The results of the case in several runs of the target; nil if there is only one run.
    public var history: CaseHistory?
    /// The command that repeats the case in the same way.
    public var command = ""
    /// The traffic of the case that no report contains.
    public var leftOut = LeftOut()
    /// The observed behavior of other implementations for the requirement, in one line; nil if none was observed or the
    /// case passed.
    public var observed: String?
    /// The folder of the evidence bundle, if one was written.
    public var evidence: String?

    /// The id, followed by the variant.
    public var name: String { variant.isEmpty ? id : id + " " + variant }
    /// True if the case passed only after a retry.
    public var isFlaky: Bool { retries > 0 && verdict <= .warn && verdict >= .pass }
    /// The first two parts of the id, such as `nano.handshake`. Reports group cases by it.
    public var section: String { Self.section(id) ?? protocolName }
    /// Returns the section of an id; nil if the id has fewer than three parts.
    static func section(_ id: String) -> String? {
        let all = id.utf8
        guard let first = all.firstIndex(of: 0x2e), let second = all[all.index(after: first)...].firstIndex(of: 0x2e)
        else { return nil }
        return String(id[..<second])
    }

    /// The reason why a case did not pass: the place in the scenario, the requirement, the expected and actual value of
    /// each field, the bytes and the trace.
    public struct Failure: Sendable {
        /// The file of the place; it may be a fragment that the scenario uses.
        public var file: String
        /// The line number, from 1.
        public var line: Int
        /// The column in characters, from 1.
        public var column: Int
        /// The column after the last one on the same line; nil if the place ends on a later line.
        public var endColumn: Int?
        /// That line, cut to fit, and the carets below it.
        public var excerpt: Excerpt
        /// The text beside the carets.
        public var label: String
        /// The number of the step that decided the verdict, from 1; 0 if no step did.
        public var step: Int
        /// The number of steps of the case.
        public var steps: Int
        /// The branch of `par` in which the failure occurred.
        public var branch: String?
        /// The explanation that the scenario gives.
        public var because: String?
        /// The field path of the first difference; empty for the whole record.
        public var path: String
        /// The expected value, for people.
        public var wanted: String
        /// The actual value, for people.
        public var had: String
        /// Further facts by name. For a signature: the key and the signed bytes with their parts.
        public var facts: [(name: String, text: String)] = []
        /// All traffic of the case, in order.
        public var trace: [Exchange]
        /// The connections of the case.
        public var connections: [CaseConnection] = []
        /// The index of the trace entry that the failure is about.
        public var culprit: Int?
        /// The fields of the message that the failure is about.
        var fields = FieldTable(rows: [])
        /// The range of the wrong field in the bytes of this message.
        public var marked: Range<Int>?
        /// The place and the reason at which the decoder stopped.
        public var stopped: String?
    }

    /// One event on a link: something sent, received or observed.
    public struct Exchange: Sendable {
        /// The time since the case began.
        public var at: Duration
        /// The name of the link in the scenario.
        public var link: String
        /// The actor at the harness's end.
        public var ours: String
        /// The actor at the other end.
        public var theirs: String
        /// The index among the connections of the case.
        public var connection = 0
        /// The direction of the event.
        public var direction: Direction
        /// The kind of the event.
        public var kind: Kind
        /// The name of the message, or how the link ended; empty for other kinds.
        public var name: String
        /// The message in a sentence; nil for other kinds, and if its type has no summary.
        public var summary: String?
        /// The bytes on the wire; if the entry was read from results, at most the first 64 KiB.
        public var bytes: [UInt8]
        /// The number of bytes on the wire.
        public var size: Int { full ?? bytes.count }
        /// The number of bytes on the wire if `bytes` has only a part of them.
        var full: Int?
        /// The reason why received bytes are not a message.
        public var error: String?
        /// The datagrams or layers that carried this entry; nil if it was sent directly. The units that carried it have
        /// entries of their own, so a carried entry has no packet.
        public var carrier: TraceEntry.Carrier?
        /// True if the bytes of this entry are part of other entries.
        public var isCarried: Bool { carrier != nil }
        /// The traffic directly before this entry, in the same direction of the same connection, that was not kept.
        public var leftOut = LeftOut()
        /// The outcomes of the steps that are about this entry or precede it, one line each; empty unless evidence was
        /// kept.
        public var notes: [String] = []

        /// The kinds of events on a link.
        public enum Kind: String, Sendable {
            case message
            case bytes
            case opened
            case closed
        }
        /// The name of the message, or a description of another kind of event.
        public var what: String {
            switch kind {
            case .message, .closed: name
            case .bytes: "\(size) bytes"
            case .opened: "connection"
            }
        }
    }
}
