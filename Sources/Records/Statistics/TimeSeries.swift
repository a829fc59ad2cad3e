internal import Capture
internal import Text

/// The messages and bytes over time, in at most 120 spans of equal length, which grows with the capture. Spans begin at
/// multiples of their length since 1970, so that the series of several captures can be added up.
struct TimeSeries: Sendable {
    static let limit = 120
    /// The length of a span in nanoseconds: one millisecond, doubled as often as necessary.
    private(set) var width: Int64 = 1_000_000
    /// The counts of a span.
    struct Span: Hashable, Sendable {
        var messages = 0
        var bytes = 0
        static func + (a: Span, b: Span) -> Span { Span(messages: a.messages &+ b.messages, bytes: a.bytes &+ b.bytes) }
    }
    /// The number of the first span.
    private var first: Int64 = 0
    /// The counts without the ones in `recent`.
    private var past: [Span] = []
    /// The span of the last message, with the counts since it became the last; empty if it is unknown.
    private var recent = (index: 0, times: 0..<0 as Range<Int64>, counted: Span())

    /// All spans from the span of the first message to the span of the last one.
    var spans: [Span] {
        var all = self
        all.settle()
        return all.past
    }
    /// The beginning of the first span; nil if no message was counted.
    var start: Timestamp? {
        guard !past.isEmpty else { return nil }
        let (begin, over) = first.multipliedReportingOverflow(by: width)
        return Timestamp(nanoseconds: over ? .min : begin)
    }
    init() {}
    /// Restores a series from its written form; nil if that is invalid.
    init?(width: Int64, start: Timestamp?, _ spans: [Span]) {
        guard let start else { return }
        var due: Int64 = 1_000_000
        while due < width, due <= .max / 2 { due *= 2 }
        guard due == width, (1...Self.limit).contains(spans.count) else { return nil }
        (self.width, first, past) = (width, Self.index(start.nanoseconds, width), spans)
    }

    /// Counts a message.
    @inline(__always)
    mutating func add(_ time: Timestamp, _ length: Int) {
        if !recent.times.contains(time.nanoseconds) { find(time.nanoseconds) }
        recent.counted.messages &+= 1
        recent.counted.bytes &+= length
    }
    /// Adds the counts of another series.
    mutating func merge(_ other: TimeSeries) {
        var other = other
        settle()
        other.settle()
        while width < other.width { widen() }
        while other.width < width { other.widen() }
        guard !other.past.isEmpty else { return }
        if past.isEmpty { (first, past) = (other.first, [Span()]) }
        while max(last, other.last) - min(first, other.first) >= Int64(Self.limit), width <= .max / 2 {
            widen()
            other.widen()
        }
        extend(to: other.first)
        extend(to: other.last)
        for (i, span) in other.past.enumerated() {
            let at = Int(other.first - first) + i
            past[at] = past[at] + span
        }
    }
    /// The number of the last span.
    private var last: Int64 { first + Int64(past.count) - 1 }
    private static func index(_ nanoseconds: Int64, _ width: Int64) -> Int64 {
        nanoseconds / width - (nanoseconds % width < 0 ? 1 : 0)
    }
    private mutating func settle() {
        if recent.index < past.count { past[recent.index] = past[recent.index] + recent.counted }
        recent = (0, 0..<0, Span())
    }
    @inline(never)
    private mutating func find(_ time: Int64) {
        settle()
        if past.isEmpty { (first, past) = (Self.index(time, width), [Span()]) }
        while width <= .max / 2, case let i = Self.index(time, width), max(i, last) - min(i, first) >= Int64(Self.limit)
        {
            widen()
        }
        let i = Self.index(time, width)
        extend(to: i)
        let (begin, under) = i.multipliedReportingOverflow(by: width)
        let (end, over) = begin.addingReportingOverflow(width)
        recent = (Int(i - first), (under ? .min : begin)..<(over ? .max : end), Span())
    }
    private mutating func extend(to i: Int64) {
        if i < first {
            past = [Span](repeating: Span(), count: Int(first - i)) + past
            first = i
        } else if i > last {
            past += [Span](repeating: Span(), count: Int(i - last))
        }
    }
    private mutating func widen() {
        settle()
        var wide: [Span] = []
        for (i, span) in past.enumerated() {
            // The first span may be the second half of its new span.
            if i > 0, (first + Int64(i)) & 1 == 1 {
                wide[wide.count - 1] = wide[wide.count - 1] + span
            } else {
                wide.append(span)
            }
        }
        (first, past) = (first >> 1, wide)
        width *= 2
    }
    /// Returns a picture in eight heights; with ASCII only, in four. Empty spans are spaces.
    func sparkline(_ style: Style) -> String {
        let steps = Array(style.hasUnicode ? "▁▂▃▄▅▆▇█" : ".:|#")
        let messages = spans.map(\.messages)
        let most = max(1, messages.max() ?? 0)
        return String(messages.map { $0 == 0 ? " " : steps[min(steps.count - 1, ($0 * steps.count - 1) / most)] })
    }
}
