import Network
import Node
import Testing

@testable import Scenario

/// Opening, accepting, sending and closing.
@Suite struct LinkTests {
    @Test func sendingSeveralAtOnce() throws {
        let all =
            "  - send: {via: c, all: [{msg: toy.say, fields: {text: a}}, {raw: 0x010162}, {msg: toy.say, fields: {text: c}}]}\n  - expect: {via: c, msg: toy.say, within: 1s, fields: {text: \"1:a|b|c\"}}"
        #expect(try play(all, [.on(.bytes, .tell)]).told == "pass")
    }
    @Test func derivedFieldsCanLie() throws {
        let lie =
            "  - send: {via: c, msg: toy.say, fields: {text: ab, count: 1}}\n  - expect: {via: c, msg: toy.say, within: 1s, fields: {text: \"1:a\"}}"
        let r = try play(lie, [.on(.bytes, .tell)])
        #expect(r.trace.first { $0.direction == .sent && !$0.bytes.isEmpty }?.bytes == [1, 1, 0x61, 0x62])
    }
    @Test(arguments: [(1, 5), (2, 3), (3, 2), (5, 1), (99, 1)])
    func choppedAndPaced(_ n: Int, _ pieces: Int) throws {
        // The message has 5 bytes, one piece each second. The last piece is sent after (pieces - 1) s.
        let steps = """
              - wait: 1ms
                mark: before
              - send: {via: c, msg: toy.say, fields: {text: abc}, chop: \(n), every: 1s}
                mark: sent
              - assert: $(sent - before == \(pieces - 1) * 1s)
              - expect: {via: c, msg: toy.say, within: 1s, fields: {text: "\(pieces):abc"}}
            """
        let r = try play(steps, [.on(.heard("abc"), .tell)])
        #expect(r.told == "pass")
    }
    @Test func choppedWithoutPace() throws {
        let steps =
            "  - send: {via: c, msg: toy.say, fields: {text: abc}, chop: 1}\n  - expect: {via: c, msg: toy.say, within: 1s, fields: {text: \"5:abc\"}}"
        #expect(try play(steps, [.on(.heard("abc"), .tell)]).told == "pass")
        #expect(try play("  - send: {via: c, raw: 0x, chop: 1, every: 1s}", []).told == "pass")
    }
    @Test func sendingOnAClosedLinkProvesNothing() throws {
        let steps = "  - wait: 1s\n  - send: {via: c, raw: 0x00}\n  - never: {via: c, msg: any, for: 1s}"
        let r = try play(steps, [.on(.open, .close)])
        #expect(r.told == "inconc TOY-1 3: connection closed before this could be sent")
        #expect(r.lines == [">connection", "<closed"])
        #expect(
            try play(steps.replacing("raw: 0x00}", with: "raw: 0x00}\n    req: TOY-4"), [.on(.open, .close)]).verdict
                == .fail)
        // The node closes during the send. The next event decides.
        let paced =
            "  - send: {via: c, msg: toy.say, fields: {text: abc}, chop: 1, every: 1s}\n  - expect: {via: c, event: closed, within: 1s}"
        #expect(try play(paced, [.on(.bytes, .close)]).told == "pass")
    }
    @Test func ourCloseIsSeen() throws {
        // No step can expect a record on a link that the runner has closed, but the trace has the close.
        for (how, word) in [("", "closed"), (", how: reset", "reset")] {
            let r = try play("  - close: {via: c\(how)}\n  - wait: 1s\n  - close: {via: c}", [])
            #expect(r.told == "pass")
            #expect(r.lines == [">connection", ">" + word])
        }
    }
    @Test func ourSideCloses() throws {
        let half = "  - send: {via: c, msg: toy.say, fields: {text: go}}\n  - close: {via: c, how: half}\n"
        let end = "  - expect: {via: c, event: closed, within: 1s}\n"
        let said = "  - expect: {via: c, msg: toy.say, within: 1s}\n"
        let r = try play(half + said + end, [.on(.heard("go"), .say("a"))])
        #expect(r.told == "pass")
        #expect(r.lines == [">connection", ">go", ">half-closed", "<a", "<closed"])
        // A second half-close has no effect. A close then closes the other side.
        let again = "  - close: {via: c, how: half}\n  - wait: 1s\n  - close: {via: c}\n"
        #expect(try play(half + again, []).lines == [">connection", ">go", ">half-closed", "<closed"])
        // The end is judged like any other record.
        #expect(
            try play(half + end, [.on(.heard("go"), .say("a"))]).told
                == "fail TOY-1 4: unexpected toy.say instead of the connection to be closed")
        #expect(
            try play(half + "  - send: {via: c, raw: 0x00}", []).told
                == "error TOY-1 4: the scenario itself has closed its side of link `c`")
        // If the node closed first, there is nothing to close.
        let late = "  - wait: 1s\n  - close: {via: c, how: half}\n" + end
        #expect(try play(late, [.on(.open, .close)]).lines == [">connection", "<closed"])
    }
    @Test func theNodeDials() throws {
        let accept = "  - accept: {at: peer, from: node, as: c, within: 1s}\n    mark: m\n"
        let say = "  - expect: {via: c, msg: toy.say, within: 1s}"
        let r = try play(accept + say, [.on(.open, .say("a"))], opens: false)
        #expect(r.told == "pass")
        #expect(r.lines == ["<connection", "<a"])
        #expect(r.trace.first.map { $0.ours == "peer" && $0.theirs == "node" && $0.link == "c" } == true)
        let late = try play(accept + say, [.on(.open, .say("a"))], opens: false, dialsAfter: .milliseconds(1_010))
        #expect(late.told.hasPrefix("fail TOY-1 1: the node did not dial 127."))
        #expect(
            try play("  - accept: {at: peer, from: node, as: c}", [], opens: false, dialsAfter: .seconds(9)).told
                == "pass")
        let port = "  - assert: $(peer.port > 0)\n" + accept
        #expect(try play(port, [], opens: false).told == "pass")
    }
    @Test func whatComesBeforeAcceptKeepsItsTime() throws {
        let rules: [Rule] = [
            .on(.open, .say("a")), .on(.open, after: .seconds(1), .raw([2, 1, 5])),
            .on(.open, after: .seconds(2), .close),
        ]
        let steps = """
              - wait: 1ms
                mark: m
              - wait: 5s
              - accept: {at: peer, from: node, as: c}
              - expect: {via: c, msg: toy.say, since: m, within: 500ms}
              - expect: {via: c, msg: toy.num, since: m, window: 900ms .. 1500ms}
              - expect: {via: c, event: closed, since: m, window: 1900ms .. 2500ms}
            """
        let r = try play(steps, rules, opens: false)
        #expect(r.told == "pass")
        #expect(r.lines == ["<connection", "<a", "<toy.num", "<closed"])
        #expect(r.trace.map { $0.at.nanoseconds / 10_000_000 } == [1, 1, 101, 201])
        #expect(
            try play(steps.replacing("within: 500ms", with: "window: 1s .. 9s"), rules, opens: false).told.contains(
                "too early"))
        #expect(
            try play(steps.replacing("900ms .. 1500ms", with: "1ms .. 500ms"), rules, opens: false).told.contains(
                "too late"))
    }
    @Test func linksLiveSideBySide() throws {
        let steps = """
              - open: {from: peer, to: node, as: d}
              - send: {via: d, msg: toy.say, fields: {text: go}}
              - expect: {via: d, msg: toy.say, within: 1s, fields: {text: a}}
              - never: {via: c, msg: any, for: 1s}
              - close: {via: d}
              - never: {via: c, event: closed, for: 1s}
            """
        #expect(try play(steps, [.on(.heard("go"), .say("a"))]).told == "pass")
    }
    @Test func aNodeThatSendsWithoutEnd() throws {
        // The node sends more messages than a case keeps, and the case ignores all messages. The time of the test grows
        // linearly, not with the square of their number.
        let flood = Rule.on(.open, after: .milliseconds(1), .raw((0..<3_000).flatMap { _ in [2, 1, 5] as [UInt8] }))
        let ignore = "defaults: [{ignore: {msg: toy.num}}]"
        let steps = "  - never: {via: c, msg: toy.say, for: 10ms}\n  - expect: {via: c, msg: toy.say, within: 1s}"
        #expect(try play(steps, [flood], more: ignore).told == "fail TOY-1 3: no toy.say within 1s")
        let more = try play(steps, Array(repeating: flood, count: 40), more: ignore)
        #expect(
            more.told == "inconc TOY-1 2: the node sends without end: more than 64 MiB or 100,000 messages in one case")
        #expect(more.trace.count < 110_000)
        // The same applies to a connection that no step has accepted.
        let early =
            "  - wait: 1s\n  - accept: {at: peer, from: node, as: c}\n  - expect: {via: c, msg: toy.say, within: 1s}"
        #expect(try play(early, Array(repeating: flood, count: 40), more: ignore, opens: false).verdict == .inconc)
        // It also applies to bytes that are not messages.
        let garbage = Rule.on(.open, after: .milliseconds(1), .raw([UInt8](repeating: 9, count: 9 << 20)))
        #expect(try play("  - wait: 1s", Array(repeating: garbage, count: 8)).verdict == .inconc)
        // The case ends even if no step looks at the bytes.
        let waits = "  - wait: 1s\n  - accept: {at: peer, from: node, as: c}"
        #expect(
            try play(waits, Array(repeating: garbage, count: 8), opens: false).told.hasPrefix(
                "inconc TOY-1 1: the node sends"))
        // The runner counts early bytes once: 36 MiB are not too much.
        #expect(try play(waits, Array(repeating: garbage, count: 4), opens: false).told == "pass")
    }
}
