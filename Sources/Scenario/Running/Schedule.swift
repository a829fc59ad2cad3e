/// One run of a case.
public struct Job: Sendable {
    public var `case`: Case
    /// Which time, from 1: each has a seed of its own.
    public var round: Int
    /// Times it was tried again.
    public var attempt = 0
    /// A run of a case.
    public init(_ one: Case, round: Int = 1) {
        self.case = one
        self.round = round
    }
}

/// Which case runs when: in order, those of one `serial` group never side by side, failures tried again.
public final class Schedule {
    var waiting: [Job]
    var taken = 0
    let retries: Int
    /// Jobs from `again` on are tried again later.
    var again: [Job] = []
    var busy: Set<String> = []

    /// These jobs, each tried again up to `retries` times when it fails.
    public init(_ jobs: [Job], retries: Int = 0) {
        waiting = jobs
        self.retries = retries
    }
    /// Jobs that have not begun.
    public var remaining: [Job] { Array(waiting[min(taken, waiting.count)...]) + again }
    var isEmpty: Bool { taken >= waiting.count && again.isEmpty }

    /// The next job that may begin now.
    func next() -> Job? {
        if taken < waiting.count {
            let job = waiting[taken]
            guard admits(job) else { return nil }
            taken += 1
            // What has run is let go.
            if taken > 4096 {
                waiting.removeSubrange(..<taken)
                taken = 0
            }
            return job
        }
        guard let job = again.first, admits(job) else { return nil }
        again.removeFirst()
        return job
    }
    func admits(_ job: Job) -> Bool {
        guard let group = job.case.scenario.serial else { return true }
        return busy.insert(group).inserted
    }
    /// A job is over: its result, or nil when it will be tried again.
    func done(_ job: Job, _ result: CaseResult) -> CaseResult? {
        if let group = job.case.scenario.serial { busy.remove(group) }
        if result.verdict == .fail || result.verdict == .inconc, job.attempt < retries {
            var next = job
            next.attempt += 1
            again.append(next)
            return nil
        }
        var r = result
        r.round = job.round
        r.retries = job.attempt
        return r
    }
}
