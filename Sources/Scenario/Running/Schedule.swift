/// One run of a case.
public struct Job: Sendable {
    /// What is run.
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

/// Which case runs when: round by round, in order, those of one `serial` group never side by side,
/// those that are to run alone beside no other, failures tried again.
public final class Schedule {
    let cases: [Case]
    let rounds: Int
    let retries: Int
    /// Jobs handed out of `cases` times `rounds`.
    var position = 0
    /// Jobs that are tried again later.
    var again: [Job] = []
    var busy: Set<String> = []
    /// Told of results that do not count, since their cases are tried again; with their round and attempt.
    public var retrying: ((CaseResult) -> Void)?
    /// Jobs handed out and not done.
    private var running = 0
    /// One of them runs alone.
    private var isClosed = false
    /// Whether cases that want to run alone do: nodes of their own they have anyway where each case has one.
    var keepsAlone = true
    /// All of them do: there is one node, started for each.
    var areAllAlone = false

    /// Each case `rounds` times, and again up to `retries` times when it fails.
    public init(_ cases: [Case], rounds: Int = 1, retries: Int = 0) {
        self.cases = cases
        self.rounds = cases.isEmpty ? 0 : max(1, rounds)
        self.retries = retries
    }
    /// Jobs in all, without those that are tried again: at most as many as can be counted.
    public var count: Int {
        let (all, over) = cases.count.multipliedReportingOverflow(by: rounds)
        return over ? .max : all
    }
    /// Jobs of the current round, and those to be tried again, that have not begun. A later round is none of it: each of
    /// its cases has run.
    public var remaining: [Job] {
        guard position < count, position == 0 || position % cases.count > 0 else { return again }
        let round = position / cases.count
        return cases[(position % cases.count)...].map { Job($0, round: round + 1) } + again
    }
    var isEmpty: Bool { position >= count && again.isEmpty }

    /// The next job that may begin now.
    func next() -> Job? {
        if position < count {
            let job = Job(cases[position % cases.count], round: position / cases.count + 1)
            guard admits(job) else { return nil }
            position += 1
            return job
        }
        guard let job = again.first, admits(job) else { return nil }
        again.removeFirst()
        return job
    }
    func admits(_ job: Job) -> Bool {
        let isAlone = areAllAlone || keepsAlone && job.case.scenario.isAlone
        guard !isClosed, !isAlone || running == 0 else { return false }
        if let group = job.case.scenario.serial, !busy.insert(group).inserted { return false }
        running += 1
        isClosed = isAlone
        return true
    }
    /// A job is over: its result, or nil when it will be tried again.
    func done(_ job: Job, _ result: CaseResult) -> CaseResult? {
        if let group = job.case.scenario.serial { busy.remove(group) }
        var r = result
        r.round = job.round
        r.retries = job.attempt
        running -= 1
        isClosed = false
        if result.verdict == .fail || result.verdict == .inconc, job.attempt < retries {
            var next = job
            next.attempt += 1
            again.append(next)
            retrying?(r)
            return nil
        }
        return r
    }
}
