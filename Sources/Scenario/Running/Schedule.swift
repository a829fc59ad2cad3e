internal import Node

/// One run of a case.
public struct Job: Sendable {
    public var `case`: Case
    /// Which time, from 1: each has a seed of its own.
    public var round: Int
    /// Times it was tried again.
    public var attempt = 0
    /// What came out at the first try.
    var first: CaseResult?
}

/// Which case runs when: round by round, in order, those that need the same thing never side by side,
/// those that exhaust the node last and one at a time, failures tried again, and what the node may not be to blame for.
public final class Schedule {
    private var cases: [Case]
    let rounds: Int
    let retries: Int
    /// Tries more for what has an excuse.
    let excusedRetries: Int
    /// Jobs handed out or passed over, of `cases` times `rounds`.
    private var position = 0
    /// Jobs that were passed over, since others have what they need; all of one round.
    private var passed: [Job] = []
    /// Jobs that are tried again later.
    private var again: [Job] = []
    /// What running jobs have, each for itself.
    private(set) var busy: Set<String> = []
    /// Cases that had an excuse and passed at a later try.
    private var recovered = 0
    /// So many of them show that the way to the node loses datagrams, or that it is overloaded: then what fails three
    /// times may be chance as well.
    static let manyRecovered = 3
    private var isLossy: Bool { recovered >= Self.manyRecovered }
    /// Told of results that do not count, since their cases are tried again; with their round and attempt.
    public var retrying: ((CaseResult) -> Void)?
    /// Jobs handed out and not done.
    private var running = 0
    /// One of them runs alone.
    private var isClosed = false
    /// No job begins any more.
    private var isOver = false
    /// Cases during which the node died, or that ran beside such a case. Each one runs by itself the next time.
    private var suspects: Set<String> = []
    /// Who shares the node.
    private var sharing = Sharing.eachItsOwn

    /// Which cases are tested on the same node.
    enum Sharing {
        /// None: each has a node of its own.
        case eachItsOwn
        /// One node is started for each case, one after the other.
        case inTurn
        /// One node serves all cases. It may know one address of ours (`listen`), which one case has at a time.
        case one(listen: Endpoint?)
    }

    /// Each case `rounds` times, and again up to `retries` times when it fails, up to `excusedRetries` times when that
    /// may not be the node's doing (`Problem.Excuse`).
    public init(_ cases: [Case], rounds: Int = 1, retries: Int = 0, excusedRetries: Int = 0) {
        self.cases = cases
        self.rounds = cases.isEmpty ? 0 : max(1, rounds)
        self.retries = retries
        self.excusedRetries = excusedRetries
    }
    /// Says who shares the node, before the first job is handed out.
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
    /// Jobs in all, without those that are tried again: at most as many as can be counted.
    public var count: Int {
        let (all, over) = cases.count.multipliedReportingOverflow(by: rounds)
        return over ? .max : all
    }
    /// Jobs of the current round, and those to be tried again, that have not begun. A later round is none of it: each
    /// of its cases has run.
    public var remaining: [Job] {
        guard position < count, position == 0 || position % cases.count > 0 else { return passed + again }
        let round = position / cases.count
        return passed + cases[(position % cases.count)...].map { Job(case: $0, round: round + 1) } + again
    }
    var isEmpty: Bool { isOver || position >= count && passed.isEmpty && again.isEmpty }
    /// No job begins any more, and none is tried again.
    func close() { isOver = true }

    /// The next job that may begin now: the first of those whose needs nobody else has.
    func next() -> Job? {
        guard !isOver else { return nil }
        if let i = passed.firstIndex(where: admits) { return begin(passed.remove(at: i)) }
        while position < count {
            let job = Job(case: cases[position % cases.count], round: position / cases.count + 1)
            if admits(job) {
                position += 1
                return begin(job)
            }
            // Nothing passes a job that waits to be alone, nor one of an earlier round.
            guard !isClosed, !isAlone(job), passed.first.map({ $0.round == job.round }) ?? true else { return nil }
            passed.append(job)
            position += 1
        }
        guard passed.isEmpty, !again.isEmpty else { return nil }
        // Those that hang on whether datagrams are lost come when that is known.
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
    /// What no other job may have beside it: part of the node that they share.
    private func needs(of job: Job) -> [String] {
        guard case .one(let listen) = sharing else { return [] }
        let s = job.case.scenario
        var out: [String] = []
        if let group = s.serial { out.append("serial " + group) }
        if let listen, listen.port != 0, s.isDialed { out.append("listen \(listen)") }
        return out
    }
    /// A job is over: its result, or nil when it will be tried again.
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
        // A warning that comes again is what it was: no try was of use.
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
