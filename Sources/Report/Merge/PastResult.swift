internal import Scenario

/// The result of one case in one results file, in little memory.
struct PastResult {
    /// The index of the file.
    var file: Int32
    var verdict: Verdict
    var retries: Int32
    /// The fingerprint of the scenario file.
    var content: String

    init(_ r: CaseRecord, file: Int) {
        self.file = Int32(clamping: file)
        verdict = r.verdict
        retries = Int32(clamping: r.retries)
        content = r.content
    }
    /// True if the result says something about the node.
    var isJudged: Bool { verdict != .none && verdict != .notRun && verdict != .skip }
    var isFlaky: Bool { retries > 0 && (verdict == .pass || verdict == .warn) }
}
