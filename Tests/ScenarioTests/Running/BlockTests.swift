import Node
import Testing

@testable import Scenario

/// Steps that contain other steps (`par`, `poll`, `repeat`), and `dut`.
@Suite struct BlockTests {
    static func expect(_ link: String, _ text: String, _ within: String = "5s") -> String {
        "{expect: {via: \(link), msg: toy.say, within: \(within), fields: {text: \(text)}}}"
    }

    // `par`.

    @Test func branchesRunSideBySide() throws {
        let steps = """
              - open: {from: peer, to: node, as: d}
              - par:
                  one:
                    - wait: 2s
                    - send: {via: c, msg: toy.say, fields: {text: c2}}
                    - wait: 2s
                    - send: {via: c, msg: toy.say, fields: {text: c4}}
                  two:
                    - wait: 1s
                    - send: {via: d, msg: toy.say, fields: {text: d1}}
                    - wait: 2s
                    - send: {via: d, msg: toy.say, fields: {text: d3}}
                mark: joined
              - assert: $(joined > 4s && joined < 4100ms)
            """
        let r = try play(steps, [])
        #expect(r.told == "pass")
        #expect(r.lines == [">connection", ">connection", ">d1", ">c2", ">d3", ">c4"])
    }
    @Test(arguments: [
        "repeat: {times: 2, do: [{wait: 1s}]}", "each: p\n    do: [{wait: 1s}]", "use: f.yaml",
        "repeat: {times: 0, do: [{wait: 1s}]}",
    ])
    func markIsWhenLastInnerStepEnds(_ block: String) throws {
        let s = try toy(
            "  - wait: 1s\n  - \(block)\n    mark: m\n  - wait: 5s\n  - assert: $(elapsed(m) == 5s)",
            files: ["f.yaml": "meshspec-fragment: 1\nsteps: [{wait: 1s}, {wait: 1s}]\n"],
            actors: "p: {role: ref, count: 2}")
        #expect(try playAll(s).first?.told == "pass")
    }
    @Test func oneBranchWaitsForWhatAnotherDoes() throws {
        // The order of the branches does not matter.
        let listen = "      listen: [\(Self.expect("c", "a"))]\n"
        let speak = "      speak: [{wait: 1s}, {send: {via: c, msg: toy.say, fields: {text: go}}}]\n"
        let rules = [Rule.on(.heard("go"), .say("a"))]
        #expect(try play("  - par:\n" + listen + speak, rules).told == "pass")
        #expect(try play("  - par:\n" + speak + listen, rules).told == "pass")
        #expect(try play("  - par:\n" + listen, rules).told == "fail TOY-1 2: no toy.say like this within 5s")
    }
    @Test func aFailureCancelsTheOthersAndNamesItsBranch() throws {
        let steps = """
              - par:
                  good: [{wait: 9s}, {send: {via: c, msg: toy.say, fields: {text: late}}}]
                  bad: [{wait: 1s}, {assert: $(1 == 2), req: TOY-4}]
              - wait: 1s
            """
        let r = try play(steps, [])
        #expect(r.told == "fail TOY-4 2: not true: 1 == 2" && r.problem?.branch == "bad")
        #expect(r.lines == [">connection"] && r.duration < .seconds(2))
        // A warning cancels no branch. A later failure is worse and decides the verdict.
        let warn = steps.replacing("req: TOY-4", with: "req: TOY-2")
        let w = try play(warn, [])
        #expect(w.told == "warn TOY-2 2: not true: 1 == 2" && w.problem?.branch == "bad" && w.lines.last == ">late")
        let both = try play(warn.replacing("text: late}}}", with: "text: late}}}, {assert: $(2 == 3)}"), [])
        #expect(both.told == "fail TOY-1 2: not true: 2 == 3" && both.problem?.branch == "good")
        // A step after the branches has no branch.
        let after = try play("  - par: {x: [{wait: 1s}]}\n  - assert: $(1 == 2)", [])
        #expect(after.problem?.branch == nil && after.told == "fail TOY-1 3: not true: 1 == 2")
    }
    @Test func joinAnyEndsTheOthers() throws {
        let steps = """
              - par:
                  quick: [{wait: 1s}]
                  slow: [{par: {deep: [{wait: 5s}, {send: {via: c, msg: toy.say, fields: {text: never}}}]}}]
                join: any
                mark: m
              - wait: 9s
              - assert: $(m < 1100ms)
            """
        let r = try play(steps, [])
        #expect(r.told == "pass" && r.lines == [">connection"])
    }
    @Test func parInsidePar() throws {
        let steps = """
              - par:
                  a:
                    - par: {a1: [{wait: 1s}], a2: [{wait: 2s}, {assert: $(x == 0), label: here}]}
                    - let: {x: 1}
                  b:
                    - wait: 3s
                    - assert: $(x == 1)
                    - par: {b1: [{wait: 1s}, {let: {x: 2}}], b2: [{poll: {every: 10ms, within: 5s, until: $(x == 2)}}]}
              - assert: $(x == 2)
            """
        #expect(try play("  - let: {x: 0}\n" + steps, []).told == "pass")
        let r = try play("  - let: {x: 5}\n" + steps, [])
        #expect(r.told == "fail TOY-1 3: not true: x == 0" && r.problem?.branch == "a2")
    }
    @Test func aRoundOfParForgetsTheOneBefore() throws {
        // A branch nests many branches in turn, while another branch continues.
        let steps = """
              - par:
                  rounds:
                    - repeat: {times: 2000, as: i, do: [{par: {x: [{wait: 1ms}], y: [{let: {last: $(i)}}]}}]}
                  beside: [{wait: 1s}, {send: {via: c, msg: toy.say, fields: {text: beside}}}]
              - assert: $(last == 2000)
            """
        var most = 0
        let r = try play(steps, []) { most = max(most, $0.runningBranches.count) }
        #expect(r.told == "pass" && r.lines.last == ">beside")
        #expect(most <= 5)
    }
    @Test func oneLinkInTwoBranches() throws {
        // Each record is taken once, by the branch that it matches.
        let steps = """
              - par:
                  say: [{expect: {via: c, msg: toy.say, within: 5s, order: any}}]
                  never: [{never: {via: c, msg: toy.blob, for: 5s}}]
            """
        let rules: [Rule] = [.on(.open, .raw([2, 1, 5])), .on(.open, after: .seconds(1), .say("a"))]
        #expect(try play(steps, rules).told == "pass")
        let blob = rules + [.on(.open, after: .seconds(2), .raw([4, 0]))]
        let r = try play(steps, blob)
        #expect(r.told == "fail TOY-1 2: toy.blob came, which must not" && r.problem?.branch == "never")
    }
    @Test(arguments: [
        ("  - par: []", "MS0100 par is a map of branches, this is a list"),
        ("  - par: {}", "MS0102 par needs branches"),
        ("  - par: {a: [{wait: 1s}]}\n    join: some", "MS0103 unknown join `some`"),
        ("  - par: {a: {wait: 1s}}", "MS0100 a branch of par is a list, this is a map"),
        ("  - par: {a: [{wait: 1s}], A: [{wait: 1s}]}", "MS0002 key `A` differs from `a` in its case only"),
        ("  - poll: {every: 1s, within: 2s, until: x}", "MS0103 until must be one expression, `$(...)`"),
        (
            "  - poll: {every: 1s, until: $(1 == 1)}",
            "MS0213 `poll` needs `within`: without an end it could wait for ever"
        ),
        ("  - repeat: {times: 2}", "MS0102 repeat needs `do`: the steps of each round"),
        ("  - dut: {node: node}", "MS0102 dut needs `do`: control that the target file offers"),
        (
            "  - fault: {link: peer - node, as: f, drop: {}}",
            "MS0103 link is `from -> to` or `one <-> other`, this is `peer - node`"
        ),
        ("  - fault: {link: peer -> nod, as: f, drop: {}}", "MS0109 unknown actor `nod`"),
        (
            "  - fault: {link: peer -> node, as: f}",
            "MS0102 a fault needs an effect: drop, delay, dup, reorder, corrupt, truncate, chop, rate, partition"
        ),
        ("  - fault: {link: peer -> node, as: f, drop: {by: 1s}}", "MS0101 `by` needs `delay`, not `drop`"),
        (
            "  - fault: {link: peer -> node, as: f, corrupt: {msg: toy.say, field: txt}}",
            "MS0107 unknown field of toy.say `txt`"
        ),
        ("  - fault: {link: peer -> node, as: f, partition: all}", "MS0103 unknown partition `all`"),
        ("  - wait: 1s\n    join: any", "MS0101 `join` needs `par`"),
    ])
    func mistakes(_ steps: String, _ told: String) {
        let all = loadToy("  - wait: 1s\n" + steps).diagnostics.map { $0.code.rawValue + " " + $0.message }
        #expect(all == [told])
    }

