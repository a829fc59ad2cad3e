import Report
import Scenario

/// Which cases of a run leave evidence, and where: `--evidence WHERE`.
struct EvidenceOption: Equatable {
    /// Every case that ran, or only those that did not pass.
    var takesAll = false
    var folder = Self.preset
    /// The command line asked for it: not being able to write it is an error of the run then.
    var isExplicit = false

    /// Where it goes when only a word says which cases.
    static let preset = "meshspec-evidence"
    static let option = Option(
        "--evidence", value: "WHERE",
        "a folder of evidence per case: DIR, all=DIR, failed=DIR; `failed` (default in CI), `all`, `none`")

    /// What the command line says, or else the environment: in CI what failed leaves evidence. Nil: nothing does.
    init?(_ told: String?, ci: String?) throws(UsageError) {
        guard let told else {
            // As nearly all CI systems set it.
            guard let ci, !ci.isEmpty, ci != "false" else { return nil }
            return
        }
        isExplicit = true
        switch told {
        case "none": return nil
        case "all": takesAll = true
        case "failed": break
        default:
            takesAll = !told.hasPrefix("failed=")
            let isPair = told.hasPrefix("failed=") || told.hasPrefix("all=")
            folder = isPair ? String(told.drop { $0 != "=" }.dropFirst()) : told
        }
        while folder.count > 1, folder.hasSuffix("/") { folder.removeLast() }
        if folder.isEmpty { throw UsageError("`--evidence \(told)` names no folder") }
    }
    /// Whether a case leaves evidence.
    func takes(_ r: CaseResult) -> Bool {
        switch r.verdict {
        case .skip, .notRun: return false
        case .pass, .none: return takesAll
        case .warn, .inconc, .fail, .error: break
        }
        if case .failed? = r.expectation { return takesAll }
        return true
    }
}
