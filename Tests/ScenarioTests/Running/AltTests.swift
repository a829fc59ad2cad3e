import Node
import Testing

@testable import Scenario

@Suite struct AltTests {
    static let steps = """
          - alt:
              - expect: {via: c, msg: toy.say, within: 1s, fields: {text: a}}
              - expect: {via: c, msg: toy.num, within: 1s}
                verdict: fail
                req: TOY-4
                because: a number instead of a text
              - expect: {via: c, event: closed, within: 1s}
                verdict: inconc
              - timeout: 1s
                verdict: warn
                because: nothing at all
        """

    @Test func theFirstBranchThatMatches() throws {
        #expect(try play(Self.steps, [.on(.open, .say("a"))]).told == "pass")
        #expect(try play(Self.steps, [.on(.open, .raw([2, 1, 5]))]).told == "fail TOY-4 2: a number instead of a text")
        #expect(try play(Self.steps, [.on(.open, .close)]).told == "inconc TOY-4 2: this branch was taken")
        #expect(try play(Self.steps, []).told == "warn TOY-4 2: nothing at all")
        #expect(try play(Self.steps, [.on(.open, .say("b"))]).told == "fail TOY-4 2: text: wanted a, had b")
        #expect(try play(Self.steps, [.on(.open, after: .milliseconds(999), .raw([2, 1, 5]))]).verdict == .fail)
        #expect(try play(Self.steps, [.on(.open, after: .milliseconds(1_001), .raw([2, 1, 5]))]).verdict == .warn)
        let both =
            "  - alt:\n      - expect: {via: c, msg: any, within: 1s}\n        verdict: warn\n      - expect: {via: c, msg: toy.say, within: 1s}"
        #expect(try play(both, [.on(.open, .say("a"))]).verdict == .warn)
    }
    @Test func aBranchComesBeforeADefault() throws {
        let ignore = "defaults: [{ignore: {msg: toy.num}}]"
        #expect(
            try play(Self.steps, [.on(.open, .raw([2, 1, 5])), .on(.open, .say("a"))], more: ignore).told
                == "fail TOY-4 2: a number instead of a text")
        let without =
            "  - alt:\n      - expect: {via: c, msg: toy.say, within: 1s}\n      - timeout: 1s\n        verdict: fail"
        #expect(try play(without, [.on(.open, .raw([2, 1, 5])), .on(.open, .say("a"))], more: ignore).told == "pass")
        #expect(try play(without, [.on(.open, .raw([2, 1, 5]))], more: ignore).told == "fail TOY-1 2: nothing came")
        #expect(
            try play(
                without, [.on(.open, .raw([2, 1, 5])), .on(.open, .say("a"))],
                more: "defaults: [{forbid: {msg: toy.num}}]"
            ).told == "fail TOY-1 2: forbidden toy.num")
    }
    @Test func anyOrderLeavesTheOthersTheirs() throws {
        let steps = """
              - alt:
                  - expect: {via: c, msg: toy.say, within: 1s, order: any, fields: {text: a}}
                  - expect: {via: c, msg: toy.say, within: 1s, fields: {text: b}}
                    verdict: warn
                  - timeout: 1s
                    verdict: fail
            """
        #expect(try play(steps, [.on(.open, .say("b")), .on(.open, .say("a"))]).verdict == .warn)
        #expect(try play(steps, [.on(.open, .say("x")), .on(.open, .say("a"))]).verdict == .pass)
        #expect(try play(steps, [.on(.open, .say("x"))]).told == "fail TOY-1 2: nothing came")
    }
    @Test func eachBranchHasItsOwnTime() throws {
        let steps = """
              - alt:
                  - expect: {via: c, msg: toy.say, within: 1s}
                  - expect: {via: c, msg: toy.num, within: 3s}
            """
        #expect(try play(steps, [.on(.open, after: .milliseconds(500), .say("a"))]).told == "pass")
        #expect(try play(steps, [.on(.open, after: .milliseconds(2_000), .raw([2, 1, 5]))]).told == "pass")
        #expect(
            try play(steps, [.on(.open, after: .milliseconds(2_000), .say("a"))]).told
                == "fail TOY-1 2: toy.say too late: after 2s, not within 1s")
        #expect(try play(steps, []).told == "fail TOY-1 2: no toy.num within 3s")
        let window =
            "  - alt:\n      - expect: {via: c, msg: toy.say, window: 1s .. 2s}\n      - expect: {via: c, msg: any, window: 3s .. 4s}"
        #expect(
            try play(window, [.on(.open, after: .milliseconds(500), .say("a"))]).told
                == "fail TOY-1 2: toy.say too early: after 500ms, not before 1s")
    }
    @Test func severalLinks() throws {
        let steps = """
              - open: {from: peer, to: node, as: d}
              - send: {via: d, msg: toy.say, fields: {text: go}}
              - alt:
                  - expect: {via: c, msg: toy.say, within: 1s}
                    verdict: fail
                  - expect: {via: d, msg: toy.say, within: 1s}
                    do:
                      - expect: {via: d, msg: toy.num, within: 1s}
                        req: TOY-4
                      - let: {seen: $(1)}
                  - timeout: 1s
                    verdict: fail
              - assert: $(seen == 1)
            """
        #expect(try play(steps, [.on(.heard("go"), .say("a")), .on(.heard("go"), .raw([2, 1, 5]))]).told == "pass")
        #expect(try play(steps, [.on(.heard("go"), .say("a"))]).told == "fail TOY-4 4: no toy.num within 1s")
        #expect(try play(steps, [.on(.open, .say("a"))]).verdict == .fail)
    }
    @Test func theOthersSeeNothing() throws {
        // A branch that is not taken sets no names, and its steps do not run.
        let steps = """
              - alt:
                  - expect: {via: c, msg: toy.say, within: 1s, fields: {text: {$save: s, $eq: a}}}
                    do: [{assert: $(false)}]
                  - expect: {via: c, msg: toy.say, within: 1s, fields: {text: {$save: t}}}
                    do: [{assert: $(t == 'b' && s == null)}]
            """
        #expect(try play(steps, [.on(.open, .say("b"))]).told == "pass")
    }
    @Test func marksAndNesting() throws {
        let steps = """
              - alt:
                  - expect: {via: c, msg: toy.say, within: 1s}
                    do:
                      - alt:
                          - expect: {via: c, msg: toy.num, within: 1s}
                            do:
                              - wait: 1s
                                mark: inner
                          - timeout: 1s
                            verdict: inconc
                mark: outer
              - assert: $(outer < inner && inner - outer >= 1s)
            """
        #expect(try play(steps, [.on(.open, .say("a")), .on(.open, .raw([2, 1, 5]))]).told == "pass")
        #expect(try play(steps, [.on(.open, .say("a"))]).told == "inconc TOY-1 2: nothing came")
    }
}
