public import Capture
internal import Node
internal import Text
internal import Wire

/// The error for a file that is not valid partial statistics.
public struct PartialStatisticsError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The problem and its remedy.
    public var description: String
    /// True if another version of meshspec has written the file.
    public internal(set) var isOtherVersion = false
}

/// The statistics of a part of a capture in a form that can be added up (`stats --partial`, `merge`). If each part has
/// whole conversations, the sum equals the statistics of the whole capture, in any order and grouping.
///
/// The sum is exact with three limits. Ends beyond `PeerCounts.limit` are combined, and no interval is counted across
/// `RecordRows.limit` directions and kinds. Parts of messages beyond `PartCounts.limit` are combined. TCP connections
/// beyond `TCPStatistics.limit` with least trouble are only in the totals; they are the same ones for any partition.
public struct PartialStatistics {
    /// The name of the format, which a file states.
    public static let format = "meshspec-statistics"
    /// The version of the format that this program writes, and the highest that it reads.
    public static let version: UInt64 = 8

    /// The counts of packets and connections.
    public var tally: Tally
    /// The statistics of messages.
    public var statistics: RecordStatistics

    /// Makes partial statistics. Without arguments they are empty, so that others can be added.
    public init(_ tally: Tally = Tally(), _ statistics: RecordStatistics = RecordStatistics()) {
        self.tally = tally
        self.statistics = statistics
        self.statistics.settle(tally.end)
    }
    /// Adds another part.
    public mutating func merge(_ other: PartialStatistics) {
        tally.merge(other.tally)
        statistics.merge(other.statistics)
        statistics.settle(tally.end)
    }

    // MARK: - Text

    /// Appends one JSON object and a newline. Equal parts give equal text.
    public func write(to out: inout [UInt8]) {
        var counts = Tally.counts.map { Value.Entry($0.name, .number(tally[keyPath: $0.path])) }
        counts.append(.init("dropped", .uint(tally.dropped)))
        let times = Value.object([
            "start": tally.start.map { .int($0.nanoseconds) }, "end": tally.end.map { .int($0.nanoseconds) },
            "foreign_link": tally.foreignLink.map { .int(Int64($0.rawValue)) },
            "stream_protocol": tally.streamProtocol.map { .text($0) },
        ])
        let peers = statistics.peers
        let rest = Value.map([.init("ends", .number(peers.otherCount))] + Self.members(peers.others))
        let series = statistics.series
        JSONText.line(
            .object([
                "format": .text(Self.format), "version": .uint(Self.version), "counts": .map(counts), "capture": times,
                "kinds": .list(statistics.totals.sorted { $0.name < $1.name }.map(Self.value)),
                "notes": .map(
                    statistics.notes.sorted { $0.key.rawValue < $1.key.rawValue }.map {
                        .init($0.key.rawValue, .number($0.value))
                    }),
                "peers": .list(
                    peers.sorted.map { .map([.init("address", .text("\($0.key)"))] + Self.members($0.value)) }),
                "others": rest,
                "series": .object([
                    "width": .int(series.width), "start": series.start.map { .int($0.nanoseconds) },
                    "messages": .list(series.spans.map { .number($0.messages) }),
                    "bytes": .list(series.spans.map { .number($0.bytes) }),
                ]),
                "tcp": statistics.tcp.partial, "connections": statistics.troubled.partial,
                "frames": .number(statistics.frames),
                "malformed": .map(
                    statistics.malformedNames.sorted { $0.key < $1.key }.map { .init($0.key, .number($0.value)) }),
            ]), to: &out)
    }
    private static func value(_ kind: RecordStatistics.Kind) -> Value {
        .object([
            "name": .text(kind.name), "protocol": kind.protocolName.map { .text($0) },
            "records": .number(kind.count.records), "bytes": .number(kind.count.bytes),
            "from_client": .number(kind.count.fromClient), "reassembled": .number(kind.reassembledBytes),
            "sizes": value(kind.count.sizes), "intervals": value(kind.count.intervals),
            "parts": kind.parts.counts.isEmpty ? nil : .map(kind.parts.members),
        ])
    }
    private static func value(_ h: Histogram) -> Value {
        guard h.count > 0 else { return .map([]) }
        return [
            "least": .number(h.least), "most": .number(h.most),
            "buckets": .list(h.counts.flatMap { [.number($0.bucket), .number($0.count)] }),
        ]
    }
    private static func members(_ peer: PeerCounts.Peer) -> [Value.Entry] {
        [
            .init("sent", .number(peer.sent)), .init("sent_bytes", .number(peer.sentBytes)),
            .init("received", .number(peer.received)), .init("received_bytes", .number(peer.receivedBytes)),
        ]
    }

