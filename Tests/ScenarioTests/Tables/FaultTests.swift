import Node
import Testing

@testable import Scenario

/// Each fault changes the received bytes in each direction. Each selector decides which units the fault affects.
@Suite struct FaultTests {
    /// Sends a, b and c in three units, heals the fault, and asks the node for the number of pieces and the texts that
    /// it received.
    static func out(_ thing: String, _ effect: String, _ heard: String, otherwise: String = "4:a|b|c|tell") -> Row {
        let sends = ["a", "b", "c"].map { "  - send: {via: c, msg: toy.say, fields: {text: \($0)}}\n" }.joined()
        return Row(
            thing: thing,
            steps: "  - fault: {link: peer -> node, as: f, \(effect)}\n" + sends + "  - wait: 100ms\n  - heal: f\n"
                + "  - send: {via: c, msg: toy.say, fields: {text: tell}}\n"
                + "  - expect: {via: c, msg: toy.say, within: 1s, fields: {text: \"\(heard)\"}}",
            rules: [.on(.heard("tell"), .tell)], without: "fault: {link: peer -> node, as: f, \(effect)}",
            instead: "wait: 0s", otherwise: "fail TOY-1 9: text: wanted \"\(heard)\", had \"\(otherwise)\"")
    }
    /// The node sends ab, b and a number when it receives go. The row checks the received messages.
    static func into(
        _ thing: String, _ effect: String, _ expects: String, otherwise: String, link: String = "node -> peer"
    ) -> Row {
        Row(
            thing: thing,
            steps:
                "  - fault: {link: \(link), as: f, \(effect)}\n  - send: {via: c, msg: toy.say, fields: {text: go}}\n"
                + "    mark: m\n" + expects,
            rules: [.on(.heard("go"), .say("ab")), .on(.heard("go"), .say("b")), .on(.heard("go"), .raw([2, 1, 5]))],
            without: "fault: {link: \(link), as: f, \(effect)}", instead: "wait: 0s", otherwise: otherwise)
    }
    static func expect(_ text: String, _ more: String = "within: 1s") -> String {
        "  - expect: {via: c, msg: toy.say, \(more), fields: {text: \(text)}}\n"
    }
    static let table: [Row] = [
        out("fault drop-out", "drop: {frame: 2}", "3:a|c|tell"),
        out("fault dup-out", "dup: {times: 3, frame: 1}", "6:a|a|a|b|c|tell"),
        out("fault reorder-out", "reorder: {behind: 1, frame: 1}", "4:b|a|c|tell"),
        out("fault chop-out", "chop: {sizes: [1], frame: 1}", "6:a|b|c|tell"),
        out("fault truncate-out", "truncate: {to: 0, frame: 3}", "3:a|b|tell"),
        out("fault partition-out", "partition: out", "1:tell"),
        out("fault partition-both-out", "partition: both", "1:tell"),
        // The fault holds the unit until it is healed, then sends all of it at once.
        out("fault delay-out", "delay: {by: 50ms, frame: 1}", "4:b|c|a|tell"),
        Row(
            thing: "fault rate-out",
            steps:
                "  - fault: {link: peer -> node, as: f, rate: {bytes: 3}}\n  - send: {via: c, msg: toy.say, fields: {text: a}}\n"
                + "  - send: {via: c, msg: toy.say, fields: {text: b}}\n    mark: m\n"
                + expect("x", "window: 2s .. 3s, since: m"),
            rules: [.on(.heard("b"), .say("x"))], without: "fault: {link: peer -> node, as: f, rate: {bytes: 3}}",
            instead: "wait: 0s", otherwise: "fail TOY-1 5: toy.say too early"),
        Row(
            thing: "fault corrupt-out",
            steps: "  - fault: {link: peer -> node, as: f, corrupt: {msg: toy.say, field: text}}\n"
                + "  - send: {via: c, msg: toy.say, fields: {text: abc}}\n  - expect: {via: c, raw: $(hex('0103616263')), within: 1s}",
            rules: [.on(.bytes, .echo)], told: "fail TOY-1 4: unexpected toy.say instead of these bytes",
            without: "fault: {link: peer -> node, as: f, corrupt: {msg: toy.say, field: text}}", instead: "wait: 0s",
            otherwise: "pass"),
        Row(
            thing: "fault corrupt-anywhere-out",
            steps: "  - fault: {link: peer -> node, as: f, corrupt: {}}\n"
                + "  - send: {via: c, raw: 0x09090909}\n  - expect: {via: c, raw: 0x09090909, within: 1s}",
            rules: [.on(.bytes, .echo)], told: "fail TOY-1 4: unexpected",
            without: "fault: {link: peer -> node, as: f, corrupt: {}}", instead: "wait: 0s", otherwise: "pass"),

        into("fault drop-in", "drop: {frame: 1}", expect("b"), otherwise: "fail TOY-1 4: text: wanted b, had ab"),
        into(
            "fault delay-in", "delay: {by: 2s}", expect("ab", "window: 1900ms .. 2100ms, since: m"),
            otherwise: "fail TOY-1 4: toy.say too early"),
        into(
            "fault dup-in", "dup: {times: 2}", expect("ab") + expect("ab"),
            otherwise: "fail TOY-1 5: text: wanted ab, had b"),
        into(
            "fault reorder-in", "reorder: {behind: 1, frame: 1}", expect("b") + expect("ab"),
            otherwise: "fail TOY-1 4: text: wanted b, had ab"),
        into(
            "fault corrupt-in", "corrupt: {msg: toy.say, field: text, frame: 1}",
            expect("{$ne: ab, $len: 2}") + expect("b"),
            otherwise: "fail TOY-1 4: text: wanted"),
        into(
            "fault truncate-in", "truncate: {to: 3, frame: 1}", expect("{$ne: ab, $prefix: a}"),
            otherwise: "fail TOY-1 4: text: wanted"),
        into(
            "fault chop-in", "chop: {sizes: [1, 2], every: 1s, frame: 1}",
            expect("ab", "window: 1900ms .. 2100ms, since: m"),
            otherwise: "fail TOY-1 4: toy.say too early"),
        into(
            "fault rate-in", "rate: {bytes: 2}",
            expect("ab", "window: 1900ms .. 2100ms, since: m") + expect("b", "window: 3400ms .. 3600ms, since: m"),
            otherwise: "fail TOY-1 4: toy.say too early"),
        into(
            "fault partition-in", "partition: out", "  - never: {via: c, msg: any, for: 1s}",
            otherwise: "fail TOY-1 4: toy.say came"),
        // Partitions seen from the other end, and in both directions.
        into(
            "fault partition-in-in", "partition: in", "  - never: {via: c, msg: any, for: 1s}",
            otherwise: "fail TOY-1 4: toy.say came", link: "peer -> node"),
        into(
            "fault partition-both-in", "partition: both", "  - never: {via: c, msg: any, for: 1s}",
            otherwise: "fail TOY-1 4: toy.say came"),
        into(
            "fault drop-mutual", "drop: {}", "  - never: {via: c, msg: any, for: 1s}",
            otherwise: "fail TOY-1 4: toy.say came",
            link: "peer <-> node"),
    ]
    static let selectors: [Row] = [
        out("selector none", "drop: {}", "1:tell"), out("selector frame", "drop: {frame: 3}", "3:a|b|tell"),
        out("selector frame-of-an-expression", "drop: {frame: $(1 + 1)}", "3:a|c|tell"),
        out("selector nth", "drop: {nth: 2}", "3:a|c|tell"), out("selector nth-all", "drop: {nth: 1}", "1:tell"),
        out("selector msg", "drop: {msg: toy.say}", "1:tell"), out("selector prob", "drop: {prob: 1}", "1:tell"),
        out("selector two", "drop: {nth: 2, msg: toy.say}", "3:a|c|tell"),
        into(
            "selector msg-of-some", "drop: {msg: toy.say}", "  - expect: {via: c, msg: toy.num, within: 1s}",
            otherwise: "fail TOY-1 4: unexpected toy.say"),
        into(
            "selector msg-and-frame", "drop: {msg: toy.say, frame: 2}",
            expect("ab") + "  - expect: {via: c, msg: toy.num, within: 1s}",
            otherwise: "fail TOY-1 5: unexpected toy.say"),
        // The frames -1 and 1 belong to one send.
        Row(
            thing: "selector frame-from-the-end",
            steps: "  - fault: {link: peer -> node, as: f, drop: {frame: -1}}\n"
                + "  - send: {via: c, raw: [0x010161, 0x010162, 0x010163]}\n  - send: {via: c, raw: [0x010164, 0x010165]}\n  - heal: f\n"
                + "  - send: {via: c, msg: toy.say, fields: {text: tell}}\n" + expect("\"4:a|b|d|tell\""),
            rules: [.on(.heard("tell"), .tell)], without: "frame: -1", instead: "frame: -2",
            otherwise: "fail TOY-1 7: text: wanted \"4:a|b|d|tell\", had \"4:a|c|e|tell\""),
    ]
    @Test(arguments: table + selectors)
    func changesWhatArrives(_ row: Row) throws { try row.check() }

