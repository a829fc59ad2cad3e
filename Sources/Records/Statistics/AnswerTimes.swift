public import Capture
public import Node
public import Text
internal import Wire

/// The times from requests to their answers, by the name of the request and by the end that is asked
/// (`stats --answers`).
public struct AnswerTimes: RecordSink {
    /// The maximum number of ends with counts of their own for one name.
    static let limit = 4096
    /// The number of ends that a table lists for one name.
    static let shown = 5
    /// Requests with the same name, in total or to the same end.
    struct Row: Hashable, Sendable {
        var requests = 0
        /// The nanoseconds to each answer.
        var times = Histogram()
    }
    private let filter: Filter?
    /// The name of the request of each exchange.
    private let names: [String]
    private(set) var rows: [String: Row] = [:]
    /// The same by the end that is asked.
    private(set) var peers: [String: [Endpoint: Row]] = [:]
    private let showsAll: Bool

    /// Makes empty counts of requests and answers that pass a filter. The same definitions must read the capture. `all`:
    /// the table lists all ends.
    public init(_ definitions: [Definition], _ filter: Filter?, all: Bool = false) {
        showsAll = all
        names = definitions.flatMap(\.exchanges).map(\.ask.message)
        self.filter = filter
    }
    /// True, because the sink counts answers.
    public var wantsAnswers: Bool { true }
    /// Counts a request or an answer.
    public mutating func record(_ record: borrowing Record, _ bytes: RawSpan) {
        guard record.isRequest || record.answers != nil else { return }
        if let filter, !filter.matches(record, bytes) { return }
        if record.isRequest { change(record.name, record.destination) { $0.requests += 1 } }
        guard let request = record.answers, names.indices.contains(request.exchange) else { return }
        change(names[request.exchange], record.source) { $0.times.add(Int(clamping: request.after)) }
    }
    private mutating func change(_ name: String, _ peer: Endpoint, _ body: (inout Row) -> Void) {
        body(&rows[name, default: Row()])
        guard peers[name]?[peer] != nil || peers[name]?.count ?? 0 < Self.limit else { return }
        body(&peers[name, default: [:]][peer, default: Row()])
    }
    /// Returns the ends of a name, those that take longest first.
    private func slowest(_ name: String) -> [(peer: Endpoint, row: Row)] {
        (peers[name] ?? [:]).map { ($0.key, $0.value) }.sorted { a, b in
            let (x, y) = (a.row.times.percentile(95) ?? .max, b.row.times.percentile(95) ?? .max)
            return x == y ? a.peer < b.peer : x > y
        }
    }

    /// Appends a table. Its columns are the name of the request, the end that is asked, the numbers of all, answered and
    /// unanswered requests, and the median, the 95th percentile and the maximum of the times. A name with several ends
    /// begins with a row of their sums. Rows for the slowest ends follow.
    public func table(_ style: Style, _ addresses: AddressNames = AddressNames(), to out: inout [UInt8]) {
        let head = ["request", "to", "count", "answered", "unanswered", "p50", "p95", "max"]
        func cells(_ name: String, _ peer: String, _ row: Row) -> [String] {
            [name, peer] + [row.requests, row.times.count, row.unanswered].map(String.init)
                + row.percentiles.map { $0.map { AnswerText.duration(Int64($0)) } ?? "-" }
        }
        let lines = rows.sorted { $0.key < $1.key }.flatMap { name, row -> [[String]] in
            let all = slowest(name)
            guard all.count > 1 else { return [cells(name, all.first.map { addresses.text($0.peer) } ?? "", row)] }
            let shown = all.prefix(showsAll ? .max : Self.shown)
            let more = all.count - shown.count
            let rest = more > 0 ? [["", "\(more) more (--all)"] + [String](repeating: "", count: 6)] : []
            return [cells(name, "all \(all.count)", row)]
                + shown.map { cells("", addresses.text($0.peer), $0.row) } + rest
        }
        let widths = head.indices.map { c in ([head[c]] + lines.map { $0[c] }).map(\.count).max() ?? 0 }
        for (n, row) in ([head] + lines).enumerated() {
            let cells = row.indices.map {
                $0 < 2 ? Style.pad(row[$0], widths[$0]) : Style.padLeft(row[$0], widths[$0])
            }
            var line = cells.joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            out += "\(n == 0 ? style.paint(line, .strong) : line)\n".utf8
        }
    }
    /// Appends one JSON object per line for each name: `request`, `count`, `answered`, `unanswered`, the times in
    /// microseconds as `p50`, `p95` and `max`, and `peers`, a list with the same for each end, its address as `peer`.
    public func json(to out: inout [UInt8]) {
        for (name, row) in rows.sorted(by: { $0.key < $1.key }) {
            let ends = slowest(name).map { Value.map([.init("peer", .text("\($0.peer)"))] + $0.row.members) }
            JSONText.line(
                .map([.init("request", .text(name))] + row.members + [.init("peers", .list(ends))]), to: &out)
        }
    }
}

extension AnswerTimes.Row {
    /// The number of requests without an answer. With a filter, answers may pass whose requests do not.
    var unanswered: Int { max(0, requests - times.count) }
    /// The counts and times for programs.
    fileprivate var members: [Value.Entry] {
        let counts = [("count", requests), ("answered", times.count), ("unanswered", unanswered)]
        return counts.map { .init($0.0, .number($0.1)) }
            + zip(["p50", "p95", "max"], percentiles).compactMap { name, time in
                time.map { .init(name, .number($0 / 1000)) }
            }
    }
    /// The median, the 95th percentile and the maximum; nil without an answer.
    var percentiles: [Int?] { [times.percentile(50), times.percentile(95), times.percentile(100)] }
}
