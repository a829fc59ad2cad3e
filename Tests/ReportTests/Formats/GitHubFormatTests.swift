import Testing

@testable import Report
@testable import Scenario

struct GitHubFormatTests {
    func lines(_ records: [CaseRecord], end: RunEnd? = nil) -> [String] {
        Samples.text(.github, records, end: end).split(separator: "\n").map(String.init)
    }
    /// GitHub shows ten annotations of each kind. The most important ones precede the others, regardless of their order
    /// in the run.
    @Test func theMostTellingFirst() throws {
        var all = try (0..<30).map { try Samples.record("late-\($0)", .warn, "late", requirement: "NANO-24") }
        all += try (0..<30).map { try Samples.record("broken-\($0)", .error, "no port") }
        all += try (0..<30).map { try Samples.record("same-\($0)", .fail, "wrong") }
        all.append(try Samples.record("other", .fail, "wrong", requirement: "NANO-18"))
        let out = lines(all)
        #expect(out.count { $0.hasPrefix("::error ") } == 10 && out.count { $0.hasPrefix("::warning ") } == 10)
        let titles = out.prefix(3).map { $0.split(separator: "title=")[1].split(separator: "::")[0] }
        #expect(
            titles == [
                "NANO-16 MUST nano.made.same-0", "NANO-18 MUST nano.made.other", "NANO-16 MUST nano.made.same-1",
            ])
        #expect(
            out[10].hasPrefix("::warning ")
                && out[20]
                    == "::notice title=meshspec::51 more errors and 20 more warnings, in the log and in the other reports"
        )
        #expect(out.count == 22)
    }
    @Test func placeOfAFailure() throws {
        #expect(
            lines([try Samples.record("fail", .fail)])[0].hasPrefix(
                "::error file=made/case.yaml,line=11,endLine=11,col=64,endColumn=74,title=NANO-16 MUST nano.made.fail::"
            ))
    }
    @Test func green() throws {
        #expect(
            lines([try Samples.record("pass", .pass)]) == [
                "::notice title=meshspec::target rs-nano: 1 case: 1 pass  MUST 2/2"
            ])
        var end = Samples.end([])
        end.exit = 5
        #expect(lines([], end: end)[0] == "::error title=meshspec::no case could be run")
    }
    /// Each line is a command of the format, and no line is text from the wire.
    @Test func hostile() throws {
        let (head, records, end) = try Samples.hostile()
        for line in Samples.text(.github, [(head, records, end)]).split(
            separator: "\n", omittingEmptySubsequences: false
        ).dropLast() {
            let known = ["::error file=", "::error title=", "::warning file=", "::notice title="]
            #expect(known.contains { line.hasPrefix($0) })
            // Properties end at the right place.
            let head = line.dropFirst(2).split(separator: "::", maxSplits: 1)[0]
            #expect(
                head.split(separator: ",").allSatisfy { part in
                    ["error ", "warning ", "notice ", "line=", "endLine=", "col=", "endColumn=", "title="].contains {
                        part.hasPrefix($0)
                    }
                }, "\(head)")
        }
    }
    @Test func escapes() {
        #expect(GitHubFormat.data("100%\r\n::x") == "100%25\\u{d}\\u{a}::x")
        #expect(GitHubFormat.property("a:b,c%") == "a%3Ab%2Cc%25")
        #expect(GitHubFormat.data(String(repeating: "%", count: 9000)).count == 3 * GitHubFormat.maximumMessage + 3)
    }
}
