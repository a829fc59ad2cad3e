public import Scenario

/// How one case came out, as plain data: what every report, and every line of a results file, is made of. A run makes
/// it from a `CaseResult`, `meshspec report` from a line of a results file; no report can tell which.
public struct CaseRecord: Sendable {
    /// Name of the case: the scenario's, with the vector's in brackets where it has several. Never depends on position.
    public var id: String
    /// In which other way it was run, such as `chop:bytes`; empty for the plain one.
    public var variant = ""
    /// What is tested, in one sentence.
    public var title: String
    /// Name of the protocol.
    public var protocolName: String
    /// How it came out, before a baseline changed that.
    public var verdict: Verdict
    /// Requirement that the verdict is about; the first one covered when all is well.
    public var requirement: String
    /// How binding that requirement is.
    public var level: Level
    /// Requirements that it proves when it passes.
    public var covers: [String]
    /// From the first step to the last.
    public var duration: Duration
    /// The scenario's file, as the user would write it.
    public var file: String
    /// Fingerprint of that file's content.
    public var content: String
    /// Gives the same bytes again.
    public var seed: UInt64
    /// Which time the case ran, from 1.
    public var round = 1
    /// Times it had to be tried again before this came out.
    public var retries = 0
    /// Of the failure: requirement, field and kind of reason; empty when it passed.
    public var fingerprint = ""
    /// What the baseline says of it.
    public var expectation: CaseResult.Expectation?
    /// Why it did not pass, in one line; nil when it did.
    public var reason: String?
    /// All that is known of what went wrong.
    public var failure: Failure?
    /// The steps of the scenario, and what each came to; none where nobody kept that.
    public var steps: [Step] = []
    /// How it came out in several runs of the target; nil where there is one run.
    public var history: CaseHistory?
    /// Command that runs the case again the same way.
    public var command = ""
    /// What was sent and received and is in no report.
    public var leftOut = LeftOut()
    /// The observed behavior of other implementations for the requirement, in one line; nil if none was observed or the
    /// case passed.
    public var observed: String?
    /// Folder of its evidence bundle, where one was written.
    public var evidence: String?

    /// The id, and the variant behind it.
    public var name: String { variant.isEmpty ? id : id + " " + variant }
    /// A pass that took more than one try.
    public var isFlaky: Bool { retries > 0 && verdict <= .warn && verdict >= .pass }
    /// The protocol's part of the id and the word behind it, such as `nano.handshake`: reports group by it.
    public var section: String { Self.section(id) ?? protocolName }
    /// The section of an id; nil when it has less than three parts.
    static func section(_ id: String) -> String? {
        let all = id.utf8
        guard let first = all.firstIndex(of: 0x2e), let second = all[all.index(after: first)...].firstIndex(of: 0x2e)
        else { return nil }
        return String(id[..<second])
    }

    /// Why a case did not pass: the place in the scenario, the rule, expected and got by field, the bytes, what was
    /// said.
    public struct Failure: Sendable {
        /// File of the place, which may be a fragment that the scenario uses.
        public var file: String
        /// From 1.
        public var line: Int
        /// In characters, from 1.
        public var column: Int
        /// The column behind the last one, on the same line; nil when it ends on a later line.
        public var endColumn: Int?
        /// That line, cut to what fits, and the carets below it.
        public var excerpt: Excerpt
        /// What stands beside the carets.
        public var label: String
        /// Step that decided, from 1; 0 when none did.
        public var step: Int
        /// Steps of the case.
        public var steps: Int
        /// Branch of `par` in which it came up.
        public var branch: String?
        /// The scenario's own word for it.
        public var because: String?
        /// Field path of the first difference; empty for the whole record.
        public var path: String
        /// What was due, for people.
        public var wanted: String
        /// What was there instead, for people.
        public var had: String
        /// More that is known of it, by name: of a signature, the key and the signed bytes with their parts.
        public var facts: [(name: String, text: String)] = []
        /// All that was sent and received, in order.
        public var trace: [Exchange]
        /// The connections that it went over.
        public var connections: [CaseConnection] = []
        /// The entry of the trace that it is about.
        public var culprit: Int?
        /// The fields of that message.
        var fields = FieldTable(rows: [])
        /// The bytes of the wrong field in it.
        public var marked: Range<Int>?
        /// Where and why reading that message stopped.
        public var stopped: String?
    }

    /// One thing that was sent, received or seen on a link.
    public struct Exchange: Sendable {
        /// Since the case began.
        public var at: Duration
        /// Name of the link in the scenario.
        public var link: String
        /// The actor at our end.
        public var ours: String
        /// The actor at the other end.
        public var theirs: String
        /// Index among the connections of the case.
        public var connection = 0
        /// Which way it went.
        public var direction: Direction
        /// What it was.
        public var kind: Kind
        /// Name of the message, or how the link ended; empty for others.
        public var name: String
        /// The bytes on the wire; if the entry was read from results, at most the first 64 KiB.
        public var bytes: [UInt8]
        /// The number of bytes on the wire.
        public var size: Int { full ?? bytes.count }
        /// The number of bytes on the wire if `bytes` has only a part of them.
        var full: Int?
        /// Why received bytes are no message.
        public var error: String?
        /// What carried it, in units that have entries of their own: it has no packet. Nil: it went like this.
        public var carrier: TraceEntry.Carrier?
        /// Whether its bytes are those of other entries.
        public var isCarried: Bool { carrier != nil }
        /// What went the same way over the same connection before it and is left out.
        public var leftOut = LeftOut()
        /// What the steps that are about it, or stand before it, came to, a line each; only where evidence was kept.
        public var notes: [String] = []

        /// What can go over a link, or happen to it.
        public enum Kind: String, Sendable {
            case message
            case bytes
            case opened
            case closed
        }
        /// Name of the message, or what else it is.
        public var what: String {
            switch kind {
            case .message, .closed: name
            case .bytes: "\(size) bytes"
            case .opened: "connection"
            }
        }
    }
}
