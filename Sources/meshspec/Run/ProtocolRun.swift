import Network
import Node
import Scenario

/// One protocol of a run: its cases' node under test, and how they are run.
struct ProtocolRun {
    let definition: Definition
    let requirements: RequirementList
    let target: ChosenTarget
    var options: RunOptions

    func isAbout(_ s: Scenario) -> Bool { s.protocolName == definition.name }
}

extension Runner {
    /// Runs cases over sockets or, one after the other, in virtual time.
    func run(
        _ schedule: Schedule, jobs: Int, isSimulated: Bool, progress: ([RunningCase]) -> Bool,
        _ report: (CaseResult) -> Void
    ) throws(NetworkError) {
        if isSimulated { return simulate(schedule, progress: progress, report) }
        try run(schedule, jobs: jobs, progress: progress, report)
    }
}

extension [ProtocolRun] {
    /// What runs the cases of all of them; nil without any.
    func runner(chop: Chop? = nil) -> Runner? {
        var all = map { c in
            var options = c.options
            options.chop = chop
            return Runner(c.definition, c.requirements, options)
        }
        guard !all.isEmpty else { return nil }
        var first = all.removeFirst()
        first.companions = all
        return first
    }
    /// Who is tested, for reports.
    var title: String {
        guard count > 1, let name = first?.target.name else { return first?.target.title ?? "" }
        return name + "s (" + map { "\($0.definition.name): \($0.target.setting)" }.joined(separator: "; ") + ")"
    }
    /// Profiles, in the order of the protocols.
    var profiles: String { map(\.target.settings.profile).joined(separator: ", ") }
    /// Requirements of all: no two protocols have a prefix in common.
    var requirements: RequirementList { RequirementList(flatMap(\.requirements.all)) }
    /// Other ways to send what cases send, and the protocols that have each.
    var waysToChop: [(chop: Chop, of: [ProtocolRun])] {
        Chop.allCases.compactMap { chop in
            let of = filter { Chop.variants(of: $0.definition).contains(chop) }
            return of.isEmpty ? nil : (chop, of)
        }
    }
    /// The one that a case is of.
    func protocolRun(of s: Scenario) -> ProtocolRun? { first { $0.isAbout(s) } }
    /// Why a scenario cannot be run; nil when it can.
    func reasonToSkip(_ s: Scenario) -> String? {
        protocolRun(of: s).flatMap { $0.options.reasonToSkip(s, $0.definition) }
    }
}
