import Testing

@testable import Scenario

/// `params`, `vectors` and `budget`, and how the command line sets them.
@Suite struct ParameterTests {
    static let more = """
        params:
          d: {type: duration, default: 2s, min: 1s, max: 5s}
          n: {type: int, default: 3, min: -1, max: 0x10}
          t: {type: text, default: abc, min: 1, max: 4}
          s: {type: string, default: 'yes'}
          b: {type: bytes, default: 0x0102, max: 2}
          f: {type: bool, default: true}
        """
    static func told(_ assert: String, _ parameters: [String: String] = [:]) throws -> String {
        let s = try toy("  - assert: $(\(assert))", more: more)
        return try #require(try playAll(s) { $0.parameters = parameters }.first).told
    }
    @Test func presets() throws {
        #expect(try Self.told("d == 2s && n == 3 && t == 'abc' && s == 'yes' && b == hex('0102') && f") == "pass")
    }
    @Test(arguments: [
        ("d", "1500ms", "d == 1500ms"), ("n", "-1", "n == -1"), ("n", "0x10", "n == 16"), ("t", "12", "t == '12'"),
        ("s", "", "s == ''"), ("b", "0x", "size(b) == 0"), ("f", "false", "!f"),
    ])
    func given(_ name: String, _ value: String, _ assert: String) throws {
        #expect(try Self.told(assert) == "fail TOY-1 2: not true: \(assert)")
        #expect(try Self.told(assert, [name: value]) == "pass")
    }
    @Test(arguments: [
        ("d", "6s", "`d` is at most 5s, not 6s"), ("d", "999ms", "`d` is at least 1s, not 999ms"),
        ("d", "5", "`d` is a duration such as 5s, not `5`"), ("n", "-2", "`n` is at least -1, not -2"),
        ("n", "17", "`n` is at most 16, not 17"), ("n", "1.5", "`n` is a whole number, not `1.5`"),
        ("n", "+1", "`n` is a whole number, not `+1`"), ("n", "", "`n` is a whole number, not ``"),
        ("t", "", "the length of `t` is at least 1, not 0"), ("t", "abcde", "the length of `t` is at most 4, not 5"),
        ("b", "0x010203", "the length of `b` is at most 2, not 3"),
        ("b", "0102", "`b` is bytes such as 0x5243, not `0102`"),
        ("f", "yes", "`f` is true or false, not `yes`"),
    ])
    func refused(_ name: String, _ value: String, _ why: String) throws {
        let s = try toy("  - wait: 1s", more: Self.more)
        #expect(s.parameters.first { $0.name == name }?.refusal(value) == why)
        // The runner does not fall back to the preset.
        #expect(
            try Self.told("true", [name: value]) == "error TOY-1 2: parameter " + why
                || Self.told("true", [name: value]).hasSuffix("parameter " + why))
    }
    @Test(arguments: [
        ("{type: number, default: 1}", "MS0103", "unknown type `number`"),
        ("{type: int}", "MS0102", "a parameter needs `default`: its value if the user gives none"),
        ("{type: int, default: x}", "MS0103", "`default` is a whole number, this is `x`"),
        ("{type: int, default: 1, min: 2}", "MS0103", "default: `p` is at least 2, not 1"),
        ("{type: text, default: ab, max: x}", "MS0103", "`max` is a whole number, this is `x`"),
        ("{type: text, default: ab, max: 1}", "MS0103", "default: the length of `p` is at most 1, not 2"),
        ("{type: bool, default: no}", "MS0103", "`default` is true or false, this is `no`"),
        ("{type: int, default: 1, secret: 1}", "MS0103", "secret is true or false, this is `1`"),
        ("5", "MS0100", "a parameter is a map, this is a single value"),
    ])
    func badDeclarations(_ p: String, _ code: String, _ message: String) {
        let all = loadToy("  - wait: 1s", more: "params: {p: \(p)}").diagnostics
        #expect(all.map { $0.code.rawValue + " " + $0.message } == [code + " " + message])
    }
    @Test func aSecretIsNeverShown() throws {
        let more = """
            params:
              word: {type: text, default: hunter2, secret: true}
              key: {type: bytes, default: 0xdeadbeef, secret: true}
              pin: {type: int, default: 4711, secret: true}
              open: {type: text, default: visible}
            """
        func problem(_ steps: String, _ rules: [Rule] = []) throws -> String {
            let p = try #require(try play(steps, rules, more: more).problem)
            return [p.reason, p.label, p.wanted, p.had, "\(p.mismatches)"].joined(separator: " / ")
        }
        let all = [
            try problem("  - assert: $(word == open)"), try problem("  - assert: $(size(key) == 3 && pin == 1)"),
            try problem("  - let: {copy: $(word + '!'), n: $(pin)}\n  - assert: $(copy == open && n == 1)"),
            try problem(
                "  - expect: {via: c, msg: toy.say, within: 1s, fields: {text: $(word)}}", [.on(.open, .say("x"))]),
            try problem(
                "  - expect: {via: c, msg: toy.say, within: 1s, fields: {text: x}}", [.on(.open, .say("hunter2"))]),
            try problem(
                "  - expect: {via: c, msg: toy.blob, within: 1s, fields: {data: $(key)}}",
                [.on(.open, .raw([4, 1, 7]))]),
            try problem("  - poll: {every: 1s, within: 2s, until: $(pin == 1)}"),
            try problem("  - send: {via: c, msg: toy.num, fields: {digit: $(pin)}}"),
            try problem("  - wait: $(word)"), try problem("  - dut: {do: start, node: $(word)}"),
        ]
        for text in all {
            for secret in ["hunter2", "deadbeef", "4711", "68756e74657232"] {
                #expect(!text.contains(secret), "\(text)")
            }
        }
        #expect(all[0] == "not true: word == open / false / word == open / word = (secret), open = visible / []")
        #expect(all[2].contains("copy = (secret)!, open = visible, n = (secret)"))
        // A message about a refused value does not show it either.
        let s = try toy("  - wait: 1s", more: more)
        for (name, value) in [("pin", "47x1"), ("key", "0xdeadbee")] {
            #expect(s.parameters.first { $0.name == name }?.refusal(value)?.contains(value) == false)
        }
    }
    @Test func whatOnlyLooksLikeASecretIsShown() throws {
        let more = "params: {pin: {type: int, default: 1, secret: true}}"
        let r = try play("  - let: {n: 21}\n  - assert: $(n == 11)", [], more: more)
        #expect(r.told == "fail TOY-1 3: not true: n == 11" && r.problem?.had == "n = 21")
    }

    // Vectors.

    @Test func oneCaseForEachVector() throws {
        let more = "vectors: [{name: one, x: 1, d: 1s}, {name: two, x: two, d: 20s}, {name: three, x: [1, 2], d: 1s}]"
        let s = try toy("  - wait: $(d)\n  - assert: $(x == 1)", more: more)
        #expect(s.cases.map(\.id) == ["toy.case[one]", "toy.case[two]", "toy.case[three]"])
        let results = try playAll(s)
        #expect(results.map(\.id) == s.cases.map(\.id))
        #expect(
            results.map(\.told) == [
                "pass", "error TOY-1 3: cannot compare text with a number",
                "error TOY-1 3: cannot compare a list with a number",
            ])
        #expect(results[1].duration >= .seconds(20) && results[0].duration < .seconds(2))
    }
    @Test func aVectorChangesNothingInTheOthers() throws {
        func bytes(_ vectors: String) throws -> [String: [[UInt8]]] {
            let s = try toy(
                "  - send: {via: c, msg: toy.blob, fields: {data: $(random(8))}}", more: "vectors: [\(vectors)]")
            return Dictionary(uniqueKeysWithValues: try playAll(s).map { ($0.id, $0.trace.map(\.bytes)) })
        }
        let two = try bytes("{name: a}, {name: b}")
        let three = try bytes("{name: c}, {name: b}, {name: a}")
        #expect(two["toy.case[a]"] == three["toy.case[a]"] && two["toy.case[b]"] == three["toy.case[b]"])
        #expect(two["toy.case[a]"] != two["toy.case[b]"])
    }
    @Test func valuesOfVectors() throws {
        let more =
            "vectors: [{name: v, n: -3, t: '5', d: 20ms, b: true, z: null, w: word, e: $(2 + 3), l: [1, a], m: {k: 2}}]"
        let s = try toy(
            "  - assert: $(n == -3 && t == '5' && d == 20ms && b && z == null && w == 'word' && e == 5 && l.first == 1 && m.k == 2)",
            more: more)
        #expect(try playAll(s).map(\.told) == ["pass"])
    }
    @Test(arguments: [
        ("[{x: 1}]", "MS0102", "a vector needs `name`: last part of the case's id"),
        ("[{name: a}, {name: a}]", "MS0114", "two vectors are called `a`"),
        ("{name: a}", "MS0100", "vectors is a list, this is a map"),
        ("[a]", "MS0100", "a vector is a map, this is a single value"),
    ])
    func badVectors(_ vectors: String, _ code: String, _ message: String) {
        let all = loadToy("  - wait: 1s", more: "vectors: \(vectors)").diagnostics
        #expect(all.map { $0.code.rawValue + " " + $0.message } == [code + " " + message])
    }
    @Test func aHundredThousandVectors() {
        // The loader reports the size, at each place where it becomes too large.
        let many = (0..<100_000).map { "{name: v\($0), x: \($0)}" }.joined(separator: ", ")
        #expect(loadToy("  - wait: 1s", more: "vectors: [\(many)]").diagnostics.map(\.code) == [.tooLarge])
        let some = (0..<20_000).map { "{name: v\($0)}" }.joined(separator: ",")
        #expect(loadToy("  - wait: 1s", more: "vectors: [\(some)]").diagnostics.map(\.code) == [.tooManyNodes])
    }
    @Test func aThousandVectorsRun() throws {
        let many = (0..<1_000).map { "{name: v\($0), x: \($0)}" }.joined(separator: ", ")
        let s = try toy("  - assert: $(x < 999)", more: "vectors: [\(many)]")
        let results = try playAll(s)
        #expect(results.count == 1_000 && results.filter { $0.verdict == .pass }.count == 999)
        #expect(results.first { $0.verdict == .fail }?.id == "toy.case[v999]")
    }

    // Budget.

    @Test func budget() throws {
        let used = "inconc TOY-1 2: the case used up its budget of 2s"
        #expect(try play("  - wait: 5s", [], more: "budget: 2s").told == used)
        #expect(try play("  - wait: 1s", [], more: "budget: 2s").told == "pass")
        #expect(try play("  - expect: {via: c, msg: any, within: 9s}", [], more: "budget: 2s").told == used)
        // The budget also applies to waits inside other steps.
        #expect(try play("  - par: {x: [{wait: 9s}], y: [{wait: 1s}]}", [], more: "budget: 2s").told == used)
        #expect(
            try play("  - poll: {every: 1ms, within: 9s, until: $(1 == 2)}", [], more: "budget: $(period - 1s)").told
                == used)
        // An earlier verdict remains. The clean-up has its own time.
        let cleanup = "budget: 2s\ncleanup: [{wait: 3s}, {send: {via: c, msg: toy.say, fields: {text: bye}}}]"
        let r = try play("  - wait: 5s", [], more: cleanup)
        #expect(r.told == used && r.lines.last == ">bye")
        let endless = "cleanup: [{wait: 90s}, {send: {via: c, msg: toy.say, fields: {text: bye}}}]"
        let cut = try play("  - assert: $(1 == 2)", [], more: endless)
        #expect(
            cut.told == "fail TOY-1 2: not true: 1 == 2" && cut.lines.last == ">connection"
                && cut.duration < .seconds(31))
        #expect(
            try playAll(try toy("  - wait: 3s", more: "budget: 2s")) { $0.timeScale = 2 }.map(\.told) == ["pass"])
    }
    /// A time scale extends the deadlines and leaves the earliest times unchanged.
    @Test func timeScale() throws {
        func told(_ steps: String, after ms: Int, scale: Double) throws -> String {
            let s = try toy(steps)
            return try #require(
                try playAll(s, [.on(.open, after: .milliseconds(ms), .say("a"))]) { $0.timeScale = scale }.first
            ).told
        }
        let within = "  - expect: {via: c, msg: toy.say, within: 1s}"
        #expect(try told(within, after: 2_500, scale: 1) == "fail TOY-1 2: no toy.say within 1s")
        #expect(try told(within, after: 2_500, scale: 3) == "pass")
        #expect(try told(within, after: 3_500, scale: 3) == "fail TOY-1 2: no toy.say within 3s")
        let window = "  - expect: {via: c, msg: toy.say, window: 1s .. 2s}"
        #expect(try told(window, after: 500, scale: 9).hasPrefix("fail TOY-1 2: toy.say too early"))
        #expect(try told(window, after: 5_000, scale: 9) == "pass")
        // A `never` step watches for exactly its own time.
        let never = "  - never: {via: c, msg: toy.say, for: 1s}"
        #expect(try told(never, after: 1_500, scale: 9) == "pass")
    }
}
