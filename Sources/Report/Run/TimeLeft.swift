/// How long a run still takes.
public struct TimeLeft: Hashable, Sendable {
    /// As far as it is known.
    public var time: Duration
    /// There is more to come of which nothing is known.
    public var isAtLeast: Bool
}

/// Foretells how long a run still takes: from what its cases took the last time, and else from what others took.
public struct Estimate: Sendable {
    /// What cases took before, by id.
    private var known: [String: Duration]
    /// Cases that run side by side.
    private let jobs: Int
    /// Those to come whose time is known, and how many others there are.
    private var expected = Duration.zero
    private var unknown = 0
    private var count = 0
    /// Cases that came out here.
    private var measured = 0
    private var total = Duration.zero

    /// Nothing is to come yet.
    public init(known: [String: Duration], jobs: Int) {
        self.known = known
        self.jobs = max(1, jobs)
    }
    /// A case is to come, so many times.
    public mutating func expect(_ id: String, times: Int = 1) {
        guard times > 0 else { return }
        count += times
        if let d = known[id] { expected += d * times } else { unknown += times }
    }
    /// A case came out that was to come; nil when it did not run.
    public mutating func finished(_ id: String, took: Duration?) {
        count = max(0, count - 1)
        if let d = known[id] { expected = max(.zero, expected - d) } else { unknown = max(0, unknown - 1) }
        if let took { measure(took) }
    }
    /// A case is tried again that took so long: it is still to come.
    public mutating func retried(_ id: String, took: Duration) {
        if let before = known.updateValue(took, forKey: id) {
            expected = max(.zero, expected - before + took)
        } else {
            unknown = max(0, unknown - 1)
            expected += took
        }
    }
    /// What a case took of which nothing was expected.
    public mutating func measure(_ took: Duration) {
        measured += 1
        total += took
    }
    /// What is left; nil when nothing is known.
    public func left(_ running: [RunningTime]) -> TimeLeft? {
        let average = measured > 0 ? total / measured : nil
        var time = expected + (average ?? .zero) * unknown
        // What runs has done a part of it; the longest of those is waited for however many run beside it.
        var longest = Duration.zero
        for r in running {
            guard let whole = known[r.id] ?? average else { continue }
            time -= min(r.elapsed, whole)
            longest = max(longest, whole - r.elapsed)
        }
        let isAtLeast = unknown > 0 && average == nil
        let left = max(longest, max(.zero, time) / max(1, min(jobs, count)))
        // More is to come, or some case takes longer than it ever did: nobody knows how long.
        return left < .milliseconds(100) ? nil : TimeLeft(time: left, isAtLeast: isAtLeast)
    }
}
