import Network
import Node
import Testing
import Wire

@testable import Scenario

/// The outcomes of steps, the names and the connections that a case keeps as evidence.
@Suite struct StepOutcomeTests {
    func kept(_ scenario: Scenario, _ rules: [Rule] = [], _ set: (inout RunOptions) -> Void = { _ in }) throws
        -> CaseResult
    {
        let results = try playAll(scenario, rules) { o in
            o.keepsEvidence = true
            set(&o)
        }
        #expect(results.count == 1)
        return try #require(results.first)
    }
    /// Returns lines such as `2 held >go`: the number, the state, and the entry of the trace.
    func told(_ r: CaseResult) -> [String] {
        r.steps.map { o in "\(o.number) \(o.state.rawValue)" + (o.entry.map { " " + r.lines[$0] } ?? "") }
    }

    @Test func nothingUnlessWanted() throws {
        let r = try playAll(try toy("  - let: {x: 1}"))[0]
        #expect(r.verdict == .pass && r.steps.isEmpty && r.variables.isEmpty && r.untoldSteps == 0)
        #expect(r.trace.allSatisfy { $0.step == nil })
    }
    @Test func statesAndEntries() throws {
        let steps = """
              - send: {via: c, all: [{msg: toy.say, fields: {text: one}}, {msg: toy.say, fields: {text: two}}]}
              - if: $(1 == 2)
                wait: 1s
              - wait: 20ms
              - expect: {via: c, msg: toy.say, within: 1s, fields: {text: b}}
              - close: {via: c}
            """
        let r = try kept(try toy(steps), [.on(.heard("two"), .say("b"))])
        // The last step belongs to the frame of every toy scenario.
        #expect(
            told(r) == [
                "1 held >connection", "2 held >one", "3 left-out", "4 held", "5 held <b", "6 held >closed",
                "7 left-out",
            ])
        #expect(r.trace.map(\.step) == [1, 2, 2, 5, 6])
        #expect(r.steps.map(\.verdict) == [.pass, .pass, .none, .pass, .pass, .pass, .none])
        let wait = r.steps[3]
        #expect(wait.ended - wait.began == .milliseconds(20) && wait.reason == nil)
        // The size of the trace at the end of each step. It relates the order of steps and entries.
        #expect(r.steps.map(\.traced) == [1, 3, 3, 4, 4, 5, 5])
    }
    @Test func failure() throws {
        let steps = "  - expect: {via: c, msg: toy.say, within: 1s, fields: {text: b}}\n    because: it must"
        let r = try kept(try toy(steps), [.on(.open, .say("a"))])
        #expect(r.verdict == .fail && told(r) == ["1 held >connection", "2 failed <a"])
        let last = try #require(r.steps.last)
        #expect(last.verdict == .fail && last.reason == r.problem?.reason && r.trace[1].isCulprit)
        // Nothing arrived, so the outcome has no entry.
        let silent = try kept(try toy(steps))
        #expect(told(silent) == ["1 held >connection", "2 failed"] && silent.steps.last?.reason != nil)
    }
    /// A step did not take a message that it skipped. If no better message arrived, the step did not fail because of
    /// that message either.
    @Test func passedOver() throws {
        let steps = "  - expect: {via: c, msg: toy.num, within: 1s, order: any}"
        let r = try kept(try toy(steps), [.on(.open, .say("a"))])
        #expect(told(r) == ["1 held >connection", "2 failed"])
    }
    @Test func mistakesOfTheScenario() throws {
        let r = try kept(try toy("  - if: $(1 + 'a' == 2)\n    wait: 1s"))
        #expect(r.verdict == .error && told(r) == ["1 held >connection", "2 failed"])
        #expect(r.steps.last?.verdict == .error)
    }
    @Test func branchesThatEndWithTheFirst() throws {
        let steps = """
              - par: {x: [{wait: 10ms}], y: [{wait: 5s}]}
                join: any
            """
        #expect(
            told(try kept(try toy(steps))) == [
                "1 held >connection", "3 held", "4 unfinished", "2 held", "5 left-out",
            ])
        // A failure also ends the parallel branches.
        let bad = "  - par: {x: [{wait: 10ms}, {assert: $(1 == 2)}], y: [{wait: 5s}]}"
        #expect(
            Set(told(try kept(try toy(bad)))) == [
                "1 held >connection", "3 held", "4 failed", "2 unfinished", "5 unfinished",
            ])
    }
    @Test func alternatives() throws {
        let steps = """
              - alt:
                  - expect: {via: c, msg: toy.num, within: 1s}
                  - expect: {via: c, msg: toy.say, within: 1s}
                    do: [{wait: 1ms}]
            """
        let r = try kept(try toy(steps), [.on(.open, .say("a"))])
        #expect(told(r) == ["1 held >connection", "2 held <a", "3 held", "4 left-out"])
        let judged = steps.replacing("do: [{wait: 1ms}]", with: "verdict: fail")
        #expect(told(try kept(try toy(judged), [.on(.open, .say("a"))])) == ["1 held >connection", "2 failed <a"])
    }
    @Test func rounds() throws {
        let r = try kept(try toy("  - repeat: {times: 3, do: [{wait: 1ms}]}"))
        #expect(told(r) == ["1 held >connection", "2 held", "3 held", "3 held", "3 held", "4 left-out"])
    }
    @Test func bounded() throws {
        let r = try kept(try toy("  - repeat: {times: 10100, do: [{wait: 0s}]}"))
        #expect(
            r.verdict == .pass && r.steps.count == CaseJudgement.maximumOutcomes
                && r.untoldSteps == 10_103 - CaseJudgement.maximumOutcomes)
    }
    /// The numbers are those from the plan. Steps of fragments have the file that contains them.
    @Test func plan() throws {
        let files = [
            "f.yaml": """
            meshspec-fragment: 1
            params:
              pause: {type: duration, default: 1ms}
            steps:
              - wait: $(pause)
            """
        ]
        let s = try toy(
            "  - use: f.yaml\n  - use: f.yaml\n    with: {pause: 2ms}", more: "cleanup:\n  - wait: 3ms", files: files)
        #expect(s.plannedSteps.map(\.number) == Array(1...9))
        #expect(
            s.plannedSteps.map(\.text) == [
                "open peer -> node as c", "use f.yaml", "let pause", "wait $(pause)", "use f.yaml", "let pause",
                "wait $(pause)", "assert true", "wait 3ms",
            ])
        #expect(s.plannedSteps.map(\.depth) == [0, 0, 1, 1, 0, 1, 1, 0, 0])
        #expect(s.plannedSteps.map(\.file) == [nil, nil, nil, "f.yaml", nil, nil, "f.yaml", nil, nil])
        #expect(s.plannedSteps.map(\.isCleanup) == [false, false, false, false, false, false, false, false, true])
        #expect(s.plan.count == 8 && s.fragments.map(\.name) == ["f.yaml"] && s.fragments[0].user == s.source.name)
        let r = try kept(s)
        #expect(r.steps.map(\.number) == [1, 2, 3, 4, 5, 6, 7, 8, 9])
        #expect(r.variables.filter { $0.name == "pause" }.map(\.value) == [.text("1ms"), .text("2ms")])
    }
    @Test func variablesAndSecrets() throws {
        let s = try toy(
            """
              - let: {n: 7, b: $(hex('5243')), more: "$('<' + token + '>')", list: "$([token, 'x'])", t: 2s}
              - let: {raw: "$(utf8(token))"}
            """, more: "params:\n  token: {type: text, default: hush, secret: true}")
        let r = try kept(s) { $0.parameters["token"] = "quiet" }
        func value(_ name: String) -> Value? { r.variables.first { $0.name == name }?.value }
        #expect(value("n") == 7 && value("b") == .bytes([0x52, 0x43]) && value("t") == "2s")
        #expect(value("token") == "(secret)" && value("more") == "<(secret)>")
        #expect(value("list") == ["(secret)", "x"] && value("raw") == "0x(secret)")
        #expect(!"\(r.variables)".contains("quiet") && !"\(r.variables)".contains("7175696574"))
        #expect(r.variables.map(\.name) == r.variables.map(\.name).sorted())
    }
    /// Each connection has its own entry, even if several have the same name. A simulation reports no addresses.
    @Test func connections() throws {
        let r = try kept(try toy("  - close: {via: c}\n  - open: {from: peer, to: node, as: c}"))
        #expect(r.connections.map(\.link) == ["c", "c"] && r.trace.map(\.connection) == [0, 0, 1])
        #expect(r.connections.allSatisfy { $0.ours == "peer" && $0.theirs == "node" && $0.peer == nil })
        var dropped = r
        dropped.dropEvidence()
        #expect(dropped.steps.isEmpty && dropped.connections.isEmpty && dropped.variables.isEmpty)
    }
    /// Over sockets, a connection has the addresses of both ends.
    @Test func realAddresses() throws {
        let definition = Definition.toy()
        var options = RunOptions(subject: .builtIn(bug: nil), settings: try definition.settings(), seed: 1)
        options.keepsEvidence = true
        let s = try toy("  - open: {from: peer, to: node, as: d}\n  - accept: {at: peer, from: node, as: e}")
        var results: [CaseResult] = []
        try Runner(definition, toyRequirements, options).run(Schedule(s.cases), jobs: 1) { results.append($0) }
        let all = try #require(results.first).connections
        try #require(all.count == 3)
        #expect(all[0].peer?.host == "127.0.0.1" && all[2].peer?.host == "127.0.0.1")
        // An actor has one address, both as the caller and as the listener.
        #expect(Set(all.map(\.local?.host)).count == 1 && all[0].local?.host.hasPrefix("127.0.") == false)
        #expect(all[0].peer == all[1].peer && all[0].local != all[1].local && all[0].local != all[0].peer)
        #expect(all[2].ours == "peer" && all[2].local != nil && all[2].local != all[2].peer)
    }
    /// A try that does not count is reported anyway.
    @Test func tries() throws {
        let definition = Definition.toy()
        var options = RunOptions(subject: .builtIn(bug: nil), settings: try definition.settings(), seed: 1)
        options.keepsEvidence = true
        let schedule = Schedule(try toy("  - assert: $(1 == 2)").cases, rounds: 2, retries: 2)
        var told: [String] = []
        schedule.retrying = { told.append("round \($0.round) try \($0.retries) \($0.steps.count)") }
        var final: [Int] = []
        Runner(definition, toyRequirements, options).simulate(schedule) { final.append($0.retries) }
        #expect(
            told.sorted() == ["round 1 try 0 2", "round 1 try 1 2", "round 2 try 0 2", "round 2 try 1 2"]
                && final == [2, 2])
    }
}
