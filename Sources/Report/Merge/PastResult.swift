internal import Scenario

/// How one case came out in one file of results, in little memory.
struct PastResult {
    /// Index of the file.
    var file: Int32
    var verdict: Verdict
    var retries: Int32
    /// Fingerprint of the scenario's file.
    var content: String

    init(_ r: CaseRecord, file: Int) {
        self.file = Int32(clamping: file)
        verdict = r.verdict
        retries = Int32(clamping: r.retries)
        content = r.content
    }
    /// It says something of the node.
    var isJudged: Bool { verdict != .none && verdict != .notRun && verdict != .skip }
    var isFlaky: Bool { retries > 0 && (verdict == .pass || verdict == .warn) }
}
