import Network
import Node
import Scenario

/// The part of a run that belongs to one protocol: the node under test, and the options for its cases.
struct ProtocolRun {
    let definition: Definition
    let requirements: RequirementList
    let target: ChosenTarget
    var options: RunOptions

    func isAbout(_ s: Scenario) -> Bool { s.protocolName == definition.name }
}

extension Runner {
    /// Runs the cases over sockets, or one after the other in virtual time.
    func run(
        _ schedule: Schedule, jobs: Int, isSimulated: Bool, progress: ([RunningCase]) -> Bool,
        _ report: (CaseResult) -> Void
    ) throws(NetworkError) {
        if isSimulated { return simulate(schedule, progress: progress, report) }
        try run(schedule, jobs: jobs, progress: progress, report)
    }
}

extension [ProtocolRun] {
    /// Returns a runner for the cases of all these protocols; nil if there are no protocols.
    func runner(chop: Chop? = nil) -> Runner? {
        let all = map { c in
            var options = c.options
            options.chop = chop
            return TestedProtocol(c.definition, c.requirements, options)
        }
        return Runner(all)
    }
    /// The title of the nodes under test, for reports.
    var title: String {
        guard count > 1, let name = first?.target.name else { return first?.target.title ?? "" }
        return name + "s (" + map { "\($0.definition.name): \($0.target.setting)" }.joined(separator: "; ") + ")"
    }
    /// The names of the profiles, in the order of the protocols.
    var profiles: String { map(\.target.settings.profile).joined(separator: ", ") }
    /// The requirements of all protocols. No two protocols have a prefix in common.
    var requirements: RequirementList { RequirementList(flatMap(\.requirements.all)) }
    /// The other ways to cut the bytes that cases send, each with the protocols that support it.
    var waysToChop: [(chop: Chop, of: [ProtocolRun])] {
        Chop.allCases.compactMap { chop in
            let of = filter { Chop.variants(of: $0.definition).contains(chop) }
            return of.isEmpty ? nil : (chop, of)
        }
    }
    /// Returns the part of the run that a scenario belongs to.
    func protocolRun(of s: Scenario) -> ProtocolRun? { first { $0.isAbout(s) } }
    /// Returns the reason why a scenario cannot run; nil if it can.
    func reasonToSkip(_ s: Scenario) -> String? {
        protocolRun(of: s).flatMap { $0.options.reasonToSkip(s, $0.definition) }
    }
}
