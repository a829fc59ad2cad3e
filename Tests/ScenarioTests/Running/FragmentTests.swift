import Testing

@testable import Scenario

/// `use` runs the steps of another file, with the caller's actors and values.
@Suite struct FragmentTests {
    static func run(
        _ steps: String, _ files: [String: String], _ rules: [Rule] = [], more: String = "", opens: Bool = true,
        actors: String = "", _ set: (inout RunOptions) -> Void = { _ in }
    ) throws -> CaseResult {
        let s = try toy(steps, more: more, opens: opens, files: files, actors: actors)
        return try #require(try playAll(s, rules, set).first)
    }
    static func lines(_ steps: String, _ files: [String: String], more: String = "") -> [String] {
        loadToy(steps, more: more, files: files).diagnostics.map { "\($0.file) \($0.line)" }
    }
    static func fragment(_ rest: String) -> String { "meshspec-fragment: 1\n" + rest }

    @Test func actorsGoByOtherNames() throws {
        let files = [
            "f.yaml": Self.fragment(
                """
                actors: {client: {role: ref}, server: {role: dut}}
                steps:
                  - open: {from: client, to: server, as: d}
                  - fault: {link: server -> client, as: f, drop: {msg: toy.num}}
                  - assert: $(client.name == 'peer' && server.name == 'node')
                  - dut: {do: restart, node: server}
                  - open: {from: client, to: server, as: d}
                """)
        ]
        let use =
            "  - use: f.yaml\n    with: {client: peer, server: node}\n  - expect: {via: d, msg: toy.say, within: 1s}"
        let r = try Self.run(use, files, [.on(.open, .raw([2, 1, 5])), .on(.open, .say("a"))])
        #expect(r.told == "pass")
        #expect(r.trace.allSatisfy { $0.ours == "peer" && $0.theirs == "node" })
        // Without `with`, equal names connect the actors.
        let same = files.mapValues { $0.replacing("client", with: "peer").replacing("server", with: "node") }
        #expect(
            try Self.run("  - use: f.yaml\n  - wait: 1s", same, [.on(.open, .say("a"))]).told == "pass")
    }
    /// A library caches a fragment only for the same content.
    @Test func changedOnesAreReadAgain() throws {
        let (good, bad) = (Self.fragment("steps: [{wait: 1s}]"), Self.fragment("steps: [{wait: soon}]"))
        func fresh(_ text: String) -> (scenario: Scenario?, diagnostics: [Diagnostic]) {
            loadToy("  - use: f.yaml", files: ["f.yaml": text])
        }
        let source = try #require(fresh(good).scenario).source
        var library = Library(definitions: [.toy()], requirements: ["toy": toyRequirements])
        for text in [good, good, bad, bad, good] {
            library.file = { name, _ in SourceFile(name: name, bytes: Array(text.utf8)) }
            let (scenario, diagnostics) = Scenario.load(source, library)
            #expect((scenario == nil) == (text == bad))
            #expect(diagnostics == fresh(text).diagnostics)
        }
    }
    @Test func parametersAreItsOwn() throws {
        let files = [
            "f.yaml": Self.fragment(
                """
                params: {n: {type: int, default: 1}, limit: {type: duration, default: 5s}, word: {type: text, default: w}}
                steps:
                  - let: {seen_n: $(n), seen_limit: $(limit), seen_word: $(word)}
                  - assert: $(map([1], n => n + 1) == [2] && n > 0)
                """)
        ]
        // The `n` of the scenario is a different name, before the fragment, in `with`, and after it.
        let steps = """
              - let: {n: 40}
              - use: f.yaml
                with: {n: $(n + 1), limit: 2s, word: 5}
              - assert: $(n == 40 && seen_n == 41 && seen_limit == 2s && seen_word == '5')
              - use: f.yaml
              - assert: $(n == 40 && seen_n == 1 && seen_limit == 5s && seen_word == 'w')
            """
        #expect(try Self.run(steps, files).told == "pass")
        // The report does not contain the hidden name either.
        let fails = try Self.run(
            "  - use: g.yaml\n    with: {n: 3}",
            ["g.yaml": Self.fragment("params: {n: {type: int, default: 1}}\nsteps: [{assert: $(n == 1)}]")])
        #expect(fails.problem?.had == "n = 3" && fails.problem?.source?.name == "g.yaml")
    }
    @Test func namesCanBeSwapped() throws {
        let inner = Self.fragment(
            """
            actors: {left: {role: ref}, right: {role: ref}, node: {role: dut}}
            params: {a: {type: int, default: 0}, b: {type: int, default: 0}}
            steps:
              - let: {told: "$(left.name + right.name)", sum: $(10 * a + b)}
            """)
        let outer = Self.fragment(
            """
            actors: {left: {role: ref}, right: {role: ref}, node: {role: dut}}
            params: {a: {type: int, default: 1}, b: {type: int, default: 2}}
            steps:
              - use: inner.yaml
                with: {left: right, right: left, a: $(b), b: $(a)}
            """)
        let r = try Self.run(
            """
              - use: outer.yaml
                with: {left: peer, right: second}
              - assert: $(told == 'secondpeer' && sum == 21)
              - assert: $(peer.name == 'peer' && second.name == 'second')
            """, ["inner.yaml": inner, "outer.yaml": outer], actors: "second: {role: ref}")
        #expect(r.told == "pass")
    }
    @Test func whatItSavesCanBeUsed() throws {
        let files = [
            "f.yaml": Self.fragment(
                "steps: [{expect: {via: c, msg: toy.say, within: 1s, fields: {text: {$save: heard}}}, mark: m}]")
        ]
        let steps = "  - use: f.yaml\n  - assert: $(heard == 'a' && elapsed(m) < 1s)"
        #expect(try Self.run(steps, files, [.on(.open, .say("a"))]).told == "pass")
        // A name that the fragment gives to its own parameter stays inside the fragment.
        let own = [
            "f.yaml": Self.fragment(
                "params: {x: {type: int, default: 1}}\nsteps: [{let: {x: $(x + 1)}}, {assert: $(x == 2)}]")
        ]
        #expect(try Self.run("  - let: {x: 7}\n  - use: f.yaml\n  - assert: $(x == 7)", own).told == "pass")
    }
    @Test func aFailureInItPointsIntoIt() throws {
        let files = ["dir/f.yaml": Self.fragment("steps:\n  - wait: 1ms\n  - assert: $(1 == 2)\n    req: TOY-4\n")]
        let r = try Self.run("  - use: dir/f.yaml", files)
        #expect(r.told == "fail TOY-4 2: not true: 1 == 2")
        #expect(r.problem?.source?.name == "dir/f.yaml" && r.problem?.span.start == Position(line: 4, column: 15))
        // An error of the fragment also points into it. An error in `with` does not.
        let bad = [
            "f.yaml": Self.fragment("params: {n: {type: int, default: 1}}\nsteps: [{assert: $(1 / (n - n) == 1)}]")
        ]
        let inside = try Self.run("  - use: f.yaml", bad)
        #expect(inside.told == "error TOY-1 2: division by zero" && inside.problem?.source?.name == "f.yaml")
        let outside = try Self.run("  - use: f.yaml\n    with: {n: $(1 / 0)}", bad)
        #expect(outside.told == "error TOY-1 2: division by zero" && outside.problem?.source == nil)
    }
    @Test func aSecretOfAFragment() throws {
        let files = [
            "f.yaml": Self.fragment(
                "params: {k: {type: text, default: hunter2, secret: true}}\nsteps: [{assert: $(k == 'x')}]")
        ]
        let r = try Self.run("  - use: f.yaml\n    with: {k: hunter3}", files)
        #expect(r.problem?.had == "k = (secret)")
        #expect(r.told == "fail TOY-1 2: not true: k == 'x'")
    }
    @Test func eightDeep() throws {
        func files(_ n: Int) -> [String: String] {
            var out: [String: String] = ["f\(n).yaml": Self.fragment("steps: [{assert: $(1 == 2)}]")]
            for i in 1..<n { out["f\(i).yaml"] = Self.fragment("steps: [{use: f\(i + 1).yaml}]") }
            return out
        }
        let r = try Self.run("  - use: f1.yaml", files(8))
        #expect(r.told == "fail TOY-1 2: not true: 1 == 2" && r.problem?.source?.name == "f8.yaml")
        #expect(
            Self.lines("  - use: f1.yaml", files(9)) == [
                "f8.yaml MS0004 2:15 fragments use each other more than 8 deep: `f9.yaml`"
            ])
    }
    @Test func withoutEnd() {
        let own = ["f.yaml": Self.fragment("steps: [{use: f.yaml}]")]
        #expect(Self.lines("  - use: f.yaml", own) == ["f.yaml MS0216 2:15 the fragment `f.yaml` uses itself"])
        let two = [
            "f.yaml": Self.fragment("steps: [{use: g.yaml}]"), "g.yaml": Self.fragment("steps: [{use: f.yaml}]"),
        ]
        #expect(Self.lines("  - use: f.yaml", two) == ["g.yaml MS0216 2:15 the fragment `f.yaml` uses itself"])
        // The fragments are not in a cycle, but each uses the next one ten times.
        var wide = ["f8.yaml": Self.fragment("steps: [{wait: 1s}]")]
        let ten = { (i: Int) in Array(repeating: "{use: f\(i).yaml}", count: 10).joined(separator: ", ") }
        for i in 1..<8 { wide["f\(i).yaml"] = Self.fragment("steps: [\(ten(i + 1))]") }
        #expect(Self.lines("  - use: f1.yaml", wide).map { $0.dropFirst(8).prefix(6) } == ["MS0003"])
    }
    @Test(arguments: [
        ("  - use: g.yaml", "x.yaml MS0216 14:10 the fragment `g.yaml` cannot be read"),
        ("  - use: f.yaml\n    with: {nn: 1}", "x.yaml MS0101 15:12 unknown name of the fragment `f.yaml` `nn`"),
        ("  - use: f.yaml\n    with: {n: x}", "x.yaml MS0103 15:15 `n` is a whole number, not `x`"),
        ("  - use: f.yaml\n    with: {n: 10}", "x.yaml MS0103 15:15 `n` is at most 9, not 10"),
        ("  - use: f.yaml\n    with: [n]", "x.yaml MS0100 15:11 with is a map, this is a list"),
        ("  - use: f.yaml\n    with: {a: nobody}", "x.yaml MS0109 15:15 unknown actor `nobody`"),
        ("  - use: f.yaml\n    with: {a: node}", "x.yaml MS0109 15:15 `a` of the fragment is ref, `node` is dut"),
        ("  - use: [f.yaml]", "x.yaml MS0100 14:10 use is a single value, this is a list"),
        ("  - wait: 1s\n    with: {a: peer}", "x.yaml MS0101 15:11 `with` needs `use`"),
        ("  - use: bad.yaml", "bad.yaml MS0101 3:3 unknown key of a step `wiat`"),
        ("  - use: broken.yaml", "broken.yaml MS0001 3:1 did not find expected node content while parsing a flow node"),
        ("  - use: scenario.yaml", "x.yaml MS0216 14:10 `scenario.yaml` is not a fragment"),
        ("  - use: names.yaml", "names.yaml MS0033 2:20 unknown name `mine`"),
    ])
    func mistakes(_ steps: String, _ told: String) {
        let files = [
            "f.yaml": Self.fragment(
                "actors: {a: {role: ref}}\nparams: {n: {type: int, default: 1, max: 9}}\nsteps: [{wait: 1s}]"),
            "bad.yaml": Self.fragment("steps:\n- wiat: 1s\n"), "broken.yaml": "meshspec-fragment: 1\na: [",
            "scenario.yaml": "meshspec: 1\nsteps: [{wait: 1s}]",
            "names.yaml": Self.fragment("steps: [{assert: $(mine == 1)}]"),
        ]
        #expect(Self.lines("  - let: {mine: 1}\n" + steps, files).contains(told))
    }
    @Test func anActorThatTheUserDoesNotHave() {
        let files = ["f.yaml": Self.fragment("actors: {hub: {role: dut}}\nsteps: [{wait: 1s}]")]
        #expect(Self.lines("  - use: f.yaml", files) == ["f.yaml MS0109 2:10 unknown actor `hub`"])
    }
    /// Two uses at the same time have their own values.
    @Test func sideBySide() throws {
        let files = [
            "f.yaml": Self.fragment(
                """
                params: {n: {type: int, default: 0}, pause: {type: duration, default: 1s}}
                steps:
                  - wait: $(pause)
                  - send: {via: c, msg: toy.say, fields: {text: t$(n)}}
                  - wait: $(pause)
                  - send: {via: c, msg: toy.say, fields: {text: u$(n)}}
                """)
        ]
        let steps = """
              - par:
                  x: [{use: f.yaml, with: {n: 1, pause: 3s}}]
                  y: [{use: f.yaml, with: {n: 2, pause: 2s}}]
            """
        let r = try Self.run(steps, files)
        #expect(r.told == "pass")
        #expect(r.lines.dropFirst() == [">t2", ">t1", ">u2", ">u1"])
    }
}
