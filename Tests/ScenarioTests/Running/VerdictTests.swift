import Network
import Node
import Testing

@testable import Scenario

/// The verdict of a case, derived from its steps.
@Suite struct VerdictTests {
    @Test func theLatticeOnlyGetsWorse() {
        let order: [Verdict] = [.notRun, .skip, .none, .pass, .warn, .inconc, .fail, .error]
        #expect(order.sorted() == order)
        #expect(Set(order) == Set(Verdict.allCases))
        #expect(Level.must.verdict == .fail && Level.should.verdict == .warn && Level.may.verdict == .warn)
    }
    @Test(arguments: [
        ("", "fail TOY-1"), ("req: TOY-4", "fail TOY-4"), ("req: TOY-2", "warn TOY-2"), ("req: TOY-3", "warn TOY-3"),
        ("req: {id: TOY-2, level: MUST}", "fail TOY-2"), ("req: {id: TOY-4, level: SHOULD}", "warn TOY-4"),
        ("else: inconc", "inconc TOY-1"),
        ("req: TOY-2\n    else: fail", "fail TOY-2"), ("else: error", "error TOY-1"), ("else: warn", "warn TOY-1"),
    ])
    func aStepThatDoesNotHold(_ modifiers: String, _ told: String) throws {
        let r = try play("  - assert: $(1 == 2)\n    \(modifiers)\n    because: B", [])
        #expect(r.told == told + (modifiers.hasPrefix("req") ? " 2: expected: B" : " 2: not true: 1 == 2"))
        #expect(r.problem?.because == "B")
    }
    @Test func elsePassGoesOn() throws {
        #expect(
            try play("  - assert: $(1 == 2)\n    else: pass\n  - assert: $(1 == 3)", []).told
                == "fail TOY-1 3: not true: 1 == 3")
        #expect(try play("  - assert: $(1 == 2)\n    else: pass", []).verdict == .pass)
    }
    @Test func aWarningGoesOnAndTheFirstWorstStays() throws {
        let warn = "  - assert: $(1 == 2)\n    req: TOY-2\n"
        #expect(try play(warn + "  - assert: $(1 == 3)\n    req: TOY-2", []).told == "warn TOY-2 2: not true: 1 == 2")
        #expect(try play(warn + "  - assert: $(1 == 3)", []).told == "fail TOY-1 3: not true: 1 == 3")
        #expect(try play("  - assert: $(1 == 3)\n" + warn, []).told == "fail TOY-1 2: not true: 1 == 3")
        #expect(
            try play("  - assert: $(1 == 3)\n    else: inconc\n  - assert: $(1 == 4)", []).told
                == "inconc TOY-1 2: not true: 1 == 3")
    }
    /// A step whose value the node did not send does not hold. Without a rule of its own it is inconclusive.
    @Test func stepThatNeedsMissingValueIsInconclusive() throws {
        let expects = "  - expect: {via: c, msg: toy.say, within: 1s, fields: {text: {$save: t}}}\n    "
        let needs = "\n  - let: {u: $(size(utf8(t)))}"
        #expect(try play(expects + "req: TOY-2" + needs, []).verdict == .inconc)
        let passes = try play(expects + "else: pass" + needs, [])
        #expect(passes.told == "inconc TOY-1 3: utf8: argument 1 must be text, is nothing")
        let says = "send: {via: c, msg: toy.say, fields: {text: $(a.first)}}"
        for step in ["let: {u: $(a.first)}", says, "wait: $(a.first)"] {
            let lacks = "  - let: {a: \"$([])\"}\n  - \(step)"
            #expect(try play(lacks, []).told == "inconc TOY-1 3: the list is empty")
            #expect(try play(lacks + "\n    req: TOY-4", []).told == "fail TOY-4 3: the list is empty")
            #expect(try play(lacks + "\n    req: TOY-2", []).told == "warn TOY-2 3: the list is empty")
        }
        #expect(try play("  - let: {a: \"$([])\"}\n  - if: $(a.first)\n    wait: 1s", []).verdict == .inconc)
        #expect(try play("  - let: {a: $(1 / 0)}", []).verdict == .error)
    }
    @Test func inconclusiveCaseShowsTheRuleBrokenBefore() throws {
        let warn = "  - assert: $(1 == 2)\n    req: TOY-2\n"
        let r = try play(warn + "  - assert: $(1 == 3)\n    else: inconc", [])
        #expect(r.verdict == .inconc)
        #expect(r.problem?.facts.first { $0.name == "broken before" }?.text == "TOY-2: not true: 1 == 2")
        let only = try play("  - assert: $(1 == 3)\n    else: inconc", [])
        #expect(only.problem?.facts.contains { $0.name == "broken before" } == false)
    }
    @Test func assertShowsItsValues() throws {
        let r = try play(
            "  - let: {a: $(3), b: $(hex('0102')), s: text}\n  - assert: $(size(b) == a && s != 'x' && a == a)", [])
        #expect(r.problem?.had == "b = 0x0102, size(b) = 2, a = 3, s = text")
        #expect(r.problem?.facts.map(\.name) == ["b", "size(b)", "a", "s"])
        #expect(r.problem?.wanted == "size(b) == a && s != 'x' && a == a")
        let span = try #require(r.problem?.span)
        #expect(span.start.line == span.end.line && span.end.column - span.start.column == 34)
    }
    @Test(arguments: [
        ("m.x == 2 || !m.y", "m.x = 1, m.y = true"), ("m.x + 1 == 3 * a", "m.x = 1, a = 3"),
        ("any([a, 4], x => x == m.x)", "a = 3, m.x = 1, any([a, 4], x => x == m.x) = false"),
        (
            "a == 3 && size(records(c, 'toy.say')) == 1",
            "records(c, 'toy.say') = [], size(records(c, 'toy.say')) = 0, a = 3"
        ),
        ("hex('01') == hex('02')", ""), ("m.x.text() == '2'", "m.x = 1, m.x.text() = 1"),
    ])
    func valuesOfWhatIsFalse(_ what: String, _ had: String) throws {
        let r = try play("  - let: {a: 3, m: {x: 1, y: true}}\n  - assert: \"$(\(what))\"", [])
        #expect(r.verdict == .fail && r.problem?.had == had)
    }
    /// A field that the node left out makes an assertion false. A name that no message has is a mistake of the
    /// scenario.
    @Test(arguments: [
        ("m.text == 'a'", "fail TOY-1 3: not true, since `text` is not there: m.text == 'a'"),
        ("m.txet == 'a'", "error TOY-1 3: a map has no member `txet`"),
        ("m.text == null && !(m.text != null) && null == m.text", "pass"),
        ("m.text != null && m.text == 'a'", "fail TOY-1 3: not true: m.text != null && m.text == 'a'"),
        ("m.txet == null", "error TOY-1 3: a map has no member `txet`"),
        ("m.text.text == null", "fail TOY-1 3: not true, since `text` is not there: m.text.text == null"),
        (
            "records(c, 'toy.say').first.text == 'a'",
            "fail TOY-1 3: not true, since the list is empty: records(c, 'toy.say').first.text == 'a'"
        ),
        (
            "at([1], -2) == 1",
            "fail TOY-1 3: not true, since at: element -2 is not there, of 1: at([1], -2) == 1"
        ),
        (
            "slice(hex('01'), 0, 2) == hex('01')",
            "fail TOY-1 3: not true, since slice: argument 3 is 2, must be 0 to 1: slice(hex('01'), 0, 2) == hex('01')"
        ),
        ("slice(hex('0102'), 2, 1) == hex('')", "error TOY-1 3: slice: argument 3 is 1, must be 2 to 2"),
        ("max([]) == 1", "fail TOY-1 3: not true, since max: the list is empty: max([]) == 1"),
        (
            "size(null) == 1",
            "fail TOY-1 3: not true, since size: nothing has no size: size(null) == 1"
        ),
        ("size(3) == 1", "error TOY-1 3: size: a number has no size"),
    ])
    func whatIsNotThere(_ what: String, _ told: String) throws {
        #expect(try play("  - let: {m: {x: 1}}\n  - assert: \"$(\(what))\"", []).told == told)
    }
    @Test func aPollWaitsForWhatIsNotThere() throws {
        let r = try play(
            "  - poll: {every: 1s, within: 3s, until: \"$(records(c, 'toy.say').first.text == 'a')\"}", [])
        #expect(
            r.verdict == .fail && r.problem?.reason.hasPrefix("never true in time, since the list is empty: ") == true)
    }
    @Test func verdictOfAStepThatHolds() throws {
        #expect(
            try play("  - wait: 1s\n    verdict: warn\n    because: slow\n  - assert: $(1 == 2)\n    else: pass", [])
                .told == "warn TOY-1 2: slow")
        #expect(try play("  - wait: 1s\n    verdict: fail\n    req: TOY-4", []).told == "fail TOY-4 2: step wait held")
        #expect(try play("  - wait: 1s\n    verdict: pass", []).verdict == .pass)
    }
    @Test func conditions() throws {
        #expect(try play("  - if: $(has('singing'))\n    assert: $(false)", []).verdict == .fail)
        #expect(try play("  - if: $(!has('singing'))\n    assert: $(false)", []).verdict == .pass)
        #expect(
            try play("  - if: $(1 == 1)\n    wait: 1s\n    mark: m\n  - assert: $(elapsed(m) == 0s)", []).verdict
                == .pass)
        #expect(
            try play("  - if: $(answer)\n    wait: 1s", []).told
                == "error TOY-1 2: `if` needs true or false, this is a number")
    }
    @Test(arguments: [
        ("  - assert: $(answer)", "`assert` needs true or false, this is a number"),
        ("  - assert: $(1 / 0 == 0)", "division by zero"),
        ("  - let: {a: $(b), b: $(1)}\n  - assert: $(a + 1 == 2)", "`+` cannot combine nothing and a number"),
        ("  - wait: $(answer)", "expected a duration, found a number"),
        ("  - send: {via: c, raw: $(answer)}", "`raw` needs bytes, this is a number"),
        ("  - send: {via: c, msg: toy.say, fields: {text: $(period)}}", "a duration cannot be part of a message"),
        (
            "  - send: {via: c, msg: toy.num, fields: {digit: $(answer * 100)}}",
            "toy.num cannot be built: digit: cannot be 4200, wants an integer of 8 bits"
        ),
        (
            "  - send: {via: c, msg: toy.num, fields: $(answer)}",
            "toy.num cannot be built: wants a map of fields, not 42"
        ),
        (
            "  - expect: {via: c, msg: toy.num, within: 1s, fields: {digit: $(answer * 100)}}",
            "digit can never be 4200: 4200 cannot be an integer of 8 bits"
        ),
        ("  - close: {via: c}\n  - expect: {via: c, msg: any, within: 1s}", "the scenario itself has closed link `c`"),
        (
            "  - close: {via: c}\n  - expect: {via: c, event: closed, within: 1s}",
            "the scenario itself has closed link `c`"
        ),
        ("  - close: {via: c}\n  - never: {via: c, msg: any, for: 1s}", "the scenario itself has closed link `c`"),
        ("  - close: {via: c}\n  - send: {via: c, raw: 0x00}", "the scenario itself has closed link `c`"),
        (
            "  - close: {via: c}\n  - alt: [{expect: {via: c, msg: any, within: 1s}}, {timeout: 1s}]",
            "the scenario itself has closed link `c`"
        ),
        (
            "  - if: $(1 == 2)\n    open: {from: peer, to: node, as: d}\n  - expect: {via: d, msg: any, within: 1s}",
            "link `d` was not opened"
        ),
        (
            "  - if: $(1 == 2)\n    open: {from: peer, to: node, as: d}\n  - send: {via: d, raw: 0x00}",
            "link `d` was not opened"
        ),
        ("  - if: $(1 == 2)\n    open: {from: peer, to: node, as: d}\n  - close: {via: d}", "link `d` was not opened"),
        (
            "  - if: $(1 == 2)\n    open: {from: peer, to: node, as: d}\n  - never: {via: d, msg: any, for: 1s}",
            "link `d` was not opened"
        ),
    ])
    func aMistakeOfTheScenarioIsAnError(_ steps: String, _ why: String) throws {
        let r = try play(steps, [.on(.open, .raw([2, 1, 5]))])
        #expect(r.verdict == .error)
        #expect(r.problem?.reason == why)
        #expect(r.problem?.label == "scenario error")
    }
    @Test func cleanupAlwaysRunsAndJudgesNothing() throws {
        let cleanup = """
            cleanup:
              - send: {via: c, msg: toy.say, fields: {text: bye}}
              - assert: $(1 == 2)
              - expect: {via: c, msg: toy.num, within: 1s}
              - send: {via: c, msg: toy.say, fields: {text: last}}
              - assert: $(1 / 0 == 1)
              - wait: 1s
              - close: {via: d}
            """
        for (steps, told) in [
            ("  - wait: 1ms", "pass"), ("  - assert: $(1 == 3)", "fail TOY-1 2: not true: 1 == 3"),
            ("  - assert: $(1 / 0 == 0)", "error TOY-1 2: division by zero"),
            ("  - assert: $(1 == 3)\n    else: inconc", "inconc TOY-1 2: not true: 1 == 3"),
        ] {
            let r = try play(steps + "\n  - if: $(1 == 2)\n    open: {from: peer, to: node, as: d}", [], more: cleanup)
            #expect(r.told == told)
            #expect(r.lines == [">connection", ">bye", ">last"])
            #expect(r.duration >= .seconds(2))
        }
    }
    @Test func noNode() throws {
        let definition = Definition.toy()
        func run(_ subject: Subject, _ scenario: Scenario, lacks: Set<String> = []) throws -> CaseResult {
            var out: [CaseResult] = []
            let options = RunOptions(subject: subject, settings: try definition.settings(), lacks: lacks, seed: 1)
            Runner(definition, toyRequirements, options).simulate(Schedule(scenario.cases)) { out.append($0) }
            return try #require(out.first)
        }
        let plain = try toy("  - wait: 1s")
        let nobody = Subject.remote(Remote(address: .loopback(9), listen: nil))
        #expect(try run(nobody, plain).told == "error TOY-1 1: cannot connect to 127.0.0.1:9: nobody listens there")
        // The runner cannot judge the claim of a step if no connection to the node existed in the case.
        let claim = "  - open: {from: peer, to: node, as: d}\n    req: TOY-1"
        #expect(
            try run(nobody, toy(claim, opens: false)).told
                == "error TOY-1 1: cannot connect to 127.0.0.1:9: nobody listens there")
        #expect(
            try run(nobody, toy(claim + "\n    else: inconc", opens: false)).told
                == "inconc TOY-1 1: cannot connect to 127.0.0.1:9: nobody listens there")
        #expect(
            try run(.remote(Remote(address: nil, listen: nil)), plain).told
                == "skip: needs --target: the node under test must listen")
        let dialed = try toy("  - accept: {at: peer, from: node, as: c, within: 1s}", opens: false)
        #expect(try run(nobody, dialed).told == "skip: needs --listen: the node under test must dial us")
        let refuses = Subject.remote(
            Remote(address: nil, listen: .loopback(0)) { at in at.port == 0 ? nil : "no such file" })
        #expect(try run(refuses, dialed).told == "error TOY-1 1: the node could not be made to dial: no such file")
        let silent = Subject.remote(Remote(address: nil, listen: .loopback(0)) { _ in nil })
        #expect(try run(silent, dialed).told.hasPrefix("fail TOY-1 1: the node did not dial 127.0.0.1:"))

        // A failed command does not show that the node does not dial.
        var fails = Remote(address: nil, listen: .loopback(0)) { _ in nil }
        fails.dialProblem = { _ in "`dial` ended with status 1" }
        #expect(
            try run(.remote(fails), dialed).told
                == "error TOY-1 1: the node could not be made to dial: `dial` ended with status 1")

        let needs = try toy("  - wait: 1s", more: "needs: singing && (client || !server)")
        #expect(try run(.builtIn(bug: nil), needs).told == "pass")
        #expect(
            try run(.builtIn(bug: nil), needs, lacks: ["singing"]).told
                == "skip: needs singing && (client || !server); the node lacks singing")
        #expect(
            try run(.builtIn(bug: nil), needs, lacks: ["client"]).told
                == "skip: needs singing && (client || !server); the node lacks client and has server")
        #expect(try run(.builtIn(bug: nil), needs, lacks: ["client", "server"]).verdict == .pass)
        let profile = try toy("  - wait: 1s", more: "profiles: [two]")
        #expect(try run(.builtIn(bug: nil), profile).told == "skip: for profile two, this is one")
    }
    @Test func interruption() throws {
        let definition = Definition.toy()
        let options = RunOptions(subject: .builtIn(bug: nil), settings: try definition.settings(), seed: 1)
        let scenarios = [try toy("  - wait: 1ms"), try toy("  - wait: 10s"), try toy("  - wait: 1ms")]
        var out: [Verdict] = []
        var running: [[String]] = []
        Runner(definition, toyRequirements, options).simulate(
            Schedule(scenarios.flatMap(\.cases)),
            progress: {
                running.append($0.map(\.id))
                return false
            }, { out.append($0.verdict) })
        #expect(out.first == .pass && out.dropFirst().contains(.notRun))
        #expect(out.count == 3)
        #expect(running.first == ["toy.case"])
    }
}
