import Capture
import Glibc
import Network
import Node
import Report
import Scenario

/// Leaves evidence of cases as they end.
final class EvidenceKeeper {
    let option: EvidenceOption
    private let definition: Definition
    private let target: ChosenTarget
    /// Why a bundle could not be written: the first time.
    private(set) var failure: String?

    init(_ option: EvidenceOption, _ definition: Definition, _ target: ChosenTarget) {
        self.option = option
        self.definition = definition
        self.target = target
    }
    /// Writes the bundle of a case that wants one. Returns its folder; nil when there is none. The first failure is
    /// told at once, later ones are like it.
    func keep(_ r: CaseResult, command: (_ scenario: String?) -> String) -> String? {
        guard option.takes(r) else { return nil }
        let run = EvidenceRun(
            version: Version.current, target: target.title, settings: target.settings, parameters: target.parameters,
            began: target.isSimulated
                ? nil : Timestamp(nanoseconds: MonotonicClock.date &- r.duration.nanoseconds),
            command: command(nil))
        let bundle = EvidenceBundle(r, run, definition) { fromBundle in
            "exec " + command(fromBundle ? "\"$(dirname \"$0\")\"/scenario.yaml" : nil)
        }
        if let why = EvidenceFolder(path: option.folder).write(bundle) {
            if failure == nil { Console.error("meshspec run: evidence: \(Printable.text(why))") }
            failure = failure ?? why
            return nil
        }
        return option.folder + "/" + bundle.folder
    }
}
