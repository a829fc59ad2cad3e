/// The remaining time of a run.
public struct TimeLeft: Hashable, Sendable {
    /// The estimate of the remaining time.
    public var time: Duration
    /// True if there are further cases of unknown duration.
    public var isAtLeast: Bool
}

/// An estimator of the remaining time of a run. It uses the duration of each case in an earlier run, or otherwise the
/// average duration of other cases.
public struct Estimate: Sendable {
    /// The earlier duration of each case, by id.
    private var known: [String: Duration]
    /// The number of cases that run in parallel.
    private let jobs: Int
    /// The total duration of the remaining cases with a known duration. `unknown` is the number of the others.
    private var expected = Duration.zero
    private var unknown = 0
    private var count = 0
    /// The number of cases that ended in this run.
    private var measured = 0
    private var total = Duration.zero

    /// Makes an estimator without any remaining case.
    public init(known: [String: Duration], jobs: Int) {
        self.known = known
        self.jobs = max(1, jobs)
    }
    /// Adds a case that will run `times` times.
    public mutating func expect(_ id: String, times: Int = 1) {
        guard times > 0 else { return }
        count += times
        if let d = known[id] { expected += d * times } else { unknown += times }
    }
    /// Removes a case that ended; `took` is nil if the case did not run.
    public mutating func finished(_ id: String, took: Duration?) {
        count = max(0, count - 1)
        if let d = known[id] { expected = max(.zero, expected - d) } else { unknown = max(0, unknown - 1) }
        if let took { measure(took) }
    }
    /// Updates the duration of a case that is tried again. The case remains to be run.
    public mutating func retried(_ id: String, took: Duration) {
        if let before = known.updateValue(took, forKey: id) {
            expected = max(.zero, expected - before + took)
        } else {
            unknown = max(0, unknown - 1)
            expected += took
        }
    }
    /// Adds the duration of a case that was not expected.
    public mutating func measure(_ took: Duration) {
        measured += 1
        total += took
    }
    /// Returns the remaining time; nil if it is unknown.
    public func left(_ running: [RunningTime]) -> TimeLeft? {
        let average = measured > 0 ? total / measured : nil
        var time = expected + (average ?? .zero) * unknown
        // The running cases have done a part of their work. The longest of them determines the end, regardless of the
        // number that run in parallel.
        var longest = Duration.zero
        for r in running {
            guard let whole = known[r.id] ?? average else { continue }
            time -= min(r.elapsed, whole)
            longest = max(longest, whole - r.elapsed)
        }
        let isAtLeast = unknown > 0 && average == nil
        let left = max(longest, max(.zero, time) / max(1, min(jobs, count)))
        // If hardly any time seems to remain, further cases are unknown or a case takes longer than ever: the remaining
        // time is unknown.
        return left < .milliseconds(100) ? nil : TimeLeft(time: left, isAtLeast: isAtLeast)
    }
}
