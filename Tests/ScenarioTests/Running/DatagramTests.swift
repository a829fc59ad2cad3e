import Network
import Node
import Testing

@testable import Scenario

/// A protocol of datagrams, over sockets and in virtual time. Each part of a send is a datagram, faults apply to
/// datagrams, and a message never continues in the next datagram.
@Suite struct DatagramTests {
    /// Runs a case against a toy node over UDP.
    func play(
        _ way: Way, _ steps: String, _ rules: [Rule], more: String = "", opens: Bool = true, seed: UInt64 = 1,
        chop: Chop? = nil
    ) throws -> CaseResult {
        var definition = Definition.toy(rules)
        definition.transport = .udp
        var options = RunOptions(subject: .builtIn(bug: nil), settings: try definition.settings(), seed: seed)
        options.chop = chop
        let runner = Runner(definition, toyRequirements, options)
        let cases = try toy(steps, more: more, opens: opens).cases
        if way == .sockets { return try playInTime(runner, cases) }
        var out: [CaseResult] = []
        runner.simulate(Schedule(cases)) { out.append($0) }
        return try #require(out.first)
    }
    /// Returns steps that send texts one after the other. Each text follows the answer to the one before, so that the
    /// order is certain.
    func say(_ texts: [String], answered: (String) -> [String]) -> String {
        texts.map { t in
            "  - send: {via: c, msg: toy.say, fields: {text: \(t)}}\n"
                + answered(t).map { "  - expect: {via: c, msg: toy.say, within: 2s, fields: {text: \"\($0)\"}}\n" }
                .joined()
        }.joined()
    }

