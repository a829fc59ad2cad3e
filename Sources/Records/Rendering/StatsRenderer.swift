public import Capture
import Node
public import Text
import Wire

/// A writer of the totals of a capture: a table for people, or one JSON object for programs.
public enum StatsRenderer {
    /// Appends one JSON object and a newline. The keys are always in this order:
    /// - `packets`, `bytes` (on the wire), `flows` (TCP connections)
    /// - `messages` (valid ones by name), `malformed`
    /// - `unknown`: connections with payload that no protocol explains
    /// - `payload`: bytes of TCP and UDP payload as `total`, bytes of valid messages as `explained`
    /// - `notes` (by severity)
    /// - `types`: for each name its `bytes`, the number sent by the opening side as `from_client` and by the other side
    ///   as `from_server`, percentiles of `size` in bytes and of `interval`, the seconds since the previous message in
    ///   its direction
    /// - `protocols`: messages and bytes of each protocol
    /// - `peers`: the ends with most bytes
    /// - `series`: `start`, which is a multiple of `seconds`, the length of a span; `messages` and `bytes` in each span
    /// - `tcp`: `connections`, `handshake` and counts of segments with the names in `TCPCounts.counts`, with
    ///   `round_trip` and `window`. The counts are for all connections, and in `conversations` for each direction of
    ///   the connections with most trouble.
    /// - `checksums`: only if checksums were checked; packets by result, with the names in `ChecksumCounts.names`
    /// - `datagrams`: only if some are recognized but not decoded; UDP datagrams by `quic`, `stun` and `dtls`
    /// - `tunnels`: only if some are not opened; their packets by the names in `UnopenedTunnel`
    /// - `records`: the numbers of records as `messages`, `malformed`, `incomplete`, `findings` and `frames`, the units
    ///   of layers that `decode` shows with `--layers`; `decode` shows the others
    /// - `malformed_types`: the malformed records by name, which `messages` does not count
    /// - `parts`: only if messages have parts (`Message.parts`); for each type its parts with `messages` and `elements`
    /// - `failures`: connections that failed: `kind`, `handshake` (of unfinished ones), `end`, `server`, `count`, and
    ///   the `first` one with `time`, `client`, `server`, and its `flow` and `frame` unless captures were merged
    /// - `unknown_flows`: connections in unknown protocols by `port` of the server and first `bytes`, with
    ///   `from_client`, `flows`, `payload` and the `first` one
    /// - `omitted`: only if rows are left out; their numbers by list
    /// - `comments`: the comments on the captures as texts, if there are any
    /// - `devices`: `name`, `link`, `snap` (bytes of a packet), `dropped` (packets), `comments`, if known
    ///
    /// Lists have at most 100 rows, unless `all` is true.
    public static func json(
        _ tally: Tally, _ statistics: RecordStatistics, of captures: [CaptureInformation] = [], all: Bool = false,
        to out: inout [UInt8]
    ) {
        let total = Value.members([
            "packets": .number(tally.packets), "bytes": .number(tally.bytes), "flows": .number(tally.flows),
            "messages": .map(statistics.sorted.map { .init($0.name, .number($0.count.records)) }),
            "malformed": .number(statistics.malformed.records), "unknown": .number(tally.unknownFlows),
            "payload": ["total": .number(tally.payload), "explained": .number(statistics.explained)],
            "notes": [
                "violation": .number(statistics.count(.violation)), "warning": .number(statistics.count(.warning)),
                "info": .number(statistics.count(.info)),
            ],
            "types": .map(statistics.sorted.map { .init($0.name, StatsDetails.type($0.count)) }),
            "protocols": StatsDetails.protocols(statistics), "peers": StatsDetails.peers(statistics, all: all),
            "series": StatsDetails.series(statistics), "tcp": statistics.tcp.value(all: all),
        ])
        let checksums = tally.checksums
        let checked = ChecksumCounts.names.map { Value.Entry($0.name, .number(checksums[keyPath: $0.path])) }
        let asked = checksums.isEmpty ? [] : [Value.Entry("checksums", .map(checked))]
        let unread = tally.unreadDatagrams.map { Value.Entry($0.name.lowercased(), .number($0.count)) }
        let datagrams = unread.isEmpty ? [] : [Value.Entry("datagrams", .map(unread))]
        let unopened = UnopenedTunnel.allCases.filter { tally.unopened[$0] > 0 }
            .map { Value.Entry($0.rawValue, .number(tally.unopened[$0])) }
        let tunnels = unopened.isEmpty ? [] : [Value.Entry("tunnels", .map(unopened))]
        JSONText.line(
            .map(
                total + asked + datagrams + tunnels + StatsDetails.records(statistics, all: all)
                    + CaptureSources.members(captures)), to: &out)
    }

