internal import Capture

/// Messages and bytes over time, in at most 120 spans of equal length that grow with the capture.
struct TimeSeries: Sendable {
    static let limit = 120
    /// Nanoseconds of a span.
    private(set) var width: Int64 = 1_000_000
    private(set) var start: Timestamp?
    /// What was counted in a span.
    struct Span: Hashable, Sendable {
        var messages = 0
        var bytes = 0
        static func + (a: Span, b: Span) -> Span { Span(messages: a.messages &+ b.messages, bytes: a.bytes &+ b.bytes) }
    }
    /// But for what `recent` has.
    private var past: [Span] = []
    /// The span of the last message, by what passed since the start, with what was counted in it since it is the last;
    /// empty when none is known.
    private var recent = (index: 0, times: 0..<0 as Range<Int64>, counted: Span())

    /// All spans up to the last in which there is anything.
    var spans: [Span] {
        var all = self
        all.settle()
        return all.past
    }
    /// Counts a message. What came before the first packet counts with it.
    @inline(__always)
    mutating func add(_ time: Timestamp, start first: Timestamp, _ length: Int) {
        let start = start ?? first
        let (passed, over) = time.nanoseconds.subtractingReportingOverflow(start.nanoseconds)
        let at = over ? Int64.max : max(0, passed)
        if !recent.times.contains(at) { find(at, start) }
        recent.counted.messages &+= 1
        recent.counted.bytes &+= length
    }
    private mutating func settle() {
        if recent.index < past.count { past[recent.index] = past[recent.index] + recent.counted }
        recent = (0, 0..<0, Span())
    }
    @inline(never)
    private mutating func find(_ at: Int64, _ start: Timestamp) {
        settle()
        self.start = start
        while at / width >= Int64(Self.limit), width <= Int64.max / 2 { widen() }
        let i = Int(at / width)
        while past.count <= i { past.append(Span()) }
        let begin = Int64(i) * width
        let (end, over) = begin.addingReportingOverflow(width)
        recent = (i, begin..<(over ? .max : end), Span())
    }
    private mutating func widen() {
        settle()
        past = stride(from: 0, to: past.count, by: 2).map { past[$0] + ($0 + 1 < past.count ? past[$0 + 1] : Span()) }
        width *= 2
    }
    /// A picture of it in eight heights; with ASCII alone, in four. Empty spans are blank.
    func sparkline(_ style: Style) -> String {
        let steps = Array(style.hasUnicode ? "▁▂▃▄▅▆▇█" : ".:|#")
        let messages = spans.map(\.messages)
        let most = max(1, messages.max() ?? 0)
        return String(messages.map { $0 == 0 ? " " : steps[min(steps.count - 1, ($0 * steps.count - 1) / most)] })
    }
}
