import Glibc
import Network
import Node
import Report
import Scenario
import Wire

extension Command {
    static let run = Command(
        name: "run", summary: "run scenarios against a node and judge it", operands: "[PATH or ID ...]",
        options: [
            Option(
                "--target", short: "-t", value: "TARGET",
                "HOST:PORT of a node, or a target file; without it the reference nodes"),
            Option("--listen", value: "HOST:PORT", "where we listen for the node under test to dial us"),
            Option("--profile", value: "NAME", "profile of the protocol"),
            Option(
                "--param", short: "-P", value: "NAME=VALUE", repeatable: true,
                "parameter of the protocol, such as network=live"),
            Option("--simulate", "reference nodes in virtual time: a minute takes milliseconds"),
            Option("--bug", value: "NAME", "give the reference node a seeded fault (`explain bugs` lists them)"),
            Option("--seed", value: "N", "every random value derives from it; decimal or 0x"),
            Option("--jobs", short: "-j", value: "N", "cases side by side (default 8 for reference nodes, else 1)"),
            Option("--slack", value: "TIME", "how late the harness may be before it blames itself (default 100ms)"),
            .json, .color, Option("--no-progress", "no progress on the terminal"),
        ] + Cases.options,
        examples: [
            ("meshspec run", "the whole suite against the reference nodes, over sockets"),
            ("meshspec run --simulate", "the same in virtual time"),
            ("meshspec run --target 127.0.0.1:7075 -P network=live", "a node of yours"),
            ("meshspec run -t node.yaml -k 'tag:handshake && !slow'", "some cases, all about the node in a file"),
            ("meshspec run nano.handshake.v2-query --seed 7 --json", "one case, for a program"),
        ],
        notes: """
            Exit status: 0 all that ran passed, 1 a conformance failure, 2 usage, 3 an invalid file, 4 the harness or its
            environment, 5 nothing matched the selection or could be run, 6 only inconclusive besides passes, 130 or 143
            interrupted. With --json the events go to standard output, what people read to standard error.
            """,
        body: RunCommand.run)
}

/// `meshspec run`.
enum RunCommand {
    static func run(_ invocation: Invocation) throws(UsageError) -> Int32 {
        let style = try Console.style(invocation)
        let seed = try seed(invocation)
        let jobs = try invocation.number("--jobs", 1...256)
        var slack = Duration.milliseconds(100)
        if let text = invocation["--slack"] {
            guard let d = Duration(text: text) else {
                throw UsageError("`--slack` is a time such as 100ms, not `\(text)`")
            }
            slack = d
        }
        let cases: Cases
        switch try Cases.load(invocation) {
        case .success(let loaded): cases = loaded
        case .failure(let ended): return ended.status
        }
        let (suite, scenarios) = (cases.suite, cases.scenarios)
        guard let definition = scenarios.first.flatMap({ suite.library.definition($0.protocolName) }) else {
            return ExitCode.nothingMatched
        }
        if let bug = invocation["--bug"] {
            let known = definition.bugs.map(\.name)
            guard known.contains(bug) else { throw UsageError("no bug is called `\(bug)`\(Help.nearest(bug, known))") }
        }
        let interrupts = Interrupts()
        let chosen: ChosenTarget
        do throws(ChosenTarget.Failure) {
            chosen = try ChosenTarget(invocation, suite.library, definition, interrupts)
        } catch {
            Console.error("meshspec run: \(Printable.text(error.message))")
            return error.status
        }
        let options = RunOptions(
            subject: chosen.subject(bug: invocation["--bug"]), settings: chosen.settings, lacks: chosen.lacks,
            seed: seed,
            slack: slack)
        let runner = Runner(definition, suite.requirements(definition.name), options)
        let isRemote = chosen.isRemote
        let report = RunReport(
            invocation, style, cases, suite.requirements(definition.name), chosen, interrupts, seed: seed)
        report.begin()
        if invocation.has("--simulate") {
            runner.simulate(scenarios, progress: report.progress, report.take)
        } else {
            do throws(NetworkError) {
                try runner.run(scenarios, jobs: jobs ?? (isRemote ? 1 : 8), progress: report.progress, report.take)
            } catch {
                Console.error("meshspec run: \(Printable.text("\(error)"))")
                return ExitCode.environment
            }
        }
        chosen.stop()
        return report.end()
    }
    static func seed(_ invocation: Invocation) throws(UsageError) -> UInt64 {
        if let text = invocation["--seed"] {
            guard let n = Value.text(text).integer else { throw UsageError("`--seed` is a number, not `\(text)`") }
            return n
        }
        return Seed.fresh() & 0xffff_ffff
    }
}

/// Seeds from the system, where nobody gave one.
enum Seed {
    static func fresh() -> UInt64 {
        var n: UInt64 = 0
        withUnsafeMutableBytes(of: &n) { p in
            if getentropy(p.baseAddress, p.count) != 0 {
                p.storeBytes(of: UInt64(bitPattern: MonotonicClock.date), as: UInt64.self)
            }
        }
        return n
    }
}
