import Glibc
import Node
import TestThreads
import Testing
import Wire

@testable import meshspec

/// The cases that `meshspec run` selects, their number of runs, the end of the run, and its status. The tests use their
/// own scenarios in their own folder.
@Suite(.waits) struct RunOptionsTests: RunsInAFolder {
    let folder: Folder
    init() throws {
        folder = try Folder()
        try takePartOfTheSuites()
    }

    // The status.

    /// One run for each possible status. NodeTests and CommandTests also check 4, and RunTests checks 130 and 143.
    @Test func statuses() throws {
        try scenario("good", ["assert: $(1 == 1)\n    req: NANO-16"])
        try bad("bad")
        try scenario("maybe", ["assert: $(1 == 2)\n    req: NANO-16\n    else: inconc"])
        try scenario("wrong", ["nonsense: 1"])
        #expect(try run("good.yaml").status == 0)
        #expect(try run("bad.yaml").status == 1)
        #expect(try run("maybe.yaml bad.yaml").status == 1)
        #expect(try run("--nonsense").status == 2)
        #expect(try run("wrong.yaml").status == 3)
        #expect(try run("missing.yaml").status == 4)
        #expect(try run("-k nonsense").status == 5)
        #expect(try run("good.yaml maybe.yaml").status == 6)
        #expect(try run("--budget 1ms --repeat 100").status == 7)
    }
    @Test func inconclusive() throws {
        try scenario("good", ["assert: $(1 == 1)\n    req: NANO-16"])
        try scenario("maybe", ["assert: $(1 == 2)\n    req: NANO-16\n    else: inconc"])
        #expect(try run("good.yaml maybe.yaml --inconc fail").status == 6)
        #expect(try run("good.yaml maybe.yaml --inconc skip").status == 0)
    }
    /// A broken SHOULD is a warning, and a failure with `--strict`.
    @Test func strict() throws {
        let lenient = try run("--bug no-keepalive nano.client.keepalive")
        #expect(lenient.status == 0 && lenient.ids("warn") == ["nano.client.keepalive"])
        #expect(try run("--bug no-keepalive nano.client.keepalive --strict").status == 1)
    }
    @Test func budget() throws {
        let r = try run("--budget 1ms --repeat 100")
        #expect(r.status == 7 && !r.ids("notrun").isEmpty)
        #expect(r.cases.filter { $0.verdict == "notrun" }.allSatisfy { $0.reason == "the budget ran out" })
        #expect(try run("nano.handshake.v2-query --budget 5m").status == 0)
    }

    // The number of runs.

    @Test func repeats() throws {
        try coin()
        let r = try run("coin.yaml --seed 1 --repeat 40")
        #expect(r.cases.count == 40 && r.status == 1)
        // The random values differ each time.
        #expect(!r.ids("pass").isEmpty && !r.ids("fail").isEmpty)
        #expect(try run("coin.yaml --seed 1 --repeat 40").cases.map(\.verdict) == r.cases.map(\.verdict))
        #expect(try run("coin.yaml --seed 2 --repeat 40").cases.map(\.verdict) != r.cases.map(\.verdict))
    }
    @Test func untilFail() throws {
        try coin()
        let r = try run("coin.yaml --seed 3 --until-fail --repeat 100")
        #expect(r.status == 1 && r.ids("fail").count == 1 && r.ids("notrun").isEmpty)
        #expect(r.cases.last?.verdict == "fail" && r.cases.count < 100)
        try scenario("good", ["assert: $(1 == 1)\n    req: NANO-16"])
        #expect(try run("good.yaml --until-fail --repeat 7").cases.count == 7)
    }
    /// A pass after more than one try has its own count.
    @Test func retry() throws {
        try coin()
        var flaky = 0
        for seed in 1...8 {
            let once = try run("coin.yaml --seed \(seed)")
            let r = try run("coin.yaml --seed \(seed) --retry 60")
            #expect(r.cases.count == 1 && r.status == 0)
            #expect(r.summary?["flaky"] == .uint(once.status == 0 ? 0 : 1))
            flaky += once.status == 0 ? 0 : 1
        }
        #expect(flaky > 0)
        try bad("bad")
        #expect(try run("bad.yaml --retry 3").status == 1)
    }
    @Test(arguments: ["--fail-fast", "--max-failures 1"]) func stops(_ option: String) throws {
        for name in ["a", "b", "c"] { try bad(name) }
        let r = try run("a.yaml b.yaml c.yaml -j 1 \(option)")
        #expect(r.status == 1 && r.ids("fail").count == 1 && r.ids("notrun").count == 2)
        #expect(r.cases.last?.reason == "enough failures")
        #expect(try run("a.yaml b.yaml c.yaml -j 1 --max-failures 2").ids("fail").count == 2)
        #expect(try run("a.yaml b.yaml c.yaml -j 1").ids("fail").count == 3)
    }

