public import Network
public import Node

/// The part of a run that belongs to one protocol.
public struct TestedProtocol {
    /// The protocol that is tested.
    public let definition: Definition
    /// The requirements of the protocol, which decide the severity of a failure.
    public let requirements: RequirementList
    /// The options for the cases of the protocol.
    public var options: RunOptions

    /// Creates the part of a run for one protocol.
    public init(_ definition: Definition, _ requirements: RequirementList, _ options: RunOptions) {
        self.definition = definition
        self.requirements = requirements
        self.options = options
    }
}

/// A runner of cases. It passes on their results as they become known.
public struct Runner {
    /// The protocols whose cases run in the same schedule. A case of another protocol uses the first one.
    public let protocols: [TestedProtocol]

    /// Creates a runner for the cases of one protocol.
    public init(_ definition: Definition, _ requirements: RequirementList, _ options: RunOptions) {
        protocols = [TestedProtocol(definition, requirements, options)]
    }
    /// Creates a runner for the cases of several protocols. Returns nil for an empty list.
    public init?(_ protocols: [TestedProtocol]) {
        if protocols.isEmpty { return nil }
        self.protocols = protocols
    }
    /// Returns the protocol of a scenario.
    private func tested(_ s: Scenario) -> TestedProtocol {
        protocols.first { $0.definition.name == s.protocolName } ?? protocols[0]
    }
    /// The remote nodes under test.
    private var remotes: [Remote] {
        protocols.compactMap { if case .remote(let r) = $0.options.subject { r } else { nil } }
    }

    /// Runs cases over sockets on this thread, up to `jobs` at the same time. `progress` receives the running cases
    /// about ten times a second. If it returns false, no further case begins, and the running ones are reported as not
    /// run.
    public func run(
        _ schedule: Schedule, jobs: Int, progress: ([RunningCase]) -> Bool = { _ in true },
        _ report: (CaseResult) -> Void
    ) throws(NetworkError) {
        let driver = Driver(try SocketNetwork())
        run(schedule, nil, driver, jobs: jobs, progress: progress, report)
    }
    /// Runs cases one after the other in virtual time. Each case has its own network, made from the seed and the id of
    /// the case.
    public func simulate(
        _ schedule: Schedule, progress: ([RunningCase]) -> Bool = { _ in true }, _ report: (CaseResult) -> Void
    ) {
        var goesOn = true
        while goesOn, let job = schedule.next() {
            var seed = Random(seed: seed(job), job.case.id, "network")
            let driver = Driver(SimulatedNetwork(seed: seed.next()))
            let watch: ([RunningCase]) -> Bool = { running in
                goesOn = progress(
                    running.isEmpty ? [RunningCase(case: job.case, elapsed: .zero, run: nil)] : running)
                return goesOn
            }
            run(Schedule([job.case]), job, driver, jobs: 1, progress: watch) { r in
                if let final = schedule.done(job, r) { report(final) }
            }
        }
        for job in schedule.remaining { report(without(job, .notRun, "interrupted")) }
    }
    /// Runs no case. Reports every case as not run with this reason.
    public func refuse(_ schedule: Schedule, _ reason: String, _ report: (CaseResult) -> Void) {
        for job in schedule.remaining { report(without(job, .notRun, reason)) }
    }
    /// Returns the seed of a job. The first round uses the seed of the run, so that a single case can be repeated
    /// alone.
    func seed(_ job: Job) -> UInt64 {
        let seed = tested(job.case.scenario).options.seed
        guard job.round > 1 || job.attempt > 0 else { return seed }
        var r = Random(seed: seed, "round \(job.round)", "attempt \(job.attempt)")
        return r.next()
    }

