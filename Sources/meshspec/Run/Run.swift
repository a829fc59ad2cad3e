import Glibc
import Network
import Node
import Report
import Scenario
import TLS
import Wire

extension Command {
    static let run = Command(
        name: "run", summary: "run scenarios against a node and judge it", operands: "[PATH or ID ...]",
        options: [
            Option(
                .target, short: "-t", value: "TARGET",
                "HOST:PORT of a node, its URL (ws://, or wss:// for TLS), or a target file (default: the reference nodes)"
            ),
            ProtocolChoice.option,
            Option(.listen, value: "HOST:PORT", "where we accept connections of the node under test"),
            Option(.id, value: "HEX", "identity of the node at HOST:PORT in the protocol, instead of asking it"),
            Option(.noPreflight, "do not identify the node at HOST:PORT before the first case"),
            Option(.profile, value: "NAME", "profile of the protocol"),
            Option(.caps, value: "FILE", "capability file, used instead of the one of the target file"),
            Option(.auditCaps, "compare the declared capabilities with those that the node shows"),
            Option(
                .param, short: "-P", value: "NAME=VALUE", repeatable: true,
                "parameter of the protocol, such as network=live"),
            Option(.tls, "use TLS, for protocols over TCP; certificates are not verified"),
            Option(.simulate, "run the reference nodes in virtual time: a minute takes milliseconds"),
            Option(.long, "over sockets, also run cases with the tag `long`: half a minute or more each"),
            Option(.bug, value: "NAME", "give the reference node a seeded fault (`explain bugs` lists them)"),
            MutantOption.option,
            Option(.seed, value: "N", "seed of all random values; decimal or 0x"),
            Option(
                .jobs, short: "-j", value: "N",
                "number of cases that run at the same time (default \(RunPlan.jobsForReferenceNodes) for reference nodes, else 1)"
            ),
            Option(.slack, value: "TIME", "lateness of the harness itself that is accepted (default 100ms)"),
            EvidenceOption.option, Reports.option, Reports.annotate, MutationsOption.option, .json, .color,
            Option(.noProgress, "show no progress"),
            Option(.quiet, short: "-q", "print only failures and the summary"),
        ] + Cases.options + RunPlan.options,
        examples: [
            ("meshspec run", "the whole suite against the reference nodes, over sockets"),
            ("meshspec run --simulate", "the same in virtual time"),
            ("meshspec run --target 127.0.0.1:7075", "your node; meshspec asks it for its network"),
            ("meshspec run --target 127.0.0.1:7075 -P network=live", "the same; the node must be on this network"),
            (
                "meshspec run --target 'wss://127.0.0.1:8443/chat?room=1'",
                "a WebSocket server over TLS, at that path"
            ),
            ("meshspec run -t node.yaml -k 'tag:handshake && !slow'", "some cases; the file describes the node"),
            ("meshspec run nano.handshake.v2-query --seed 7 --json", "one case, for a program"),
        ],
        notes: """
            Exit status: 0 all cases that ran passed, 1 a conformance failure, 2 usage, 3 an invalid file, 4 an error of
            the harness or its environment, 5 no case matched or could be run, 6 inconclusive cases besides passes, 7
            the budget ran out, 130 or 143 interrupted (finished cases are reported, the others as not run). The report
            goes to standard output. With --json, events go to standard output and the report goes to standard error.
            """,
        body: RunCommand.run)
}

