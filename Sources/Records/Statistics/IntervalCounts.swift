public import Capture
internal import Node
public import Text
internal import Wire

/// The number of messages and bytes in each interval of a capture, in total and by type (`stats --interval`).
/// Intervals count from the first packet. Intervals without messages are included.
public struct IntervalCounts: RecordSink {
    /// The maximum number of intervals; a day has fewer one-second intervals.
    public static let limit = 100_000
    /// The counts of an interval.
    struct Span: Hashable, Sendable {
        var total = Share()
        /// The counts of the types in it, in the order of their first messages.
        fileprivate var shares: [Typed] = []
        fileprivate struct Typed: Hashable, Sendable {
            var place: Int
            var share: Share
        }
        /// Returns the counts of the type at a place in `types`.
        func share(_ place: Int) -> Share { shares.first { $0.place == place }?.share ?? Share() }
    }
    /// A number of messages, and of their bytes.
    struct Share: Hashable, Sendable {
        var messages = 0
        var bytes = 0
        static func + (a: Share, b: Share) -> Share {
            Share(messages: a.messages &+ b.messages, bytes: a.bytes &+ b.bytes)
        }
    }
    /// The maximum number of curves in a picture. If there are more types, the last curve is the sum of the others.
    static let curves = 7
    private let width: Int64
    private let filter: Filter?
    /// The names of the types, with their protocols.
    private(set) var types: [(name: String, protocolName: String)] = []
    /// The places of types with a description. The others are found by name.
    private var places: [ObjectIdentifier: Int] = [:]
    private(set) var spans: [Span] = []
    private var start: Timestamp?
    /// The number of messages after the last interval.
    public private(set) var omitted = 0

    /// Makes empty counts. `width` is the length of an interval, above zero.
    public init(of width: Duration, _ filter: Filter?) {
        self.width = max(1, width.nanoseconds)
        self.filter = filter
    }
    /// True if the filter tests which message answers which.
    public var wantsAnswers: Bool { filter?.testsAnswers ?? false }
    /// Counts one record. The bytes of a record that was reassembled or that a layer carries belong to other records.
    public mutating func record(_ record: borrowing Record, _ bytes: RawSpan) {
        if let filter, !filter.matches(record, bytes) { return }
        start = start ?? record.start
        let i = max(0, record.time.passed(since: record.start)) / width
        guard i < Self.limit else {
            omitted += 1
            return
        }
        while spans.count <= i { spans.append(Span()) }
        spans[Int(i)].add(record.length, isOfOthers: record.isOfOthers, place(of: record))
    }
    private mutating func place(of record: borrowing Record) -> Int {
        let id = record.message.map { ObjectIdentifier($0) }
        if let id, let known = places[id] { return known }
        let name = record.name
        let place = types.firstIndex { $0.name == name } ?? types.count
        if place == types.count { types.append((name, record.protocolName)) }
        if let id { places[id] = place }
        return place
    }

    // MARK: - Text