    /// Appends a table. Rare values are left out if they are zero. `time` is the style of the terminal for a picture of
    /// messages over time; nil omits the picture. `captures` has the descriptions in the files. `all`: tables have all
    /// rows, not only the first 5 or 10.
    public static func table(
        _ tally: Tally, _ statistics: RecordStatistics, of captures: [CaptureInformation] = [],
        names: AddressNames = AddressNames(), colour: Bool, over time: Style? = nil, all: Bool = false,
        to out: inout [UInt8]
    ) {
        let style = Style(hasColour: colour)
        var rows: [(String, String)] = []
        let span = tally.start.flatMap { start in tally.end.map { $0.since(start).dropFirst() } }
        rows.append(("packets", "\(tally.packets), \(tally.bytes) bytes\(span.map { " in \($0) s" } ?? "")"))
        let unknown = tally.unknownFlows > 0 ? ", \(tally.unknownFlows) of no known protocol" : ""
        rows.append(("flows", "\(tally.flows)\(unknown)"))
        let sealed = tally.sealedBytes > 0 ? ", \(percent(tally.sealedBytes, tally.payload)) encrypted" : ""
        rows.append(
            ("payload", "\(tally.payload) bytes, \(percent(statistics.explained, tally.payload)) explained\(sealed)"))
        let unread = tally.unreadDatagrams.map { ", \($0.count) of \($0.name)" }.joined()
        let rare =
            [
                ("udp", tally.datagrams, "datagrams" + unread),
                ("fragments", tally.fragments, "of IP, reassembled to \(tally.reassembledPackets) packets"),
                ("other", tally.otherPackets, "packets that are neither TCP nor UDP"),
                ("damaged", tally.damagedPackets, "packets with impossible headers"),
            ] + tally.unreadTunnels.map { ("tunnels", $0.count, "packets of \($0.name), \($0.why)") }
        for (name, n, what) in rare where n > 0 { rows.append((name, "\(n) \(what)")) }
        if !tally.checksums.isEmpty { rows.append(("checksums", text(tally.checksums))) }
        rows += statistics.tcp.rows
        if tally.gaps > 0 { rows.append(("gaps", "\(tally.gaps), \(tally.gapBytes) bytes missing from the capture")) }
        if let records = text(statistics.shares) { rows.append(("records", records)) }
        let failed = statistics.troubled.failures.count
        if failed > 0 { rows.append(("failed", failed == 1 ? "1 connection" : "\(failed) connections")) }
        rows += CaptureSources.rows(captures)
        for (name, text) in rows { out += "\(style.padded(name, 10, .strong)) \(text)\n".utf8 }
        if let time, statistics.series.spans.count > 1 {
            let span = StatsDetails.seconds(Int(statistics.series.width / 1000))
            out +=
                "\(style.padded("messages", 10, .strong)) \(statistics.series.sparkline(time)) \(span) s each\n"
                .utf8
        }
        if !statistics.sorted.isEmpty {
            let width = statistics.sorted.map(\.name.count).max() ?? 0
            out +=
                "\n\(style.padded("message", width, .strong)) \(Style.padLeft("count", 9)) \(Style.padLeft("bytes", 12))"
                .utf8
            out += StatsDetails.head.utf8
            for (name, count) in statistics.sorted {
                out +=
                    "\(Style.pad(Escape.line(name), width)) \(Style.padLeft("\(count.records)", 9))"
                    .utf8
                out += " \(Style.padLeft("\(count.bytes)", 12))\(StatsDetails.row(count))\n".utf8
            }
        }
        statistics.partTable(style, all: all, to: &out)
        StatsDetails.talkers(statistics, style, names, all: all, to: &out)
        statistics.tcp.table(style, names, all: all, to: &out)
        statistics.troubled.failureTable(style, names, all: all, to: &out)
        statistics.troubled.unknownTable(style, names, all: all, to: &out)
        out.append(UInt8(ascii: "\n"))
        let malformed = statistics.malformed
        let malformedNames = statistics.malformedNames.sorted { $0.key < $1.key }
            .map { "\($0.value) \(Escape.line($0.key))" }
        out += "malformed  \(malformed.records)\(malformed.records > 0 ? ", \(malformed.bytes) bytes" : "")".utf8
        if !malformedNames.isEmpty { out += ": \(malformedNames.joined(separator: ", "))".utf8 }
        out.append(UInt8(ascii: "\n"))
        let notes = [Severity.violation, .warning, .info].map { severity in
            let n = statistics.count(severity)
            let text = "\(n) \(severity.rawValue)"
            return n > 0 ? style.paint(text, severity.tone) : text
        }
        out += "notes      \(notes.joined(separator: ", "))\n".utf8
    }
    /// Returns the results of checksums in words. Results that need no attention are at the end.
    public static func text(_ counts: ChecksumCounts) -> String {
        let parts = [
            (counts.wrong, "wrong and skipped"),
            (counts.unfilled, "not yet filled in by the network card of the sender"),
            (counts.right, "right"), (counts.unchecked, "not checked: missing or cut"),
        ]
        return parts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
    }
    /// Returns the numbers of records in words, as far as they are not zero; nil if there are no records.
    private static func text(_ shares: [(name: String, count: Int)]) -> String? {
        let parts = shares.filter { $0.count > 0 }
            .map { $0.name == "frames" ? "\($0.count) frames of layers" : "\($0.count) \($0.name)" }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }
    private static func percent(_ part: Int, _ whole: Int) -> String {
        guard whole > 0, part >= 0 else { return "none" }
        // The value is rounded down: 100.0 % means all of it.
        let tenths = part.multipliedReportingOverflow(by: 1000)
        let n = tenths.overflow ? part / (whole / 1000 + 1) : tenths.partialValue / whole
        return "\(n / 10).\(n % 10) %"
    }
}