    // The selection.

    @Test func selection() throws {
        let all = try run("").ids()
        let handshakes = try run("-k 'tag:handshake && !NANO-34'").ids()
        #expect(!handshakes.isEmpty && handshakes.count < all.count)
        #expect(!handshakes.contains("nano.handshake.replay") && all.contains("nano.handshake.replay"))
        let replays = try run("-k NANO-34").ids()
        #expect(replays.contains("nano.handshake.replay") && replays.count < handshakes.count)
        #expect(Set(replays).isDisjoint(with: handshakes) && Set(replays).isSubset(of: all))
        #expect(try run("--case nano.handshake.replay").ids() == ["nano.handshake.replay"])
        #expect(try run("--case nano.handshake").status == 2)
    }
    /// Each case is in exactly one shard, regardless of the cases before it.
    @Test func shards() throws {
        let all = try run("").ids()
        let parts = try (1...3).map { try run("--shard \($0)/3").ids() }
        #expect(parts.flatMap { $0 }.sorted() == all.sorted())
        #expect(parts.allSatisfy { !$0.isEmpty && $0.count < all.count })
        #expect(try run("--shard 4/3").status == 2)
        let empty = try (1...2).map { try run("--case nano.handshake.replay --shard \($0)/2") }
            .filter { $0.status != 0 }
        #expect(empty.map(\.status) == [5] && empty[0].err.contains("has 1 case, and part"))
    }
    @Test func vectors() throws {
        try scenario(
            "pair", ["assert: $(size(word) == 1)\n    req: NANO-16"],
            head: "vectors:\n  - {name: one, word: a}\n  - {name: two, word: bb}")
        let r = try run("pair.yaml")
        #expect(r.ids("pass") == ["own.pair[one]"] && r.ids("fail") == ["own.pair[two]"])
        #expect(try run("pair.yaml --case 'own.pair[one]'").ids() == ["own.pair[one]"])
    }
    /// The loader refuses a list of vectors that exceeds the limit of a file. A long list within the limit runs to its
    /// end.
    @Test func manyVectors() throws {
        func vectors(_ n: Int) -> String {
            "vectors:\n" + (1...n).map { "  - {name: n\($0), x: \($0)}" }.joined(separator: "\n")
        }
        let step = ["assert: $(x > 0)\n    req: NANO-16"]
        try scenario("many", step, head: vectors(100_000))
        let refused = try run("many.yaml")
        #expect(refused.status == 3 && refused.cases.isEmpty)
        #expect(refused.err.contains("error[MS0005]: the file has ") && refused.err.contains("at most 1048576"))
        try scenario("many", step, head: vectors(1500))
        let r = try run("many.yaml -j 8")
        #expect(r.status == 0 && r.ids("pass").count == 1500 && Set(r.ids()).count == 1500)
    }
    @Test func lastFailed() throws {
        try bad("bad")
        try scenario("good", ["assert: $(1 == 1)\n    req: NANO-16"])
        #expect(try run("good.yaml bad.yaml --last-failed").status == 2)
        #expect(try run("good.yaml bad.yaml").cases.count == 2)
        #expect(try run("good.yaml bad.yaml --last-failed").ids() == ["own.bad"])
    }
    @Test func changedSince() throws {
        try bad("bad")
        try scenario("good", ["assert: $(1 == 1)\n    req: NANO-16"])
        _ = try run("good.yaml bad.yaml", file: "before")
        #expect(try run("good.yaml bad.yaml --changed-since before").status == 5)
        try scenario("good", ["assert: $(2 == 2)\n    req: NANO-16"])
        #expect(try run("good.yaml bad.yaml --changed-since before").ids() == ["own.good"])
        try scenario("new", ["assert: $(1 == 1)\n    req: NANO-16"])
        #expect(try run("bad.yaml new.yaml --changed-since before").ids() == ["own.new"])
    }
    @Test func dryRun() throws {
        try bad("bad")
        let r = try run("bad.yaml --dry-run")
        #expect(r.status == 0 && r.cases.allSatisfy { $0.verdict != "fail" } && r.out.contains("own.bad"))
    }