    /// Appends a table: seconds since the first packet, and for all messages and each type in the interval their number
    /// and bytes. Messages that a layer carries have bytes, which count only once in the sum, as bytes of the layer.
    public func table(_ style: Style, to out: inout [UInt8]) {
        let order = order
        var rows = [["from (s)", "message", "messages", "bytes"]]
        for (i, span) in spans.enumerated() {
            func row(_ name: String, _ share: Share) -> [String] {
                [seconds(i), name, "\(share.messages)", "\(share.bytes)"]
            }
            rows.append(row("all", span.total))
            for place in order where span.share(place).messages > 0 {
                rows.append(row(Escape.line(types[place].name), span.share(place)))
            }
        }
        let widths = rows[0].indices.map { c in rows.map { $0[c].count }.max() ?? 0 }
        for (n, row) in rows.enumerated() {
            let line = row.indices.map { i in
                i == 1 ? Style.pad(row[i], widths[i]) : Style.padLeft(row[i], widths[i])
            }.joined(separator: "  ")
            out += "\(n == 0 ? style.paint(line, .strong) : line)\n".utf8
        }
    }
    /// Appends one JSON object per line for each interval: `from` and `seconds` as text, `messages`, `bytes`,
    /// `protocols` (messages), `types` (`messages` and `bytes`).
    public func json(to out: inout [UInt8]) {
        for i in spans.indices {
            let span = spans[i]
            let present = order.filter { span.share($0).messages > 0 }
            var protocols: [Value.Entry] = []
            for name in Set(present.map { types[$0].protocolName }).sorted() {
                let sum = present.filter { types[$0].protocolName == name }.reduce(0) { $0 &+ span.share($1).messages }
                protocols.append(.init(name, .number(sum)))
            }
            JSONText.line(
                .object([
                    "from": .text("\(moment(i))"), "seconds": .text(seconds(i)),
                    "messages": .number(span.total.messages), "bytes": .number(span.total.bytes),
                    "protocols": .map(protocols),
                    "types": .map(present.map { .init(types[$0].name, Self.value(span.share($0))) }),
                ]), to: &out)
        }
    }
    private static func value(_ share: Share) -> Value {
        ["messages": .number(share.messages), "bytes": .number(share.bytes)]
    }
    /// Returns a picture with the messages and the bytes of each type per interval. `all`: each type has a curve.
    public func svg(_ title: String, all: Bool = false) -> [UInt8] {
        func steps(_ value: (Span) -> Int) -> [(x: Double, y: Double)] {
            let values = spans.map { Double(value($0)) }
            let points = values.enumerated().map { (x: Double($0) * Double(width) / 1e9, y: $1) }
            // The last interval also has its full length.
            return points + (values.last.map { [(x: Double(spans.count) * Double(width) / 1e9, y: $0)] } ?? [])
        }
        func series(_ value: KeyPath<Share, Int>) -> [Plot.Series] {
            let sums = types.indices.map { place in spans.reduce(0) { $0 &+ $1.share(place)[keyPath: value] } }
            // The most frequent types have their own curves.
            let ranked = order.filter { sums[$0] > 0 }.sorted { sums[$0] > sums[$1] }
            let isCut = !all && ranked.count > Self.curves
            let shown = ranked.prefix(isCut ? Self.curves - 1 : .max)
            var out = shown.enumerated().map { n, place in
                Plot.Series(types[place].name, steps { $0.share(place)[keyPath: value] }, .steps, colour: n)
            }
            if isCut {
                let rest = ranked.dropFirst(shown.count)
                let sum = steps { span in rest.reduce(0) { $0 &+ span.share($1)[keyPath: value] } }
                out.append(Plot.Series("\(rest.count) other types", sum, .steps, colour: out.count))
            }
            return out
        }
        let time = Plot.Axis("time since the first packet", .seconds)
        let length = StatsDetails.seconds(Int(width / 1000))
        return PlotSVG.bytes(
            title, "intervals of \(length) s",
            [
                Plot("Messages in \(length) s", x: time, y: .init("messages", .plain), series(\.messages)),
                Plot("Bytes of messages in \(length) s", x: time, y: .init("bytes", .bytes), series(\.bytes)),
            ])
    }
    /// The places of the types in the order of their names.
    private var order: [Int] { types.indices.sorted { types[$0].name < types[$1].name } }
    private func moment(_ i: Int) -> Timestamp {
        (start ?? Timestamp(nanoseconds: 0)).moved(by: width.multipliedReportingOverflow(by: Int64(i)).partialValue)
    }
    private func seconds(_ i: Int) -> String {
        String(moment(i).since(moment(0)).dropFirst())
    }
}

extension IntervalCounts.Span {
    fileprivate mutating func add(_ length: Int, isOfOthers: Bool, _ place: Int) {
        let share = IntervalCounts.Share(messages: 1, bytes: length)
        total = total + IntervalCounts.Share(messages: 1, bytes: isOfOthers ? 0 : length)
        if let i = shares.firstIndex(where: { $0.place == place }) {
            shares[i].share = shares[i].share + share
        } else {
            shares.append(Typed(place: place, share: share))
        }
    }
}
