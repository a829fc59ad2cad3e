internal import Scenario
internal import Text

/// The outcomes of the steps of a case as lines of text, grouped by the trace entry that they are about.
struct StepNotes {
    /// The lines for each entry of the trace. A step that is about no entry is listed at the next entry, or at the last
    /// one.
    private(set) var of: [[String]]
    /// The lines of a case without a trace.
    private(set) var loose: [String] = []

    init(_ r: CaseResult) {
        of = [[String]](repeating: [], count: r.trace.count)
        guard !r.steps.isEmpty || r.problem != nil else { return }
        let text = StepText(r)
        for o in r.steps { add(text.line(o), to: o.entry ?? o.traced) }
        // A problem that no step caused, such as an unexpected message at the end.
        if let p = r.problem, !r.steps.contains(where: { text.isDecisive($0) }) {
            let line = "\(StepText.word(r.verdict)) \(r.requirement) \(r.level.rawValue): \(p.reason)"
            add(Style(hasColour: false).cut(Printable.text(line), StepText.limit), to: p.culprit ?? r.trace.count)
        }
    }
    private mutating func add(_ line: String, to entry: Int) {
        if of.isEmpty { loose.append(line) } else { of[min(max(0, entry), of.count - 1)].append(line) }
    }
}
