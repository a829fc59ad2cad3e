public import Capture
internal import Node
public import Text
internal import Wire

/// The number of messages and bytes in each interval of a capture, in total and by protocol (`stats --interval`).
/// Intervals count from the first packet. Intervals without messages are included.
public struct IntervalCounts: RecordSink {
    /// The maximum number of intervals; a day has fewer one-second intervals.
    public static let limit = 100_000
    /// The counts of an interval.
    struct Span: Hashable, Sendable {
        var messages = 0
        var bytes = 0
        /// The number of messages by the index of their protocol in `protocols`.
        var byProtocol: [Int] = []
    }
    private let width: Int64
    private let filter: Filter?
    private(set) var protocols: [String] = []
    private(set) var spans: [Span] = []
    private var start: Timestamp?
    /// The number of messages after the last interval.
    public private(set) var omitted = 0

    /// Makes empty counts. `width` is the length of an interval, above zero.
    public init(of width: Duration, _ filter: Filter?) {
        self.width = max(1, width.nanoseconds)
        self.filter = filter
    }
    /// Counts one record. The bytes of a reassembled record belong to other records.
    public mutating func record(_ record: borrowing Record, _ bytes: RawSpan) {
        if let filter, !filter.matches(record, bytes) { return }
        start = start ?? record.start
        let i = max(0, record.time.passed(since: record.start)) / width
        guard i < Self.limit else {
            omitted += 1
            return
        }
        while spans.count <= i { spans.append(Span()) }
        let place = protocols.firstIndex(of: record.protocolName) ?? protocols.count
        if place == protocols.count { protocols.append(record.protocolName) }
        spans[Int(i)].add(record.isOfOthers ? 0 : record.length, place)
    }

    // MARK: - Text

    /// Appends a table: seconds since the first packet, messages, bytes, messages of each protocol.
    public func table(_ style: Style, to out: inout [UInt8]) {
        let order = order
        let head = ["from (s)", "messages", "bytes"] + order.map { protocols[$0] }
        let rows = spans.indices.map { i in
            [seconds(i), "\(spans[i].messages)", "\(spans[i].bytes)"] + order.map { "\(spans[i].count($0))" }
        }
        let widths = head.indices.map { c in ([head[c]] + rows.map { $0[c] }).map(\.count).max() ?? 0 }
        for (n, row) in ([head] + rows).enumerated() {
            let line = zip(row, widths).map { Style.padLeft($0, $1) }.joined(separator: "  ")
            out += "\(n == 0 ? style.paint(line, .strong) : line)\n".utf8
        }
    }
    /// Appends one JSON object per line for each interval: `from` and `seconds` as text, `messages`, `bytes`,
    /// `protocols`.
    public func json(to out: inout [UInt8]) {
        for i in spans.indices {
            JSONText.line(
                .object([
                    "from": .text("\(moment(i))"), "seconds": .text(seconds(i)), "messages": .number(spans[i].messages),
                    "bytes": .number(spans[i].bytes),
                    "protocols": .map(
                        order.filter { spans[i].count($0) > 0 }.map {
                            .init(protocols[$0], .number(spans[i].count($0)))
                        }),
                ]), to: &out)
        }
    }
    /// Returns a picture with the messages of each protocol, and the bytes of all, per interval.
    public func svg(_ title: String) -> [UInt8] {
        func steps(_ value: (Span) -> Int) -> [(x: Double, y: Double)] {
            let values = spans.map { Double(value($0)) }
            let points = values.enumerated().map { (x: Double($0) * Double(width) / 1e9, y: $1) }
            // The last interval also has its full length.
            return points + (values.last.map { [(x: Double(spans.count) * Double(width) / 1e9, y: $0)] } ?? [])
        }
        let time = Plot.Axis("time since the first packet", .seconds)
        let length = StatsDetails.seconds(Int(width / 1000))
        return PlotSVG.bytes(
            title, "intervals of \(length) s",
            [
                Plot(
                    "Messages in \(length) s", x: time, y: .init("messages", .plain),
                    order.enumerated().map { n, place in
                        Plot.Series(protocols[place], steps { $0.count(place) }, .steps, colour: n)
                    }),
                Plot(
                    "Bytes of messages in \(length) s", x: time, y: .init("bytes", .bytes),
                    [Plot.Series("", steps(\.bytes), .steps, colour: 0)]),
            ])
    }
    /// The indices of the protocols in the order of their names.
    private var order: [Int] { protocols.indices.sorted { protocols[$0] < protocols[$1] } }
    private func moment(_ i: Int) -> Timestamp {
        (start ?? Timestamp(nanoseconds: 0)).moved(by: width.multipliedReportingOverflow(by: Int64(i)).partialValue)
    }
    private func seconds(_ i: Int) -> String {
        String(moment(i).since(moment(0)).dropFirst())
    }
}

extension IntervalCounts.Span {
    fileprivate mutating func add(_ length: Int, _ place: Int) {
        messages &+= 1
        bytes &+= length
        while byProtocol.count <= place { byProtocol.append(0) }
        byProtocol[place] &+= 1
    }
    /// Returns the number of messages of a protocol.
    fileprivate func count(_ place: Int) -> Int { place < byProtocol.count ? byProtocol[place] : 0 }
}