    // Time and segments.

    @Test func timeScale() throws {
        try scenario(
            "slow",
            [
                "fault: {link: node -> peer, delay: {by: 1500ms}, as: slow}",
                "send: {via: c, msg: nano.node_id_handshake, fields: {version: 2, query: $(random(32))}}",
                "expect: {via: c, msg: nano.node_id_handshake, within: 1s}\n    req: NANO-16",
            ])
        #expect(try run("slow.yaml").status == 1)
        #expect(try run("slow.yaml --time-scale 2").status == 0)
    }
    /// The budget of a case ends it, regardless of its current step.
    @Test func budgetOfACase() throws {
        let last = "assert: $(1 == 1)\n    req: NANO-16"
        for step in [
            "wait: 5s", "poll: {every: 1ms, within: 9s, until: $(1 == 2)}", "par: {x: [{wait: 9s}], y: [{wait: 1s}]}",
        ] {
            try scenario("long", [step, last], head: "budget: 2s\ncleanup: [{wait: 3s}]")
            let r = try run("long.yaml")
            #expect(r.status == 6 && r.cases.first?.reason == "the case used up its budget of 2s")
        }
        try scenario("long", ["wait: 1s", last], head: "budget: 2s\ncleanup: [{wait: 3s}]")
        #expect(try run("long.yaml").status == 0)
    }
    /// Cases that pass run again with all sent bytes cut in four other ways. Cases that fail do not.
    @Test func chop() throws {
        try bad("bad")
        let r = try run("bad.yaml")
        #expect(try run("bad.yaml --chop").ids() == r.ids())
        let chopped = try run("nano.handshake.v2-query --chop")
        #expect(chopped.status == 0)
        let ways = ["", " chop:bytes", " chop:before", " chop:behind", " chop:coalesced"]
        #expect(chopped.ids("pass") == ways.map { "nano.handshake.v2-query" + $0 })
    }

    // Known failures.

    @Test func baseline() throws {
        try bad("bad")
        try scenario("good", ["assert: $(1 == 1)\n    req: NANO-16"])
        let suite = "--bug no-keepalive"
        #expect(try run("\(suite) --strict").status == 1)
        #expect(try run("\(suite) --strict --baseline known --update-baseline").status == 1)
        let accepted = try run("\(suite) --strict --baseline known")
        #expect(accepted.status == 0 && accepted.summary?["xfail"] != 0 && accepted.summary?["xfail"] != nil)
        // A listed case that passes fails the run. So does a case that fails for another reason.
        let mended = try run("--strict --baseline known")
        #expect(mended.status == 1 && mended.summary?["xpass"] == accepted.summary?["xfail"])
        _ = try folder.write(
            "other",
            Array(folder.text("known").replacing(#/reason: "[0-9a-f]/#, with: "reason: \"x").utf8))
        #expect(try run("\(suite) --strict --baseline other").status == 1)
        _ = try folder.write(
            "gone",
            Array(folder.text("known").replacing("nano.client.keepalive", with: "nano.client.gone").utf8))
        let stale = try run("\(suite) --baseline gone")
        #expect(stale.status == 1 && stale.err.contains("nano.client.gone, which does not exist"))
        // A part of the suite does not show anything about the rest.
        #expect(try run("-k NANO-24 \(suite) --baseline known --update-baseline").status == 2)
        #expect(try run("-k NANO-16 --baseline known").err.contains("which did not run"))
        for one in ["nano.handshake.v2-query", "-k nano.handshake.v2-query"] {
            let err = try run("\(one) --baseline known").err
            #expect(err.contains("which did not run") && !err.contains("which does not exist"))
        }
    }
}
