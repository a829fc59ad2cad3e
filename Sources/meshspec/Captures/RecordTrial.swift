import Node
import Recording
import Scenario

/// A trial of a recorded scenario against the reference node in virtual time. It finds the kind and settings of the
/// node with which the scenario passes. Otherwise it finds the differences from the node of the capture, for the
/// scenario file.
struct RecordTrial {
    /// The seeds of the trials, because other random values may lead to other failures. If they do, `moreSeeds` are
    /// tried as well.
    private static let seeds: ClosedRange<UInt64> = 1...8
    private static let moreSeeds: ClosedRange<UInt64> = 9...40
    private static let firstSeed = seeds.lowerBound
    /// The number of settings that are tried in a round, and the number of rounds. Each round begins with the best
    /// settings of the round before.
    private static let ways = 64
    private static let rounds = 3
    /// The largest number of characters of a note.
    private static let note = 200

    private var made: RecordedCapture
    private let suite: Suite
    private let name: String
    /// The distinct failures of the reference node; empty if it passes.
    private var differences: [Baseline.Entry] = []
    /// The entry for a pass with some of the random values.
    private var passed: Baseline.Entry?
    /// The reason why the scenario cannot run; nil if it can.
    private var skip: String?

    /// Returns the recording with the results of the trial.
    static func tried(_ made: RecordedCapture, _ suite: Suite, _ name: String) throws(CommandError) -> Recording {
        var trial = Self(made: made, suite: suite, name: name)
        if made.recording.stepCount > Recording.long { return try trial.long() }
        let scenario = try made.scenario(suite.library, name)
        guard made.recording.recorded.skip == nil else { return made.recording }
        return try trial.best(scenario)
    }
    /// Tries a long scenario. If its first steps show a difference, only they are loaded, because a loaded scenario
    /// takes many times the memory of its text.
    private mutating func long() throws(CommandError) -> Recording {
        guard made.recording.recorded.skip == nil else { return made.recording }
        if let (some, count) = made.beginning(Recording.long, suite.library, name),
            let r = result(some, made.recording.settings, Self.firstSeed), r.step > 0, r.step < count,
            r.verdict == .fail || r.verdict == .inconc
        {
            take(r)
        } else {
            take(result(try made.scenario(suite.library, name), made.recording.settings, Self.firstSeed))
        }
        return told()
    }
    private init(made: RecordedCapture, suite: Suite, name: String) {
        (self.made, self.suite, self.name) = (made, suite, name)
    }

    private mutating func best(_ scenario: Scenario) throws(CommandError) -> Recording {
        var scenario = scenario
        var best = result(scenario, made.recording.settings, Self.firstSeed)
        for kind in kinds where !Self.passes(best) {
            var other = made
            other.recording.kind = kind
            let changed = try other.scenario(suite.library, name)
            let r = result(changed, made.recording.settings, Self.firstSeed)
            guard Self.isFurther(r, best) else { continue }
            (made, scenario, best) = (other, changed, r)
        }
        for _ in 0..<Self.rounds {
            let before = best?.step
            for settings in settings where !Self.passes(best) {
                let r = result(scenario, settings, Self.firstSeed)
                guard Self.isFurther(r, best) else { continue }
                made.recording.set(settings, made.definition)
                best = r
            }
            if Self.passes(best) || best?.step == before { break }
        }
        take(best)
        for seed in Self.seeds.dropFirst() { take(result(scenario, made.recording.settings, seed)) }
        for seed in Self.moreSeeds where differences.count + (passed == nil ? 0 : 1) > 1 {
            take(result(scenario, made.recording.settings, seed))
        }
        return told()
    }
    /// Returns the recording with the findings.
    private mutating func told() -> Recording {
        if let passed, !differences.isEmpty { differences.append(passed) }
        made.recording.recorded.skip = skip
        made.recording.recorded.differences = differences
        return made.recording
    }
    /// The other kinds of node; empty if the recording has a kind.
    private var kinds: [String] {
        guard made.recording.kind == nil else { return [] }
        return made.definition.reference.kinds.dropFirst().map(\.name)
    }
    /// Settings that differ from the best ones in one parameter.
    private var settings: ArraySlice<Settings> {
        let now = made.recording.settings
        return made.definition.configuration.parameters.flatMap { p in
            p.choices.count < 2
                ? []
                : p.choices.filter { $0 != now[p.name] }.map { choice in
                    var other = now
                    other.values[p.name] = choice
                    return other
                }
        }.prefix(Self.ways)
    }
    private func result(_ scenario: Scenario, _ settings: Settings, _ seed: UInt64) -> CaseResult? {
        let options = RunOptions(subject: .builtIn(bug: nil), settings: settings, seed: seed)
        var result: CaseResult?
        let runner = Runner(made.definition, suite.requirements(made.definition.name), options)
        runner.simulate(Schedule(scenario.cases)) { result = $0 }
        return result
    }
    private static func passes(_ r: CaseResult?) -> Bool { r?.verdict == .pass || r?.verdict == .warn }
    /// Returns true if the first result reached a later step than the other, or passed.
    private static func isFurther(_ r: CaseResult?, _ other: CaseResult?) -> Bool {
        guard let r, r.verdict != .skip, r.verdict != .notRun, r.verdict != .error else { return false }
        return passes(r) || r.step > other?.step ?? 0
    }

    private mutating func take(_ r: CaseResult?) {
        guard let r else { return }
        let why = Self.cut(r.problem?.reason ?? r.reason ?? "")
        switch r.verdict {
        case .none, .skip, .notRun: return
        case .pass:
            passed = Baseline.Entry(
                id: r.name, requirement: "", reason: RecordedScenario.pass,
                note: "with other random values it behaves like the node of the capture")
        case .error: skip = skip ?? "it cannot be played: \(why)"
        case .fail, .inconc, .warn:
            let entry = Baseline.Entry(
                id: r.name, requirement: r.requirement, reason: Fingerprint.of(r), note: place(r) + why)
            if !differences.contains(where: { $0.reason == entry.reason }) { differences.append(entry) }
        }
    }
    /// Returns the message of the capture and the step where the case failed.
    private func place(_ r: CaseResult) -> String {
        guard r.step > 0 else { return "" }
        let origin = made.recording.origins[r.step].map {
            $0.number > 0 ? "#\($0.number) \($0.name), " : "\($0.name), "
        }
        return "\(origin ?? "")step \(r.step) of \(made.recording.stepCount): "
    }
    private static func cut(_ text: String) -> String { text.count > note ? text.prefix(note) + "..." : text }
}
