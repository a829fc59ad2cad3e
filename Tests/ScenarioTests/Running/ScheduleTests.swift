import Network
import Node
import Testing

@testable import Scenario

/// The schedule decides when each case runs, and if a failed case runs again.
@Suite struct ScheduleTests {
    static func cases(_ names: String..., serial: [String: String] = [:]) throws -> [Case] {
        try names.map { name in
            var s = try toy("  - wait: 1s", more: serial[name].map { "serial: " + $0 } ?? "")
            s.id = name
            return Case(scenario: s)
        }
    }
    static func result(_ job: Job, _ v: Verdict, _ excuse: Problem.Excuse? = nil) -> CaseResult {
        var problem = v == .pass ? nil : Problem("try \(job.attempt + 1)", .top)
        problem?.excuse = excuse
        return CaseResult(
            id: job.case.id, scenario: job.case.scenario, verdict: v, requirement: "TOY-1", level: .must,
            problem: problem, reason: nil, step: 0, duration: .zero, seed: 1, trace: [])
    }
    /// Runs the jobs one by one. `verdict` returns the verdict of each job.
    static func run(
        _ s: Schedule, excuse: Problem.Excuse? = nil, _ verdict: (Job) -> Verdict
    ) -> [String] {
        var out: [String] = []
        while let job = s.next() {
            guard let r = s.done(job, result(job, verdict(job), excuse)) else { continue }
            out.append(
                "\(r.id)\(r.round)\(r.retries > 0 ? "+\(r.retries)" : "") \(r.verdict)")
        }
        #expect(s.isEmpty && s.remaining.isEmpty && s.busy.isEmpty)
        return out
    }

