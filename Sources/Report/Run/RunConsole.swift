public import Scenario

/// What `meshspec run` prints: a line for each case, failures in full, the summary last.
public struct RunConsole: Sendable {
    public let style: Style
    public let requirements: RequirementList
    var counts = Counts()
    var failures: [[String]] = []
    var total = Duration.zero
    let columns: Int

    /// `ids` of the cases to come give the width of their column.
    public init(_ style: Style, _ requirements: RequirementList, ids: [String]) {
        self.style = style
        self.requirements = requirements
        columns = min(48, ids.map(\.count).max() ?? 0)
    }
    public var outcome: Counts { counts }

    public func header(version: String, target: String, seed: UInt64, cases: Int) -> String {
        "meshspec \(version)  target \(Printable.text(target))  seed 0x\(String(seed, radix: 16))  \(cases) cases"
    }
    /// The line of one case.
    public mutating func line(_ r: CaseResult, command: String) -> String {
        counts.add(r, requirements)
        total += r.duration
        if r.problem != nil {
            failures.append(FailureBlock(r, requirements[r.requirement], command: command).lines(style))
        }
        let about: String
        switch r.verdict {
        case .pass, .none: about = r.scenario.covers.joined(separator: " ")
        case .skip, .notRun: about = "\(r.verdict.rawValue): \(r.reason ?? "")"
        default: about = "\(r.requirement) \(r.level.rawValue)  \(r.problem?.reason ?? "")"
        }
        let time = r.verdict == .skip || r.verdict == .notRun ? "-" : Self.time(r.duration)
        let text = "  \(r.verdict.mark(style)) \(Style.pad(r.id, columns)) \(Style.padLeft(time, 8))  \(Printable.text(about))"
        return text
    }
    /// Failures in full.
    public var details: [String] { failures.flatMap { [""] + $0 } }
    /// The last lines.
    public func summary(elapsed: Duration) -> [String] {
        var parts: [String] = ["\(counts[.pass]) pass"]
        for (v, name) in [
            (Verdict.fail, "fail"), (.warn, "warn"), (.inconc, "inconc"), (.error, "error"), (.skip, "skip"),
            (.notRun, "not run"),
        ] where counts[v] > 0 { parts.append("\(counts[v]) \(name)") }
        let line =
            "\(counts.total) cases: \(parts.joined(separator: ", "))   \(counts.kept(.must))  \(counts.kept(.should))   \(Self.time(elapsed))"
        return [style.paint(line, counts.exitCode == 0 ? .good : .bad)]
    }
    static func time(_ d: Duration) -> String {
        let ms = d / .milliseconds(1)
        if ms < 1 { return "\(Int((ms * 1000).rounded())) us" }
        return ms < 1000 ? "\(Int(ms.rounded())) ms" : "\(Double(Int((ms / 100).rounded())) / 10) s"
    }
}
