internal import Scenario

/// The effect of a case on the decision about a run. All formats use this one interpretation, which agrees with the
/// exit status.
enum Outcome: Equatable {
    case passed
    /// A broken SHOULD or MAY that does not count as a failure.
    case warned
    /// A failure. The kind is the level of the requirement, or the problem with the baseline.
    case failed(kind: String)
    /// The case could not be judged, and the exit status shows it.
    case inconclusive
    /// The harness, the scenario or the environment broke; the result says nothing about the node.
    case broken
    /// A failure that the baseline accepts.
    case accepted(note: String)
    /// The case does not apply to this node; or it could not be judged and the policy ignores that.
    case skipped
    /// The case did not run.
    case notRun

    init(_ r: CaseRecord, _ policy: Counts.Policy) {
        switch r.expectation {
        case .failed(let note): self = .accepted(note: note)
        case .passed: self = .failed(kind: "xpass")
        case .changed: self = .failed(kind: "changed")
        case .expired: self = .failed(kind: "expired")
        case nil:
            self =
                switch r.verdict {
                case .none, .pass: .passed
                case .warn: policy.isStrict ? .failed(kind: r.level.rawValue) : .warned
                case .inconc: policy.skipsInconclusive ? .skipped : .inconclusive
                case .fail: .failed(kind: r.level.rawValue)
                case .error: .broken
                case .skip: .skipped
                case .notRun: .notRun
                }
        }
    }
}

extension CaseRecord {
    /// The requirement and its level, such as `NANO-18 MUST`.
    var rule: String { requirement.isEmpty ? "no requirement" : requirement + " " + level.rawValue }
    /// The reason for the result in one line, with the note of the baseline. Not yet escaped for a terminal.
    var story: String {
        let why = reason ?? ""
        let judged =
            switch verdict {
            case .none, .pass: ""
            case .skip: why
            case .notRun: "not run: " + why
            case .inconc: "inconclusive: " + rule + ": " + why
            case .error: why.isEmpty ? "the harness or its environment broke" : why
            case .warn, .fail: rule + ": " + why
            }
        switch expectation {
        case .failed(let note): return "xfail: " + note + (judged.isEmpty ? "" : " (" + judged + ")")
        case .passed(let note): return "xpass: it passes, and the baseline says it fails: " + note
        case .changed(let was): return "not as the baseline says (" + was + "): " + judged
        case .expired(let day): return "the baseline's entry ended " + day + ": " + judged
        case nil: break
        }
        if isFlaky {
            let flaky = "flaky: " + lastTry
            if verdict == .pass, !why.isEmpty { return flaky + "; before: " + why }
            return judged.isEmpty ? flaky : flaky + "; " + judged
        }
        return judged
    }
    /// The result of the last try.
    var lastTry: String { (verdict == .pass ? "passed" : verdict.rawValue) + " at try \(retries + 1)" }
    /// The name, followed by the round if there are several.
    var roundName: String { round > 1 ? name + " round \(round)" : name }
}

extension RunEnd {
    /// The problem of the run as a whole that no single case need show; nil if there is none. A report in which all
    /// cases are green must not hide a bad exit status. Cases that failed or were inconclusive are not repeated here.
    var trouble: String? {
        if counts.stale > 0 {
            return "the baseline lists "
                + (counts.stale == 1 ? "a case that does not exist" : "\(counts.stale) cases that do not exist")
        }
        if counts.deaths > 0, exit == ExitCode.environment, cutShort == nil {
            return "the node under test ended during the run"
        }
        if exit == ExitCode.nothingMatched { return "no case could be run" }
        if let cutShort { return "it ended before all cases had run: " + cutShort }
        if exit == ExitCode.outOfTime { return "its time budget ran out before all cases had run" }
        if exit > 128 { return "interrupted" }
        return exit == ExitCode.good || counts.isTold ? nil : "exit status \(exit)"
    }
    /// The trouble that no case shows, so that a report needs a separate line for it.
    var untold: String? { counts.stale > 0 || !counts.isTold ? trouble : nil }
}
