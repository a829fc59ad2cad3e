/// A writer of the results of one run, one object per line. `ResultsReader` reads them, and Spec/results.md describes
/// them.
struct ResultsFormat: ReportFormat {
    private var seed: UInt64 = 0
    /// Writes the head of the first run. A results file holds one run only.
    mutating func begin(_ runs: [RunHead], to out: inout ReportBuffer) {
        guard let head = runs.first else { return }
        seed = head.seed
        out.pending += RunEvents.line(RunEvents.start(head))
    }
    /// Writes the line of a case.
    func add(_ r: CaseRecord, run: Int, to out: inout ReportBuffer) { r.write(to: &out.pending) }
    /// Writes the summary.
    func end(_ ends: [RunEnd], to out: inout ReportBuffer) {
        guard let end = ends.first else { return }
        out.pending += RunEvents.line(RunEvents.summary(end, seed: seed))
    }
}
