import Nano
import Network
import Node
import TestSamples
import Testing
import Wire

@testable import Scenario

/// Runs the Nano suite in virtual time against the reference node.
@Suite struct NanoSuiteTests {
    static func run(
        _ scenarios: [Scenario] = Specification.scenarios, profile: String = "v28", bug: String? = nil, seed: UInt64 = 7
    ) throws -> [CaseResult] {
        let settings = try Definition.nano.settings(profile: profile)
        let options = RunOptions(subject: .builtIn(bug: bug), settings: settings, seed: seed)
        var out: [CaseResult] = []
        Runner(.nano, Specification.requirements, options).simulate(Schedule(scenarios.flatMap(\.cases))) {
            out.append($0)
        }
        return out
    }
    /// Returns all results of a run: verdicts, places, and each byte with its time.
    static func history(_ results: [CaseResult]) -> [String] {
        results.flatMap { r in
            ["\(r.id) \(r.told) \(r.duration)"]
                + r.trace.map { "\($0.at) \($0.link) \($0.direction) \($0.name) \($0.bytes.hex) \($0.isCulprit)" }
        }
    }

    @Test func everyFileLoads() {
        for file in Specification.files {
            let (scenario, diagnostics) = Scenario.load(file, Specification.library)
            #expect(diagnostics.map { $0.rendered(file) } == [], "\(file.name)")
            #expect(scenario.map { $0.id + ".yaml" } == file.name)
        }
        #expect(Specification.scenarios.count == Specification.files.count && Specification.files.count >= 60)
        #expect(Set(Specification.scenarios.map(\.id)).count == Specification.scenarios.count)
    }
    @Test(arguments: ["v28", "legacy", "v23", "v24", "v29dev"])
    func theReferenceNodePasses(_ profile: String) throws {
        let results = profile == "v28" ? try SuiteRun.seven.get() : try Self.run(profile: profile)
        let lacks = Definition.nano.configuration.lacks(try Definition.nano.settings(profile: profile))
        #expect(results.map(\.id) == Specification.scenarios.flatMap(\.cases).map(\.id))
        for r in results where r.verdict != .pass && r.verdict != .skip { Issue.record("\(r.id): \(r.told)") }
        for r in results where r.verdict == .skip {
            let isOfOthers = !r.scenario.profiles.isEmpty && !r.scenario.profiles.contains(profile)
            #expect(isOfOthers || lacks.contains { r.told.contains("the node lacks \($0)") }, "\(r.id): \(r.told)")
        }
        #expect(results.count { $0.verdict == .pass } > results.count / 3)
        // A pass needs evidence: the case sent or received some bytes, or it took time.
        for r in results where r.verdict == .pass {
            #expect(r.trace.contains { !$0.bytes.isEmpty } || r.duration > .zero, "\(r.id)")
        }
    }
    /// The source names no time for answers, so a node that is only slow breaks no requirement.
    @Test(arguments: ["v28", "v24", "v29dev"])
    func aSlowNodeBreaksNothing(_ profile: String) throws {
        var options = RunOptions(
            subject: .builtIn(bug: nil), settings: try Definition.nano.settings(profile: profile), seed: 7)
        options.wrap = { SlowNode($0, delay: .seconds(3)) }
        var results: [CaseResult] = []
        let schedule = Schedule(Specification.scenarios.flatMap(\.cases))
        Runner(.nano, Specification.requirements, options).simulate(schedule) { results.append($0) }
        for r in results where [.warn, .fail, .error].contains(r.verdict) {
            Issue.record("\(r.id): \(r.told)")
        }
        #expect(results.count { $0.verdict == .pass } > results.count / 4)
    }
    @Test func oneSeedOneHistory() throws {
        let run = try SuiteRun.three.get()
        let first = Self.history(run)
        let again = try Self.run(Sample.every(4, of: Specification.scenarios), seed: 3)
        let ids = Set(again.map(\.id))
        #expect(ids.count > 50 && Self.history(run.filter { ids.contains($0.id) }) == Self.history(again))
        // Other cases in the same run do not change a case.
        let some = Specification.scenarios.filter { $0.tags.contains("handshake") }.reversed()
        let alone = Set(Self.history(try Self.run(Array(some), seed: 3)))
        #expect(alone.isSubset(of: Set(first)) && alone.count > 100)
    }
    @Test func anotherSeedOtherBytes() throws {
        let one = try SuiteRun.three.get()
        let other = try SuiteRun.seven.get()
        #expect(one.map(\.verdict) == other.map(\.verdict))
        // Random values differ. Plain bytes of a case are equal.
        let differ = zip(one, other).count { a, b in a.trace.map(\.bytes) != b.trace.map(\.bytes) }
        #expect(differ > one.count / 2)
    }
    @Test func verdictsDoNotHangOnTheSeed() throws {
        let runs = [
            (0, try Self.run(Sample.every(4, of: Specification.scenarios), seed: 0)),
            (3, try SuiteRun.three.get()), (7, try SuiteRun.seven.get()),
            (UInt64.max, try Self.run(Sample.every(5, of: Specification.scenarios), seed: .max)),
        ]
        for (seed, results) in runs {
            for r in results where r.verdict != .pass && r.verdict != .skip {
                Issue.record("seed \(seed) \(r.id): \(r.told)")
            }
        }
    }
    /// Some case detects each fault of the reference node and names a requirement that the fault breaks.
    @Test(arguments: Definition.nano.reference.bugs.map(\.name))
    func everyFaultIsFound(_ name: String) throws {
        let bug = try #require(Definition.nano.reference.bugs.first { $0.name == name })
        // Some faults show in one profile only. All cases run for a few faults. For other faults, only the cases about
        // the broken requirements run.
        let isWhole = (Definition.nano.reference.bugs.firstIndex { $0.name == name } ?? 0) % 40 == 0
        let cases =
            isWhole
            ? Specification.scenarios
            : Specification.scenarios.filter { s in
                s.covers.contains { bug.requirements.contains($0) }
            }
        // A sample of the cases runs first, because it often detects the fault.
        let few = isWhole || cases.count < 16 ? cases : Sample.every(6, of: cases)
        var tries = [true, false].flatMap { isFull in ["v28", "v29dev", "legacy"].map { (cases, $0, isFull) } }
        if few.count < cases.count { tries.insert((few, "v28", true), at: 0) }
        var results: [CaseResult] = []
        var found: [CaseResult] = []
        // The case fails at the level of the requirement. If no case does, a step with a lower level detects the fault.
        for (cases, profile, isFull) in tries where found.isEmpty {
            results = try Self.run(cases, profile: profile, bug: bug.name)
            found = results.filter { r in
                (r.verdict == .fail || r.verdict == .warn) && bug.requirements.contains(r.requirement)
                    && (!isFull || r.level == Specification.requirements[r.requirement]?.level)
            }
        }
        #expect(!found.isEmpty, "\(results.filter { $0.verdict > .pass }.map { "\($0.id): \($0.told)" })")
        // The cause is never an error of the harness.
        for r in results { #expect(r.verdict != .error, "\(r.id): \(r.told)") }
        for broken in bug.requirements { #expect(Specification.requirements[broken] != nil) }
        for r in found {
            #expect(r.verdict == r.level.verdict)
            #expect(r.problem?.reason.isEmpty == false && (r.problem?.span.start.line ?? 0) > 1)
        }
    }
    @Test func signedBytesAreExplained() throws {
        let r = try #require(
            try Self.run(bug: "signature-over-wrong-bytes").first { $0.id == "nano.handshake.v2-signature" })
        #expect(
            r.told
                == "fail NANO-18 4: response.signature: signature does not verify (it does verify over nid + salt + hash)"
        )
        let p = try #require(r.problem)
        #expect(p.path == "response.signature")
        #expect(r.scenario.source.line(p.span.start.line).dropFirst(p.span.start.column - 1).hasPrefix("signature:"))
    }
}