    /// Runs the cases of a schedule. `only` replaces the job of the schedule, to keep its round and attempt.
    func run(
        _ schedule: Schedule, _ only: Job?, _ driver: Driver, jobs: Int, progress: ([RunningCase]) -> Bool,
        _ report: (CaseResult) -> Void
    ) {
        var running: [(job: Job, run: CaseRun, wake: Instant)] = []
        var told = driver.now
        let used = UsedAddresses()
        let delays = LoopDelays()
        driver.unattended = delays.add
        defer { driver.unattended = nil }
        // Progress is also reported for a case that never waits: by the real clock, from within its steps.
        let clock = MonotonicClock()
        var looked = clock.now
        var goesOn = true
        func look() -> Bool {
            guard goesOn, clock.now - looked >= .milliseconds(100) else { return goesOn }
            looked = clock.now
            goesOn = progress(running.map(\.run.watched))
            return goesOn
        }
        if let r = remotes.first { schedule.share(r.start == nil ? .one(listen: r.listen) : .inTurn) }
        var absence = NodeAbsence()
        // `wasStopped` is true if a case stopped the node, perhaps permanently. `wasReached` is true if some case had a
        // connection to it.
        var (wasStopped, wasReached) = (false, false)
        func done(_ job: Job, _ result: CaseResult) {
            if let final = schedule.done(job, result) { report(final) }
        }
        func finished(_ job: Job, _ result: CaseResult) {
            let mine = tested(result.scenario)
            guard case .remote(let node) = mine.options.subject, result.verdict != .skip else {
                return done(job, result)
            }
            let servesAll = node.start == nil
            // A client that is started for a case may end with it. A case may also stop the node itself.
            let isStopped = !Set(result.scenario.controls).isDisjoint(with: ["stop", "restart"])
            wasStopped = wasStopped || isStopped
            wasReached = wasReached || result.trace.contains { $0.isOpening && $0.direction == .sent }
            let doubt = NodeAbsence.Doubt(
                job: job, result: result, sawAnEnd: result.sawAnEnd && !isStopped, wasAlone: running.count <= 1,
                until: driver.now + NodeAbsence.Doubt.timeToEnd)
            if !absence.isDead, servesAll || !result.scenario.isDialed,
                let how = node.ending(false)
            {
                return died(doubt, "the node is gone (\(how))", isHeld: servesAll)
            }
            if !absence.isDead, let why = node.health() {
                return died(doubt, "the node's health check fails (\(why))", isHeld: servesAll && node.revive != nil)
            }
            absence.follow(result.scenario, mine.definition.transport)
            if servesAll, !absence.isDead, doubt.sawAnEnd || absence.firstDoubt != nil {
                return absence.doubt(doubt)
            }
            if let sure = absence.hold(job, result) { done(job, sure) }
        }
        func died(_ doubt: NodeAbsence.Doubt, _ how: String, isHeld: Bool) {
            let end = NodeEnd(how: how, isSure: doubt.wasAlone && absence.firstDoubt == nil)
            guard isHeld else {
                return done(doubt.job, end.blamed(doubt.result, tested(doubt.result.scenario).requirements))
            }
            absence.doubt(doubt)
            absence.died(end)
        }
        func settleDoubts() {
            while let first = absence.firstDoubt, !first.sawAnEnd || first.until <= driver.now {
                if first.sawAnEnd, case .remote(let node) = tested(first.result.scenario).options.subject,
                    let how = node.ending(true)
                {
                    return absence.died(NodeEnd(how: "the node is gone (\(how))", isSure: first.wasAlone))
                }
                _ = absence.trustFirst()
                if let sure = absence.hold(first.job, first.result) { done(first.job, sure) }
            }
        }
        func askWhetherGone() {
            guard let s = absence.scenario, case .remote(let node) = tested(s).options.subject else { return }
            let end = absence.end ?? node.absence().map { NodeEnd(how: "the node is gone (\($0))", isSure: false) }
            let settled = absence.settle(end, isRevived: node.revive != nil) { tested($0.scenario).requirements }
            for s in settled {
                if let r = s.result { done(s.job, r) } else { schedule.repeatAlone(s.job) }
            }
            guard end != nil else { return }
            if let revive = node.revive, revive() == nil { return absence.beginAgain() }
            schedule.close()
        }
        while !schedule.isEmpty || !running.isEmpty || absence.holdsResults || absence.firstDoubt != nil {
            settleDoubts()
            if running.isEmpty, absence.isOpen, absence.firstDoubt == nil { askWhetherGone() }
            while !absence.isOpen, running.count < max(1, jobs), var job = schedule.next() {
                if let only { job = only }
                let mine = tested(job.case.scenario)
                if let reason = mine.options.reasonToSkip(job.case.scenario, mine.definition) {
                    finished(job, without(job, .skip, reason))
                    continue
                }
                var options = mine.options
                options.seed = seed(job)
                let r = CaseRun(
                    job.case, of: mine.definition, requirements: mine.requirements, options: options, on: driver,
                    used: used, delays: delays)
                if r.begin() { running.append((job, r, .zero)) } else { finished(job, r.result) }
            }
            // The other cases have nothing to do until an event arrives for them or they are due.
            let now = driver.now
            for i in running.indices where running[i].wake <= now {
                let wake = running[i].run.advance(look)
                running[i].wake = wake
            }
            if !goesOn { break }
            var changed = false
            let over = running.filter(\.run.isFinished)
            for (job, r, _) in over {
                changed = true
                // The cases that ran beside it are still among the running ones.
                finished(job, r.result)
                running.removeAll { $0.run === r }
            }
            if changed { delays.forget(before: running.map(\.run.scope.start).min() ?? .never) }
            if driver.now - told >= .milliseconds(100) || changed {
                told = driver.now
                looked = clock.now
                if !progress(running.map(\.run.watched)) { break }
            }
            let doubt = absence.firstDoubt
            if running.isEmpty && doubt == nil || changed && !schedule.isEmpty { continue }
            // In real time, a wait is kept short. An event that arrives while the machine is busy then ends the wait
            // late, and the lateness is measured.
            let longest = only == nil ? LoopDelays.shortest : .milliseconds(100)
            let until = min(running.map(\.wake).min() ?? .never, doubt?.until ?? .never, driver.now + longest)
            guard let networkEvent = driver.next(until: until) else { continue }
            if let i = owner(of: networkEvent, running.map(\.run), driver) {
                running[i].run.handle(networkEvent)
                running[i].wake = .zero
            }
        }
        if goesOn, running.isEmpty, absence.reason == nil, !wasStopped {
            // After the last case, no other case would show the end of the node. A node that was never there has no
            // end.
            for node in remotes { _ = node.ending(wasReached || node.hasAnswered()) }
        }
        for (job, r) in absence.interrupt() { done(job, r) }
        for (job, r, _) in running {
            r.finish()
            report(without(job, .notRun, "interrupted"))
        }
        for job in schedule.remaining { report(without(job, .notRun, "interrupted")) }
    }
    /// Returns the index of the running case that an event belongs to. A connection that belongs to no case is closed.
    func owner(of h: NetworkEvent, _ running: [CaseRun], _ driver: Driver) -> Int? {
        switch h {
        case .opened(let link, _, let listener):
            let owner = running.firstIndex { r in
                r.links.name(of: link) != nil || listener.map { r.node.actor(of: $0) != nil } ?? false
            }
            if owner == nil { driver.close(link, reset: true) }
            return owner
        case .received(let link, _), .ended(let link, _), .failed(let link, _), .channel(let link, _):
            return running.firstIndex { $0.links.has(link) }
        case .reported: return nil
        }
    }
    func without(_ job: Job, _ verdict: Verdict, _ reason: String) -> CaseResult {
        let s = job.case.scenario
        let id = s.covers.first ?? ""
        return CaseResult(
            id: job.case.id, scenario: s, verdict: verdict, requirement: id,
            level: tested(s).requirements[id]?.level ?? .must,
            problem: nil, reason: reason, step: 0, duration: .zero, seed: seed(job), trace: [])
    }
}
