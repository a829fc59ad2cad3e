import Capture
import Glibc
import Gossipsub
import Libp2p
import Mutation
import Node
import Report
import Scenario
import Wire

extension Command {
    static let mutate = Command(
        name: "mutate", summary: "measure how many faulty nodes the suite of a protocol detects",
        operands: "PROTOCOL",
        options: [
            Option(.wire, "only mutants of sent and received messages, and of timers"),
            Option(.node, "only the seeded faults of the reference node (`explain bugs` lists them)"),
            Option(
                .select, short: "-k", value: "TEXT",
                "only mutants with this name or requirement; `*` matches anything"),
            Option(.sample, value: "N", "run N random mutants, chosen by the seed"),
            Option(.profile, value: "NAME", "only this profile (default: each one until the mutant is killed)"),
            Option(
                .param, short: "-P", value: "NAME=VALUE", repeatable: true,
                "parameter of the protocol (default: each value until the mutant is killed)"),
            Option(.seed, value: "N", "seed of all random values (default 1)"),
            Option(.jobs, short: "-j", value: "N", "threads (default 2)"),
            Option(
                .minScore, value: "PERCENT", "exit status 1 if fewer of the mutants that break a MUST are killed"),
            Option(.list, "list the mutants and what they break, and run none"),
            .json, Option(.noProgress, "show no progress"), .spec,
        ],
        examples: [
            ("meshspec mutate rightmesh", "all mutants, with a table of requirements"),
            ("meshspec mutate nano --node -k NANO-18", "the seeded faults that break one requirement"),
            ("meshspec mutate nano --sample 200 --min-score 80", "a sample, for CI"),
            ("meshspec mutate libp2p", "the faults and messages of the layers below gossipsub"),
        ],
        notes: """
            A mutant is a node that does one thing wrong, run in virtual time. The requirement that it breaks is fixed
            before the run: for wire mutants in Spec/PROTOCOL/mutations.yaml, for seeded faults with the fault. A mutant
            is killed if a case fails at that requirement, or warns if the requirement is a SHOULD. --min-score is
            rounded down to whole mutants, so that one mutant of a small sample does not decide. Exit status: 0 the
            mutants ran; 1 fewer killed than --min-score; 2 usage; 3 an invalid file; 4 the environment; 5 no mutant
            matches; 130 or 143 interrupted.
            """,
        body: MutateCommand.run)
}

/// `meshspec mutate`.
enum MutateCommand {
    static func run(_ invocation: Invocation) throws -> Int32 {
        let definition = isOfLayers(invocation) ? Definition.gossipsub : try invocation.definition()
        let name = definition.name
        let jobs = try invocation.number(.jobs, 1...256) ?? 2
        let sample = try invocation.number(.sample, 1...1_000_000)
        let least = try invocation.number(.minScore, 0...100)
        let seed = try invocation.seed ?? 1
        let given = try invocation.pairs(.param)
        var suite = try Suite(invocation[.spec])
        let scenarios = try suite.load(try suite.files(of: name))
        let rules = try suite.mutationRules(definition)
        if suite.complain() { return ExitCode.invalid }
        let cases = scenarios.flatMap(\.cases)
        let settings = try CommandError.usage {
            try MutationPlan.settings(of: definition, profile: invocation[.profile], given, for: cases)
        }
        var plan = MutationPlan(
            definition, requirements: suite.requirements(name), cases: cases, rules: rules, mutations: [],
            settings: settings, seed: seed)
        plan.mutations = mutations(invocation, plan)
        if let sample { plan.sample(sample) }
        if plan.mutations.isEmpty {
            throw CommandError(
                .nothingSelected, "no mutant matches", remedy: "`meshspec mutate \(name) --list` shows all mutants")
        }
        if invocation.has(.list) { return try list(plan) }
        let run = MutationRun(plan)
        let interrupts = Interrupts()
        go(run, jobs, interrupts, shows: !invocation.has(.noProgress))
        let report = MutationReport(run)
        try Console.print(isJSON: invocation.has(.json), report.value(), report.text())
        // A thread may need minutes to finish its case: end the threads with the process.
        if let status = interrupts.status { _exit(status) }
        if let least, !report.reaches(percent: least) { return ExitCode.failed }
        return ExitCode.good
    }
    private static func mutations(_ invocation: Invocation, _ plan: MutationPlan) -> [Mutation] {
        var out: [Mutation] = []
        if !invocation.has(.node) { out += WireMutant.all(of: plan.definition).map { .wire($0) } }
        if !invocation.has(.wire) { out += plan.definition.reference.bugs.map { .node($0) } }
        if isOfLayers(invocation) { out.removeAll { !isOfLayers($0) } }
        guard let pattern = invocation[.select] else { return out }
        return out.filter { m in
            if Selection.fits(m.name, pattern) { return true }
            guard case .requirements(let ids) = m.breaks(plan.rules) else { return false }
            return ids.contains { Selection.fits($0, pattern) }
        }
    }
    /// Returns true if the operand is `libp2p`. Its layers are not a protocol with a suite: the suite of gossipsub,
    /// which runs on them, tests their faults.
    private static func isOfLayers(_ invocation: Invocation) -> Bool { invocation.operands == ["libp2p"] }
    private static func isOfLayers(_ mutation: Mutation) -> Bool {
        if case .node(let bug) = mutation { return Libp2pFault.named[bug.name] != nil }
        return mutation.name.contains(":libp2p.")
    }
    private static func list(_ plan: MutationPlan) throws(CommandError) -> Int32 {
        let lines = plan.mutations.map { m in
            let breaks =
                switch m.breaks(plan.rules) {
                case .requirements(let ids): ids.joined(separator: ", ")
                case .cannotMatter(let why): "cannot matter: \(why)"
                case .unassigned: "not assigned"
                }
            return "\(m.name)  \(breaks)"
        }
        return try Console.print(lines.joined(separator: "\n"))
    }
    /// Starts threads and waits until all mutants have run. If the user interrupts, it returns at once, and the threads
    /// continue.
    private static func go(_ run: MutationRun, _ jobs: Int, _ interrupts: Interrupts, shows: Bool) {
        var crew = ThreadGroup()
        for _ in 0..<jobs { _ = crew.start { run.work() } }
        if crew.isEmpty { run.work() }
        let all = run.plan.mutations.count
        var shown = -1
        while run.done < all, interrupts.status == nil {
            interrupts.wait(atMost: 200)
            if shows, run.done * 20 / all != shown {
                shown = run.done * 20 / all
                Console.error("\(run.done) of \(all) mutants")
            }
        }
        run.stop()
        if interrupts.status == nil { crew.join() }
    }
}

extension Suite {
    /// Loads the rules that assign requirements to the wire mutants of a protocol. It adds problems of the file to
    /// `diagnostics`.
    mutating func mutationRules(_ d: Definition) throws(Files.Failure) -> MutationRules {
        let path = "\(folder)/\(d.name)/mutations.yaml"
        guard Files.kind(path) != .none else { return MutationRules() }
        let source = try Files.source(path)
        sources[path] = source
        let (rules, problems) = MutationRules.load(
            source, requirements(d.name), actions: WireAction.allCases.map(\.rawValue))
        diagnostics += problems + rules.idle(in: d)
        return rules
    }
}
