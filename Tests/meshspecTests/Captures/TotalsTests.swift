import TestThreads
import Testing
import Text
import Wire

@testable import meshspec

/// The totals of `stats` meet the records that `decode` shows.
@Suite(.waits) struct TotalsTests {
    /// `decode` shows messages, malformed and incomplete records and findings, and with `--layers` also the frames of
    /// layers, each as often as `stats` counts them.
    @Test(arguments: GoldenTotalsTests.captures) func everyRecordIsCounted(_ capture: String) throws {
        let columns = "-o fields=message,malformed,incomplete '\(capture)'"
        func rows(_ options: String) throws -> [[Substring]] {
            try Shell.run("meshspec decode \(options) \(columns)").lines.dropFirst()
                .map { $0.split(separator: "\t", omittingEmptySubsequences: false) }
        }
        let (shown, all) = (try rows(""), try rows("--layers"))
        let json = try #require(JSON.parse(Array(try Shell.run("meshspec stats -o json '\(capture)'").out.utf8)))
        let records = try #require(json["records"])
        let malformed = shown.count { $0.count > 1 && $0[1] == "true" }
        let findings = shown.count { $0[0].hasSuffix(".finding") }
        let incomplete = shown.count { $0.count > 2 && $0[2] == "true" } - findings
        #expect(records.count("malformed") == malformed && json.count("malformed") == malformed)
        #expect(records.count("incomplete") == incomplete && records.count("findings") == findings)
        #expect(records.count("messages") == shown.count - malformed - incomplete - findings)
        #expect(records.count("frames") == all.count - shown.count)
        // The names in both lists are the names of `decode`.
        var counts: [String: Int] = [:]
        for list in ["messages", "malformed_types"] {
            guard case .map(let entries)? = json[list] else { continue }
            for entry in entries { counts[entry.key, default: 0] += entry.value.integer.map { Int($0) } ?? 0 }
        }
        var due: [String: Int] = [:]
        for row in all { due[String(row[0]), default: 0] += 1 }
        #expect(counts == due)
    }
}
