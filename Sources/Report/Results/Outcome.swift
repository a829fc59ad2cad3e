internal import Scenario

/// What a case comes to for those who decide by it: one reading for all formats, which agrees with the exit status.
enum Outcome: Equatable {
    case passed
    /// A SHOULD or MAY that was not kept, which does not count as a failure.
    case warned
    /// Counts as a failure. The kind is the level of the rule, or what is wrong with the baseline.
    case failed(kind: String)
    /// Could not be judged, and that tells in the exit status.
    case inconclusive
    /// The harness, the scenario or the environment broke; nothing is known of the node.
    case broken
    /// A failure that the baseline accepts.
    case accepted(note: String)
    /// Not meant for this node; or could not be judged, where that does not count.
    case skipped
    /// Did not come to run.
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
    /// The rule and its level, such as `NANO-18 MUST`.
    var rule: String { requirement.isEmpty ? "no requirement" : requirement + " " + level.rawValue }
    /// Why the case is as it is, in one line, with what the baseline says of it. Not fit for a terminal yet.
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
    /// What became of it at the last try.
    var lastTry: String { (verdict == .pass ? "passed" : verdict.rawValue) + " at try \(retries + 1)" }
    /// The name, and the round where there are several.
    var roundName: String { round > 1 ? name + " round \(round)" : name }
}

extension RunEnd {
    /// What is wrong with the run as a whole, which no case of it need show: a report in which all cases are green must
    /// not hide an exit status that is not. Nil when nothing is. Cases that failed, or were not conclusive, speak for
    /// themselves.
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
        if exit == ExitCode.outOfTime { return "the time given to it was over before its cases" }
        if exit > 128 { return "interrupted" }
        return exit == ExitCode.good || counts.isTold ? nil : "exit status \(exit)"
    }
    /// The trouble that only a line of its own can show.
    var untold: String? { counts.stale > 0 || !counts.isTold ? trouble : nil }
}
