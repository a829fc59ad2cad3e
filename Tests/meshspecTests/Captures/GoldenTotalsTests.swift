import TestThreads
import Testing

@testable import meshspec

/// The counts of `stats` for the captures of the repository, with the share of explained payload, equal the checked-in
/// counts.
@Suite(.waits) struct GoldenTotalsTests {
    static let captures: [String] = {
        let found = try? Shell.run("find Captures -name '*.pcap' -o -name '*.pcapng' | sort").lines
        return found ?? []
    }()

    @Test func everyCaptureHasThem() { #expect(Self.captures.count >= 2) }
    @Test(arguments: captures) func totals(_ capture: String) throws {
        let name = capture[..<(capture.lastIndex(of: ".") ?? capture.endIndex)]
        let golden = try Shell.run("cat '\(name).totals.json'")
        try #require(golden.status == 0 && golden.out.hasSuffix("}}\n"), "\(name).totals.json is not there")
        let told = try Shell.run("meshspec stats -o json '\(capture)'").out
        // The output may have further fields that the checked-in file does not have.
        #expect(told.hasPrefix(golden.out.dropLast(2)), "\(told.prefix(600)) instead of \(golden.out)")
        #expect(golden.out.contains(#""payload":{"total":"#) && golden.out.contains(#""explained":"#))
    }
    /// Captures whose connections have key logs.
    static let keyLogs: [String] = {
        let found = try? Shell.run("find Captures -name '*.keys.jsonl' -o -name '*.keys' | sort").lines
        return found ?? []
    }()
    @Test(arguments: keyLogs) func totalsWithKeys(_ log: String) throws {
        let name = log.hasSuffix(".keys") ? log.dropLast(5) : log.dropLast(".keys.jsonl".count)
        let golden = try Shell.run("cat '\(name).keys.totals.json'")
        try #require(golden.status == 0 && golden.out.hasSuffix("}}\n"), "\(name).keys.totals.json is not there")
        let told = try Shell.run("meshspec stats -o json --keylog '\(log)' '\(name).pcap'").out
        #expect(told.hasPrefix(golden.out.dropLast(2)), "\(told.prefix(600)) instead of \(golden.out)")
    }
}
