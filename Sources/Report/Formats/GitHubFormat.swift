internal import Scenario

/// A writer of workflow commands of GitHub Actions: annotations at the lines of scenarios. GitHub shows ten errors and
/// ten warnings of a step. So the most informative ones are written first, and the rest is counted.
struct GitHubFormat: ReportFormat {
    /// The number of errors, and of warnings, that GitHub shows of a step.
    static let shown = 10
    /// The maximum number of characters of a message.
    static let maximumMessage = 4000
    private var runs: [RunHead] = []

    /// The ranks of annotations, the most informative first. At most `shown` of each rank are kept, so the memory does
    /// not grow with the run.
    private enum Rank: Int, CaseIterable {
        /// The first annotation about a requirement.
        case rule
        /// Another case of a requirement that already has an annotation.
        case again
        /// A mismatch with the baseline.
        case baseline
        case harness
        case warning
        case inconclusive
        var isError: Bool { rawValue <= Rank.harness.rawValue }
    }
    private var kept = [[String]](repeating: [], count: Rank.allCases.count)
    private var errors = 0
    private var warnings = 0
    /// The requirements that have an annotation, separately for each run.
    private var annotated: Set<String> = []

    /// Keeps the heads of the runs. All output is written at the end.
    mutating func begin(_ runs: [RunHead], to out: inout ReportBuffer) { self.runs = runs }
    /// Keeps the annotation of a case, if there is one.
    mutating func add(_ r: CaseRecord, run: Int, to out: inout ReportBuffer) {
        let rank: Rank
        switch runs.outcome(r, run: run) {
        case .passed, .accepted, .skipped, .notRun: return
        case .failed(let kind):
            if ["xpass", "changed", "expired"].contains(kind) {
                rank = .baseline
            } else {
                let isNew = annotated.count < Self.shown && annotated.insert("\(run) \(r.requirement)").inserted
                rank = isNew ? .rule : .again
            }
        case .broken: rank = .harness
        case .warned: rank = .warning
        case .inconclusive: rank = .inconclusive
        }
        if rank.isError { errors += 1 } else { warnings += 1 }
        guard kept[rank.rawValue].count < Self.shown else { return }
        kept[rank.rawValue].append(
            Self.command(r, rank, runs.head(of: run), target: runs.count > 1 ? runs.head(of: run)?.target : nil))
    }
    /// Returns the command for one case.
    private static func command(_ r: CaseRecord, _ rank: Rank, _ head: RunHead?, target: String?) -> String {
        var out = rank.isError ? "::error " : "::warning "
        let place = ResultPlace(r, head)
        if place.isFile {
            out += "file=" + property(place.file)
            if let line = place.line { out += ",line=\(line),endLine=\(line)" }
            if let column = place.column { out += ",col=\(column)" }
            if let end = place.endColumn { out += ",endColumn=\(end)" }
            out += ","
        }
        let what: String
        switch rank {
        case .rule, .again, .warning: what = r.rule + " " + r.roundName
        case .baseline: what = "baseline " + r.roundName
        case .harness: what = "harness trouble " + r.roundName
        case .inconclusive: what = "inconclusive " + r.roundName
        }
        out += "title=" + property(what + (target.map { " @ " + $0 } ?? "")) + "::"
        var lines = [r.story]
        if let p = r.failure, !p.wanted.isEmpty {
            lines.append((p.path.isEmpty ? "" : p.path + ": ") + "expected " + p.wanted)
            if !p.had.isEmpty { lines.append("got " + p.had) }
        }
        if let scenario = place.scenario { lines.append("at " + scenario) }
        if !r.command.isEmpty { lines.append("again: " + r.command) }
        return out + lines.map { data($0) }.joined(separator: "%0A")
    }
    /// Returns the text of a message. `%` is escaped; line ends were escaped by `Printable`.
    static func data(_ s: String) -> String {
        let s = Printable.text(s)
        let cut = s.utf8.count > maximumMessage ? String(s.prefix(maximumMessage)) + "..." : s
        return cut.replacing("%", with: "%25")
    }
    /// Returns a property value, which precedes the `::`.
    static func property(_ s: String) -> String {
        data(s).replacing(":", with: "%3A").replacing(",", with: "%2C")
    }
    /// Writes the errors, then the warnings, then the notices.
    mutating func end(_ ends: [RunEnd], to out: inout ReportBuffer) {
        var troubles: [String] = []
        for (i, end) in ends.enumerated() {
            guard let trouble = end.untold else { continue }
            let target = runs.count > 1 && runs.indices.contains(i) ? " @ " + runs[i].target : ""
            troubles.append("::error title=" + Self.property("meshspec" + target) + "::" + Self.data(trouble))
        }
        errors += troubles.count
        let all = Rank.allCases.filter(\.isError).flatMap { kept[$0.rawValue] }
        let shownErrors = (troubles + all).prefix(Self.shown)
        let shownWarnings = Rank.allCases.filter { !$0.isError }.flatMap { kept[$0.rawValue] }.prefix(Self.shown)
        for line in shownErrors + shownWarnings { out += line + "\n" }
        let rest = [(errors - shownErrors.count, "error"), (warnings - shownWarnings.count, "warning")]
        let more = rest.filter { $0.0 > 0 }.map { "\($0.0) more \($0.1)\($0.0 == 1 ? "" : "s")" }
        if !more.isEmpty {
            out += "::notice title=meshspec::\(more.joined(separator: " and ")), in the log and in the other reports\n"
        }
        for (i, end) in ends.prefix(Self.shown).enumerated() {
            let target = runs.indices.contains(i) ? "target " + runs[i].target + ": " : ""
            var words = ["\(RunConsole.cases(end.counts.total)): \(end.counts.parts.joined(separator: ", "))"]
            words += Level.allCases.compactMap { end.counts.kept($0) }
            out += "::notice title=meshspec::" + Self.data(target + words.joined(separator: "  ")) + "\n"
        }
    }
}