    @Test(arguments: Way.allCases) func askAndAnswer(_ way: Way) throws {
        let steps =
            "  - send: {via: c, msg: toy.say, fields: {text: go}}\n  - expect: {via: c, msg: toy.say, within: 2s}"
        let r = try play(way, steps, [.on(.heard("go"), .say("a"))])
        #expect(r.told == "pass")
        #expect(r.lines == [">connection", ">go", "<a"])
        // A close over UDP is not visible to the peer.
        let ended = try play(
            way, steps + "\n  - expect: {via: c, event: closed, within: 50ms}", [.on(.heard("go"), .say("a"))])
        #expect(ended.told == "fail TOY-1 4: the connection was not closed within 50ms after toy.say")
    }
    /// A failure has an excuse if a lost datagram can explain it, over UDP only. A wrong datagram has no excuse.
    @Test(arguments: Way.allCases) func excuses(_ way: Way) throws {
        func excuse(_ step: String) throws -> Problem.Excuse? {
            let go = "  - send: {via: c, msg: toy.say, fields: {text: go}}\n"
            let r = try play(way, go + step, [.on(.heard("go"), .say("a"))])
            #expect(r.verdict == .fail)
            return r.problem?.excuse
        }
        #expect(
            try excuse("  - expect: {via: c, msg: toy.say, within: 50ms, fields: {text: b}, order: any}")
                == .datagram)
        #expect(try excuse("  - expect: {via: c, msg: toy.num, within: 50ms, order: any}") == .datagram)
        #expect(
            try excuse("  - poll: {every: 10ms, within: 50ms, until: \"$(records(c, 'toy.say').first.text == 'b')\"}")
                == .datagram)
        #expect(try excuse("  - expect: {via: c, msg: toy.say, within: 2s, fields: {text: b}}") == nil)
        #expect(try excuse("  - never: {via: c, msg: toy.say, for: 50ms}") == nil)
        #expect(try excuse("  - assert: $(1 == 2)") == .lostBefore)
        let overTCP = Runner(
            .toy([]), toyRequirements,
            RunOptions(subject: .builtIn(bug: nil), settings: try Definition.toy([]).settings(), seed: 1))
        overTCP.simulate(Schedule(try toy("  - expect: {via: c, msg: any, within: 1s}").cases)) {
            #expect($0.verdict == Verdict.fail && $0.problem?.excuse == nil)
        }
    }
    @Test(arguments: Way.allCases) func theNodeDials(_ way: Way) throws {
        let steps =
            "  - accept: {at: peer, from: node, as: c, within: 2s}\n  - expect: {via: c, msg: toy.say, within: 1s}"
        let r = try play(way, steps, [.on(.open, .say("a"))], opens: false)
        #expect(r.told == "pass")
        #expect(r.lines == ["<connection", "<a"])
        // The runner cannot see a node dial if the node sends nothing.
        #expect(try play(way, steps.replacing("2s", with: "50ms"), [], opens: false).told.contains("did not dial"))
    }
    /// Parts of a send and bytes in a list are separate datagrams. `--chop` does not change them.
    @Test(arguments: Way.allCases, [nil, .bytes, .coalesced] as [Chop?]) func partsAreDatagrams(
        _ way: Way, _ chop: Chop?
    ) throws {
        let ask = { (n: Int) in
            "  - wait: 20ms\n  - send: {via: c, msg: toy.say, fields: {text: q}}\n"
                + "  - expect: {via: c, msg: toy.say, within: 2s, fields: {text: {$prefix: \"\(n):\"}}}"
        }
        let all = "  - send: {via: c, all: [{msg: toy.say, fields: {text: a}}, {raw: [0x010162, 0x010163]}]}\n"
        #expect(try play(way, all + ask(4), [.on(.heard("q"), .tell)], chop: chop).told == "pass")
        let each = ["a", "b"].map { "  - send: {via: c, msg: toy.say, fields: {text: \($0)}}\n" }.joined()
        #expect(try play(way, each + ask(3), [.on(.heard("q"), .tell)], chop: chop).told == "pass")
    }
    /// The next datagram does not complete an incomplete one. An invalid datagram does not affect the others.
    @Test(arguments: Way.allCases) func eachDatagramStandsAlone(_ way: Way) throws {
        let rules: [Rule] = [
            .on(.heard("1"), .raw([1, 5, 0x61])), .on(.heard("2"), .say("b")), .on(.heard("3"), .raw([9, 9])),
            .on(.heard("4"), .raw([])), .on(.heard("5"), .say("c")),
            .on(.heard("6"), .raw([1, 1, 0x64, 1, 1, 0x65])),
        ]
        let ask = { (n: Int, wants: String) in
            "  - send: {via: c, msg: toy.say, fields: {text: '\(n)'}}\n  - expect: {via: c, \(wants), within: 2s}\n"
        }
        let text = { (t: String) in "msg: toy.say, fields: {text: \(t)}" }
        let steps =
            ask(1, "raw: 0x010561") + ask(2, text("b")) + ask(3, "raw: 0x0909") + ask(4, "raw: 0x") + ask(5, text("c"))
            + ask(6, text("d")) + "  - expect: {via: c, \(text("e")), within: 2s}\n"
        #expect(try play(way, steps, rules).told == "pass")
        let r = try play(way, ask(1, text("x")), rules)
        #expect(
            r.told
                == "fail TOY-1 3: unexpected bytes that are no message instead of toy.say like this: at 0: wants 7 bytes, has 3"
        )
    }
    @Test(arguments: Way.allCases) func tooLarge(_ way: Way) throws {
        let r = try play(way, "  - send: {via: c, raw: \"$(bytes(65508, 0))\"}\n  - wait: 10ms", [])
        #expect(r.told.contains("a datagram holds 65507 bytes, this one has 65508"))
        #expect(r.verdict == .inconc)
    }

    // Faults.

    /// The fault drops the second datagram on its way to the node or back. The others arrive.
    @Test(arguments: Way.allCases) func drop(_ way: Way) throws {
        let rules: [Rule] = ["a", "b", "c"].map { .on(.heard($0), .say($0)) } + [.on(.heard("q"), .tell)]
        let lost = { (ends: String, told: String) in
            "  - fault: {link: \(ends), as: f, drop: {frame: 2}}\n" + self.say(["a"]) { [$0] }
                + "  - send: {via: c, msg: toy.say, fields: {text: b}}\n  - never: {via: c, msg: any, for: 50ms}\n"
                + self.say(["c"]) { [$0] } + self.say(["q"]) { _ in [told] }
        }
        #expect(try play(way, lost("peer -> node", "3:a|c|q"), rules).told == "pass")
        #expect(try play(way, lost("node -> peer", "4:a|b|c|q"), rules).told == "pass")
        // Without the fault, the same steps fail.
        let without = lost("peer -> node", "3:a|c|q").replacing("frame: 2", with: "frame: 200")
        #expect(try play(way, without, rules).told.contains("toy.say came, which must not"))
    }
    @Test(arguments: Way.allCases) func dup(_ way: Way) throws {
        let rules: [Rule] = [.on(.heard("a"), .say("a")), .on(.heard("q"), .tell)]
        let steps = { (ends: String, times: Int, told: String) in
            "  - fault: {link: \(ends), as: f, dup: {frame: 1, times: \(times)}}\n"
                + self.say(["a"]) { Array(repeating: $0, count: times) } + self.say(["q"]) { _ in [told] }
        }
        #expect(try play(way, steps("peer -> node", 3, "4:a|a|a|q"), rules).told == "pass")
        #expect(try play(way, steps("node -> peer", 2, "2:a|q"), rules).told == "pass")
        #expect(try play(way, steps("node -> peer", 2, "3:a|a|q"), rules).verdict == .fail)
    }
    @Test(arguments: Way.allCases) func delay(_ way: Way) throws {
        let rules: [Rule] = [.on(.heard("a"), .say("a"))]
        for ends in ["peer -> node", "node -> peer"] {
            let steps = """
                  - fault: {link: \(ends), as: f, delay: {by: 100ms}}
                  - send: {via: c, msg: toy.say, fields: {text: a}}
                    mark: sent
                  - expect: {via: c, msg: toy.say, since: sent, window: 90ms .. 3s}
                """
            #expect(try play(way, steps, rules).told == "pass")
        }
    }
    /// The first datagram waits for the second one. If the fault is healed, the first one is sent at once.
    @Test(arguments: Way.allCases) func reorder(_ way: Way) throws {
        let rules: [Rule] = ["a", "b"].map { .on(.heard($0), .say($0)) } + [.on(.heard("q"), .tell)]
        let send = { (t: String) in "  - send: {via: c, msg: toy.say, fields: {text: \(t)}}\n" }
        let fault = { (ends: String) in "  - fault: {link: \(ends), as: f, reorder: {frame: 1}}\n" }
        let wait = "  - never: {via: c, msg: any, for: 50ms}\n"
        let expect = { (t: String) in "  - expect: {via: c, msg: toy.say, within: 2s, fields: {text: \(t)}}\n" }
        for ends in ["peer -> node", "node -> peer"] {
            let steps =
                fault(ends) + send("a") + wait + send("b")
                + "  - expect: {via: c, msg: toy.say, within: 2s, count: 2}\n"
            #expect(try play(way, steps, rules).told == "pass")
            let healed = fault(ends) + send("a") + wait + "  - heal: f\n" + expect("a") + send("b") + expect("b")
            #expect(try play(way, healed, rules).told == "pass")
            #expect(try play(way, steps.replacing("frame: 1", with: "frame: 9"), rules).verdict == .fail)
        }
    }
    /// The fault changes one byte of the text. The same seed changes it in the same way.
    @Test(arguments: Way.allCases) func corrupt(_ way: Way) throws {
        let rules: [Rule] = [.on(.bytes, .echo)]
        let steps = { (ends: String) in
            "  - fault: {link: \(ends), as: f, corrupt: {msg: toy.blob, frame: 1, field: data}}\n"
                + "  - send: {via: c, msg: toy.blob, fields: {data: 0x6162636465666768}}\n"
                + "  - expect: {via: c, msg: toy.blob, within: 2s, fields: {data: {$ne: 0x6162636465666768, $len: 8, $save: t}}}\n"
                + "  - assert: $(t == hex(''))"
        }
        for ends in ["peer -> node", "node -> peer"] {
            let had = try (1...3).map { try play(way, steps(ends), rules, seed: UInt64($0)).problem?.had }
            #expect(Set(had).count == 3 && had.allSatisfy { $0?.hasPrefix("t = ") == true })
            #expect(try play(way, steps(ends), rules, seed: 1).problem?.had == had[0])
        }
    }
    /// The fault truncates a datagram, even to zero bytes. An empty datagram is still a datagram and passes all faults.
    @Test(arguments: Way.allCases) func truncateAndEmpty(_ way: Way) throws {
        let rules: [Rule] = [.on(.bytes, .echo)]
        let ask = "  - send: {via: c, msg: toy.say, fields: {text: abc}}\n"
        let cut = { (ends: String, to: Int) in "  - fault: {link: \(ends), as: f, truncate: {to: \(to)}}\n" + ask }
        for ends in ["peer -> node", "node -> peer"] {
            for (to, bytes) in [(0, "0x"), (3, "0x010361")] {
                let expect = "  - expect: {via: c, raw: \(bytes), within: 2s}\n"
                #expect(try play(way, cut(ends, to) + expect, rules).told == "pass")
                #expect(try play(way, cut(ends, to + 1) + expect, rules).verdict == .fail)
            }
            let empty =
                "  - fault: {link: \(ends), as: f, drop: {frame: 2}}\n  - send: {via: c, raw: 0x}\n"
                + "  - expect: {via: c, raw: 0x, within: 2s}\n"
            #expect(try play(way, empty, rules).told == "pass")
            #expect(try play(way, empty.replacing("frame: 2", with: "frame: 1"), rules).verdict == .fail)
        }
    }
    @Test(arguments: Way.allCases) func rate(_ way: Way) throws {
        let rules: [Rule] = [.on(.heard("abcdefgh"), .say("a"))]
        let steps = """
              - fault: {link: peer -> node, as: f, rate: {bytes: 100}}
              - send: {via: c, msg: toy.say, fields: {text: abcdefgh}}
                mark: sent
              - expect: {via: c, msg: toy.say, since: sent, window: 90ms .. 3s}
            """
        #expect(try play(way, steps, rules).told == "pass")
        #expect(try play(way, steps.replacing("bytes: 100", with: "bytes: 100000"), rules).told.contains("too early"))
    }
    /// Nothing passes in the partitioned direction. After the fault, everything passes.
    @Test(arguments: Way.allCases) func partition(_ way: Way) throws {
        let rules: [Rule] = ["a", "b"].map { .on(.heard($0), .say($0)) } + [.on(.heard("q"), .tell)]
        for (side, told) in [("out", "2:b|q"), ("in", "3:a|b|q"), ("both", "2:b|q")] {
            let steps =
                "  - fault: {link: peer -> node, as: f, partition: \(side)}\n"
                + "  - send: {via: c, msg: toy.say, fields: {text: a}}\n  - never: {via: c, msg: any, for: 50ms}\n"
                + "  - heal: f\n" + say(["b"]) { [$0] } + say(["q"]) { _ in [told] }
            #expect(try play(way, steps, rules).told == "pass")
        }
    }
    /// The fault drops some datagrams at random. The same seed drops the same datagrams, over sockets and in
    /// simulation.
    @Test func lossIsSeeded() throws {
        let rules: [Rule] = (0..<16).map { .on(.heard("\($0)"), .say("\($0)")) } + [.on(.heard("q"), .tell)]
        let steps =
            "  - fault: {link: peer -> node, as: f, drop: {prob: 0.5}}\n"
            + (0..<16).map { "  - send: {via: c, msg: toy.say, fields: {text: '\($0)'}}\n  - wait: 5ms\n" }.joined()
            + "  - heal: f\n  - send: {via: c, msg: toy.say, fields: {text: q}}\n"
            + "  - expect: {via: c, msg: toy.say, order: any, within: 2s, fields: {text: {$re: '.*q'}}}\n"
        let heard = try (1...3).map { seed in
            try Way.allCases.map { way in
                let r = try play(way, steps, rules, seed: UInt64(seed))
                #expect(r.told == "pass")
                return try #require(r.lines.last)
            }
        }
        #expect(heard.allSatisfy { $0[0] == $0[1] })
        #expect(Set(heard.map { $0[0] }).count == 3)
    }
    /// The fault drops both messages of one datagram, because the unit is the datagram.
    @Test(arguments: Way.allCases) func theUnitIsTheDatagram(_ way: Way) throws {
        let rules: [Rule] = [.on(.heard("a"), .raw([1, 1, 0x78, 1, 1, 0x79])), .on(.heard("b"), .say("b"))]
        let steps =
            "  - fault: {link: node -> peer, as: f, drop: {frame: 1}}\n"
            + "  - send: {via: c, msg: toy.say, fields: {text: a}}\n  - never: {via: c, msg: any, for: 50ms}\n"
            + say(["b"]) { [$0] }
        #expect(try play(way, steps, rules).told == "pass")
    }
    /// Virtual time drops no datagram and does not keep the order. One seed gives one history.
    @Test func seeded() throws {
        let rules: [Rule] = (0..<8).map { .on(.heard("\($0)"), .say("\($0)")) }
        let steps =
            "  - send: {via: c, all: [\((0..<8).map { "{msg: toy.say, fields: {text: '\($0)'}}" }.joined(separator: ", "))]}\n"
            + "  - expect: {via: c, msg: toy.say, within: 1s, count: 8}"
        let runs = try (1...4).map { try play(.simulation, steps, rules, seed: UInt64($0)) }
        #expect(runs.allSatisfy { $0.told == "pass" })
        #expect(Set(runs.map(\.lines)).count == 4)
        #expect(Set(runs.map { $0.lines.sorted() }).count == 1)
        for (i, r) in runs.enumerated() {
            let again = try play(.simulation, steps, rules, seed: UInt64(i + 1))
            #expect(again.lines == r.lines && again.trace.map(\.at) == r.trace.map(\.at))
        }
    }
}
