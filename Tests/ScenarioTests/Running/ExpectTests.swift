import Node
import Testing

@testable import Scenario

/// Records that satisfy a step, and records that do not.
@Suite struct ExpectTests {
    static let say = "  - expect: {via: c, msg: toy.say, within: 1s, fields: {text: a}}"

    @Test func theNextRecordMustBeIt() throws {
        #expect(try play(Self.say, [.on(.open, .say("a"))]).told == "pass")
        #expect(try play(Self.say, [.on(.open, .say("b"))]).told == "fail TOY-1 2: text: wanted a, had b")
        #expect(
            try play(Self.say, [.on(.open, .say("b")), .on(.open, .say("a"))]).told
                == "fail TOY-1 2: text: wanted a, had b")
        #expect(
            try play(Self.say, [.on(.open, .raw([2, 1, 5]))]).told
                == "fail TOY-1 2: unexpected toy.num instead of toy.say like this")
        #expect(try play(Self.say, []).told == "fail TOY-1 2: no toy.say like this within 1s")
        #expect(
            try play(Self.say, [.on(.open, .close)]).told
                == "fail TOY-1 2: connection closed instead of toy.say like this")
    }
    @Test func evidence() throws {
        let r = try play(Self.say + "\n    req: TOY-1", [.on(.open, .say("a")), .on(.open, .say("b"))].reversed())
        let p = try #require(r.problem)
        #expect(p.path == "text" && p.wanted == "a" && p.had == "b")
        #expect(p.culprit.map { r.trace[$0].bytes } == [1, 1, 0x62])
        #expect(r.trace.filter(\.isCulprit).count == 1)
        #expect(r.scenario.source.line(p.span.start.line).contains("text: a"))
        #expect(r.lines == [">connection", "<b"])
        #expect(r.step == 2 && r.requirement == "TOY-1" && r.level == .must)
    }
    @Test func anyOrderStepsOver() throws {
        let any = "  - expect: {via: c, msg: toy.say, within: 1s, order: any, fields: {text: a}}"
        #expect(
            try play(any, [.on(.open, .say("b")), .on(.open, .raw([2, 1, 5])), .on(.open, .say("a"))]).told == "pass")
        #expect(
            try play(any, [.on(.open, .say("b"))]).told
                == "fail TOY-1 2: no toy.say like this within 1s; the last one differs: text: wanted a, had b")
        #expect(try play(any, [.on(.open, .raw([2, 1, 5]))]).told == "fail TOY-1 2: no toy.say like this within 1s")
        // The step consumed the records that it skipped.
        #expect(
            try play(
                any + "\n" + Self.say.replacing("text: a", with: "text: b"),
                [.on(.open, .say("b")), .on(.open, .say("a"))]
            ).told
                == "fail TOY-1 3: no toy.say like this within 1s")
    }
    @Test func anyMessageIsAMessage() throws {
        let any = "  - expect: {via: c, msg: any, within: 1s}"
        #expect(try play(any, [.on(.open, .raw([2, 1, 5]))]).told == "pass")
        // The content of a message may be invalid, but bytes without a message are not a message.
        #expect(try play(any, [.on(.open, .raw([2, 1, 99]))]).told == "pass")
        #expect(
            try play(any, [.on(.open, .raw([9, 9, 9]))]).told.hasPrefix(
                "fail TOY-1 2: unexpected bytes that are no message instead of any message: "))
    }
    @Test func malformedBytes() throws {
        let num = "  - expect: {via: c, msg: toy.num, within: 1s}"
        let r = try play(num, [.on(.open, .raw([2, 1, 99]))])
        #expect(r.told.hasPrefix("fail TOY-1 2: toy.num is malformed: "))
        #expect(r.problem?.path == "digit")
        #expect(try play(num, [.on(.open, .raw([2, 2, 5, 5]))]).told.hasPrefix("fail TOY-1 2: toy.num is malformed: "))
        let garbage = try play(
            num,
            [.on(.open, .raw(Array("HTTP/1.1 400\r\n".utf8))), .on(.open, after: .milliseconds(1), .raw([2, 1, 5]))])
        #expect(garbage.told.hasPrefix("fail TOY-1 2: unexpected bytes that are no message instead of toy.num: "))
        // The trace keeps all later bytes as evidence.
        let waits = try play(
            "  - wait: 1s\n" + num, [.on(.open, .raw([9])), .on(.open, after: .milliseconds(1), .raw([2, 1, 5]))])
        #expect(waits.trace.map(\.bytes) == [[], [9], [2, 1, 5]])
        #expect(waits.verdict == .fail)
    }
    @Test func aMessageInPiecesIsOne() throws {
        let rules: [Rule] = [
            .on(.open, .raw([1])), .on(.open, after: .milliseconds(50), .raw([1])),
            .on(.open, after: .milliseconds(90), .raw([0x61])),
        ]
        #expect(try play(Self.say, rules).told == "pass")
        #expect(
            try play(Self.say, Array(rules.dropLast()) + [.on(.open, after: .milliseconds(95), .close)]).told
                == "fail TOY-1 2: connection closed in the middle of a message instead of toy.say like this")
        // Several messages arrive in one piece, with half of the next.
        let two = Self.say + "\n" + Self.say
        #expect(try play(two, [.on(.open, .raw([1, 1, 0x61, 1, 1, 0x61, 1]))]).told == "pass")
    }
    @Test func defaultsPassOverAndForbid() throws {
        let ignore = "defaults: [{ignore: {msg: toy.num}}, {ignore: {msg: toy.say, fields: {text: noise}}}]"
        let rules: [Rule] = [.on(.open, .raw([2, 1, 5])), .on(.open, .say("noise")), .on(.open, .say("a"))]
        #expect(try play(Self.say, rules, more: ignore).told == "pass")
        #expect(try play(Self.say, rules).verdict == .fail)
        // A step that expects the record has priority over the default.
        let want = "  - expect: {via: c, msg: toy.num, within: 1s}\n" + Self.say
        #expect(try play(want, rules, more: ignore).told == "pass")
        #expect(
            try play(Self.say, [.on(.open, .raw([2, 1, 99])), .on(.open, .say("a"))], more: ignore).verdict == .fail)

        let forbid = "defaults: [{forbid: {msg: toy.num}}]"
        #expect(try play(Self.say, rules, more: forbid).told == "fail TOY-1 2: forbidden toy.num")
        // The default also applies while no step looks, and after the last step.
        let after: [Rule] = [.on(.open, .say("a")), .on(.open, after: .milliseconds(100), .raw([2, 1, 5]))]
        #expect(try play(Self.say + "\n  - wait: 1s", after, more: forbid).told == "fail TOY-1 4: forbidden toy.num")
        #expect(try play(Self.say, after, more: forbid).told == "pass")
        #expect(try play("  - expect: {via: c, msg: toy.num, within: 1s}", rules, more: forbid).told == "pass")
        let any = "  - expect: {via: c, msg: toy.say, order: any, within: 1s, fields: {text: a}}"
        #expect(try play(any, rules, more: forbid).told == "fail TOY-1 2: forbidden toy.num")
    }
    @Test func savesAreNames() throws {
        let steps = """
              - expect: {via: c, msg: toy.say, within: 1s, fields: {text: {$save: first}}}
              - expect: {via: c, msg: toy.say, within: 1s, fields: {text: $(first + '!')}}
              - send: {via: c, msg: toy.say, fields: {text: "I heard $(first), not $(answer)"}}
              - expect: {via: c, msg: toy.say, within: 1s, fields: {text: "2:$(first)|"}}
            """
        let rules: [Rule] = [.on(.open, .say("x")), .on(.open, .say("x!")), .on(.bytes, .tell)]
        let r = try play(steps, rules)
        #expect(r.told == "fail TOY-1 5: text: wanted \"2:x|\", had \"1:I heard x, not 42\"")
    }
    @Test func closedIsARecordToo() throws {
        let closed = "  - expect: {via: c, event: closed, within: 1s}"
        #expect(try play(closed, [.on(.open, .close)]).told == "pass")
        #expect(
            try play(closed, []).told == "fail TOY-1 2: the connection was not closed within 1s after it was opened")
        #expect(
            try play(closed, [.on(.open, .say("a")), .on(.open, .close)]).told
                == "fail TOY-1 2: unexpected toy.say instead of the connection to be closed")
        #expect(try play(Self.say + "\n" + closed, [.on(.open, .say("a")), .on(.open, .close)]).told == "pass")
        // Only one step can take it.
        #expect(try play(closed + "\n" + closed, [.on(.open, .close)]).verdict == .fail)
    }
}