    // `poll`.

    @Test func pollLooksAgainAndAgain() throws {
        let rules = [Rule.on(.open, after: .milliseconds(1_050), .say("a"))]
        let poll =
            "  - poll: {every: 100ms, within: 2s, until: \"$(seen(c, 'toy.say', m => m.text == 'a'))\"}\n    mark: m\n"
        #expect(try play(poll + "  - assert: $(m >= 1100ms && m < 1200ms)", rules).told == "pass")
        let never = try play(poll.replacing("'a'", with: "'b'"), rules)
        #expect(never.told == "fail TOY-1 2: never true in time: seen(c, 'toy.say', m => m.text == 'b')")
        #expect(never.duration >= .seconds(2) && never.duration < .milliseconds(2_100))
        // The last look happens at the very end.
        let late = [Rule.on(.open, after: .milliseconds(1_950), .say("a"))]
        #expect(try play(poll.replacing("every: 100ms", with: "every: 90s"), late).told == "pass")
        // Other steps can still take the records that `poll` saw.
        #expect(try play(poll + "  - " + Self.expect("c", "a").dropFirst().dropLast(), rules).told == "pass")
        #expect(
            try play("  - poll: {every: 0s, within: 1s, until: $(now() > 500ms)}", []).told == "pass")
        #expect(
            try play("  - poll: {every: 1s, within: 1s, until: $(answer)}", []).told
                == "error TOY-1 2: `until` needs true or false, this is a number")
        #expect(
            try play("  - poll: {every: 1s, within: 1s, until: $(1 == 2)}\n    else: inconc", []).verdict == .inconc)
    }

    // `repeat`.

    @Test func rounds() throws {
        let steps =
            "  - repeat: {times: $(n), as: i, do: [{send: {via: c, msg: toy.say, fields: {text: t$(i)}}}, {wait: 1s}]}"
        func lines(_ n: String) throws -> [String] {
            let r = try play("  - let: {n: \(n)}\n" + steps, [])
            return r.verdict == .pass ? Array(r.lines.dropFirst()) : [r.told]
        }
        #expect(try lines("3") == [">t1", ">t2", ">t3"])
        #expect(try lines("0") == [])
        for bad in ["-1", "100001", "x", "1s", "null"] {
            #expect(try lines(bad) == ["error TOY-1 3: `times` is a number from 0 to 100,000"])
        }
        let nested = """
              - repeat: {times: 2, as: i, do: [{repeat: {times: $(i), as: k, do: [{send: {via: c, msg: toy.say, fields: {text: r$(10 * i + k)}}}]}}]}
            """
        #expect(try play(nested, []).lines.dropFirst() == [">r11", ">r21", ">r22"])
        // A failure in a round ends the loop.
        let fails = try play("  - repeat: {times: 9, as: i, do: [{assert: $(i < 3)}]}", [])
        #expect(fails.told == "fail TOY-1 2: not true: i < 3" && fails.problem?.had == "i = 3")
    }
    @Test func aMillionStepsAreEnough() throws {
        let inner = "{repeat: {times: 100000, do: [{wait: 0s}]}}"
        let r = try play("  - repeat: {times: 100000, do: [\(inner)]}", [])
        #expect(r.told == "error TOY-1 2: more than 1000000 steps in one case")
        // Empty rounds also count.
        let empty = try play("  - repeat: {times: 100000, do: [{repeat: {times: 100000, do: []}}]}", [])
        #expect(empty.told == "pass" || empty.told == "error TOY-1 2: more than 1000000 steps in one case")
    }

    // `dut`.

    @Test func aNodeThatIsRestarted() throws {
        let steps = """
              - dut: {do: stop}
              - expect: {via: c, event: closed, within: 1s}
              - open: {from: peer, to: node, as: d, within: 1s}
                else: pass
              - dut: {do: start}
              - open: {from: peer, to: node, as: e}
              - expect: {via: e, msg: toy.say, within: 1s, fields: {text: hello}}
              - dut: {do: restart, node: node}
              - expect: {via: e, event: closed, within: 1s}
              - open: {from: peer, to: node, as: f}
              - expect: {via: f, msg: toy.say, within: 1s, fields: {text: hello}}
            """
        let r = try play(
            "  - \(Self.expect("c", "hello").dropFirst().dropLast())\n" + steps, [.on(.open, .say("hello"))])
        #expect(r.told == "pass")
        #expect(r.lines.filter { $0.hasPrefix("<") } == ["<hello", "<reset", "<hello", "<reset", "<hello"])
    }
    @Test(arguments: [
        ("{do: start}", "error TOY-1 2: control `start` failed: it is already running"),
        ("{do: restart, node: nobody}", "error TOY-1 2: control `restart` failed: no node is called nobody"),
        ("{do: setclock}", "skip: needs control.setclock"),
    ])
    func controlsThatFail(_ dut: String, _ told: String) throws {
        #expect(try play("  - dut: \(dut)", []).told == told)
    }
    @Test func controlsOfARemoteNode() throws {
        let definition = Definition.toy()
        func told(_ steps: String, controls: Set<String>) throws -> (told: String, calls: [String]) {
            var calls: [String] = []
            let remote = Remote(
                address: .loopback(9), listen: nil, controls: controls,
                control: { name, arguments in
                    calls.append(name + arguments.map { " \($0.0)=\($0.1)" }.joined())
                    return name == "loglevel" ? "exit status 3" : nil
                })
            let options = RunOptions(subject: .remote(remote), settings: try definition.settings(), seed: 1)
            var out: [CaseResult] = []
            Runner(definition, toyRequirements, options)
                .simulate(Schedule(try toy(steps, opens: false).cases)) { out.append($0) }
            return (try #require(out.first).told, calls)
        }
        let topic = "  - dut: {do: subscribe, topic: $('t' + text(answer)), n: 5, d: 2s}"
        let all = try told(topic, controls: ["subscribe", "loglevel"])
        #expect(all.told == "pass" && all.calls == ["subscribe topic=t42 n=5 d=2s"])
        let missing = try told(topic, controls: ["loglevel"])
        #expect(missing.told == "skip: needs control.subscribe" && missing.calls == [])
        let fails = try told("  - dut: {do: loglevel}", controls: ["loglevel"])
        #expect(fails.told == "error TOY-1 1: control `loglevel` failed: exit status 3")
        let judged = try told("  - dut: {do: loglevel}\n    req: TOY-4", controls: ["loglevel"])
        #expect(judged.told == "error TOY-1 1: control `loglevel` failed: exit status 3", "never the node's fault")
    }
    @Test func twoNodes() throws {
        let steps = """
              - open: {from: peer, to: other, as: d}
              - expect: {via: d, msg: toy.say, within: 1s}
              - dut: {do: stop, node: other}
              - expect: {via: d, event: closed, within: 1s}
              - never: {via: c, event: closed, for: 1s}
            """
        let r = try play(steps, [.on(.open, .say("a"))], actors: "other: {role: dut}")
        #expect(r.told == "pass")
        #expect(Set(r.trace.map(\.theirs)) == ["node", "other"])
    }
    @Test func aFaultBetweenTwoNodesIsNotOurs() throws {
        let s = try toy("  - fault: {link: node -> other, as: f, partition: both}", actors: "other: {role: dut}")
        #expect(
            try playAll(s).map(\.told) == [
                "skip: needs a fault between two nodes under test, but their traffic does not pass the harness"
            ])
    }
    @Test func whatActorsNeed() throws {
        let s = try toy("  - wait: 1s", actors: "other: {role: dut, needs: singing}")
        #expect(try playAll(s).map(\.verdict) == [.pass])
        #expect(
            try playAll(s) { $0.lacks = ["singing"] }.map(\.told) == ["skip: needs singing; the node lacks singing"])
    }

    // `alt`.

    @Test func aBranchWithoutAnEndOfItsOwn() throws {
        let alt =
            "  - alt: [{expect: {via: c, msg: toy.say, within: 1s}}, {expect: {via: c, event: closed}, verdict: fail, because: closed}]"
        #expect(try play(alt, [.on(.open, .say("a"))]).told == "pass")
        #expect(try play(alt, [.on(.open, .close)]).told == "fail TOY-1 2: closed")
        #expect(try play(alt, []).told == "fail TOY-1 2: no toy.say within 1s")
        let timeout = "  - alt: [{expect: {via: c, event: closed}, verdict: fail}, {timeout: 1s}]"
        #expect(try play(timeout, []).told == "pass")
        #expect(try play(timeout, [.on(.open, after: .seconds(2), .close)]).told == "pass")
    }
}
