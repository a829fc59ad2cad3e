internal import Capture

/// Messages and bytes over time, in at most 120 spans of equal length that grow with the capture.
struct TimeSeries: Sendable {
    static let limit = 120
    /// Nanoseconds of a span.
    private(set) var width: Int64 = 1_000_000
    private(set) var messages: [Int] = []
    private(set) var bytes: [Int] = []
    private(set) var start: Timestamp?

    /// The span of the last message, by what passed since the start; empty when none is known.
    private var recent: (index: Int, times: Range<Int64>) = (0, 0..<0)

    /// Counts a message. What came before the first packet counts with it.
    @inline(__always)
    mutating func add(_ time: Timestamp, start first: Timestamp, _ length: Int) {
        let start = start ?? first
        let (passed, over) = time.nanoseconds.subtractingReportingOverflow(start.nanoseconds)
        let at = over ? Int64.max : max(0, passed)
        if !recent.times.contains(at) { find(at, start) }
        messages[recent.index] &+= 1
        bytes[recent.index] &+= length
    }
    @inline(never)
    private mutating func find(_ at: Int64, _ start: Timestamp) {
        self.start = start
        while at / width >= Int64(Self.limit), width <= Int64.max / 2 { widen() }
        let i = Int(at / width)
        while messages.count <= i {
            messages.append(0)
            bytes.append(0)
        }
        let begin = Int64(i) * width
        let (end, over) = begin.addingReportingOverflow(width)
        recent = (i, begin..<(over ? .max : end))
    }
    private mutating func widen() {
        recent = (0, 0..<0)
        messages = Self.halved(messages)
        bytes = Self.halved(bytes)
        width *= 2
    }
    /// Adds what another one of the same beginning counted.
    mutating func add(_ other: TimeSeries) {
        guard let start = other.start else { return }
        self.start = self.start ?? start
        var other = other
        while width < other.width { widen() }
        while other.width < width { other.widen() }
        let missing = [Int](repeating: 0, count: max(0, other.messages.count - messages.count))
        messages += missing
        bytes += missing
        recent = (0, 0..<0)
        for i in other.messages.indices {
            messages[i] += other.messages[i]
            bytes[i] += other.bytes[i]
        }
    }
    private static func halved(_ counts: [Int]) -> [Int] {
        stride(from: 0, to: counts.count, by: 2).map { counts[$0] + ($0 + 1 < counts.count ? counts[$0 + 1] : 0) }
    }
    /// A picture of it in eight heights; with ASCII alone, in four. Empty spans are blank.
    func sparkline(_ style: Style) -> String {
        let steps = Array(style.hasUnicode ? "▁▂▃▄▅▆▇█" : ".:|#")
        let most = max(1, messages.max() ?? 0)
        return String(messages.map { $0 == 0 ? " " : steps[min(steps.count - 1, ($0 * steps.count - 1) / most)] })
    }
}
