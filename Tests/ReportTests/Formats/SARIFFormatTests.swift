import Testing
@testable import Text
import Wire

@testable import Report
@testable import Scenario

struct SARIFFormatTests {
    func runs(_ text: String) throws -> [Value] {
        let v = try #require(JSON.parse(Array(text.utf8)))
        #expect(v["version"] == "2.1.0")
        return list(v["runs"])
    }
    func list(_ v: Value?) -> [Value] { if case .list(let items)? = v { items } else { [] } }

    @Test func resultsAndNotifications() throws {
        let run = try #require(try runs(Samples.text(.sarif, try Samples.every())).first)
        let results = list(run["results"])
        let names = results.compactMap { $0["properties"]?.string("case") }
        // Errors of the harness are not results. Cases that passed or did not run are not results either.
        #expect(names.count == 8 && !names.contains("nano.made.error") && !names.contains("nano.made.pass"))
        let invocation = try #require(list(run["invocations"]).first)
        #expect(invocation["executionSuccessful"] == false && invocation["exitCode"] == 4)
        #expect(list(invocation["toolExecutionNotifications"]).count == 2)
        let inconc = try #require(results.first { $0["kind"] == "open" })
        #expect(inconc["level"] == "none")
        #expect(
            results.filter { $0["suppressions"] != nil }.map { $0["properties"]?.string("case") } == ["nano.made.xfail"]
        )
        let rules = list(run["tool"]?["driver"]?["rules"])
        for r in results {
            let i = try #require(r.count("ruleIndex"))
            #expect(rules[i]["id"] == r["ruleId"])
        }
    }
    @Test(arguments: [(Int32(0), true), (1, true), (6, true), (4, false), (5, false), (7, false), (130, false)])
    func exitStatus(_ exit: Int32, _ isSuccessful: Bool) throws {
        var end = Samples.end([])
        end.exit = exit
        let run = try #require(try runs(Samples.text(.sarif, [], end: end)).first)
        let invocation = try #require(list(run["invocations"]).first)
        #expect(
            invocation["executionSuccessful"] == .bool(isSuccessful)
                && invocation["exitCode"]?.signedInteger == Int64(exit))
        #expect(list(run["results"]).isEmpty)
    }
    /// The same failure with another position or other random values has the same fingerprint. Another reason has
    /// another fingerprint.
    @Test func fingerprints() throws {
        func print(_ change: (inout CaseRecord) -> Void) throws -> Value? {
            var r = try Samples.record("fail", .fail)
            change(&r)
            let run = try #require(try runs(Samples.text(.sarif, [r])).first)
            return list(run["results"]).first?["partialFingerprints"]?["caseRuleReason/v1"]
        }
        let first = try print { _ in }
        #expect(first != nil)
        let same = try print {
            $0.failure?.line = 99
            $0.failure?.column = 1
            $0.seed = 1
            $0.round = 3
            $0.reason = "the same in other words"
            $0.file = "moved.yaml"
        }
        #expect(same == first)
        #expect(try print { $0.fingerprint = "other" } != first)
        #expect(try print { $0.requirement = "NANO-18" } != first)
        #expect(try print { $0.variant = "chop:bytes" } != first)
    }
    @Test(arguments: [
        ("Spec/nano/x.yaml", "Spec/nano/x.yaml", true), ("./a b%.yaml", "a%20b%25.yaml", true),
        ("a:b#c?.yaml", "a%3Ab%23c%3F.yaml", true),
        ("/tmp/é.yaml", "file:///tmp/%C3%A9.yaml", false), ("../x.yaml", "../x.yaml", false),
        ("a/../../x", "a/../../x", false), ("a..b/x", "a..b/x", true),
    ]) func uris(_ path: String, _ text: String, _ isBelow: Bool) {
        #expect(FileURI(path).text == text && FileURI(path).isBelow == isBelow)
    }
    /// A rule that the head does not list, and more errors than the report keeps. The size of the report is bounded.
    @Test func limits() throws {
        var unknown = try Samples.record("fail", .fail)
        unknown.requirement = "OTHER-1"
        var broken = try Samples.record("error", .error, String(repeating: "x", count: 5000))
        broken.failure = nil
        let all = [unknown] + [CaseRecord](repeating: broken, count: 1500)
        let text = Samples.text(
            .sarif, all, end: RunEnd(counts: Counts(), exit: 4, cutShort: String(repeating: "é\u{1b}", count: 400)))
        let run = try #require(try runs(text).first)
        let rules = list(run["tool"]?["driver"]?["rules"])
        #expect(rules.last?["id"] == "OTHER-1" && list(run["results"]).first?["ruleIndex"] == 3)
        let invocation = try #require(list(run["invocations"]).first)
        let told = list(invocation["toolExecutionNotifications"])
        #expect(told.count == 1001 && told.last?["message"]?["text"] == "500 more cases in which the harness broke")
        #expect(
            invocation.string("exitCodeDescription")?.hasPrefix("it ended before all cases had run: \\u{e9}\\u{1b}")
                == true)
        #expect(text.utf8.count < 1_200_000)
    }
}
