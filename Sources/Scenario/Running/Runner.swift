public import Network
public import Node

/// Runs cases and hands out their results as they come.
public struct Runner {
    /// The protocol that is tested.
    public let definition: Definition
    /// Its requirements, which say how bad a failure is.
    public let requirements: RequirementList
    /// How cases are run.
    public let options: RunOptions

    /// A runner for the cases of one protocol.
    public init(_ definition: Definition, _ requirements: RequirementList, _ options: RunOptions) {
        self.definition = definition
        self.requirements = requirements
        self.options = options
    }

    /// Runs cases over sockets, up to `jobs` side by side, on this thread. `progress` is told who runs, about ten times
    /// a second; when it answers false no further case begins and those that run are given up as not run.
    public func run(
        _ scenarios: [Scenario], jobs: Int, progress: ([String]) -> Bool = { _ in true }, _ report: (CaseResult) -> Void
    ) throws(NetworkError) {
        let driver = Driver(try SocketNetwork())
        run(scenarios, driver, jobs: jobs, progress: progress, report)
    }
    /// Runs cases one after the other in virtual time: each in a network of its own, made from the seed and its id.
    public func simulate(
        _ scenarios: [Scenario], progress: ([String]) -> Bool = { _ in true }, _ report: (CaseResult) -> Void
    ) {
        for s in scenarios {
            var seed = Random(seed: options.seed, s.id, "network")
            let driver = Driver(SimulatedNetwork(seed: seed.next()))
            run([s], driver, jobs: 1, progress: progress, report)
        }
    }

    func run<N: Network>(
        _ scenarios: [Scenario], _ driver: Driver<N>, jobs: Int, progress: ([String]) -> Bool,
        _ report: (CaseResult) -> Void
    ) {
        var waiting = scenarios[...]
        var running: [CaseRun<N>] = []
        var told = driver.now
        var goesOn = true
        while !waiting.isEmpty || !running.isEmpty {
            while goesOn, running.count < max(1, jobs), let s = waiting.popFirst() {
                if let reason = options.reasonToSkip(s, definition) {
                    report(without(s, .skip, reason))
                } else {
                    let r = CaseRun(s, definition, options, driver)
                    for id in s.covers { r.levels[id] = requirements[id]?.level }
                    for id in s.claims { r.levels[id] = requirements[id]?.level }
                    if r.begin() { running.append(r) } else { report(r.result) }
                }
            }
            let before = driver.now
            var deadline = Instant.never
            for r in running { deadline = min(deadline, r.advance()) }
            for r in running where r.isFinished { report(r.result) }
            let changed = running.contains(where: \.isFinished)
            running.removeAll(where: \.isFinished)
            if running.isEmpty || changed && !waiting.isEmpty { continue }
            if driver.now - told >= .milliseconds(100) {
                told = driver.now
                goesOn = progress(running.map(\.scenario.id))
                if !goesOn { break }
            }
            let asked = driver.now
            let until = min(deadline, asked + .milliseconds(100))
            let happening = driver.next(until: until)
            // Time that went by while nobody looked at the network: our own, not the node's.
            var stall = asked - before
            if driver.now > until { stall += driver.now - until }
            for r in running where stall > .milliseconds(20) { r.stalled += stall }
            if let happening { dispatch(happening, running, driver) }
        }
        for r in running {
            r.finish()
            report(without(r.scenario, .notRun, "interrupted"))
        }
        for s in waiting { report(without(s, .notRun, "interrupted")) }
    }
    func dispatch<N: Network>(_ h: Happening, _ running: [CaseRun<N>], _ driver: Driver<N>) {
        switch h {
        case .opened(let link, _, let listener):
            let owner = running.first { r in
                r.channel(link) != nil || listener.map { l in r.listeners.values.contains { $0.id == l } } ?? false
            }
            if let owner { owner.handle(h) } else { driver.close(link, reset: true) }
        case .received(let link, _), .ended(let link, _), .failed(let link, _):
            running.first { r in r.channel(link) != nil || r.arrivals.contains { $0.link == link } }?.handle(h)
        case .reported: break
        }
    }
    func without(_ s: Scenario, _ verdict: Verdict, _ reason: String) -> CaseResult {
        let id = s.covers.first ?? ""
        return CaseResult(
            scenario: s, verdict: verdict, requirement: id, level: requirements[id]?.level ?? .must, problem: nil,
            reason: reason, step: 0, duration: .zero, seed: options.seed, trace: [])
    }
}

extension Scenario {
    /// Requirements that steps and branches claim.
    public var claims: [String] {
        var out: [String] = []
        func walk(_ steps: [Step]) {
            for s in steps {
                if let r = s.requirement, !out.contains(r.id) { out.append(r.id) }
                guard case .alt(let branches) = s.verb else { continue }
                for b in branches {
                    if let r = b.requirement, !out.contains(r.id) { out.append(r.id) }
                    walk(b.steps)
                }
            }
        }
        walk(steps)
        return out
    }
}