    @Test func allOfThem() {
        let tried = Self.table.things("fault")
        for kind in FaultVerb.Kind.allCases {
            #expect(tried.contains("\(kind)-out") && tried.contains("\(kind)-in"), "\(kind)")
        }
    }
    @Test func probHangsOnTheSeed() throws {
        func heard(_ prob: String, seed: UInt64 = 1) throws -> String {
            let sends = "  - repeat: {times: 40, as: i, do: [{send: {via: c, msg: toy.say, fields: {text: t$(i)}}}]}\n"
            let r = try play(
                "  - fault: {link: peer -> node, as: f, drop: {prob: \(prob)}}\n" + sends + "  - heal: f\n"
                    + "  - send: {via: c, msg: toy.say, fields: {text: tell}}\n  - expect: {via: c, msg: toy.say, within: 1s}",
                [.on(.heard("tell"), .tell)], seed: seed)
            #expect(r.verdict == .pass)
            return try #require(r.lines.last)
        }
        let half = try heard("0.5")
        #expect(try heard("0.5") == half)
        #expect(try heard("0.5", seed: 2) != half)
        let n = half.split(separator: "|").count
        #expect(n > 10 && n < 32)
        #expect(try heard("0").split(separator: "|").count == 41)
        #expect(try heard("1") == "<1:tell")
    }
    @Test func linksOpenedLater() throws {
        for (fault, comes) in [
            ("link: peer -> node", false), ("link: node -> peer", false), ("link: other -> node", true),
        ] {
            let steps = """
                  - fault: {\(fault), as: f, drop: {}}
                  - open: {from: peer, to: node, as: d}
                  - send: {via: d, msg: toy.say, fields: {text: go}}
                  - alt:
                      - expect: {via: d, msg: toy.say, within: 1s}
                      - timeout: 1s
                        verdict: warn
                  - heal: f
                  - open: {from: peer, to: node, as: e}
                  - send: {via: e, msg: toy.say, fields: {text: go}}
                  - expect: {via: e, msg: toy.say, within: 1s}
                """
            let r = try play(
                steps.replacing("other", with: "peer2"), [.on(.heard("go"), .say("a"))], more: "",
                actors: "peer2: {role: ref}")
            #expect(r.verdict == (comes ? .pass : .warn), "\(fault): \(r.told)")
        }
    }
    @Test func severalOnOneLink() throws {
        // Both faults affect the first unit. When a fault is healed, it releases the unit that it held.
        let steps = """
              - fault: {link: peer -> node, as: slow, delay: {by: 5s, frame: 1}}
              - fault: {link: peer -> node, as: twice, dup: {times: 2}}
              - send: {via: c, msg: toy.say, fields: {text: a}}
              - never: {via: c, msg: any, for: 1s}
              - heal: slow
              - expect: {via: c, msg: toy.say, within: 100ms, count: 2}
              - send: {via: c, msg: toy.say, fields: {text: a}}
              - expect: {via: c, msg: toy.say, within: 100ms, count: 2}
              - heal: twice
              - send: {via: c, msg: toy.say, fields: {text: a}}
              - expect: {via: c, msg: toy.say, within: 100ms}
              - never: {via: c, msg: any, for: 1s}
            """
        let r = try play(steps, [.on(.heard("a"), .say("x"))])
        #expect(r.told == "pass", "\(r.lines)")
    }
    @Test func aFaultOfTheSameNameTakesTheOthersPlace() throws {
        let steps = """
              - fault: {link: peer -> node, as: f, drop: {}}
              - fault: {link: node -> peer, as: f, dup: {times: 2}}
              - send: {via: c, msg: toy.say, fields: {text: a}}
              - expect: {via: c, msg: toy.say, within: 1s, count: 2}
              - heal: nobody
              - heal: f
              - heal: f
              - send: {via: c, msg: toy.say, fields: {text: a}}
              - expect: {via: c, msg: toy.say, within: 1s}
              - never: {via: c, msg: any, for: 1s}
            """
        let r = try play(steps, [.on(.heard("a"), .say("x"))])
        #expect(r.told == "pass", "\(r.lines)")
    }
    /// A fault begins or ends in the middle of a message.
    @Test func inTheMiddleOfAMessage() throws {
        let rules: [Rule] = [
            .on(.heard("go"), .raw([1, 2, 0x61])), .on(.heard("go"), after: .seconds(2), .raw([0x62, 1, 1])),
            .on(.heard("go"), after: .seconds(4), .raw([0x63, 1, 1, 0x64])),
        ]
        func steps(_ fault: String, _ end: String) -> String {
            """
              - send: {via: c, msg: toy.say, fields: {text: go}}
              - wait: 1s
              - fault: {link: node -> peer, as: f, \(fault)}
              - wait: 2s
              - \(end)
              - wait: 3s
            """
        }
        func heard(_ fault: String, _ end: String) throws -> [String] {
            let r = try play(steps(fault, end), rules)
            #expect(r.told == "pass")
            return r.lines.filter { $0.hasPrefix("<") }
        }
        #expect(try heard("delay: {by: 1ms}", "heal: f") == ["<ab", "<c", "<d"])
        #expect(try heard("delay: {by: 1ms}", "wait: 0s") == ["<ab", "<c", "<d"])
        // The faults affect the second message only: the rest of the first message counts as the first unit.
        #expect(try heard("drop: {frame: 2}", "wait: 0s") == ["<ab", "<d"])
        #expect(try heard("dup: {frame: 2}", "wait: 0s") == ["<ab", "<c", "<c", "<d"])
    }
    @Test func theEndComesAfterWhatWasHeldUp() throws {
        let steps = """
              - fault: {link: node -> peer, as: f, delay: {by: 5s}}
              - send: {via: c, msg: toy.say, fields: {text: go}}
              - expect: {via: c, msg: toy.say, within: 1s}
              - expect: {via: c, event: closed, within: 1s}
            """
        let r = try play(steps, [.on(.heard("go"), .say("a")), .on(.heard("go"), .close)])
        #expect(r.told == "pass")
        let half = try play(steps, [.on(.heard("go"), .raw([1, 1, 0x61, 1])), .on(.heard("go"), .close)])
        #expect(half.lines.last == "<closed in the middle of a message")
    }
    @Test func repliesPassThroughFaults() throws {
        let more = "defaults: [{reply: {msg: toy.say, fields: {text: ping}}}]"
        let steps = """
              - fault: {link: peer -> node, as: f, delay: {by: 2s}}
              - expect: {via: c, msg: toy.say, window: 1900ms .. 2100ms, fields: {text: x}}
            """
        let rules: [Rule] = [.on(.open, after: .milliseconds(1), .say("ping")), .on(.heard("ping"), .say("x"))]
        #expect(try play(steps, rules, more: more).told == "pass")
    }
    @Test(arguments: [
        ("drop: {nth: 0}", "`nth` is a number from 1 to 1000000, this is 0"),
        ("drop: {frame: x}", "`frame` is a number from -1000000 to 1000000, this is x"),
        ("drop: {prob: 1.5}", "`prob` is from 0 to 1, this is 1.5"),
        ("drop: {prob: nan}", "`prob` is from 0 to 1, this is nan"),
        ("dup: {times: 1001}", "`times` is a number from 1 to 1000, this is 1001"),
        ("reorder: {behind: 0}", "`behind` is a number from 1 to 1000, this is 0"),
        ("truncate: {to: -1}", "`to` is a number from 0 to 1048576, this is -1"),
        ("rate: {bytes: 0}", "`bytes` is a number from 1 to 1073741824, this is 0"),
        ("chop: {sizes: []}", "`sizes` are numbers of bytes, at least 1"),
        ("chop: {sizes: [0]}", "`sizes` are numbers of bytes, at least 1"),
        ("delay: {by: $(answer)}", "expected a duration, found a number"),
    ])
    func numbersOutOfRange(_ effect: String, _ why: String) throws {
        #expect(try play("  - fault: {link: peer -> node, as: f, \(effect)}", []).told == "error TOY-1 2: " + why)
    }
}
