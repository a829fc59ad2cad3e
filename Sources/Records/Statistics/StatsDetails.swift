internal import Capture
internal import Text
internal import Wire

/// The parts of statistics beyond plain counts: sizes, intervals, peers and time.
enum StatsDetails {
    /// The maximum number of ends that are listed for people. `listedPeers` is the number for programs.
    static let shownPeers = 10
    static let listedPeers = 100
    /// The titles of the columns after the count and the bytes.
    static let head = "   opener   other   size p50/p90/max   interval p50/p90/max\n"

    static func row(_ count: RecordStatistics.Count) -> String {
        func three(_ h: Histogram, _ text: (Int) -> String) -> String {
            guard let median = h.percentile(50), let high = h.percentile(90) else { return "" }
            return "\(text(median))/\(text(high))/\(text(h.most))"
        }
        let sizes = three(count.sizes) { "\($0)" }
        let intervals = three(count.intervals) { seconds($0) }
        return " \(Style.padLeft("\(count.fromClient)", 8))"
            + " \(Style.padLeft("\(count.records - count.fromClient)", 7)) \(Style.padLeft(sizes, 18))"
            + (intervals.isEmpty ? "" : " \(Style.padLeft(intervals + " s", 22))")
    }
    /// Appends a row for each of the ends with most bytes. `all`: for all ends.
    static func talkers(
        _ statistics: RecordStatistics, _ style: Style, _ names: AddressNames, all isWhole: Bool = false,
        to out: inout [UInt8]
    ) {
        let peers = statistics.peers
        let all = peers.sorted
        guard !all.isEmpty else { return }
        let shown = all.prefix(isWhole ? .max : shownPeers)
        let width = max(4, shown.map { names.text($0.key).count }.max() ?? 0)
        out +=
            "\n\(style.padded("peer", width, .strong))      sent        bytes   received        bytes\n"
            .utf8
        for (end, peer) in shown { row(Style.pad(names.text(end), width), peer, to: &out) }
        let more = all.count - shown.count + peers.otherCount
        guard more > 0 else { return }
        var rest = peers.others
        for (_, peer) in all.dropFirst(shown.count) { rest.add(peer) }
        row(Style.pad("\(more) more", width), rest, to: &out)
    }
    private static func row(_ name: String, _ peer: PeerCounts.Peer, to out: inout [UInt8]) {
        out += "\(name) \(Style.padLeft("\(peer.sent)", 9)) \(Style.padLeft("\(peer.sentBytes)", 12))".utf8
        out +=
            " \(Style.padLeft("\(peer.received)", 10)) \(Style.padLeft("\(peer.receivedBytes)", 12))\n".utf8
    }
    /// Returns microseconds as seconds, with the significant decimals.
    static func seconds(_ microseconds: Int) -> String {
        var fraction = String(1_000_000 + microseconds % 1_000_000).dropFirst()
        while fraction.last == "0" { fraction = fraction.dropLast() }
        // Further digits would be misleading.
        if microseconds >= 1_000_000 { fraction = fraction.prefix(2) }
        return "\(microseconds / 1_000_000)\(fraction.isEmpty ? "" : ".")\(fraction)"
    }

    static func type(_ count: RecordStatistics.Count) -> Value {
        [
            "bytes": .number(count.bytes), "from_client": .number(count.fromClient),
            "from_server": .number(count.records - count.fromClient),
            "size": percentiles(count.sizes) { .number($0) },
            "interval": percentiles(count.intervals) { .text(exact($0)) },
        ]
    }
    private static func percentiles(_ h: Histogram, _ value: (Int) -> Value) -> Value {
        guard h.count > 0 else { return .map([]) }
        let middle: [Value.Entry] = [50, 90, 99].map { .init("p\($0)", value(h.percentile($0) ?? 0)) }
        return .map([.init("min", value(h.least))] + middle + [.init("max", value(h.most))])
    }
    /// Returns seconds with microseconds. The value is text, because value trees have no fractions.
    static func exact(_ microseconds: Int) -> String {
        Duration.microseconds(microseconds).seconds(decimals: 6)
    }

    static func protocols(_ statistics: RecordStatistics) -> Value {
        .map(
            statistics.protocols.sorted { $0.name < $1.name }.map { name, messages, bytes in
                .init(name, ["messages": .number(messages), "bytes": .number(bytes)])
            })
    }
    static func peers(_ statistics: RecordStatistics, all: Bool) -> Value {
        .list(
            statistics.peers.sorted.prefix(all ? .max : listedPeers).map { end, peer in
                [
                    "address": .text("\(end)"), "sent": .number(peer.sent), "sent_bytes": .number(peer.sentBytes),
                    "received": .number(peer.received), "received_bytes": .number(peer.receivedBytes),
                ]
            })
    }
    /// The numbers of rows that the lists for programs leave out; empty if they leave out none.
    static func omitted(_ statistics: RecordStatistics, all: Bool) -> [Value.Entry] {
        let (peers, connections) = (statistics.peers, statistics.tcp.connections)
        let troubled = statistics.troubled.omitted(all: all)
        let listed = min(statistics.tcp.list.count, all ? .max : listedPeers)
        return [
            ("peers", (all ? 0 : max(0, peers.sorted.count - listedPeers)) &+ peers.otherCount),
            ("conversations", connections - listed), ("failures", troubled.failures),
            ("unknown_flows", troubled.unknown),
        ].filter { $0.1 > 0 }.map { .init($0.0, .number($0.1)) }
    }
    /// The numbers of records by kind, and the connections that failed or have an unknown protocol.
    static func records(_ statistics: RecordStatistics, all: Bool) -> [Value.Entry] {
        let malformed = statistics.malformedNames.sorted { $0.key < $1.key }
        let cut = omitted(statistics, all: all)
        let parts = statistics.sortedParts.map { Value.Entry($0.type, .map($0.parts.members)) }
        return [
            .init("records", .map(statistics.shares.map { .init($0.name, .number($0.count)) })),
            .init("malformed_types", .map(malformed.map { .init($0.key, .number($0.value)) })),
        ] + (parts.isEmpty ? [] : [.init("parts", .map(parts))]) + [
            .init("failures", statistics.troubled.failureList(all: all)),
            .init("unknown_flows", statistics.troubled.unknownList(all: all)),
        ] + (cut.isEmpty ? [] : [.init("omitted", .map(cut))])
    }
    static func series(_ statistics: RecordStatistics) -> Value {
        let s = statistics.series
        guard let start = s.start else { return .map([]) }
        return [
            "start": .text("\(start)"), "seconds": .text(exact(Int(s.width / 1000))),
            "messages": .list(s.spans.map { .number($0.messages) }), "bytes": .list(s.spans.map { .number($0.bytes) }),
        ]
    }
}
