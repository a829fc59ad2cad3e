import TestThreads
import Testing
import Wire

@testable import meshspec

/// `meshspec coverage` and its knowledge of runs.
@Suite(.waits) struct CoverageCommandTests: RunsInAFolder {
    let folder: Folder
    init() throws { folder = try Folder() }

    func entries(_ arguments: String = "") throws -> (status: Int32, byID: [String: Value], summary: Value?) {
        let r = try shell("meshspec coverage --json \(arguments)")
        let events = r.lines.compactMap { JSON.parse(Array($0.utf8)) }
        var out: [String: Value] = [:]
        for e in events { if case .text(let id)? = e["id"] { out[id] = e } }
        return (r.status, out, events.last)
    }
    /// Compares ten requirements of Nano with counts by hand. The vectors were looked up, and grep finds the cases in
    /// the first lines of their files.
    @Test func byHand() throws {
        let c = try entries()
        #expect(c.status == 0 && c.summary?["event"] == "summary")
        func check(_ id: String, _ level: Value, _ state: Value) throws {
            #expect(c.byID[id]?["level"] == level && c.byID[id]?["state"] == state, "\(id)")
            let found = try Shell.run("cd Spec/nano/scenarios; grep -l '^covers: .*\(id)[],]' *.yaml").lines
            #expect(found.isEmpty == (state == "vectors"), "\(id)")
            guard case .list(let cases)? = c.byID[id]?["cases"] else {
                Issue.record("\(id) has no list of cases")
                return
            }
            #expect(Set(cases) == Set(found.map { .text(String($0.dropLast(".yaml".count))) }), "\(id)")
            #expect(cases.count == found.count, "\(id)")
        }
        for id in ["NANO-02", "NANO-05", "NANO-58"] { try check(id, "MUST", "vectors") }
        for id in ["NANO-12", "NANO-18", "NANO-28", "NANO-46"] { try check(id, "MUST", "cases") }
        for id in ["NANO-24", "NANO-39", "NANO-95"] { try check(id, "SHOULD", "cases") }
        #expect(c.byID["NANO-02"]?["vectors"] == .list(Self.networks.map { .text($0) }))
        #expect(c.byID.values.allSatisfy { $0["verdict"] == nil })
    }
    static let networks = [
        "header_unknown_network", "header_network_of_zeros", "header_network_little_endian", "keepalive_test_captured",
        "keepalive_beta",
    ]

