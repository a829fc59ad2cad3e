public import Capture
public import Node
public import Scenario
internal import Text
internal import Wire

/// A judge of observed messages: it reports which requirements were certainly broken, and which possibly.
///
/// The notes determine the certainty. A violation is certain regardless of missing packets. A warning could be
/// explained by a lost packet, or is not against a requirement. The level of the requirement determines the importance
/// of a violation.
public struct Monitor: Sendable {
    /// The findings about one requirement.
    public struct Told: Sendable {
        /// The severity: `.violation` or `.warning`.
        public var severity: Severity
        /// The requirement; nil for the form of messages, which is not a requirement of its own.
        public var requirement: String?
        /// The level of the requirement. A rule that is in no catalogue, and the form of messages, count as MUST.
        public var level: Level
        /// The number of findings.
        public var count = 0
        /// A text about the first record with the finding: its number, its ends, its name and the text of the finding.
        public var first: String
    }
    /// The number of judged records.
    public private(set) var judged = 0
    /// The numbers of records of protocols without requirements, by protocol.
    private var unruled: [String: Int]
    /// The bytes of the judged records, each counted once, without encrypted ones.
    private var judgedBytes = 0
    /// The findings in the order of their first occurrence.
    public private(set) var told: [Told] = []
    private let levels: [String: Level]
    private var freshness: FreshValues

    /// Makes a monitor. The requirements determine the levels. The definitions determine the values that must differ on
    /// every connection. `unruled`: the names of protocols without requirements, whose messages are not judged.
    public init(
        _ requirements: [RequirementList], _ definitions: [Definition] = [], unruled: [String] = []
    ) {
        self.unruled = Dictionary(unruled.map { ($0, 0) }) { first, _ in first }
        let names = definitions.flatMap { $0.messages.map { $0.name.description } }
        freshness = FreshValues(definitions.flatMap { $0.recording.fresh }, messages: names)
        levels = Dictionary(requirements.flatMap(\.all).map { ($0.id, $0.level) }) { first, _ in first }
    }
    /// Compares a record with other connections, even if the record is not to be judged. Returns additional findings
    /// about it, or about an earlier judged record, which the text names.
    public mutating func compare(_ record: borrowing Record, _ bytes: RawSpan, isJudged: Bool = true) -> [Finding] {
        freshness.check(record, bytes, isWanted: isJudged)
    }
    /// Judges one record. Returns true if there is a violation or a warning to report.
    public mutating func judge(_ record: borrowing Record, _ bytes: RawSpan) -> Bool {
        if unruled[record.protocolName] != nil {
            unruled[record.protocolName]? &+= 1
        } else {
            judged &+= 1
            if record.kind != .incomplete, !record.isOfOthers, !record.isSealed { judgedBytes &+= record.length }
        }
        guard record.isRemarkable || !record.notes.isEmpty else { return false }
        let notes = record.isRemarkable ? DissectedRecord(record, bytes).notes : record.notes
        var isTold = false
        for note in notes where note.severity > .info {
            isTold = true
            if let i = told.firstIndex(where: { $0.severity == note.severity && $0.requirement == note.requirement }) {
                told[i].count &+= 1
            } else {
                let prefix = note.path.isEmpty ? "" : "\(note.path): "
                told.append(
                    Told(
                        severity: note.severity, requirement: note.requirement,
                        level: note.requirement.flatMap { levels[$0] } ?? .must, count: 1,
                        first: Escape.line(
                            "#\(record.number) \(record.source) > \(record.destination) \(record.name): \(prefix)\(note.text)"
                        )))
            }
        }
        return isTold
    }
    /// Returns the number of findings of this severity.
    public func count(_ severity: Severity) -> Int {
        told.reduce(0) { $1.severity == severity ? $0 &+ $1.count : $0 }
    }
    /// True if a MUST was violated.
    public var isViolated: Bool { told.contains { $0.severity == .violation && $0.level == .must } }
    /// Returns the verdict. `isIncomplete` is true if the capture is damaged or known to lack packets.
    public func verdict(_ tally: Tally = Tally(), isIncomplete: Bool) -> Verdict {
        if isViolated { return .fail }
        if isIncomplete { return .inconc }
        if judged == 0 { return .none }
        if isMostlyClosed(tally) { return .inconc }
        return told.isEmpty ? .pass : .warn
    }
    /// Returns whether most bytes of the conversations are encrypted, unreadable, or of an unknown protocol.
    private func isMostlyClosed(_ tally: Tally) -> Bool {
        tally.sealedBytes &+ tally.foreignBytes &+ tally.unreadBytes > judgedBytes
    }
    /// Returns a text with the share of the capture that was judged.
    private func share(_ tally: Tally, hasFilter: Bool) -> String {
        guard tally.payload > 0 else { return "" }
        let bytes = min(tally.payload, max(0, judgedBytes &- (hasFilter ? 0 : tally.hiddenBytes)))
        // The share is rounded down: only a capture that was judged completely has 100 %.
        let tenths = bytes.multipliedFullWidth(by: 1000).high == 0 ? bytes &* 1000 / tally.payload : 0
        return " (judged: \(tenths / 10).\(tenths % 10) % of \(tally.payload) bytes of payload)"
    }

