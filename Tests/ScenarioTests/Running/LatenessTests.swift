import Node
import Testing

@testable import Network
@testable import Scenario

/// The runner never blames a node for the harness's lateness. Lateness excuses no other failure.
@Suite struct LatenessTests {
    static let number = Rule.on(.open, after: .milliseconds(600), .raw([2, 1, 5]))
    static func expect(_ when: String) -> String { TimingTests.expect(when) }
    /// Runs a case in which the harness stops at 0.5 s.
    static func stopped(_ steps: String, _ rules: [Rule], for time: Duration) throws -> String {
        try playStopped(steps, rules, from: .milliseconds(500), to: .milliseconds(500) + time).told
    }

    @Test func whileAStepWaits() throws {
        let none = try Self.stopped(Self.expect("within: 1s"), [], for: .seconds(1))
        #expect(none == "inconc TOY-1 2: harness late 1s: no toy.say within 1s")
        let wrong = try Self.stopped(Self.expect("within: 1s"), [Self.number], for: .seconds(1))
        #expect(wrong.hasPrefix("inconc TOY-1 2: harness late 1s: unexpected toy.num"))
        // A delay below a quarter of the window is not the cause.
        for (late, verdict) in [(100, "fail"), (249, "fail"), (250, "inconc")] {
            let told = try Self.stopped(Self.expect("within: 1s"), [Self.number], for: .milliseconds(late))
            #expect(told.hasPrefix(verdict), "\(told)")
        }
        // A step that passes still passes. A record that came too late may have been in time.
        #expect(try Self.stopped(Self.expect("within: 2s"), TimingTests.rules(900), for: .seconds(1)) == "pass")
        #expect(
            try Self.stopped(Self.expect("within: 2s"), TimingTests.rules(900), for: .seconds(9))
                .hasPrefix("inconc TOY-1 2: harness late 9s: toy.say too late"))
        // A record that appears to be in time may have come too early.
        let window = Self.expect("window: 1s .. 2s")
        #expect(try Self.stopped(window, TimingTests.rules(1_200), for: .milliseconds(400)) == "pass")
        #expect(try Self.stopped(window, TimingTests.rules(600), for: .milliseconds(900)).hasPrefix("inconc"))
        // An error stays an error, and a warning becomes inconclusive.
        let should = Self.expect("within: 1s") + "\n    req: TOY-2"
        #expect(try Self.stopped(should, [Self.number], for: .seconds(1)).hasPrefix("inconc TOY-2"))
        #expect(try Self.stopped("  - wait: 1s\n  - assert: $(1 / 0 == 1)", [], for: .seconds(9)).hasPrefix("error"))
    }
    /// If the harness acted late, the node may rightly have acted otherwise. A delay that only affected what the
    /// harness saw earlier is over.
    @Test func beforeAStep() throws {
        let steps = "  - wait: 1s\n" + Self.expect("within: 1s")
        let none = "no toy.say within 1s"
        // The wait ended when it was due, or within the allowed delay.
        for time in [400, 590] {
            #expect(try Self.stopped(steps, [], for: .milliseconds(time)) == "fail TOY-1 3: \(none)")
        }
        let waited = try Self.stopped(steps, [], for: .seconds(2))
        #expect(waited.hasPrefix("inconc TOY-1 3: harness late 1") && waited.hasSuffix(": \(none)"), "\(waited)")
        // The expected message came early in the pause, so the harness sent its answer late.
        let answer = Self.expect("within: 9s") + "\n  - send: {via: c, msg: toy.say, fields: {text: b}}\n"
        let late = answer + Self.expect("within: 1s")
        #expect(
            try Self.stopped(late, TimingTests.rules(510), for: .seconds(2))
                == "inconc TOY-1 4: harness late 2s: \(none)")
        #expect(try Self.stopped(late, TimingTests.rules(3_000), for: .seconds(2)).hasPrefix("fail"))
        // Small delays add up, because each step is late by all delays before it.
        let waits = (1...5).map { _ in "  - wait: 100ms" }.joined(separator: "\n") + "\n" + Self.expect("within: 1s")
        func stumbling(_ by: Int) throws -> CaseResult {
            var next = Duration.milliseconds(100)
            return try play(waits, []) { run in
                guard run.driver.now >= .zero + next, next < .milliseconds(600) else { return }
                let end = run.driver.now + .milliseconds(by)
                run.lateness.delays.add(run.driver.now, end)
                let from = run.driver.now
                while run.driver.now < end { _ = run.driver.next(until: end) }
                run.driver.unattendedSince = from
                next += .milliseconds(100 + by)
            }
        }
        #expect(try stumbling(10).verdict == .fail && stumbling(90).verdict == .inconc)
        // Together the delays are a fifth of the window.
        let few = try stumbling(50)
        #expect(few.verdict == .fail && few.problem?.excuse == .harness, "\(few.told)")
        // With a mark before the delay, everything since the mark counts.
        let since = "  - wait: 1ms\n    mark: m\n  - wait: 1s\n" + Self.expect("since: m, window: 2s .. 9s")
        #expect(try Self.stopped(since, TimingTests.rules(900), for: .seconds(2)).hasPrefix("inconc"))
        #expect(try Self.stopped(since, TimingTests.rules(900), for: .milliseconds(50)).hasPrefix("fail"))
    }
    /// An `assert` about records or times accounts for lateness in the case. An `assert` about bytes accounts only for
    /// actions that were late before it.
    @Test(arguments: [
        "size(records(c, 'toy.say')) == 2", "seen(c, 'toy.num')", "elapsed(m) < 900ms", "n == 2", "m == 0ms",
        "count(records(c, 'toy.say')) > 1", "any(records(c, 'toy.say'), r => r.text == 'b')", "n == 0",
        "count(records(c, 'toy.say')) != 1", "count(records(c, 'toy.say')) == 0 || elapsed(m) < 900ms",
    ])
    func asserts(_ what: String) throws {
        func steps(_ what: String) -> String {
            "  - wait: 1ms\n    mark: m\n  - wait: 1s\n  - let: {n: \"$(size(records(c, 'toy.say')))\"}\n  - assert: \"$(\(what))\"\n"
                + "    req: TOY-4"
        }
        let rules = TimingTests.rules(300)
        #expect(try Self.stopped(steps(what), rules, for: .milliseconds(50)).hasPrefix("fail TOY-4"))
        #expect(
            try Self.stopped(steps(what), rules, for: .milliseconds(400)).hasPrefix(
                "inconc TOY-4 5: harness late 400ms"))
        #expect(try Self.stopped(steps("1 == 2"), rules, for: .milliseconds(400)).hasPrefix("fail TOY-4"))
        #expect(try Self.stopped(steps("1 == 2"), rules, for: .milliseconds(900)).hasPrefix("fail TOY-4"))
    }
    /// A message that must not be there is a fact if it arrived before the lateness: nothing makes such an assertion
    /// true again.
    @Test(arguments: [
        "!seen(c, 'toy.say')", "count(records(c, 'toy.say')) == 0", "size(wire(c, 'toy.say')) < 1",
        "count(records(c, 'toy.say'), r => r.text == 'a') <= 0", "0 >= count(records(c, 'toy.say'))",
        "!any(records(c, 'toy.say'), r => r.text == 'a')", "all(records(c, 'toy.say'), r => r.text == 'b')",
        "all(['c', 'c'], l => count(wire(l, 'toy.say')) + size(map(wire(l, 'toy.say'), w => size(w))) < 2)",
        "count(records(c, 'toy.say').filter(r => r.text != 'b')) == 0 && elapsed(m) < 50s",
        "!(count(records(c, 'toy.say')) > 0) || !any([1], i => any(records(c, 'toy.say'), r => i == 1))",
    ])
    func messageThatMustNotBeThereIsAFact(_ what: String) throws {
        func told(_ time: Duration, comes: Int) throws -> String {
            let steps = "  - wait: 1ms\n    mark: m\n  - wait: 1s\n  - assert: \"$(\(what))\"\n    req: TOY-4"
            return try Self.stopped(steps, TimingTests.rules(comes), for: time)
        }
        for time in [50, 400, 600] {
            #expect(try told(.milliseconds(time), comes: 300).hasPrefix("fail TOY-4 4"), "\(time)")
        }
        // The message may have arrived only because the harness looked too late.
        let late = try told(.seconds(2), comes: 1_500)
        #expect(late.hasPrefix("inconc TOY-4 4: harness late"), "\(late)")
        // The harness answered so late that the node may rightly have sent the message.
        let steps = Self.expect("within: 20s") + "\n  - send: {via: c, msg: toy.say, fields: {text: b}}\n  - wait: 5s"
        let answered = steps + "\n  - wait: 1ms\n    mark: m\n  - assert: \"$(\(what))\"\n    req: TOY-4"
        #expect(try Self.stopped(answered, TimingTests.rules(510), for: .seconds(9)).hasPrefix("inconc TOY-4"))
    }
    /// The answer of a control depends only on the actions before it. A gap in reading the network does not change it,
    /// unless the assertion is about messages as well.
    @Test func answerOfAControlIsAFact() throws {
        func told(_ what: String, _ time: Duration) throws -> String {
            let steps =
                "  - let: {r: $(5)}\n  - wait: 1s\n  - let: {n: $(r + 1)}\n  - assert: \"$(\(what))\"\n    req: TOY-4"
            let (from, to) = (Duration.milliseconds(500), Duration.milliseconds(500) + time)
            return try playStopped(steps, [], from: from, to: to, answers: ["r"]).told
        }
        for what in ["r == 6", "n == 7"] {
            #expect(try told(what, .milliseconds(400)).hasPrefix("fail TOY-4 5"))
            #expect(try told(what, .seconds(2)).hasPrefix("inconc TOY-4 5: harness late 1"))
        }
        #expect(
            try told("r == 5 && seen(c, 'toy.say')", .milliseconds(400)).hasPrefix("inconc TOY-4 5: harness late 400ms")
        )
    }
    /// The content of a message does not depend on time, unless the pattern does.
    @Test func wrongContentFailsDespiteLateHarness() throws {
        func told(_ fields: String) throws -> String {
            try Self.stopped(
                "  - wait: 1ms\n    mark: m\n" + Self.expect("within: 1s, fields: {text: \(fields)}"),
                TimingTests.rules(600), for: .seconds(2))
        }
        #expect(try told("b").hasPrefix("fail TOY-1 3: "))
        #expect(try told("$(text(milliseconds(m)))").hasPrefix("inconc TOY-1 3: harness late"))
    }
    /// The harness overruns a window by a small part: the case gets a verdict and a retry.
    @Test func judgesWindowThatHarnessOverranByASmallPart() throws {
        let step = "  - poll: {every: 10ms, within: 4s, until: \"$(seen(c, 'toy.say'))\"}"
        let r = try playStopped(step, [], from: .milliseconds(500), to: .milliseconds(800))
        #expect(r.verdict == .fail && r.problem?.excuse == .harness)
        #expect(r.problem?.facts.last?.text == "late by 300ms of 4s")
        let late = try playStopped(step, [], from: .milliseconds(500), to: .milliseconds(1_600))
        #expect(late.told.hasPrefix("inconc TOY-1 2: harness late 1100ms: never true in time"))
    }
    @Test(arguments: [
        "alt: [{expect: {via: c, msg: toy.say}}, {timeout: 1s, verdict: fail}]",
        "alt: [{expect: {via: c, msg: toy.say, within: 1s}}]",
        "poll: {every: 10ms, within: 1s, until: \"$(seen(c, 'toy.say'))\"}",
        "expect: {via: c, event: closed, within: 1s}",
    ])
    func stepsThatWait(_ step: String) throws {
        #expect(try Self.stopped("  - " + step, [], for: .milliseconds(50)).hasPrefix("fail"))
        #expect(
            try Self.stopped("  - " + step, [], for: .milliseconds(300)).hasPrefix("inconc TOY-1 2: harness late 300ms")
        )
    }
    @Test func aMessageThatMustNotCome() throws {
        let rules = [
            Rule.on(.open, after: .milliseconds(500), .raw([2, 1, 5])),
            .on(.open, after: .milliseconds(1_500), .say("a")),
        ]
        func told(_ fields: String, _ time: Duration) throws -> String {
            try Self.stopped("  - never: {via: c, msg: toy.say, for: 1s\(fields)}", rules, for: time)
        }
        #expect(try told("", .milliseconds(400)) == "pass")
        #expect(try told("", .seconds(2)) == "inconc TOY-1 2: harness late 2s: toy.say came, which must not")
        #expect(try told(", fields: {text: b}", .seconds(2)) == "pass")
        let left = "  - wait: 1s\n"
        let forbid = try playStopped(
            left, TimingTests.rules(300), from: .milliseconds(500), to: .milliseconds(900),
            more: "defaults: [{forbid: {msg: toy.say}}]")
        #expect(forbid.verdict == .fail, "when it came is no matter")
    }
    /// A finished case delays no other case. The runner advances a case when a record arrives for it or when it is due.
    @Test func ofCasesSideBySide() throws {
        let definition = Definition.toy([.on(.open, after: .milliseconds(300), .say("a"))])
        let options = RunOptions(subject: .builtIn(bug: nil), settings: try definition.settings(), seed: 1)
        var cases: [Case] = []
        for (id, step) in [
            ("short", "  - wait: 1ms"), ("none", "  - expect: {via: c, msg: toy.num, order: any, within: 700ms}"),
            ("say", "  - expect: {via: c, msg: toy.say, within: 400ms}\n  - wait: 200ms"),
            ("early", "  - expect: {via: c, msg: toy.say, window: 400ms .. 2s}"),
        ] {
            var s = try toy(step)
            s.id = id
            cases.append(Case(scenario: s))
        }
        var out: [String: Verdict] = [:]
        let driver = Driver(SimulatedNetwork(seed: 1))
        Runner(definition, toyRequirements, options)
            .run(Schedule(cases), nil, driver, jobs: 8, progress: { _ in true }) { out[$0.id] = $0.verdict }
        #expect(out == ["short": .pass, "none": .fail, "say": .pass, "early": .fail])
    }
}