    /// A run of one case keeps the results of the others. A case that did not run keeps its last result.
    @Test func lastRuns() throws {
        try takePartOfTheSuites()
        _ = try run("--bug wrong-genesis")
        func verdict(_ id: String) throws -> Value? { try entries().byID[id]?["verdict"] }
        #expect(try verdict("NANO-20") == "fail" && verdict("NANO-28") == "pass")
        _ = try run("nano.handshake.wrong-genesis --bug accepts-wrong-genesis")
        #expect(try verdict("NANO-20") == "fail" && verdict("NANO-28") == "fail")
        // The failure of NANO-20 belongs to another target than the last one, so it is not in this list.
        #expect(try run("--last-failed").ids() == ["nano.handshake.wrong-genesis"])
        _ = try run("nano.handshake.v2-genesis nano.client.response-genesis")
        #expect(try verdict("NANO-20") == "pass" && verdict("NANO-28") == "pass")
        // A run of another protocol keeps the results of this protocol.
        _ = try run("--bug no-split -q")
        #expect(try verdict("NANO-20") == "pass" && verdict("RM-11") == "fail")
        #expect(try run("--last-failed").ids().allSatisfy { $0.hasPrefix("rightmesh.") })
        let all = try run("")
        #expect(try entries().byID.values.allSatisfy { $0["verdict"] != "fail" })
        // The file has a line for each case, and one for each protocol of the suites here.
        let protocols = Set(all.ids().compactMap { $0.split(separator: ".").first })
        #expect(
            folder.text(".meshspec/last-run.jsonl").split(separator: "\n").count == all.cases.count + protocols.count)
    }
    /// A case that did not run is in the list for `--last-failed` and keeps its verdict.
    @Test func notRunIsNotForgotten() throws {
        try scenario("good", ["assert: $(1 == 1)\n    req: NANO-16"])
        try bad("bad")
        _ = try run("good.yaml bad.yaml")
        let r = try run("bad.yaml good.yaml -j 1 --fail-fast")
        #expect(r.ids("notrun") == ["own.good"])
        let last = try #require(folder.text(".meshspec/last-run.jsonl").split(separator: "\n").first)
        #expect(last.contains("\"run\":1"))
        #expect(Set(try run("good.yaml bad.yaml --last-failed").ids()) == ["own.good", "own.bad"])
    }
    @Test func results() throws {
        try takePartOfTheSuites()
        _ = try run("--bug bad-signature", file: "a")
        _ = try run("")
        #expect(try entries().byID["NANO-18"]?["verdict"] == "pass")
        let c = try entries("--results a -k NANO-18")
        #expect(c.status == 0 && Array(c.byID.keys) == ["NANO-18"] && c.byID["NANO-18"]?["verdict"] == "fail")
        #expect(try shell("head -n 5 a >b; meshspec coverage --results b").status == 4)
        #expect(try shell("echo x >b; meshspec coverage --results b").status == 3)
        #expect(try shell("meshspec coverage -k NANO-999").status == 5)
        #expect(try shell("meshspec coverage --json --markdown").status == 2)
    }
    @Test func pages() throws {
        // No requirement is planned.
        #expect(try shell("meshspec coverage --strict").status == 0)
        let text = try shell("meshspec coverage")
        #expect(text.status == 0 && text.lines.first == "MUST" && text.lines.last?.hasPrefix("MUST ") == true)
        let table = try shell("meshspec coverage --markdown")
        #expect(table.lines.count { $0.hasPrefix("| NANO-") } >= 102)
    }
    /// `coverage` and `check` refuse a rule without a case or a reason, a vector without a provenance, and a vector
    /// about a missing rule.
    @Test func whatIsMissing() throws {
        func both(_ change: String) throws -> (coverage: Shell.Outcome, check: Shell.Outcome) {
            _ = try shell(
                """
                rm -rf Spec Vectors && mkdir Spec Vectors && cp -r '\(Shell.package)/Spec/nano' Spec && \
                cp -r '\(Shell.package)/Vectors/nano' Vectors && \(change)
                """)
            let set = "MESHSPEC_SPEC=Spec meshspec"
            return (try shell("\(set) coverage"), try shell("\(set) check"))
        }
        let fine = try both(":")
        #expect(fine.coverage.status == 0 && fine.check.status == 0)
        let open = try both("sed -i 's/NANO-102/NANO-100/' Vectors/nano/functions.yaml")
        #expect(open.coverage.status == 1 && open.check.status == 3)
        #expect(open.coverage.out.contains("the entry does not say why: NANO-102"))
        #expect(open.check.err.contains("error[MS0115]: no vector and no case proves `NANO-102`"))
        let nameless = try both("sed -i '0,/provenance/{/provenance/d}' Vectors/nano/keepalive.yaml")
        #expect(nameless.coverage.status == 3 && nameless.check.status == 3)
        #expect(
            nameless.check.err.contains("needs `provenance`")
                && nameless.check.err.contains("Vectors/nano/keepalive.yaml:"))
        let unknown = try both("sed -i '0,/NANO-01/s//NANO-999/' Vectors/nano/keepalive.yaml")
        #expect(unknown.check.status == 3 && unknown.check.err.contains("unknown requirement `NANO-999`"))
        // An error in the list is not repeated at each use of a requirement.
        let broken = try both("sed -i '0,/  text: /s//  text: a: /' Spec/nano/requirements.yaml")
        #expect(broken.check.status == 3 && broken.check.err.contains("error[MS0001]"))
        #expect(!broken.check.err.contains("unknown requirement"))
        let without = try both("rm -r Vectors")
        #expect(without.coverage.status == 1 && without.coverage.err.contains("no vectors at Vectors"))
        #expect(without.check.status == 0 && without.check.err.contains("no vectors at Vectors"))
    }
}
