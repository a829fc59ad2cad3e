import Testing

@testable import Scenario

/// Valid steps that are probably a mistake, and steps that only look like one.
@Suite struct LintTests {
    static let open = "  - open: {from: peer, to: node, as: c}\n"
    static let proof = "  - assert: $(true)\n    req: NANO-16\n    because: true is true\n"

    /// Returns the warnings of a case with these steps between the opening of a link and a proof: code, line and
    /// column, message.
    static func warnings(_ steps: String, extra: String = "tags: [t]", head: String = open, tail: String = proof)
        -> [String]
    {
        let d = Scenario.load(source(nanoFile(head + steps + tail, extra: extra)), Specification.library).diagnostics
        #expect(d.allSatisfy { $0.severity == .warning }, "\(d.map(\.line))")
        return d.map(\.line)
    }

    /// The suite has no warnings.
    @Test func theSuiteIsClean() {
        for f in Specification.files {
            #expect(Scenario.load(f, Specification.library).diagnostics.map(\.line) == [], "\(f.name)")
        }
    }
    @Test func warningsStopNothing() {
        let file = source(nanoFile(Self.open + "  - let: {a: 1}\n" + Self.proof))
        let (scenario, diagnostics) = Scenario.load(file, Specification.library)
        #expect(scenario != nil && diagnostics.map(\.code) == [.unused])
        // The loader reports an error alone, because it cannot know the consequences of the error.
        let wrong = source(nanoFile(Self.open + "  - let: {a: 1}\n  - wait: 5\n" + Self.proof))
        #expect(Scenario.load(wrong, Specification.library).diagnostics.map(\.code) == [.badValue])
    }

