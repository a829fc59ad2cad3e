/// The results of one run, an object a line: what `ResultsReader` reads. Spec/results.md describes it.
struct ResultsFormat: ReportFormat {
    private var seed: UInt64 = 0
    /// Writes the head of the first run: of several there is no results file.
    mutating func begin(_ runs: [RunHead], to out: inout ReportBuffer) {
        guard let head = runs.first else { return }
        seed = head.seed
        out.pending += RunEvents.line(RunEvents.start(head))
    }
    /// A line.
    func add(_ r: CaseRecord, run: Int, to out: inout ReportBuffer) { r.write(to: &out.pending) }
    /// The summary.
    func end(_ ends: [RunEnd], to out: inout ReportBuffer) {
        guard let end = ends.first else { return }
        out.pending += RunEvents.line(RunEvents.summary(end, seed: seed))
    }
}
