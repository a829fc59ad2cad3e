internal import Node
internal import Scenario
public import Text
public import Wire

/// The progress of a run, for its observers.
public struct Progress: Sendable {
    /// The number of cases that ended.
    public var done: Int
    /// The number of all cases; nil if the run has no end.
    public var cases: Int?
    /// The time since the run began.
    public var elapsed: Duration
    /// The remaining time; nil if it is unknown.
    public var left: TimeLeft?
    /// The running cases, the longest-running first.
    public var running: [RunningTime]

    /// Makes a progress report. Of the running cases only the longest-running are kept.
    public init(done: Int, cases: Int?, elapsed: Duration, left: TimeLeft? = nil, running: [RunningTime]) {
        self.done = done
        self.cases = cases
        self.elapsed = elapsed
        self.left = left
        self.running = Array(running.sorted { $0.elapsed > $1.elapsed }.prefix(Self.maximumRunning))
    }
    /// The maximum number of running cases in a report.
    static let maximumRunning = 16

    /// Returns one line that is not wider than the terminal:
    /// `12/64  3.1 s  ~20 s left  nano.handshake.idle: expect on c: the connection to be closed (8.2 of 15 s)  +2`.
    public func line(_ style: Style) -> String {
        var words = [cases.map { "\(done)/\($0)" } ?? "\(done)", Self.time(elapsed)]
        if let left { words.append("\(left.isAtLeast ? "at least " : "~")\(Self.time(left.time)) left") }
        if let first = running.first {
            var text = style.safe(first.id)
            if let w = first.wait {
                let waited = Self.time(w.waited)
                text += ": \(style.safe(w.step)) (\(w.limit.map { Self.span(w.waited, $0) } ?? waited))"
            }
            words.append(text)
            if running.count > 1 { words.append("+\(running.count - 1)") }
        }
        // A terminal whose last column is filled moves on to the next line.
        return style.cut("  " + words.joined(separator: "  "), style.width == .max ? .max : max(1, style.width - 1))
    }
    /// The progress for programs: an event of `run --json`.
    public var event: Value {
        func ms(_ d: Duration) -> Value { .number(d.milliseconds) }
        let list = running.map { r in
            Value.object([
                "id": .text(r.id), "milliseconds": ms(r.elapsed), "step": r.wait.map { .number($0.number) },
                "waits": r.wait.map { .text($0.step) }, "waited": r.wait.map { ms($0.waited) },
                "limit": r.wait?.limit.map(ms),
            ])
        }
        return .object([
            "event": "progress", "done": .number(done), "cases": cases.map { .number($0) }, "milliseconds": ms(elapsed),
            "left": left.map { ms($0.time) }, "atLeast": left?.isAtLeast == true ? true : nil, "running": .list(list),
        ])
    }
    /// Returns `8.2 of 15 s`, or each value with its own unit.
    static func span(_ a: Duration, _ b: Duration) -> String {
        let (from, to) = (time(a).split(separator: " "), time(b))
        return from.count == 2 && to.hasSuffix(" \(from[1])") ? "\(from[0]) of \(to)" : "\(time(a)) of \(to)"
    }
    /// Returns a time in the precision that is useful while waiting.
    static func time(_ d: Duration) -> String {
        let tenths = (max(.zero, d).milliseconds + 50) / 100
        if tenths < 100 { return tenths % 10 == 0 ? "\(tenths / 10) s" : "\(tenths / 10).\(tenths % 10) s" }
        let seconds = (tenths + 5) / 10
        if seconds < 120 { return "\(seconds) s" }
        let minutes = (seconds + 30) / 60
        return minutes < 120 ? "\(minutes) min" : "\((minutes + 30) / 60) h"
    }
}

/// A rate limiter for repeated reports.
public struct Pace: Sendable {
    /// The minimum time between two reports.
    public let interval: Duration
    private var last: Duration
    /// Makes a limiter whose first report is due one interval after `start`.
    public init(_ interval: Duration, from start: Duration = .zero) {
        self.interval = interval
        last = start
    }
    /// Returns whether a report is due. If so, the next one is due one interval later.
    public mutating func isDue(_ now: Duration) -> Bool {
        guard now - last >= interval else { return false }
        last = now
        return true
    }
    /// Postpones the next report by one interval, because another report was made.
    public mutating func put(off now: Duration) { last = now }
}
