import Node
import Report
import Scenario
import Wire

/// The parameters of a run, from the command line: the cases, their repetitions, the limits and the policy.
struct RunPlan {
    /// The default of `--jobs` for reference nodes. Each case has its own node, and cases spend most of their time
    /// waiting.
    static let jobsForReferenceNodes = 32
    static let options = [
        Option(.case, value: "ID", repeatable: true, "one case by its full id, including the vector"),
        Option(.lastFailed, "cases that did not pass in the last run"),
        Option(
            .changedSince, value: "RESULTS",
            "cases whose file changed since this `run --json` output, or that are not in it"),
        Option(.shard, value: "I/N", "the I-th of N parts of the selection"),
        Option(.repeat, value: "N", "every case N times, each time with other random values"),
        Option(.untilFail, "repeat until a case does not pass (with --repeat: at most N times)"),
        Option(
            .retry, value: "N",
            "retry failures up to N times (default: 2 if the harness or UDP may be the cause)"
        ),
        Option(.failFast, "stop at the first failure"),
        Option(.maxFailures, value: "N", "stop after N failures"),
        Option(.budget, value: "TIME", "start no case after TIME; exit status 7"),
        Option(.strict, "treat a broken SHOULD as a failure"),
        Option(.inconc, value: "fail|skip", "effect of inconclusive cases on the exit status (default fail: 6)"),
        Option(.dryRun, "show which cases would run, and how long"),
        Option(.timeScale, value: "X", "multiply all deadlines by X, for slow machines"),
        Option(.chop, "rerun passing cases with all sent bytes cut in other ways"),
        Option(.baseline, value: "FILE", "file of known failures; a difference from it fails"),
        Option(.updateBaseline, "write the failures of this run to the baseline (whole suite only)"),
    ]
    var cases: [Case]
    var rounds = 1
    var isEndless = false
    /// The number of retries; nil if it is not given.
    var retries: Int?
    var maximumFailures = Int.max
    var budget: Duration?
    var policy = Counts.Policy()
    var isDry = false
    var timeScale = 1.0
    var isChopped = false
    /// True if `--last-failed` found no failed case.
    var isNothingFailed = false
    /// True if less than the whole suite runs.
    var isPartial: Bool

    init(_ invocation: Invocation, _ scenarios: [Scenario]) throws(CommandError) {
        cases = scenarios.flatMap(\.cases)
        isPartial = !invocation.operands.isEmpty || invocation.has(.select)
        let count = cases.count
        if invocation.has(.case) {
            let wanted = invocation.all(.case)
            for id in wanted where !cases.contains(where: { $0.id == id }) {
                throw CommandError(at: .case, no: "case", called: id, of: cases.map(\.id))
            }
            cases.removeAll { !wanted.contains($0.id) }
        }
        if invocation.has(.lastFailed) {
            guard let failed = LastRun.read()?.failed else {
                throw CommandError(
                    .noSuchFile, at: .lastFailed, "there is no last run here: \(LastRun.path) is missing",
                    status: ExitCode.usage)
            }
            cases.removeAll { !failed.contains($0.id) }
            isNothingFailed = cases.isEmpty
        }
        if let path = invocation[.changedSince] { try keepChanged(since: path) }
        if let text = invocation[.shard] {
            let parts = text.split(separator: "/").compactMap { Int($0) }
            guard parts.count == 2, parts[1] >= 1, (1...parts[1]).contains(parts[0]) else {
                throw CommandError(.badValue, at: .shard, expected: "I/N with I from 1 to N", found: text)
            }
            // The shard follows from the id, so that adding a case does not move other cases to another shard.
            let all = cases.count
            cases.removeAll { Int(Self.hash($0.id) % UInt64(parts[1])) != parts[0] - 1 }
            guard !cases.isEmpty || all == 0 else {
                throw CommandError(
                    .nothingSelected, at: .shard,
                    "the selection has \(all) case\(all == 1 ? "" : "s"), and part \(text) has none",
                    remedy: "use fewer parts")
            }
        }
        isPartial = isPartial || cases.count != count
        rounds = try invocation.number(.repeat, 1...1_000_000) ?? 1
        isEndless = invocation.has(.untilFail)
        if isEndless, !invocation.has(.repeat) { rounds = 1_000_000 }
        retries = try invocation.number(.retry, 0...100)
        maximumFailures =
            invocation.has(.failFast) || isEndless
            ? 1 : try invocation.number(.maxFailures, 1...1_000_000) ?? .max
        budget = try invocation.duration(.budget, "5m", isPositive: true)
        policy.isStrict = invocation.has(.strict)
        policy.skipsInconclusive = try invocation.word(.inconc, ["fail", "skip"]) == "skip"
        isDry = invocation.has(.dryRun)
        timeScale = try invocation.timeScale
        isChopped = invocation.has(.chop)
        if invocation.has(.updateBaseline) {
            guard invocation.has(.baseline) else {
                throw CommandError.dependent(.updateBaseline, on: "--baseline FILE")
            }
            guard !isPartial, maximumFailures == .max, budget == nil else {
                throw CommandError(
                    .conflict, at: .updateBaseline,
                    "this run has only a part of the suite, so that the baseline would lose the other failures",
                    remedy: "run all cases, without a limit")
            }
        }
    }
    static func hash(_ s: String) -> UInt64 { UInt64(Fingerprint.of(s.utf8), radix: 16) ?? 0 }

    mutating func keepChanged(since path: String) throws(CommandError) {
        let bytes = try CommandError.usage(.changedSince) { try Files.read(path) }
        var known: [String: String] = [:]
        for line in bytes.split(separator: 0x0a) {
            if let v = JSON.parse(Array(line)), case .text(let id)? = v["id"], case .text(let content)? = v["content"] {
                known[id] = content
            }
        }
        if known.isEmpty {
            throw CommandError(
                .invalidFile, at: "--changed-since: \(path)", "the file has no results of `meshspec run --json`",
                status: ExitCode.usage)
        }
        cases.removeAll { known[$0.id] == Fingerprint.of($0.scenario.source.bytes) }
    }
    /// Returns the reasons why cases will be skipped with the number of cases, the most frequent reason first.
    func skips(_ protocolRuns: [ProtocolRun]) -> [(reason: String, cases: Int)] {
        let known = Dictionary(cases.map { ($0.scenario.id, $0.scenario) }) { first, _ in first }
            .compactMapValues(protocolRuns.reasonToSkip)
        let reasons = cases.compactMap { known[$0.scenario.id] }
        return Dictionary(grouping: reasons.enumerated(), by: \.element).values
            .sorted { ($1.count, $0[0].offset) < ($0.count, $1[0].offset) }
            .map { ($0[0].element, $0.count) }
    }
    /// The number of case runs, without retries.
    var count: Int { Schedule(cases, rounds: rounds).count }
    /// Returns the schedule of the run. It runs one round after the other, so that the first failure of any case is
    /// found early. Virtual time needs no excused retries: the harness is never late, and only packets that a scenario
    /// drops are lost.
    func schedule(isSimulated: Bool) -> Schedule { schedule(cases, rounds: rounds, isSimulated: isSimulated) }
    /// Returns the schedule for some of the cases.
    func schedule(_ cases: [Case], rounds: Int = 1, isSimulated: Bool) -> Schedule {
        Schedule(cases, rounds: rounds, retries: retries ?? 0, excusedRetries: isSimulated ? 0 : retries ?? 2)
    }
}
