import TestThreads
import Testing

@testable import meshspec

/// Decodes that are too long for a checked-in JSON file. The repository has their lines and the checksum of the rest.
@Suite(.waits) struct GoldenLinesTests {
    static let names: [String] = {
        let found = try? Shell.run("find Captures -name '*.sha256' | sort").lines
        return (found ?? []).map { String($0.dropLast(".sha256".count)) }
    }()

    @Test func thereAreSome() { #expect(!Self.names.isEmpty) }
    @Test(arguments: names, [1, 2]) func lines(_ name: String, _ threads: Int) throws {
        let golden = try Shell.run("cat '\(name).txt'").lines
        let told = try Shell.run("meshspec decode --threads \(threads) '\(name).pcap'").lines
        #expect(told.count == golden.count && golden.count > 100)
        if let i = zip(told, golden).enumerated().first(where: { $0.element.0 != $0.element.1 }) {
            Issue.record("line \(i.offset + 1): \(i.element.0) instead of \(i.element.1)")
        }
    }
    @Test(arguments: names) func json(_ name: String) throws {
        let golden = try Shell.run("cut -d ' ' -f 1 '\(name).sha256'").lines
        let told = try Shell.run("meshspec decode -o json '\(name).pcap' | sha256sum | cut -d ' ' -f 1").lines
        #expect(told == golden && golden.first?.count == 64)
    }
}