/// `meshspec run`.
enum RunCommand {
    static func run(_ invocation: Invocation) throws -> Int32 {
        let seed = try invocation.seed ?? Invocation.newSeed
        let jobs = try invocation.number(.jobs, 1...256)
        let slack = try invocation.slack
        if invocation.has(.auditCaps), let o = Audit.refused.first(where: invocation.has) {
            throw CommandError.conflict(o, .auditCaps)
        }
        var cases = try Cases.load(invocation)
        _ = try invocation.name(
            .bug, of: "bug", cases.suite.library.definitions.flatMap(\.reference.bugs).map(\.name))
        var definitions = try ProtocolChoice(invocation, cases).definitions
        let url = try invocation[.target].flatMap { text in
            try definitions.first.flatMap { TargetURL.isURL(text) ? try TargetURL(text, $0) : nil }
        }
        if invocation.has(.tls) || url?.isSecure == true {
            var options = TLSOptions()
            options.serverName = url?.host
            let context = try CommandError.usage { try TLSContext(options) }
            definitions = definitions.map { $0.transport == .tcp ? $0.overTLS(context) : $0 }
        }
        let mutant = try MutantOption(invocation, definitions)
        cases.scenarios.removeAll { s in !definitions.contains { $0.name == s.protocolName } }
        let plan = try RunPlan(invocation, cases.scenarios)
        if plan.isNothingFailed {
            throw CommandError(
                .nothingSelected, at: .lastFailed, "each of these cases passed in the last run, or never ran here")
        }
        if plan.cases.isEmpty { throw Cases.nothingMatches }
        let baseline = try invocation[.baseline].map {
            try loadBaseline($0, mayBeMissing: invocation.has(.updateBaseline))
        }
        let reports = try Reports(invocation, isOutputTaken: invocation.has(.json))
        let style = try Console.style(invocation, descriptor: RunOutput(invocation, reports).people)
        let interrupts = Interrupts()
        let evidence = try EvidenceOption(invocation[.evidence], ci: Console.variable("CI"))
        var protocolRuns: [ProtocolRun] = []
        var refusal: CommandError?
        for d in definitions where plan.cases.contains(where: { $0.scenario.protocolName == d.name }) {
            let target = try ChosenTarget(invocation, cases: cases, definition: d, interrupts: interrupts)
            if !invocation.has(.noPreflight), !plan.isDry {
                do { try target.ask(seed: seed) } catch { refusal = CommandError(error) }
            }
            var options = RunOptions(
                subject: target.subject, settings: target.settings, lacks: target.lacks, seed: seed,
                slack: slack)
            options.lackReasons = target.known?.lacks ?? [:]
            options.declared = target.capabilities.declared
            options.promised = target.promised
            options.possibleProfiles = target.known?.possibleProfiles ?? []
            options.timeScale = plan.timeScale
            options.wrap = try mutant?.wrap(d, target.settings, cases.suite) ?? nil
            options.includesLong = invocation.has(.simulate) || invocation.has(.long)
            options.parameters = target.parameters
            options.areSettingsChosen = invocation.has(.profile) || invocation.has(.param)
            // Results files and pages show what the steps did.
            options.keepsEvidence = evidence != nil || !reports.isEmpty || invocation.has(.json)
            protocolRuns.append(
                ProtocolRun(
                    definition: d, requirements: cases.suite.requirements(d.name), target: target, options: options))
        }
        defer { for c in protocolRuns { c.target.stop() } }
        if let refusal {
            Console.report(refusal, "run")
            // JSON output and report files must be complete, even though no case has run.
            let isRead = (invocation.has(.json) || !reports.isEmpty) && !invocation.has(.auditCaps)
            if !isRead { return refusal.status }
        }
        if invocation.has(.auditCaps) { return try Audit.run(invocation, plan, of: protocolRuns, until: interrupts) }
        let isSimulated = invocation.has(.simulate)
        let sideBySide = jobs ?? (protocolRuns.contains(where: \.target.isRemote) ? 1 : RunPlan.jobsForReferenceNodes)
        if plan.isDry {
            let status = try dryRun(plan, protocolRuns)
            if !isSimulated, !plan.isEndless {
                Console.error(ExpectedTime(of: plan, protocolRuns, jobs: sideBySide, measures: true).text)
            }
            return status
        }
        try reports.open()
        let schedule = plan.schedule(isSimulated: isSimulated)
        let conductor = RunConductor(
            invocation, style: style, cases: cases, plan: plan, protocolRuns: protocolRuns, baseline: baseline,
            interrupts: interrupts, reports: reports, seed: seed, jobs: sideBySide)
        conductor.evidence = evidence.map { EvidenceKeeper($0, protocolRuns) }
        conductor.refusal = refusal
        conductor.begin(plan.skips(protocolRuns))
        if let refusal {
            protocolRuns.runner()?.refuse(schedule, refusal.message, conductor.take)
        } else {
            try go(protocolRuns.runner(), schedule, jobs: sideBySide, isSimulated: isSimulated, with: conductor)
            if plan.isChopped {
                try chop(protocolRuns, plan, jobs: sideBySide, isSimulated: isSimulated, with: conductor)
            }
        }
        return try conductor.end(suiteIDs: Set(cases.suite.allIDs))
    }
    /// Runs the cases that passed again, once for each other way to cut the bytes that they send.
    static func chop(
        _ protocolRuns: [ProtocolRun], _ plan: RunPlan, jobs: Int, isSimulated: Bool, with conductor: RunConductor
    ) throws(NetworkError) {
        let ways = protocolRuns.waysToChop
        for c in protocolRuns
        where !ways.contains(where: { $0.of.contains { $0.definition.name == c.definition.name } }) {
            Console.error(
                "meshspec run: --chop: a datagram of \(c.definition.name) arrives whole or not at all, and no message takes "
                    + "several: there is no other way to send them")
        }
        for way in ways where conductor.goesOn {
            conductor.variant = "chop:\(way.chop.rawValue)"
            let again = conductor.passed(plan.cases).filter { way.of.protocolRun(of: $0.scenario) != nil }
            conductor.expect(again)
            let schedule = plan.schedule(again, isSimulated: isSimulated)
            try go(way.of.runner(chop: way.chop), schedule, jobs: jobs, isSimulated: isSimulated, with: conductor)
        }
    }
    static func go(
        _ runner: Runner?, _ schedule: Schedule, jobs: Int, isSimulated: Bool, with conductor: RunConductor
    ) throws(NetworkError) {
        schedule.retrying = conductor.retry
        try runner?.run(schedule, jobs: jobs, isSimulated: isSimulated, progress: conductor.watch, conductor.take)
    }
    static func dryRun(_ plan: RunPlan, _ protocolRuns: [ProtocolRun]) throws(CommandError) -> Int32 {
        let lines = plan.cases.map { c in c.id + (protocolRuns.reasonToSkip(c.scenario).map { "   skip: \($0)" } ?? "")
        }
        guard !lines.isEmpty else { return ExitCode.good }
        let status = try Console.print(lines.joined(separator: "\n"))
        let skips = plan.skips(protocolRuns)
        let skipped = skips.reduce(0) { $0 + $1.cases }
        let why = skips.prefix(4).map { "\($0.cases) \($0.reason)" } + (skips.count > 4 ? ["..."] : [])
        let rest = skipped > 0 ? "; \(skipped) would be skipped: " + why.joined(separator: "; ") : ""
        Console.error(Printable.text("\(lines.count - skipped) of \(lines.count) cases would run\(rest)"))
        return status
    }
    static func loadBaseline(_ path: String, mayBeMissing: Bool) throws -> Baseline {
        if mayBeMissing, Files.kind(path) == .none { return Baseline() }
        let source = try Files.source(path)
        let (baseline, problems) = Baseline.load(source)
        for p in problems { Console.error(p.rendered(source)) }
        guard let baseline else { throw CommandError(.invalidFile, at: path, "the baseline is invalid") }
        return baseline
    }
}
