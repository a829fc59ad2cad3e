import Capture
import Testing
import Text
import Wire

@testable import Records

/// Tests of the counts of parts of messages.
struct PartCountsTests {
    private static func counts(_ parts: [(String, Int)]) -> PartCounts {
        var counts = PartCounts()
        for (name, elements) in parts { counts.add(name, elements) }
        return counts
    }
    private static func statistics(_ parts: [(String, Int)]) -> RecordStatistics {
        var kind = RecordStatistics.Kind(name: "gossipsub.rpc", protocolName: "gossipsub")
        kind.parts = counts(parts)
        var out = RecordStatistics()
        out.merge([kind], peers: PeerCounts(), notes: [:], series: TimeSeries(), tcp: TCPStatistics())
        return out
    }
    @Test func mostElementsAreFirst() {
        let counts = Self.counts([("graft", 1), ("publish", 3), ("graft", 1), ("ihave", 2), ("publish", 4)])
        #expect(counts.sorted.map(\.name) == ["publish", "graft", "ihave"])
        #expect(counts.counts["publish"] == .init(messages: 2, elements: 7))
    }
    /// A capture may hold any number of values. Beyond the limit, all further ones are one.
    @Test func namesAreLimited() {
        var counts = Self.counts((0..<2 * PartCounts.limit).map { ("method \($0)", 2) })
        #expect(counts.counts.count == PartCounts.limit + 1)
        #expect(
            counts.counts[PartCounts.others] == .init(messages: PartCounts.limit, elements: 2 * PartCounts.limit))
        counts.add("method 0", 1)
        #expect(counts.counts["method 0"] == .init(messages: 2, elements: 3))
    }
    /// Parts of a capture add up, also as text.
    @Test func partsAddUp() throws {
        var merged = PartialStatistics()
        for part in [[("publish", 3), ("graft", 1)], [("publish", 2)]] {
            merged.merge(
                try PartialStatistics(PartialStatisticsTests.text(PartialStatistics(.init(), Self.statistics(part)))))
        }
        let whole = Self.statistics([("publish", 3), ("graft", 1), ("publish", 2)])
        #expect(merged.statistics.sortedParts.map(\.parts) == whole.sortedParts.map(\.parts))
        let json = PartialStatisticsTests.json(merged)
        #expect(
            json.contains(
                #""parts":{"gossipsub.rpc":{"publish":{"messages":2,"elements":5},"graft":{"messages":1,"elements":1}}}"#
            ))
        var table: [UInt8] = []
        merged.statistics.partTable(Style(hasColour: false), all: false, to: &table)
        #expect(
            String(decoding: table, as: UTF8.self)
                == """

                part                   elements  messages
                gossipsub.rpc publish         5         2
                gossipsub.rpc graft           1         1

                """)
    }
    @Test(arguments: [#"{"publish":3}"#, #"{"publish":{"messages":1}}"#, "[]"])
    func refusesImpossibleMembers(_ text: String) {
        #expect(JSON.parse(Array(text.utf8)).flatMap { PartCounts($0) } == nil)
    }
}
