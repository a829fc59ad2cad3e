internal import Scenario

/// A row of a ladder diagram.
enum LadderRow {
    /// A trace entry, with the outcomes that are about it.
    case entry(Int, steps: [Int])
    /// The outcome of a step that is about no entry. If the step held several times in a row, the last outcome.
    case step(Int, times: Int)
    /// A gap for this number of hidden rows.
    case gap(Int)

    /// The number of rows at each end of a long case, and on each side of the culprit.
    static let limits = (ends: 120, around: 20)

    /// Returns the rows of a case. The middle of a long case is left out, except around the culprit.
    static func all(_ r: CaseResult) -> [LadderRow] {
        var about: [Int: [Int]] = [:]
        for (i, o) in r.steps.enumerated() {
            if let entry = o.entry, r.trace.indices.contains(entry) { about[entry, default: []].append(i) }
        }
        var rows: [LadderRow] = []
        var culprit: Int?
        for event in EvidenceEvent.all(r) {
            switch event {
            case .entry(let i):
                if r.trace[i].isCulprit { culprit = rows.count }
                rows.append(.entry(i, steps: about[i] ?? []))
            case .step(let i):
                guard r.steps[i].entry == nil else { continue }
                if r.steps[i].state == .failed { culprit = culprit ?? rows.count }
                var times = 1
                if case .step(let before, let n)? = rows.last, isSame(r.steps[before], r.steps[i]) {
                    times += n
                    rows.removeLast()
                }
                rows.append(.step(i, times: times))
            }
        }
        return cut(rows, around: culprit)
    }
    private static func isSame(_ a: StepOutcome, _ b: StepOutcome) -> Bool {
        a.number == b.number && a.state == b.state && a.state != .failed
    }
    private static func cut(_ rows: [LadderRow], around culprit: Int?) -> [LadderRow] {
        guard rows.count > 2 * limits.ends + 1 else { return rows }
        var out: [LadderRow] = []
        var skipped = 0
        for (i, row) in rows.enumerated() {
            let isNear = culprit.map { abs($0 - i) <= limits.around } ?? false
            guard i < limits.ends || i >= rows.count - limits.ends || isNear else {
                skipped += 1
                continue
            }
            if skipped > 0 { out.append(.gap(skipped)) }
            skipped = 0
            out.append(row)
        }
        return out
    }
}
