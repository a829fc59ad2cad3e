import Testing

@testable import Report
@testable import Scenario

/// Files of one target with common cases are several runs. The last result counts, and the others are its history.
struct RunHistoryTests {
    func head(_ program: String = "1", target: String = "t", seed: UInt64 = 1, started: String? = nil) -> RunHead {
        RunHead(
            program: program, target: target, seed: seed, cases: 2, started: started, requirements: Made.requirements)
    }
    func record(_ id: String, _ v: Verdict, retries: Int = 0, content: String = "00") throws -> CaseRecord {
        var r = Made.record(try Made.result(v, v == .pass ? nil : Made.problem(), id: id))
        r.retries = retries
        r.content = content
        return r
    }
    func merge(_ files: [(RunHead, [CaseRecord])]) -> MergedRun {
        var run = MergedRun("t", files[0].0)
        for (i, (h, records)) in files.enumerated() {
            run.begin("f\(i)", h)
            for r in records { run.add(r) }
            run.end(
                ResultsReader.Summary(
                    counts: ["pass": records.count], exit: 0, elapsed: .seconds(i + 1), cutShort: nil, stale: 0,
                    isOutOfTime: false), cut: nil)
        }
        run.close()
        return run
    }
    /// Returns one letter for each run.
    func marks(_ h: CaseHistory?) -> String {
        h?.marks.map { $0.map { String($0.verdict.rawValue.prefix(1)) } ?? "-" }.joined() ?? ""
    }
    @Test func theLastCounts() throws {
        let m = merge([
            (head(seed: 1, started: "2026-01-01T00:00:00Z"), [try record("a", .fail), try record("b", .pass)]),
            (head(seed: 2, started: "2026-01-02T00:00:00Z"), [try record("a", .pass)]),
        ])
        #expect(m.verdicts == ["a": .pass, "b": .pass] && m.head.cases == 2)
        #expect(m.head.seed == 2 && m.head.started == "2026-01-02T00:00:00Z")
        #expect(m.head.history.map(\.seed) == ["0x1", "0x2"] && m.head.history.map(\.files) == [["f0"], ["f1"]])
        let a = try record("a", .pass)
        #expect(!m.takes(a, file: 0, index: 0) && m.takes(a, file: 1, index: 0))
        let b = try record("b", .pass)
        #expect(marks(m.history(a)) == "fp" && marks(m.history(b)) == "p-")
        #expect(m.withHistory(a).history?.marks.count == 2)
        // The time and the exit status are those from the last run.
        #expect(m.end(Counts()).elapsed == .seconds(2))
    }
    /// An older run after a newer one would count.
    @Test func misordered() throws {
        func runs(_ started: [String?]) throws -> MergedRun {
            merge(try started.map { (head(started: $0), [try record("a", .pass)]) })
        }
        let (old, new) = ("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z")
        let wrong = try #require(try runs([new, old]).misordered)
        #expect(wrong.first == ["f0"] && wrong.second == ["f1"])
        #expect(try runs([new, nil, old]).misordered != nil)
        for good in [[old, new], [old, old], [nil, new], [new, nil], [new]] {
            #expect(try runs(good).misordered == nil)
        }
    }
    /// The parts of a run form one run.
    @Test func shardsOfSeveralRuns() throws {
        let files = [
            (head(seed: 1), [try record("a", .pass)]), (head(seed: 1), [try record("b", .fail)]),
            (head(seed: 2), [try record("a", .fail)]), (head(seed: 2), [try record("b", .pass)]),
        ]
        let m = merge(files)
        #expect(m.head.history.map(\.files) == [["f0", "f1"], ["f2", "f3"]])
        #expect(marks(m.history(files[0].1[0])) == "pf" && marks(m.history(files[1].1[0])) == "fp")
        #expect(m.notes.contains("2 runs of one target: the last result of each case counts: f0 + f1, f2 + f3"))
        #expect(!m.notes.contains { $0.contains("another seed") })
    }
    @Test func notRunDoesNotCount() throws {
        let m = merge([(head(), [try record("a", .pass)]), (head(), [try record("a", .notRun)])])
        let a = try record("a", .pass)
        #expect(m.verdicts == ["a": .pass] && marks(m.history(a)) == "pn")
    }
    /// A case is flaky if it passed and failed with one version. It is not flaky if the scenario, the program, the node
    /// or its commit differs.
    @Test func flaky() throws {
        func isFlaky(_ a: (RunHead, CaseRecord), _ b: (RunHead, CaseRecord)) -> Bool {
            merge([(a.0, [a.1]), (b.0, [b.1])]).history(b.1)?.isFlaky == true
        }
        let (good, bad) = (try record("a", .pass), try record("a", .fail))
        #expect(isFlaky((head(), good), (head(), bad)) && isFlaky((head(), bad), (head(), good)))
        #expect(!isFlaky((head(), good), (head(), good)) && !isFlaky((head(), bad), (head(), bad)))
        let (skipped, unclear) = (try record("a", .skip), try record("a", .inconc))
        #expect(!isFlaky((head(), good), (head(), skipped)) && isFlaky((head(), good), (head(), unclear)))
        #expect(!isFlaky((head(), good), (head("2"), bad)))
        #expect(!isFlaky((head(), good), (head(target: "u"), bad)))
        let changed = try record("a", .fail, content: "01")
        #expect(!isFlaky((head(), good), (head(), changed)))
        var other = head()
        other.environment = RunEnvironment(command: "")
        other.environment?.revision = "0123"
        #expect(!isFlaky((head(), good), (other, bad)))
        // In one run, with a second try.
        let again = try record("a", .pass, retries: 1)
        #expect(isFlaky((head(), good), (head(), again)))
        let m = merge([(head(), [good]), (head(), [bad])])
        #expect(m.notes.contains("cases that both passed and did not pass with the same version: a"))
    }
}
