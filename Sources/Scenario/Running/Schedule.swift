internal import Node

/// One run of a case.
public struct Job: Sendable {
    public var `case`: Case
    /// The round, from 1. Each round has its own seed.
    public var round: Int
    /// The number of further attempts so far.
    public var attempt = 0
    /// The result of the first attempt.
    var first: CaseResult?
}

/// The order in which cases run. Rounds follow each other, and cases keep their order within a round. Cases that need
/// the same resource never run at the same time. Cases that exhaust the node run last, one at a time. Failures are
/// tried again, as are results that the node may not have caused.
public final class Schedule {
    private var cases: [Case]
    let rounds: Int
    let retries: Int
    /// The maximum number of further attempts for a result with an excuse.
    let excusedRetries: Int
    /// The number of jobs handed out or deferred, out of `cases` times `rounds`.
    private var position = 0
    /// The deferred jobs, whose resources were in use. All belong to one round.
    private var passed: [Job] = []
    /// The jobs that are tried again later.
    private var again: [Job] = []
    /// The resources that running jobs use exclusively.
    private(set) var busy: Set<String> = []
    /// The number of cases that had an excuse and passed at a later attempt.
    private var recovered = 0
    /// The number of recovered cases that shows that the path to the node loses datagrams, or that the node is
    /// overloaded. A case that fails three times may then fail by chance too.
    static let manyRecovered = 3
    private var isLossy: Bool { recovered >= Self.manyRecovered }
    /// Receives the results that do not count because their cases are tried again, with round and attempt.
    public var retrying: ((CaseResult) -> Void)?
    /// The number of jobs that are running.
    private var running = 0
    /// True if a running job must run alone.
    private var isClosed = false
    /// True if no further job begins.
    private var isOver = false
    /// Cases during which the node died, or that ran beside such a case. Each one runs by itself the next time.
    private var suspects: Set<String> = []
    /// The way in which cases share the node.
    private var sharing = Sharing.eachItsOwn

    /// The ways in which cases share nodes.
    enum Sharing {
        /// Each case has its own node.
        case eachItsOwn
        /// A node is started for each case, one after the other.
        case inTurn
        /// One node serves all cases. It may know one address of ours (`listen`), which one case uses at a time.
        case one(listen: Endpoint?)
    }

    /// Creates a schedule that runs each case `rounds` times. A failed case is tried again up to `retries` times, and
    /// up to `excusedRetries` times if the node may not be the cause (`Problem.Excuse`).
    public init(_ cases: [Case], rounds: Int = 1, retries: Int = 0, excusedRetries: Int = 0) {
        self.cases = cases
        self.rounds = cases.isEmpty ? 0 : max(1, rounds)
        self.retries = retries
        self.excusedRetries = excusedRetries
    }
    /// Sets the way in which cases share the node, before the first job is handed out.
    func share(_ s: Sharing) {
        sharing = s
        guard case .one = s else { return }
        // Cases that start the node again follow the others. Then follow cases that exhaust it, and cases that are
        // known to end nodes.
        func rank(_ c: Case) -> Int {
            let s = c.scenario
            return s.isDestructive ? 3 : s.isAlone ? 2 : s.isFresh ? 1 : 0
        }
        cases = (0...3).flatMap { r in cases.filter { rank($0) == r } }
    }
    /// The number of jobs without further attempts; `Int.max` if it overflows.
    public var count: Int {
        let (all, over) = cases.count.multipliedReportingOverflow(by: rounds)
        return over ? .max : all
    }
    /// The jobs of the current round, and those to be tried again, that have not begun. Later rounds do not count,
    /// because each of their cases has run before.
    public var remaining: [Job] {
        guard position < count, position == 0 || position % cases.count > 0 else { return passed + again }
        let round = position / cases.count
        return passed + cases[(position % cases.count)...].map { Job(case: $0, round: round + 1) } + again
    }
    var isEmpty: Bool { isOver || position >= count && passed.isEmpty && again.isEmpty }
    /// Ends the schedule: no further job begins, and no job is tried again.
    func close() { isOver = true }

