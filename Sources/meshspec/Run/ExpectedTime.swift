import Node
import Scenario

/// The time that a run will take, and where the times of its cases come from: from the last run in this folder, or else
/// from the cases themselves.
struct ExpectedTime {
    private var total = Duration.zero
    private var longest = Duration.zero
    private let rounds: Int
    private let jobs: Int
    private let source: String
    /// True if the run may take longer than this time.
    private let isLeast: Bool

    /// Adds up the times of the cases that will run. With `measures`, the reference nodes run those cases in virtual time
    /// that no run has run here; otherwise only the waits of these cases count.
    init(of plan: RunPlan, _ protocolRuns: [ProtocolRun], jobs: Int, measures: Bool) {
        (rounds, self.jobs) = (plan.rounds, max(1, jobs))
        let before = LastRun.read()?.durations ?? [:]
        let cases = plan.cases.filter { protocolRuns.reasonToSkip($0.scenario) == nil }
        let isKnown = cases.allSatisfy { before[$0.id] != nil }
        isLeast = !isKnown && !measures
        source = isKnown ? "as the last run did" : measures ? "as the reference nodes do" : "the waits of the cases"
        let measured = measures ? protocolRuns.durations(of: cases.filter { before[$0.id] == nil }) : [:]
        for c in cases {
            guard let run = protocolRuns.protocolRun(of: c.scenario) else { continue }
            let time = before[c.id] ?? measured[c.id] ?? c.leastTime(run.options, run.definition)
            total += time
            longest = max(longest, time)
        }
    }
    /// The time of all rounds, with the given number of cases side by side.
    var duration: Duration { max(longest, total * rounds / jobs) }
    var text: String {
        "expected time: \(isLeast ? "at least" : "about") \(duration.spoken) with -j \(jobs) (\(source))"
    }
}

extension [ProtocolRun] {
    /// Returns the times of cases on the reference nodes, in virtual time; none for a case that does not pass there.
    fileprivate func durations(of cases: [Case]) -> [String: Duration] {
        let tested = map { run in
            var options = run.options
            (options.subject, options.wrap, options.includesLong) = (.builtIn(bug: nil), nil, true)
            return TestedProtocol(run.definition, run.requirements, options)
        }
        var durations: [String: Duration] = [:]
        Runner(tested)?.simulate(Schedule(cases)) { if $0.verdict == .pass { durations[$0.id] = $0.duration } }
        return durations
    }
}
