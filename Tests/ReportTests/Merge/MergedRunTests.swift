import Testing

@testable import Report
@testable import Scenario
@testable import Text

/// Shards form one run. No case counts twice, and the report names what is missing.
struct MergedRunTests {
    func head(_ cases: Int, seed: UInt64 = 1, program: String = "1", target: String = "t") -> RunHead {
        RunHead(program: program, target: target, seed: seed, cases: cases, requirements: Made.requirements)
    }
    func record(_ id: String, _ v: Verdict, round: Int = 1, variant: String = "") throws -> CaseRecord {
        var r = Made.record(try Made.result(v, v == .pass ? nil : Made.problem(), id: id))
        r.round = round
        r.variant = variant
        return r
    }
    func summary(_ counts: [String: Int], exit: Int32 = 0, cut: String? = nil) -> ResultsReader.Summary {
        ResultsReader.Summary(
            counts: counts, exit: exit, elapsed: .seconds(2), cutShort: cut, stale: 0, isOutOfTime: false)
    }
    /// Merges files of records in both readings.
    func merge(
        _ files: [(RunHead, [CaseRecord], ResultsReader.Summary?)], cut: String? = nil
    ) -> (run: MergedRun, counts: Counts, end: RunEnd, names: [String]) {
        var run = MergedRun(nil, files[0].0)
        for (i, (h, records, s)) in files.enumerated() {
            run.begin("f\(i)", h)
            for r in records { run.add(r) }
            run.end(s, cut: s == nil ? cut ?? "it ends without a summary" : nil)
        }
        run.close()
        var counts = Counts(run.head.policy)
        var names: [String] = []
        for (i, (_, records, _)) in files.enumerated() {
            for (j, r) in records.enumerated() where run.takes(r, file: i, index: j) {
                counts.add(r, run.head.requirements)
                names.append(r.name)
            }
        }
        return (run, counts, run.end(counts), names)
    }
    @Test func shards() throws {
        let m = merge([
            (head(2), [try record("a", .pass), try record("b", .fail)], summary(["pass": 1, "fail": 1], exit: 1)),
            (head(1), [try record("c", .pass)], summary(["pass": 1])),
        ])
        #expect(m.run.notes.isEmpty && m.run.head.cases == 3 && !m.run.isCut && m.names == ["a", "b", "c"])
        #expect(m.end.exit == 1 && m.end.counts[.pass] == 2 && m.end.elapsed == .seconds(4) && m.end.cutShort == nil)
        #expect(m.run.head.requirements.all.map(\.id) == ["NANO-16", "NANO-18", "NANO-24"])
    }
    /// A case in several files counts once, with the worse verdict at each position. The report names overlapping
    /// cases, but only the first few of many.
    @Test func overlaps() throws {
        let ids = (0..<8).map { "x\($0)" }
        let good = try ids.map { try record($0, .pass) }
        let bad = try ids.map { try record($0, $0 == "x3" ? .fail : .pass) }
        for file in [good + bad, bad + good] {
            let m = merge([(head(8), file, summary(["pass": 15, "fail": 1]))])
            #expect(m.counts.total == 8 && m.counts[.fail] == 1 && m.end.exit == 1)
            let note = try #require(m.run.notes.first { $0.contains("more than once") })
            #expect(note.hasSuffix(": x0, x1, x2, x3, x4 and 3 more"))
            #expect(m.run.head.history.isEmpty && m.run.history(good[0]) == nil)
        }
        // Rounds and variants of a case count as separate cases.
        let all = [
            try record("x", .pass), try record("x", .pass, round: 2), try record("x", .pass, variant: "chop:bytes"),
        ]
        let m = merge([(head(2), all, summary(["pass": 3]))])
        #expect(m.counts.total == 3 && m.run.notes.isEmpty)
    }
    /// If one shard did not run a case and another one did, the case has run.
    @Test func notRunYieldsToAny() throws {
        let m = merge([
            (head(1), [try record("a", .notRun)], summary(["notrun": 1], exit: 130, cut: "interrupted")),
            (head(1), [try record("a", .pass)], summary(["pass": 1])),
        ])
        #expect(m.end.exit == 0 && m.end.counts[.notRun] == 0 && m.end.cutShort == nil)
        let alone = merge([
            (
                head(2), [try record("b", .pass), try record("a", .notRun)],
                summary(["pass": 1, "notrun": 1], exit: 130, cut: "interrupted")
            )
        ])
        #expect(alone.end.exit == 130 && alone.end.cutShort == "interrupted")
    }
    @Test func missing() throws {
        // Without a summary, the head has the number of planned cases.
        let m = merge([(head(5), [try record("a", .pass), try record("b", .pass)], nil)], cut: "line 4 is damaged")
        #expect(m.end.exit == 4 && m.end.counts[.notRun] == 3 && m.run.head.cases == 5 && m.end.cutShort != nil)
        #expect(m.run.notes == ["f0 is cut short: line 4 is damaged; 3 cases count as not run"])
        // The summary counted more cases than the file has.
        let fewer = merge([(head(2), [try record("a", .pass)], summary(["pass": 2]))])
        #expect(fewer.end.exit == 4 && fewer.end.counts[.notRun] == 1)
        #expect(
            fewer.run.notes == [
                "f0 is cut short: it has 1 of the 2 cases that its summary counts; 1 case counts as not run"
            ])
        // Without an end, the number of missing cases is unknown.
        let endless = merge([(head(.max), [try record("a", .pass)], nil)])
        #expect(endless.end.exit == 4 && endless.end.counts[.notRun] == 0 && endless.run.head.cases == 1)
        // Numbers of a hostile file do not overflow.
        let huge = merge([(head(1), [try record("a", .pass)], summary(["pass": .max, "fail": .max]))])
        #expect(huge.end.exit == 4)
    }
    @Test func othersAreTold() throws {
        let m = merge([
            (head(1), [try record("a", .pass)], summary(["pass": 1])),
            (head(1, seed: 2, program: "2"), [try record("b", .pass)], summary(["pass": 1])),
        ])
        #expect(
            m.run.notes == [
                "f1 has another program (2) than f0 (1)", "f1 has another seed (0x2) than f0 (0x1)",
            ])
    }
    /// One file may have a rule that another file lacks. The rules are in the order of their ids.
    @Test func requirementsOfAll() throws {
        let ten = [("N-10", "b"), ("N-2", "c")].map { Made.requirement($0.0, .must, $0.1) }
        let list = RequirementList([Made.requirement("N-9", .must, "a")]).union(RequirementList(ten))
        #expect(list.all.map(\.id) == ["N-2", "N-9", "N-10"] && list["N-10"]?.text == "b")
    }
    @Test(
        arguments: [
            ([], 0), ([0, 0], 0), ([0, 5], 5), ([5, 6], 6), ([6, 7], 7), ([7, 1], 1), ([1, 4], 4), ([4, 3], 3),
            ([3, 130], 130), ([143, 1], 143),
        ] as [([Int32], Int32)]) func worstStatus(_ all: [Int32], _ wanted: Int32)
    {
        #expect(ExitCode.worst(all) == wanted && ExitCode.worst(all.reversed()) == wanted)
    }
    @Test func matrix() throws {
        func run(_ target: String, _ records: [CaseRecord]) -> MergedRun {
            var run = MergedRun(nil, head(records.count, target: target))
            run.begin("\(target).jsonl", head(records.count, target: target))
            for r in records { run.add(r) }
            run.end(summary(["pass": records.count]), cut: nil)
            run.close()
            return run
        }
        let files = [[try record("a", .pass), try record("b\u{1b}", .fail)], [try record("a", .pass)]]
        func lines(_ style: Style) -> [String] {
            var m = ResultsMatrix(zip(["one", "two\u{202e}"], files).map(run))
            for (i, records) in files.enumerated() { for r in records { m.add(r, run: i) } }
            return m.lines(style)
        }
        let wide = lines(Style(hasColour: false))
        #expect(wide[0] == "A  one  one.jsonl" && wide[1] == "B  two\\u{202e}  two\\u{202e}.jsonl")
        #expect(wide.contains("                 A B"))
        #expect(wide.contains("NANO-16  MUST    ✗ ✓  A query is answered."))
        #expect(wide.contains("NANO-18  MUST    ✓ ✓  A signature verifies."))
        #expect(!wide.contains { $0.hasPrefix("NANO-24") })
        let i = try #require(wide.firstIndex(of: "✗    b\\u{1b}"))
        #expect(wide[i + 1] == "    A  NANO-16 MUST  extensions: wanted 7, had 0")
        #expect(wide.suffix(2).first == "A  2 cases: 1 pass, 1 fail   MUST 1/2   2.0 s")
        #expect(wide.last == "B  1 case: 1 pass   MUST 2/2   2.0 s")
        // On a narrow terminal, the columns are below each other, and there is no text.
        let narrow = lines(Style(hasColour: false, width: 20))
        #expect(narrow.allSatisfy { $0.count <= 20 }, "\(narrow)")
        #expect(narrow.contains("NANO-16  MUST    ✗ ✓"))
        let tiny = lines(Style(hasColour: false, width: 18))
        #expect(tiny.contains("NANO-16  MUST    ✗") && tiny.contains("NANO-16  MUST    ✓"))
        let ascii = lines(Style(hasColour: false, hasUnicode: false))
        #expect(ascii.allSatisfy { $0.utf8.allSatisfy { $0 < 0x80 } })
        #expect(ascii.contains("NANO-16  MUST    FAIL ok    A query is answered."))
        #expect([0, 25, 26, 701, 702].map(ResultsMatrix.label) == ["A", "Z", "AA", "ZZ", "AAA"])
    }
}
