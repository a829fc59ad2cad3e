import Scenario

/// The value of `--evidence WHERE`: the cases of a run that leave evidence, and the folder for it.
struct EvidenceOption: Equatable {
    /// True if every case that ran leaves evidence, and false if only cases that did not pass do.
    var takesAll = false
    var folder = Self.preset
    /// True if the command line names it. Then a failure to write evidence is an error of the run.
    var isExplicit = false

    /// The folder of evidence if the option does not name one.
    static let preset = "meshspec-evidence"
    static let option = Option(
        .evidence, value: "WHERE",
        "write an evidence bundle per case: DIR, all=DIR, failed=DIR; `failed` (default in CI), `all`, `none`")

    /// Parses the option. Without it, failed cases leave evidence in CI. Returns nil if no case leaves evidence.
    init?(_ told: String?, ci: String?) throws(CommandError) {
        guard let told else {
            // Nearly all CI systems set this variable.
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
        if folder.isEmpty {
            throw CommandError(.badValue, at: "--evidence \(told)", "the name of the folder is missing")
        }
    }
    /// Returns true if a case leaves evidence.
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