    /// Reads the output of `write`. Throws if the text is something different, or has a later version.
    public init(_ text: [UInt8]) throws(PartialStatisticsError) {
        guard let v = JSON.parse(text), v.string("format") == Self.format else {
            throw PartialStatisticsError(
                description: "not partial statistics, which `meshspec stats --partial` writes")
        }
        guard let version = v.count("version"), version <= Self.version else {
            throw PartialStatisticsError(
                description: "written by a later version of meshspec: this one reads up to format \(Self.version)",
                isOtherVersion: true)
        }
        guard let read = Self.read(v, version) else {
            throw PartialStatisticsError(
                description: "partial statistics with impossible members: they are damaged, create them again")
        }
        self = read
    }
    /// Returns the first version of the format that has a count.
    private static func firstVersion(_ count: String) -> Int {
        if Tally.newestCounts.contains(count) { return 6 }
        if Tally.latestCounts.contains(count) { return 5 }
        if Tally.unreadCounts.contains(count) { return 4 }
        return count.hasPrefix("checksums_") ? 3 : 1
    }
    private static func read(_ v: Value, _ version: Int) -> PartialStatistics? {
        var out = PartialStatistics()
        // Version 2 added TCP.
        guard let counts = v["counts"], let series = TimeSeries(v["series"]),
            let tcp = version < 2 ? TCPStatistics() : TCPStatistics(v["tcp"] ?? .null)
        else { return nil }
        for (name, path) in Tally.counts {
            guard let n = version < firstVersion(name) ? 0 : counts.amount(name) else { return nil }
            out.tally[keyPath: path] = n
        }
        out.tally.dropped = UInt64(counts.amount("dropped") ?? 0)
        let capture = v["capture"] ?? .null
        out.tally.start = capture.whole("start").map { Timestamp(nanoseconds: $0) }
        out.tally.end = capture.whole("end").map { Timestamp(nanoseconds: $0) }
        out.tally.foreignLink = capture.whole("foreign_link").map { LinkType(rawValue: Int32(clamping: $0)) }
        out.tally.streamProtocol = capture.string("stream_protocol")
        var kinds: [RecordStatistics.Kind] = []
        for item in v.items("kinds") {
            guard let kind = RecordStatistics.Kind(item) else { return nil }
            kinds.append(kind)
        }
        var ends: [(end: Endpoint, peer: PeerCounts.Peer)] = []
        for item in v.items("peers") {
            guard let end = item.string("address").flatMap({ Endpoint($0) }) else { return nil }
            ends.append((end, PeerCounts.Peer(item)))
        }
        let peers = PeerCounts(
            ends, others: PeerCounts.Peer(v["others"] ?? .null), otherCount: v["others"]?.amount("ends") ?? 0)
        var notes: [Severity: Int] = [:]
        for severity in [Severity.info, .warning, .violation] {
            notes[severity] = v["notes"]?.amount(severity.rawValue)
        }
        out.statistics.merge(kinds, peers: peers, notes: notes, series: series, tcp: tcp)
        // Version 7 added failures, first bytes of unknown protocols, frames, and malformed records by name.
        guard version >= 7 else { return out }
        guard let troubled = TroubledConnections(v["connections"] ?? .null), let frames = v.amount("frames"),
            case .map(let names)? = v["malformed"]
        else { return nil }
        var malformed: [String: Int] = [:]
        for entry in names {
            guard let n = Value.amount(entry.value.signedInteger) else { return nil }
            malformed[entry.key] = n
        }
        out.statistics.merge(troubled, frames: frames, malformedNames: malformed)
        return out
    }
}

extension Value {
    /// Returns the number of a member. A number above 2^53 is text.
    func whole(_ key: String) -> Int64? {
        if case .text(let s)? = self[key] { Int64(s) } else { self[key]?.signedInteger }
    }
    /// Returns the number of a counted member; nil if it is larger than any capture allows, so that sums cannot
    /// overflow.
    func amount(_ key: String) -> Int? { Self.amount(whole(key)) }
    fileprivate static func amount(_ n: Int64?) -> Int? { n.flatMap { (0...1 << 53).contains($0) ? Int($0) : nil } }
}

extension RecordStatistics.Kind {
    fileprivate init?(_ v: Value) {
        guard let name = v.string("name"), let records = v.amount("records"), let bytes = v.amount("bytes"),
            let fromClient = v.amount("from_client"), let sizes = Histogram(v["sizes"]),
            let intervals = Histogram(v["intervals"])
        else { return nil }
        // Version 8 added parts, which most types do not have.
        guard let parts = PartCounts(v["parts"] ?? .map([])) else { return nil }
        self.init(name: name, protocolName: v.string("protocol"))
        self.parts = parts
        count = RecordStatistics.Count(records: records, bytes: bytes, fromClient: fromClient)
        (count.sizes, count.intervals) = (sizes, intervals)
        reassembledBytes = v.amount("reassembled") ?? 0
    }
}

extension Histogram {
    fileprivate init?(_ v: Value?) {
        guard let v else { return nil }
        let numbers = v.items("buckets").compactMap { Value.amount($0.signedInteger) }
        guard numbers.count % 2 == 0, numbers.count == v.items("buckets").count else { return nil }
        let counts = stride(from: 0, to: numbers.count, by: 2).map { (bucket: numbers[$0], count: numbers[$0 + 1]) }
        self.init(counts, least: v.amount("least") ?? 0, most: v.amount("most") ?? 0)
    }
}

extension PeerCounts.Peer {
    fileprivate init(_ v: Value) {
        self.init(
            sent: v.amount("sent") ?? 0, sentBytes: v.amount("sent_bytes") ?? 0, received: v.amount("received") ?? 0,
            receivedBytes: v.amount("received_bytes") ?? 0)
    }
}

extension TimeSeries {
    fileprivate init?(_ v: Value?) {
        guard let v, let width = v.whole("width") else { return nil }
        let (messages, bytes) = (v.items("messages"), v.items("bytes"))
        guard messages.count == bytes.count else { return nil }
        let spans = zip(messages, bytes).map {
            Span(messages: Value.amount($0.signedInteger) ?? 0, bytes: Value.amount($1.signedInteger) ?? 0)
        }
        self.init(width: width, start: v.whole("start").map { Timestamp(nanoseconds: $0) }, spans)
    }
}
