import TestThreads
import Testing
import Wire

@testable import meshspec

/// Tests `meshspec report` on results of `run`.
@Suite(.waits) struct ReportCommandTests: RunsInAFolder {
    let folder: Folder
    init() throws {
        folder = try Folder()
        try takePartOfTheSuites()
    }

    func shards() throws { for i in 1...3 { _ = try run("--seed 7 --protocol nano --shard \(i)/3", file: "s\(i)") } }

    /// The shards together equal the run, in any order.
    @Test func shardsAreTheRun() throws {
        try shards()
        _ = try run("--seed 7 --protocol nano", file: "all")
        let whole = try shell("meshspec report all")
        for names in ["s1 s2 s3", "s3 s1 s2"] {
            let r = try shell("meshspec report \(names) --report json=merged")
            #expect(r.status == 0 && r.err.isEmpty)
            #expect(Array(r.lines.dropFirst()) == Array(whole.lines.dropFirst()))
            // The merged file is a results file with the same results.
            #expect(try shell("meshspec diff all merged").status == 0)
        }
    }
    @Test func overlap() throws {
        try shards()
        _ = try run("--seed 7 --protocol nano", file: "all")
        let whole = try shell("meshspec report all")
        let r = try shell("meshspec report s1 s2 s2 s3")
        let counted = [r, whole].map { $0.lines.last?.split(separator: ": ").first }
        #expect(r.status == 0 && counted[0] != nil && counted[0] == counted[1])
        #expect(r.err.contains("2 runs of one target: the last result of each case counts: s1 + s2, s2 + s3"))
    }
    /// Reports of two implementations, and of two runs of one implementation.
    @Test func columns() throws {
        _ = try run("--seed 7 --protocol nano", file: "good")
        _ = try run("--seed 7 --bug wrong-genesis", file: "bad")
        let r = try shell("meshspec report good bad")
        #expect(r.status == 1 && r.lines[0].hasPrefix("A  reference node (v28, ledger small, network dev)  good"))
        #expect(r.lines[1].contains("bug wrong-genesis"))
        #expect(r.lines.contains { $0.hasPrefix("NANO-20   MUST    ✓ ✗  ") })
        let named = try shell("meshspec report before=good after=good")
        #expect(named.lines[0] == "A  before  good" && named.lines[1] == "B  after  good" && named.status == 0)
        let json = try shell("meshspec report good bad --report json=x")
        #expect(json.failed(.conflict, "--report json"), "\(json.err)")
        #expect(try shell("meshspec report one=good one=bad --report json=x").status == 1)
    }
    @Test func cutShort() throws {
        _ = try run("--seed 7 --protocol nano", file: "all")
        let count = try #require(try shell("grep -c '\"event\":\"case\"' all").lines.first.flatMap { Int($0) })
        let r = try shell("head -n 11 all >c; meshspec report c --report json=m")
        #expect(r.status == 4 && r.lines.last?.contains("\(count - 10) not run") == true)
        #expect(r.err.contains("c is cut short: it ends without a summary; \(count - 10) cases count as not run"))
        let again = try shell("meshspec report m")
        #expect(again.status == 4 && again.lines.last == r.lines.last)
        let half = try shell("head -c $(($(head -n 11 all | wc -c) - 20)) all >c; meshspec report c")
        #expect(half.status == 4 && half.err.contains("line 11 is damaged; \(count - 9) cases count as not run"))
        let fewer = try shell("sed 3d all >c; meshspec report c")
        #expect(fewer.status == 4)
        #expect(fewer.err.contains("it has \(count - 1) of the \(count) cases that its summary counts"))
        // Another try replaces the lost shard.
        #expect(try shell("meshspec report c all").status == 4)
    }
    @Test func whatIsNotRead() throws {
        _ = try run("--seed 7 nano.handshake.v2-query", file: "a")
        for (make, wanted, code) in [
            ("echo hello >x", "x:1: ", .invalidFile), (": >x", "empty", .invalidFile),
            ("sed 's/\"version\":1/\"version\":9/' a >x", "x:1: ", .otherVersion),
            ("cat a a >x", "x:4: ", .invalidFile), ("sed '2s/.*/oops/' a >x", "x:2: ", .invalidFile),
            ("rm -f x", "x: ", .noSuchFile), ("rm -f x; mkdir x", "Is a directory", .cannotRead),
        ] as [(String, String, ErrorCode)] {
            let r = try shell("\(make); meshspec report a x --report json=out")
            #expect(r.failed(code, wanted) && r.out.isEmpty, "\(make): \(r.err)")
        }
        #expect(try shell("meshspec report").status == 2)
        #expect(try shell("meshspec report a --report jsno=x").status == 2)
        #expect(try shell("meshspec report a --report json=no/way/x >/dev/null; chmod -R u+w .").status == 0)
        #expect(try shell("meshspec report a >/dev/full").status == 4)
    }
    /// The command reads a pipe twice although it cannot seek. A report on standard output contains nothing more.
    @Test func pipes() throws {
        _ = try run("--seed 7 nano.handshake.v2-query", file: "a")
        let r = try shell("cat a | meshspec report -")
        #expect(r.status == 0 && r.lines.last?.hasPrefix("1 case: 1 pass") == true)
        let out = try shell("meshspec report a --report json=-")
        #expect(out.status == 0 && out.lines.allSatisfy { JSON.parse(Array($0.utf8)) != nil } && out.lines.count == 3)
        #expect(out.err.contains("1 case: 1 pass"))
    }
    /// The command reads the results of a crashed run. A crashed case has the fields of all cases.
    @Test func afterACrash() throws {
        _ = try run("--seed 7 nano.handshake.v2-query nano.handshake.idle", file: "a")
        let crash =
            #"{"event":"case","id":"x","verdict":"error","requirement":"NANO-16","level":"MUST","reason":"the harness crashed in it"}"#
        _ = try folder.write("crash", crash + "\n")
        let r = try shell(
            "(head -n 2 a; cat crash; tail -n 1 a | sed 's/\"error\":0/\"error\":1/;s/\"pass\":2/\"pass\":1/') >b; meshspec report b"
        )
        #expect(r.status == 4 && r.out.contains("the harness crashed in it") && r.err.isEmpty, "\(r.err)")
    }
}
