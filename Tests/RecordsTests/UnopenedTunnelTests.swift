import Capture
import Testing

@testable import Records

/// Tests that the outputs name the tunnels that are not opened.
struct UnopenedTunnelTests {
    private var tally: Tally {
        var tally = Tally()
        (tally.packets, tally.unopened[.esp], tally.unopened[.gtp]) = (3, 2, 1)
        return tally
    }
    @Test func statisticsNameThem() {
        var (json, table): ([UInt8], [UInt8]) = ([], [])
        StatsRenderer.json(tally, RecordStatistics(), to: &json)
        StatsRenderer.table(tally, RecordStatistics(), colour: false, to: &table)
        #expect(String(decoding: json, as: UTF8.self).contains(#""tunnels":{"esp":2,"gtp":1}"#))
        #expect(
            String(decoding: table, as: UTF8.self).contains(
                "2 packets of IPsec ESP, which is encrypted and not decoded"))
        json = []
        StatsRenderer.json(Tally(), RecordStatistics(), to: &json)
        #expect(!String(decoding: json, as: UTF8.self).contains("tunnels"))
    }
    @Test func monitorNamesThem() {
        let lines = Monitor([]).lines(tally, isIncomplete: false, hasFilter: false)
        #expect(lines.contains("  2 packets of IPsec ESP, which is encrypted and not decoded"), "\(lines)")
        #expect(lines.contains("  1 packet of GTP-U with content that is not known, a tunnel that is not opened"))
    }
}