    /// Warns of a requirement that no step can break.
    @Test func warnsOfRequirementThatNoStepCanBreak() {
        let proof = Self.proof + "    else: inconc\n"
        let told = Self.warnings("", tail: proof)
        #expect(told.count == 1 && told[0].hasPrefix("MS0115 "), "\(told)")
        #expect(
            told[0].hasSuffix("no step can break `NANO-16`: each that proves it says `else: inconc` or `else: pass`"))
        #expect(Self.warnings("", tail: proof + Self.proof) == [])
        #expect(Self.warnings("", tail: proof + "    verdict: fail\n") == [])
    }
    @Test func unusedNames() {
        #expect(
            Self.warnings(
                """
                  - let: {a: 1, b: $(a)}
                  - expect: {via: c, msg: nano.node_id_handshake, within: 5s, fields: {query: {$save: q}}}
                    mark: m

                """) == [
                    "MS0301 12:17 no step uses `b`", "MS0301 13:87 no step uses `q`", "MS0301 14:11 no step uses `m`",
                ])
        let used = """
              - let: {a: 1, b: $(a), d: 2s, e: 0x00}
              - expect: {via: c, msg: nano.node_id_handshake, within: $(d), fields: {query: {$save: q}, version: {$ge: $(b)}}}
                mark: m
              - expect: {via: c, event: closed, since: m, within: 5s}
                if: $(all(range(3), i => size(q) > i))
              - dut: {do: restart, with: [{x: $(e)}]}

            """
        #expect(Self.warnings(used) == [])
        // A variable of a lambda hides the name.
        #expect(
            Self.warnings("  - let: {a: 1}\n  - assert: $(all(range(3), a => a > 0))\n") == [
                "MS0301 12:11 no step uses `a`"
            ])
    }
    @Test func namesThatFragmentsAreGiven() {
        let fragment = """
            meshspec-fragment: 1
            params: {x: {type: int, default: 1}}
            steps:
              - let: {y: $(x)}
              - wait: 1s
                verdict: fail
              - wait: 2s
            """
        let library = Library(
            definitions: Specification.library.definitions, requirements: ["nano": Specification.requirements]
        ) {
            _, _ in source(fragment)
        }
        let text = nanoFile(Self.proof + "  - let: {a: 1}\n  - use: f.yaml\n    with: {x: $(a)}\n  - wait: 3s\n")
        // The linter checks only the effect of the fragment on this case.
        #expect(
            Scenario.load(source(text), library).diagnostics.map(\.line) == ["MS0302 17:5 this step is never reached"])
    }

    /// Steps that end the case, and the line of the next step that the linter reports. Nil means that it reports none.
    static let ends: [(String, Int?)] = [
        ("  - wait: 1s\n    verdict: fail\n", 14),
        ("  - wait: 1s\n    verdict: inconc\n  - wait: 2s\n", 14),
        ("  - wait: 1s\n    verdict: error\n", 14),
        ("  - wait: 1s\n    verdict: warn\n", nil),
        ("  - wait: 1s\n    verdict: fail\n    if: $(1 == 2)\n", nil),
        ("  - expect: {via: c, event: closed, within: 5s}\n    verdict: fail\n", 14),
        ("  - expect: {via: c, event: closed, within: 5s}\n    verdict: fail\n    else: pass\n", nil),
        ("  - expect: {via: c, event: closed, within: 5s}\n    verdict: fail\n    else: warn\n", nil),
        (
            "  - expect: {via: c, event: closed, within: 5s}\n    verdict: fail\n    req: {id: NANO-16, level: SHOULD}\n",
            nil
        ),
        ("  - never: {via: c, event: closed, for: 5s}\n", nil),
        ("  - alt:\n      - timeout: 5s\n        verdict: fail\n", 15),
        ("  - alt:\n      - timeout: 5s\n        verdict: fail\n    else: pass\n", nil),
        (
            "  - alt:\n      - expect: {via: c, event: closed, within: 5s}\n        verdict: fail\n      - timeout: 5s\n",
            nil
        ),
        (
            """
              - alt:
                  - expect: {via: c, event: closed, within: 5s}
                    verdict: fail
                  - timeout: 5s
                    do:
                      - wait: 1s
                      - assert: $(1 == 2)
                        verdict: inconc

            """, 20
        ),
        ("  - par: {a: [{wait: 1s, verdict: fail}], b: []}\n", 13),
        ("  - par: {a: [{wait: 1s, verdict: fail}], b: []}\n    join: any\n", nil),
        ("  - repeat: {times: 3, do: [{wait: 1s, verdict: fail}]}\n", 13),
        ("  - repeat: {times: 0, do: [{wait: 1s, verdict: fail}]}\n", nil),
        ("  - repeat: {times: $(0 + 1), do: [{wait: 1s, verdict: fail}]}\n", nil),
    ]
    @Test(arguments: ends)
    func unreachableSteps(_ steps: String, _ line: Int?) {
        #expect(Self.warnings(steps) == (line.map { ["MS0302 \($0):5 this step is never reached"] } ?? []))
    }
    @Test func unreachableInside() {
        let steps = """
              - par:
                  a:
                    - wait: 1s
                      verdict: fail
                    - wait: 2s
                    - wait: 3s
                join: any
              - alt:
                  - timeout: 1s
                    verdict: fail
                    do:
                      - wait: 4s

            """
        // The alternative also ends the case, so the linter reports the steps after it.
        #expect(
            Self.warnings(steps)
                == [16, 23, 24].map {
                    "MS0302 \($0):\($0 == 16 ? 11 : $0 == 23 ? 13 : 5) this step is never reached"
                })
    }
    /// Two branches, and a flag that is true if the linter reports that the second one is never taken.
    static let branches: [(String, String, Bool)] = [
        ("via: c, msg: any, within: 5s", "via: c, msg: nano.keepalive, within: 5s", true),
        ("via: c, msg: any, within: 5s", "via: c, msg: nano.keepalive, within: 6s", false),
        ("via: c, msg: any, within: 6s", "via: c, msg: any, within: 5s", true),
        ("via: c, msg: any, within: 5s", "via: d, msg: any, within: 5s", false),
        ("via: c, msg: any, within: 5s", "via: c, event: closed, within: 5s", false),
        ("via: c, msg: any, within: 5s", "via: c, msg: any, window: 1s .. 2s", false),
        ("via: c, event: closed, within: 5s", "via: c, event: closed, within: 1s", true),
        (
            "via: c, msg: nano.keepalive, within: 5s", "via: c, msg: nano.keepalive, within: 5s, fields: {peers: []}",
            true
        ),
        ("via: c, msg: nano.keepalive, within: 5s", "via: c, msg: nano.keepalive, within: 5s, order: any", false),
        (
            "via: c, msg: nano.keepalive, within: 5s, fields: {peers: []}", "via: c, msg: nano.keepalive, within: 5s",
            false
        ),
        ("via: c, msg: nano.keepalive, within: 5s", "via: c, msg: nano.publish, within: 5s", false),
        ("via: c, msg: any, within: $(idle_timeout)", "via: c, msg: any, within: $(idle_timeout)", true),
        ("via: c, msg: any, within: $(idle_timeout)", "via: c, msg: any, within: $(idle_check)", false),
        ("via: c, msg: any, within: 5s, count: 2", "via: c, msg: any, within: 5s", false),
    ]
    @Test(arguments: branches)
    func unreachableBranches(_ a: String, _ b: String, _ isTold: Bool) {
        let told = Self.warnings(
            "  - open: {from: peer, to: node, as: d}\n  - alt:\n      - expect: {\(a)}\n      - expect: {\(b)}\n      - timeout: 90s\n"
        )
        #expect(told.map { $0.prefix(10) } == (isTold ? ["MS0302 15:"] : []), "\(told)")
    }

    static let windows: [(String, Bool)] = [
        ("expect: {via: c, event: closed, within: 99ms}", true),
        ("expect: {via: c, event: closed, within: 100ms}", false),
        ("expect: {via: c, event: closed, within: 0s}", false), ("never: {via: c, event: closed, for: 50ms}", true),
        ("never: {via: c, event: closed, for: 0s}", false), ("never: {via: c, event: closed, for: $(1ms)}", false),
        ("expect: {via: c, event: closed, window: 5s .. 5050ms}", true),
        ("expect: {via: c, event: closed, window: 5s .. 6s}", false),
        ("expect: {via: c, event: closed, window: 5s .. 5s}", false),
        ("alt: [{expect: {via: c, event: closed, within: 5ms}}, {timeout: 1s}]", true),
        ("alt: [{expect: {via: c, event: closed, within: 5s}}, {timeout: 1ms}]", false),
        ("open: {from: peer, to: node, as: d, within: 5ms}", false), ("wait: 5ms", false),
    ]
    @Test(arguments: windows)
    func shortWindows(_ step: String, _ isTold: Bool) {
        let told = Self.warnings("  - \(step)\n")
        #expect(told.map { $0.prefix(10) } == (isTold ? ["MS0303 12:"] : []), "\(told)")
    }

    static let anchors: [(String, Bool)] = [
        ("  - never: {via: c, event: closed, for: 1s}\n", false),
        ("  - close: {via: c}\n  - never: {via: c, event: closed, for: 1s}\n", true),
        (
            "  - close: {via: c}\n  - open: {from: peer, to: node, as: c}\n  - never: {via: c, event: closed, for: 1s}\n",
            false
        ),
        (
            "  - close: {via: c}\n  - expect: {via: c, event: closed, within: 1s}\n  - never: {via: c, msg: any, for: 1s}\n",
            false
        ),
        ("  - close: {via: c, how: half}\n  - never: {via: c, msg: any, for: 1s}\n", false),
        (
            "  - close: {via: c}\n    mark: m\n  - never: {via: c, msg: any, for: 1s, since: m}\n", false
        ),
        (
            """
              - par:
                  a:
                    - accept: {at: peer, from: node, as: d}
                    - never: {via: d, msg: any, for: 1s}
                  b:
                    - never: {via: c, msg: any, for: 1s}
              - never: {via: d, msg: any, for: 1s}

            """, false
        ),
        (
            """
              - par:
                  a:
                    - accept: {at: peer, from: node, as: d}
                  b:
                    - never: {via: d, msg: any, for: 1s}

            """, true
        ),
        (
            """
              - close: {via: c}
              - alt:
                  - expect: {via: c, event: closed, within: 1s}
                    do:
                      - never: {via: c, msg: any, for: 1s}
                  - timeout: 1s
              - never: {via: c, msg: any, for: 1s}

            """, false
        ),
    ]
    @Test(arguments: anchors)
    func neverWithoutAnchor(_ steps: String, _ isTold: Bool) {
        let told = Self.warnings(steps)
        #expect(told.map { $0.prefix(6) } == (isTold ? ["MS0304"] : []), "\(told)")
    }
}
