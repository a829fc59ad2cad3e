internal import Node
internal import Scenario

/// A suite under one setting, and what the reference node says and hears in each of its cases.
struct MutationField: Sendable {
    let settings: Settings
    /// As on a command line.
    let text: String
    /// Cases that pass with the good node, with what each reaches; those of fewer messages first.
    let cases: [Reached]
    /// Cases that the good node does not pass: they judge no mutant.
    let unfit: [(id: String, verdict: Verdict)]
    /// All that any case reaches.
    let reach: Set<String>

    /// A case and what can be altered in it.
    struct Reached: Sendable {
        let `case`: Case
        let reach: Set<String>
        let claims: Set<String>
    }

    init(_ plan: MutationPlan, _ settings: Settings) {
        self.settings = settings
        text = MutationPlan.text(settings, plan.definition)
        let log = WireLog(gathersReach: true)
        var cases: [(Reached, messages: Int)] = []
        var unfit: [(String, Verdict)] = []
        let runner = plan.runner(settings, nil, log)
        runner.simulate(Schedule(plan.cases)) { r in
            let done = log.take()
            guard let one = plan.cases.first(where: { $0.id == r.id }) else { return }
            switch r.verdict {
            case .pass:
                let claims = Set(one.scenario.claims + one.scenario.covers)
                cases.append((Reached(case: one, reach: done.reach, claims: claims), r.trace.count))
            case .skip: break
            default: unfit.append((r.id, r.verdict))
            }
        }
        let order = cases.indices.sorted { (cases[$0].messages, $0) < (cases[$1].messages, $1) }
        self.cases = order.map { cases[$0].0 }
        self.unfit = unfit
        reach = cases.reduce(into: []) { $0.formUnion($1.0.reach) }
    }
}

extension MutationPlan {
    /// Runs cases with a mutant, or with a node that is only watched.
    func runner(_ settings: Settings, _ mutation: Mutation?, _ log: WireLog) -> Runner {
        var bug: String?
        if case .node(let b)? = mutation { bug = b.name }
        var mutant: WireMutant?
        if case .wire(let m)? = mutation { mutant = m }
        var o = RunOptions(subject: .builtIn(bug: bug), settings: settings, seed: seed)
        if bug == nil {
            o.wrap = { [mutant, definition, rules] in
                MutatedNode($0, mutant, definition, settings, log, lateness: rules.lateness)
            }
        }
        return Runner(definition, requirements, o)
    }
}
