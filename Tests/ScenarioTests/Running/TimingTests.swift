import Network
import Node
import Testing

@testable import Scenario

/// Times of the node, and times of the harness. The runner never blames the node for the latter.
@Suite struct TimingTests {
    static func rules(_ milliseconds: Int) -> [Rule] { [.on(.open, after: .milliseconds(milliseconds), .say("a"))] }
    static func expect(_ when: String) -> String { "  - expect: {via: c, msg: toy.say, \(when)}" }

    @Test func within() throws {
        #expect(try play(Self.expect("within: 1s"), Self.rules(990)).told == "pass")
        #expect(try play(Self.expect("within: 1s"), Self.rules(1_010)).told == "fail TOY-1 2: no toy.say within 1s")
        #expect(try play(Self.expect("within: $(period)"), Self.rules(2_990)).told == "pass")
        #expect(
            try play(Self.expect("within: $(period / 3)"), Self.rules(1_010)).told
                == "fail TOY-1 2: no toy.say within 1s")
        #expect(try play(Self.expect("within: 0s"), Self.rules(10)).told == "fail TOY-1 2: no toy.say within 0s")
    }
    /// A window may add the time that the node took for its first answer.
    @Test func delayOfFirstAnswer() throws {
        func rules(_ seconds: Int) -> [Rule] {
            [
                .on(.heard("ping"), after: .seconds(3), .say("a")),
                .on(.heard("pong"), after: .seconds(seconds), .say("b")),
            ]
        }
        let steps = """
              - assert: $(delay(c) == 0s)
              - send: {via: c, msg: toy.say, fields: {text: ping}}
              - expect: {via: c, msg: toy.say, within: 5s}
              - assert: $(delay(c) >= 3s && delay(c) < 3100ms)
              - send: {via: c, msg: toy.say, fields: {text: pong}}
            \(Self.expect("within: $(1s + delay(c))"))
            """
        #expect(try play(steps, rules(3)).told == "pass")
        #expect(try play(steps, rules(5)).verdict == .fail)
    }
    @Test func window() throws {
        #expect(try play(Self.expect("window: 1s .. 2s"), Self.rules(1_500)).told == "pass")
        #expect(
            try play(Self.expect("window: 1s .. 2s"), Self.rules(900)).told
                == "fail TOY-1 2: toy.say too early: after 900ms, not before 1s")
        #expect(
            try play(Self.expect("window: 1s .. 2s"), Self.rules(2_100)).told == "fail TOY-1 2: no toy.say within 2s")
        #expect(try play(Self.expect("window: $(period - 1s) .. $(period)"), Self.rules(2_500)).told == "pass")
        let closed = "  - expect: {via: c, event: closed, window: 1s .. 2s}"
        #expect(
            try play(closed, [.on(.open, after: .milliseconds(500), .close)]).told
                == "fail TOY-1 2: closed too early: after 500ms, not before 1s")
        #expect(try play(closed, [.on(.open, after: .milliseconds(1_500), .close)]).told == "pass")
    }
    /// The arrival time decides about a record that arrived before the step began.
    @Test func sinceAMark() throws {
        func steps(_ wait: String, _ when: String) -> String {
            "  - wait: 1ms\n    mark: m\n  - wait: \(wait)\n" + Self.expect("since: m, " + when)
        }
        #expect(try play(steps("5s", "within: 2s"), Self.rules(1_000)).told == "pass")
        #expect(
            try play(steps("5s", "within: 2s"), Self.rules(4_000)).told
                == "fail TOY-1 4: toy.say too late: after 3999ms, not within 2s")
        #expect(
            try play(steps("5s", "window: 2s .. 6s"), Self.rules(1_000)).told
                == "fail TOY-1 4: toy.say too early: after 999ms, not before 2s")
        #expect(try play(steps("1s", "within: 2s"), Self.rules(1_990)).told == "pass")
        #expect(try play(steps("1s", "within: 2s"), Self.rules(2_010)).told == "fail TOY-1 4: no toy.say within 2s")
        // No step has set the mark.
        let never = "  - if: $(1 == 2)\n    wait: 1s\n    mark: m\n" + Self.expect("since: m, within: 1s")
        #expect(try play(never, []).told == "error TOY-1 3: no step has set the mark `m`")
        // The value of a mark is the time since the case began.
        let values =
            "  - wait: 1500ms\n    mark: m\n  - wait: 500ms\n  - assert: $(m >= 1500ms && m < 1501ms && elapsed(m) == 500ms && now() == m + 500ms)"
        #expect(try play(values, []).told == "pass")
    }
    @Test func never() throws {
        let never = "  - never: {via: c, msg: toy.say, for: 1s}"
        #expect(try play(never, []).told == "pass")
        #expect(try play(never, Self.rules(990)).told == "fail TOY-1 2: toy.say came, which must not")
        #expect(try play(never, Self.rules(1_010)).told == "pass")
        #expect(try play(never, [.on(.open, .raw([2, 1, 5]))]).told == "pass")
        #expect(
            try play("  - never: {via: c, msg: toy.say, for: 1s, fields: {text: b}}", Self.rules(10)).told == "pass")
        // A `never` step takes no record.
        #expect(
            try play("  - never: {via: c, msg: toy.num, for: 1s}\n" + Self.expect("within: 1s"), Self.rules(500)).told
                == "pass")
        // `any` includes bytes that are not messages.
        #expect(try play("  - never: {via: c, msg: any, for: 1s}", [.on(.open, .raw([9, 9]))]).verdict == .fail)
        #expect(try play("  - never: {via: c, msg: any, for: 1s}", []).told == "pass")
        // With a mark, `never` also covers records from before the step.
        let since = "  - wait: 1ms\n    mark: m\n  - wait: 2s\n  - never: {via: c, msg: toy.say, since: m, for: 3s}"
        #expect(try play(since, Self.rules(1_000)).told == "fail TOY-1 4: toy.say came, which must not")
        #expect(try play(since, Self.rules(2_900)).told == "fail TOY-1 4: toy.say came, which must not")
        #expect(try play(since, Self.rules(3_100)).told == "pass")
        #expect(try play("  - wait: 2s\n  - never: {via: c, msg: toy.say, for: 1s}", Self.rules(1_000)).told == "pass")
    }
    @Test func neverClosed() throws {
        let never = "  - never: {via: c, event: closed, for: 1s}"
        #expect(try play(never, []).told == "pass")
        #expect(
            try play(never, [.on(.open, after: .milliseconds(500), .close)]).told
                == "fail TOY-1 2: connection closed after 500ms")
        #expect(try play(never, [.on(.open, after: .milliseconds(1_100), .close)]).told == "pass")
        // The step fails for a closed connection, regardless of the time of the end.
        #expect(
            try play("  - wait: 1s\n" + never, [.on(.open, after: .milliseconds(500), .close)]).told
                == "fail TOY-1 3: connection closed before")
        #expect(
            try play("  - expect: {via: c, event: closed, within: 1s}\n" + never, [.on(.open, .close)]).verdict == .fail
        )
    }
    @Test func waitTakesVirtualTime() throws {
        let r = try play("  - wait: 90m", [])
        #expect(r.told == "pass")
        #expect(r.duration >= .seconds(5_400) && r.duration < .seconds(5_401))
    }
}
