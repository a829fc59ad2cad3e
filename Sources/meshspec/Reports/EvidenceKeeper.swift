import Capture
import Glibc
import Network
import Node
import Report
import Scenario

/// Writes evidence bundles of cases when they end.
final class EvidenceKeeper {
    let option: EvidenceOption
    private let protocolRuns: [ProtocolRun]
    private let folder: EvidenceFolder
    /// The reason for the first failure to write a bundle.
    private(set) var failure: String?

    init(_ option: EvidenceOption, _ protocolRuns: [ProtocolRun]) {
        self.option = option
        self.protocolRuns = protocolRuns
        folder = EvidenceFolder(path: option.folder)
    }
    /// Writes the bundle of a case that leaves evidence, and returns its folder; nil without a bundle. Only the first
    /// failure is printed, because later ones have the same cause.
    func keep(_ r: CaseResult, command: (_ scenario: String?) -> String) -> String? {
        guard option.takes(r), let protocolRun = protocolRuns.first(where: { $0.isAbout(r.scenario) }) else {
            return nil
        }
        let target = protocolRun.target
        let run = EvidenceRun(
            version: Version.current, target: target.title, settings: target.settings, parameters: target.parameters,
            began: target.isSimulated
                ? nil : Timestamp(nanoseconds: MonotonicClock.date &- r.duration.nanoseconds),
            command: command(nil))
        let bundle = EvidenceBundle(r, run, protocolRun.definition) { fromBundle in
            "exec " + command(fromBundle ? "\"$(dirname \"$0\")\"/scenario.yaml" : nil)
        }
        if let why = folder.write(bundle) {
            if failure == nil { Console.report(CommandError(.cannotWrite, at: .evidence, why), "run") }
            failure = failure ?? why
            return nil
        }
        return option.folder + "/" + bundle.folder
    }
}