    @Test func roundByRound() throws {
        let s = Schedule(try Self.cases("a", "b"), rounds: 3)
        #expect(s.count == 6)
        #expect(Self.run(s) { _ in .pass } == ["a1 pass", "b1 pass", "a2 pass", "b2 pass", "a3 pass", "b3 pass"])
        #expect(Schedule(try Self.cases("a"), rounds: 0).count == 1 && Schedule([], rounds: 9).count == 0)
        #expect(Self.run(Schedule([], rounds: 9, retries: 9)) { _ in .fail } == [])
        // The schedule does not store the rounds, so that their number may be very large.
        #expect(Schedule(try Self.cases("a", "b"), rounds: .max).next()?.round == 1)
        #expect(Schedule(try Self.cases("a", "b"), rounds: .max).count == .max)
    }
    @Test func retries() throws {
        func told(_ retries: Int, _ verdict: (Job) -> Verdict) throws -> [String] {
            Self.run(Schedule(try Self.cases("a", "b"), retries: retries), verdict)
        }
        // A retry runs after the other cases.
        #expect(try told(2) { $0.case.id == "a" && $0.attempt == 0 ? .fail : .pass } == ["b1 pass", "a1+1 pass"])
        #expect(try told(2) { $0.case.id == "a" ? .inconc : .pass } == ["b1 pass", "a1+2 inconc"])
        #expect(try told(0) { _ in .fail } == ["a1 fail", "b1 fail"])
        #expect(try told(1) { $0.attempt == 0 ? .fail : .warn } == ["a1+1 warn", "b1+1 warn"])
        // A case runs again only if the node failed.
        for v in [Verdict.error, .skip, .warn, .pass, .notRun] {
            #expect(try told(9) { _ in v } == ["a1 \(v)", "b1 \(v)"])
        }
        let rounds = Schedule(try Self.cases("a"), rounds: 2, retries: 1)
        #expect(
            Self.run(rounds) { $0.round == 2 && $0.attempt == 0 ? .fail : .pass } == ["a1 pass", "a2+1 pass"])
    }
    /// A lost datagram or lateness of the harness can explain a failure. If the failure repeats each time, the node is
    /// the cause.
    @Test(arguments: [Problem.Excuse.datagram, .harness]) func excused(_ excuse: Problem.Excuse) throws {
        func told(_ verdicts: [Verdict], retries: Int = 0, excused: Problem.Excuse? = excuse) throws -> [String] {
            Self.run(Schedule(try Self.cases("a"), retries: retries, excusedRetries: 2), excuse: excused) {
                verdicts[$0.attempt]
            }
        }
        #expect(try told([.fail, .pass]) == ["a1+1 pass"])
        #expect(try told([.fail, .inconc, .pass]) == ["a1+2 pass"])
        #expect(try told([.fail, .fail, .fail]) == ["a1+2 fail"])
        #expect(try told([.inconc, .inconc, .inconc]) == ["a1+2 inconc"])
        #expect(try told([.fail], excused: nil) == ["a1 fail"])
        #expect(try told([.fail, .fail, .fail, .pass], retries: 3) == ["a1+3 pass"])
        // A warning has one retry. If it repeats, the result names no number of tries.
        #expect(try told([.warn, .pass]) == ["a1+1 pass"])
        #expect(try told([.warn, .warn]) == ["a1 warn"])
        // A pass has the number of the tries before it.
        let s = Schedule(try Self.cases("a"), excusedRetries: 2)
        let first = try #require(s.next())
        #expect(s.done(first, Self.result(first, .fail, excuse)) == nil)
        let second = try #require(s.next())
        #expect(s.done(second, Self.result(second, .pass))?.reason == "try 1")
    }
    /// If other cases passed at a later try, chance may be the cause of a failure that repeats.
    @Test func manyRecovered() throws {
        func told(_ names: [String], _ excuse: Problem.Excuse? = .datagram) throws -> String? {
            let all = try names.map { try Self.cases($0)[0] } + (try Self.cases("z"))
            let s = Schedule(all, retries: excuse == nil ? 2 : 0, excusedRetries: 2)
            return Self.run(s, excuse: excuse) { $0.case.id == "z" || $0.attempt == 0 ? .fail : .pass }.last
        }
        #expect(try told(["a", "b", "c"]) == "z1+2 inconc")
        #expect(try told(["a", "b"]) == "z1+2 fail")
        #expect(try told(["a", "b", "c"], nil) == "z1+2 fail")
    }
    /// A wrong record is a failure, regardless of a later try, unless the network loses datagrams.
    @Test func lostBefore() throws {
        func told(_ lost: Int, _ again: Verdict) throws -> String? {
            // The case in question fails first.
            let all = try ["z", "a", "b", "c"].prefix(lost + 1).map { try Self.cases($0)[0] }
            let s = Schedule(all, excusedRetries: 2)
            var out: [String] = []
            while let job = s.next() {
                let isLate = job.attempt > 0
                let isAsked = job.case.id == "z"
                let r = Self.result(
                    job, isLate ? isAsked ? again : .pass : .fail, isAsked ? .lostBefore : .datagram)
                if let r = s.done(job, r) { out.append("\(r.id)\(r.round)+\(r.retries) \(r.verdict)") }
            }
            #expect(out.count == lost + 1)
            return out.last
        }
        #expect(try told(3, .pass) == "z1+1 pass")
        #expect(try told(3, .fail) == "z1+1 inconc")
        #expect(try told(2, .pass) == "z1+0 fail")
        #expect(try told(2, .fail) == "z1+0 fail")
    }
    @Test func aloneBesideNoOther() throws {
        var all = try Self.cases("a", "b", "c", "d", "e")
        all[0].scenario.isAlone = true
        all[1].scenario.isFresh = true
        all[3].scenario.isAlone = true
        let s = Schedule(all, rounds: 2)
        s.share(.one(listen: nil))
        for _ in 1...2 {
            let c = try #require(s.next())
            let e = try #require(s.next())
            #expect([c, e].map(\.case.id) == ["c", "e"], "those that take nothing come first, side by side")
            #expect(s.next() == nil, "not beside one that runs")
            _ = s.done(c, Self.result(c, .pass))
            #expect(s.next() == nil && !s.isEmpty)
            _ = s.done(e, Self.result(e, .pass))
            for id in ["b", "a", "d"] {
                let job = try #require(s.next())
                #expect(job.case.id == id && s.next() == nil, "and none beside it")
                _ = s.done(job, Self.result(job, .pass))
            }
        }
        #expect(s.isEmpty)
        // If each case has its own node, no case takes the turn of another.
        let own = Schedule(all)
        #expect((0..<5).map { _ in own.next()?.case.id } == ["a", "b", "c", "d", "e"])
        // A node that starts for each case serves one case at a time.
        let turns = Schedule(all)
        turns.share(.inTurn)
        #expect(turns.next()?.case.id == "a" && turns.next() == nil)
    }
    /// Only one case at a time has a listener address that the node knows. Cases that need none run in parallel to it.
    @Test func oneListeningAddress() throws {
        let accepting = "  - accept: {at: other, from: node, as: d, within: 1s}"
        var all: [Case] = []
        for (id, steps) in [("a", accepting), ("b", accepting), ("c", "  - wait: 1s")] {
            var s = try toy(steps, actors: "other: {role: ref}")
            s.id = id
            all.append(Case(scenario: s))
        }
        func first(_ listen: Endpoint?) -> [String] {
            let s = Schedule(all)
            s.share(.one(listen: listen))
            var out: [String] = []
            while let job = s.next() { out.append(job.case.id) }
            return out
        }
        #expect(first(.loopback(7000)) == ["a", "c"])
        #expect(first(.loopback(0)) == ["a", "b", "c"] && first(nil) == ["a", "b", "c"])
        let s = Schedule(all)
        s.share(.one(listen: .loopback(7000)))
        let a = try #require(s.next())
        #expect(s.remaining.map(\.case.id) == ["b", "c"] && s.next()?.case.id == "c" && !s.isEmpty)
        #expect(s.remaining.map(\.case.id) == ["b"])
        _ = s.done(a, Self.result(a, .pass))
        #expect(s.next()?.case.id == "b" && s.isEmpty)
    }
    @Test func oneOfAGroupAtATime() throws {
        let group = ["a": "clock", "b": "clock", "d": "disk"]
        let s = Schedule(try Self.cases("a", "b", "c", "d", serial: group), retries: 1)
        s.share(.one(listen: nil))
        let a = try #require(s.next())
        let c = try #require(s.next())
        let d = try #require(s.next())
        #expect([a, c, d].map(\.case.id) == ["a", "c", "d"] && s.next() == nil && !s.isEmpty, "b waits for a")
        #expect(s.done(a, Self.result(a, .fail)) == nil)
        let b = try #require(s.next())
        #expect(b.case.id == "b" && s.busy == ["serial clock", "serial disk"])
        // The retry of `a` waits for `b`.
        #expect(s.next() == nil)
        #expect(s.done(b, Self.result(b, .pass)) != nil)
        let again = try #require(s.next())
        #expect(again.case.id == "a" && again.attempt == 1)
        for job in [c, d, again] { #expect(s.done(job, Self.result(job, .fail)) != nil || job.attempt == 0) }
    }
    @Test func remaining() throws {
        let s = Schedule(try Self.cases("a", "b"), rounds: 2, retries: 1)
        func ids() -> [String] { s.remaining.map { "\($0.case.id)\($0.round)" } }
        #expect(ids() == ["a1", "b1"])
        let a = try #require(s.next())
        #expect(ids() == ["b1"])
        _ = s.done(a, Self.result(a, .fail))
        #expect(ids() == ["b1", "a1"])
        _ = s.next()
        // Each case has begun once. Cases of the next round do not count as remaining.
        #expect(ids() == ["a1"])
        _ = s.next()
        #expect(ids() == ["b2", "a1"])
    }
    /// Runs cases of one group over sockets with eight jobs. They never run in parallel against one node, unless each
    /// case has its own node.
    @Test(arguments: [true, false]) func overSockets(isOneNode: Bool) throws {
        var cases: [Case] = []
        for (i, more) in ["serial: x", "serial: x", "", "serial: x"].enumerated() {
            var s = try toy("  - wait: 300ms", more: more)
            s.id = "case\(i)"
            cases.append(Case(scenario: s))
        }
        let definition = Definition.toy()
        let driver = Driver(try SocketNetwork())
        let (listener, address) = try driver.listen(.loopback(0))
        driver.add(ToyNode(rules: [], peers: [], dialsAfter: .zero), listeners: [listener])
        let options = RunOptions(
            subject: isOneNode ? .remote(Remote(address: address, listen: nil)) : .builtIn(bug: nil),
            settings: try definition.settings(), seed: 1)
        var together: Set<Set<String>> = []
        var results: [CaseResult] = []
        Runner(definition, toyRequirements, options).run(
            Schedule(cases, rounds: 2), nil, driver, jobs: 8,
            progress: {
                together.insert(Set($0.map(\.id)).subtracting(["case2"]))
                return true
            }, { results.append($0) })
        #expect(results.count == 8 && results.allSatisfy { $0.verdict == .pass })
        #expect(together.contains { $0.count > 1 } != isOneNode, "\(together)")
    }
    /// The first round is the plain run. Each other round has its own seed, and the result reports it.
    @Test func roundsHaveSeedsOfTheirOwn() throws {
        let s = try toy("  - send: {via: c, msg: toy.blob, fields: {data: $(random(8))}}")
        let plain = try playAll(s)
        let three = try playAll(s, rounds: 3)
        #expect(three.map(\.round) == [1, 2, 3])
        #expect(three[0].trace.map(\.bytes) == plain[0].trace.map(\.bytes) && three[0].seed == plain[0].seed)
        #expect(Set(three.map { $0.trace.map(\.bytes) }).count == 3 && Set(three.map(\.seed)).count == 3)
        // The reported seed gives the same bytes when the round runs alone.
        #expect(try playAll(s, seed: three[2].seed)[0].trace.map(\.bytes) == three[2].trace.map(\.bytes))
    }
}
