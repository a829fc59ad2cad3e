import Glibc
import TestThreads
import Testing
import Wire

@testable import meshspec

/// Known faults of other harnesses. Each test has the name of the harness with the fault and checks this one.
@Suite(.waits) struct KnownHolesTests: RunsInAFolder {
    let folder: Folder
    init() throws { folder = try Folder() }

    /// h2spec: a typing error in the selection ran no case, and the run was green.
    @Test func h2specTypoIsGreen() throws {
        #expect(try run("-k nano.handshak").status == 5)
        #expect(try run("-k tag:hanshake").status == 5)
        #expect(try run("nano.handshake.v2-qury").status == 5)
    }
    /// h2spec: a node that became unreachable ended the run without a summary.
    @Test func h2specConnectFailureEndsAll() throws {
        let target = """
            meshspec-target: 1
            name: a node that dies after two seconds
            protocol: nano
            address: 127.0.0.1:{port}
            parameters: {network: dev}
            control:
              start: exec meshspec node nano --listen {host}:{port} --for 2s >/dev/null

            """
        let path = try folder.write("target.yaml", Array(target.utf8))
        let r = try Shell.run(
            """
            meshspec run -t '\(path)' -j 1 --json nano.handshake.v2-query nano.handshake.idle nano.handshake.v2-genesis \
              nano.handshake.v2-signature >'\(folder.path)/events'
            """)
        let events = folder.text("events").split(separator: "\n").compactMap { JSON.parse(Array($0.utf8)) }
        #expect(r.status != 0 && r.status < 128)
        #expect(events.filter { $0["event"] == "case" }.count == 4)
        #expect(events.last?["event"] == "summary" && events.last?["pass"] != 4)
    }
    /// h2spec: ids and baselines depended on positions. Here a case has the same values and the same course at each
    /// position.
    @Test func h2specIdsArePositions() throws {
        try takePartOfTheSuites()
        let id = "nano.handshake.v2-signature"
        func event(_ arguments: String) throws -> String? {
            try run("--seed 7 \(arguments)").out.split(separator: "\n").first { $0.contains("\"id\":\"\(id)\"") }.map(
                String.init)
        }
        let alone = try #require(try event(id))
        #expect(try event("") == alone)
        #expect(try event("-k 'tag:smoke'") == alone)
    }
    /// h2spec: JUnit listed each failure as an error, and the number of failures was always zero. h2specd: the file was
    /// never written.
    @Test func h2specFailuresAreErrors() throws {
        try bad("bad")
        try scenario("broken", ["assert: $(1 == 2)\n    else: error", "assert: $(1 == 1)\n    req: NANO-16"])
        #expect(try run("bad.yaml broken.yaml --report junit=junit.xml").status == 4)
        let text = folder.text("junit.xml")
        #expect(text.contains("<testsuites name=\"meshspec\" tests=\"2\" failures=\"1\" errors=\"1\" "))
        #expect(text.ranges(of: "<failure ").count == 1 && text.ranges(of: "<error ").count == 1)
        let parts = text.split(separator: "<testcase ").dropFirst()
        #expect(parts.first { $0.contains("name=\"own.bad\"") }?.contains("<failure type=\"MUST\"") == true)
        #expect(parts.first { $0.contains("name=\"own.broken\"") }?.contains("<error type=\"harness\"") == true)
        #expect(try run("bad.yaml --report junit=junit.xml").status == 1)
        #expect(folder.text("junit.xml").contains(" failures=\"1\" errors=\"0\" "))
    }
    /// h2specd: failures in tests of the dialing side were green. wstest: failures never changed the exit status.
    @Test(arguments: ["nano.client.response-signature", "nano.handshake.v2-signature"])
    func wstestFailuresAreGreen(_ id: String) throws {
        #expect(try run("\(id) --bug bad-signature").status == 1)
        #expect(try run(id).status == 0)
    }
    /// quic-interop-runner: 256 failures gave the status 0, and skipped cases were not counted.
    @Test func quicInteropRunnerCountsAreStatus() throws {
        let vectors = (0..<256).map { "  - {name: n\($0)}" }.joined(separator: "\n")
        try scenario("bad", ["assert: $(1 == 2)\n    req: NANO-16"], head: "vectors:\n" + vectors)
        let r = try run("bad.yaml")
        #expect(r.status == 1 && r.summary?["fail"] == 256)
        try takePartOfTheSuites()
        let all = try run("")
        #expect(all.summary?["skip"] == .uint(UInt64(all.ids("skip").count)) && !all.ids("skip").isEmpty)
    }
    /// quic-interop-runner: a node that failed all cases was called unsupported.
    @Test func quicInteropRunnerAllFailIsUnsupported() throws {
        let good = try run("-k NANO-17 --profile legacy").ids("skip")
        let bad = try run("-k NANO-17 --profile legacy --bug v1-query-ignored")
        #expect(bad.status == 1 && bad.ids("skip") == good && bad.ids("pass").isEmpty)
    }
    /// hiveview: a fixed failure and a new failure cancelled each other out.
    @Test func hiveviewOffsettingChanges() throws {
        try takePartOfTheSuites()
        #expect(try run("--bug v1-query-ignored --baseline known --update-baseline").status == 1)
        #expect(try run("--bug v1-query-ignored --baseline known").status == 0)
        let r = try run("--bug no-keepalive --strict --baseline known")
        #expect(r.status == 1 && r.summary?["warn"] != 0 && r.summary?["xpass"] != 0)
    }
    /// The same for two results: the counts are equal, and `diff` reports the new failures and the fixed ones.
    @Test func hiveviewDiffHidesOffsettingChanges() throws {
        let cases = "nano.handshake.v1-own-id nano.handshake.fresh-bytes"
        for bug in ["accepts-own-id-v1", "cookie-ring"] { _ = try run("\(cases) --bug \(bug) --seed 7", file: bug) }
        let report = try shell("meshspec report before=accepts-own-id-v1 after=cookie-ring")
        let counts = report.lines.suffix(2).map { $0.dropFirst(3) }
        #expect(report.status == 1 && counts[0].contains(" fail") && counts[0] == counts[1])
        let r = try shell("meshspec diff accepts-own-id-v1 cookie-ring")
        #expect(r.status == 1)
        #expect(r.lines.last == "cases: 1 newly failing, 1 fixed   requirements: 1 broken in B, 1 in A")
        #expect(r.out.contains("  NANO-21 MUST  ") && r.out.contains("  NANO-30 MUST  "))
    }
    /// Matter: a name that matched no file was not an error, and a skipped last case hung the harness.
    @Test func matterNamesNoFile() throws {
        #expect(try run("no-such-case.yaml").status == 4)
        let r = try run("nano.handshake.v2-query nano.handshake.v3-query")
        #expect(r.status == 0 && r.ids("skip") == ["nano.handshake.v3-query"])
    }
    /// Venom: a case that never ran was ok, and tries before the last one were failures.
    @Test func venomNeverRunIsOk() throws {
        try bad("bad")
        try scenario("good", ["assert: $(1 == 1)\n    req: NANO-16"])
        let r = try run("bad.yaml good.yaml -j 1 --fail-fast")
        #expect(r.ids("notrun") == ["own.good"] && r.summary?["pass"] == 0 && r.summary?["notrun"] == 1)
        try coin()
        let seed = try #require((1...20).first { try run("coin.yaml --seed \($0)").status == 1 })
        let again = try run("coin.yaml --seed \(seed) --retry 60")
        #expect(again.summary?["fail"] == 0 && again.summary?["flaky"] == 1 && again.status == 0)
    }
    /// protobuf: one error ended the whole suite, and expected failures looked like unexpected ones.
    @Test func protobufOneErrorEndsAll() throws {
        try scenario("broken", ["assert: $(nobody.port == 1)\n    req: NANO-16"])
        try scenario("wrong", ["let: {x: $(random(1))}", "assert: $(x.at(1) == 1)\n    req: NANO-16"])
        try scenario("good", ["assert: $(1 == 1)\n    req: NANO-16"])
        let r = try run("wrong.yaml good.yaml -j 1")
        #expect(r.status == 4 && r.ids("error") == ["own.wrong"] && r.ids("pass") == ["own.good"])
        try takePartOfTheSuites()
        #expect(try run("--bug no-keepalive --strict --baseline known --update-baseline").status == 1)
        let both = try run("--bug no-keepalive --strict --baseline known")
        #expect(both.err.contains("xfail") && !both.err.contains("✗"))
    }
}