    /// Returns the lines of the summary for people. `hasFilter` is true if only some of the messages were judged.
    public func lines(_ tally: Tally, isIncomplete: Bool, hasFilter: Bool) -> [String] {
        func counted(_ n: Int, _ one: String) -> String { "\(n) \(one)\(n == 1 ? "" : "s")" }
        var out = [
            "\(counted(count(.violation), "violation")) and \(counted(count(.warning), "warning")) in "
                + "\(counted(judged, "message"))\(hasFilter ? " that match the filter" : "") of "
                + counted(tally.conversations, "connection")
        ]
        let rows = told.sorted { ($1.severity, $0.requirement ?? "") < ($0.severity, $1.requirement ?? "") }
        for t in rows {
            let level = t.requirement == nil && t.severity == .warning ? "" : t.level.rawValue
            out.append(
                "  \(Style.pad(t.severity.rawValue, 9))  \(Style.pad(t.requirement ?? "form", 10))  "
                    + "\(Style.pad(level, 6))  \(t.count)  first \(t.first)")
        }
        var unjudged: [String] = []
        func lack(_ n: Int, _ one: String, _ text: String) {
            if n > 0 { unjudged.append("  \(counted(n, one)) \(text)") }
        }
        lack(tally.conversationsFromInside, "connection", "captured from the middle: the beginning")
        lack(
            tally.conversationsWithGaps, "connection",
            "with missing bytes, or captured late: what depends on earlier messages")
        lack(tally.flowsGivenUp, "connection", "given up for lack of memory: later messages")
        lack(tally.unknownFlows, "connection", "of no known protocol")
        lack(tally.unreadBytes, "byte", "that cannot be read because bytes before them are missing")
        lack(tally.sealedBytes, "byte", "that stay encrypted")
        lack(tally.foreignBytes, "byte", "of connections that continue in a protocol that is not decoded")
        lack(tally.hiddenBytes, "byte", "of streams that are not decoded")
        for (name, count) in unruled.sorted(by: { $0.key < $1.key }) {
            lack(count, "message", "of \(name), for which there are no requirements")
        }
        for unread in tally.unreadDatagrams { lack(unread.count, "datagram", "of \(unread.name), \(unread.why)") }
        for unread in tally.unreadTunnels { lack(unread.count, "packet", "of \(unread.name), \(unread.why)") }
        lack(tally.unknownDatagrams, "UDP datagram", "of no known protocol")
        if !unjudged.isEmpty { out += ["not judged:"] + unjudged }
        let share = share(tally, hasFilter: hasFilter)
        switch verdict(tally, isIncomplete: isIncomplete) {
        case .fail: out.append("fail: a MUST was violated" + share)
        case .inconc where isIncomplete:
            out.append(
                "inconclusive: no MUST was violated in what was seen, but the capture is damaged or lacks packets"
                    + share)
        case .inconc:
            out.append("inconclusive: no MUST was violated in what was seen, but most of it cannot be read" + share)
        case .none: out.append("nothing to judge: no message of a protocol with requirements")
        case .warn: out.append("warn: no MUST was violated" + share)
        default: out.append("pass: no requirement was violated" + share)
        }
        return out
    }
}