    /// Returns the next job that can begin now: the first one whose resources are free.
    func next() -> Job? {
        guard !isOver else { return nil }
        if let i = passed.firstIndex(where: admits) { return begin(passed.remove(at: i)) }
        while position < count {
            let job = Job(case: cases[position % cases.count], round: position / cases.count + 1)
            if admits(job) {
                position += 1
                return begin(job)
            }
            // No job overtakes one that waits to run alone, or one of an earlier round.
            guard !isClosed, !isAlone(job), passed.first.map({ $0.round == job.round }) ?? true else { return nil }
            passed.append(job)
            position += 1
        }
        guard passed.isEmpty, !again.isEmpty else { return nil }
        // Jobs whose excuse depends on whether datagrams are lost run last, when that is known.
        let i = again.firstIndex { $0.first?.problem?.excuse != .lostBefore } ?? 0
        return admits(again[i]) ? begin(again.remove(at: i)) : nil
    }
    private func admits(_ job: Job) -> Bool {
        !isClosed && (running == 0 || !isAlone(job)) && busy.isDisjoint(with: needs(of: job))
    }
    private func begin(_ job: Job) -> Job {
        busy.formUnion(needs(of: job))
        running += 1
        isClosed = isAlone(job)
        return job
    }
    private func isAlone(_ job: Job) -> Bool {
        switch sharing {
        case .eachItsOwn: false
        case .inTurn: true
        case .one:
            job.case.scenario.isAlone || job.case.scenario.isFresh || job.case.scenario.isDestructive
                || suspects.contains(job.case.id)
        }
    }
    /// Returns the resources that the job needs exclusively on a shared node.
    private func needs(of job: Job) -> [String] {
        guard case .one(let listen) = sharing else { return [] }
        let s = job.case.scenario
        var out: [String] = []
        if let group = s.serial { out.append("serial " + group) }
        if let listen, listen.port != 0, s.isDialed { out.append("listen \(listen)") }
        return out
    }
    /// Ends a job. Returns its result, or nil if it will be tried again.
    func done(_ job: Job, _ result: CaseResult) -> CaseResult? {
        busy.subtract(needs(of: job))
        var r = result
        r.round = job.round
        r.retries = job.attempt
        running -= 1
        isClosed = false
        if isTriedAgain(job, r) {
            var next = job
            next.attempt += 1
            next.first = job.first ?? r
            again.append(next)
            retrying?(r)
            return nil
        }
        guard let first = job.first else { return r }
        let excuse = first.problem?.excuse
        if r.verdict == .pass, excuse == .datagram || excuse == .harness { recovered += 1 }
        if excuse == .lostBefore, job.attempt > retries, !isLossy { return first }
        if r.verdict == .fail, let excuse = r.problem?.excuse, excuse != .harness, isLossy {
            r.verdict = .inconc
            r.problem?.reason += " (\(recovered) other cases passed at a later try: datagrams are lost here)"
        }
        // If the warning occurs again, the first result is reported, because the further attempts made no difference.
        if r.verdict == .warn, first.verdict == .warn { return first }
        r.reason = r.reason ?? first.problem?.reason
        return r
    }
    /// Schedules a job again, by itself. The node died while it ran, so its result does not count.
    func repeatAlone(_ job: Job) {
        busy.subtract(needs(of: job))
        running -= 1
        isClosed = false
        suspects.insert(job.case.id)
        if passed.first.map({ $0.round == job.round }) ?? true { passed.append(job) } else { again.append(job) }
    }
    private func isTriedAgain(_ job: Job, _ r: CaseResult) -> Bool {
        guard !isOver else { return false }
        let excused =
            switch r.problem?.excuse {
            case .datagram?, .harness?: r.verdict == .warn ? min(1, excusedRetries) : excusedRetries
            case .lostBefore?: min(1, excusedRetries)
            case nil: 0
            }
        switch r.verdict {
        case .fail, .inconc: return job.attempt < max(retries, excused)
        case .warn: return job.attempt < excused
        default: return false
        }
    }
}
