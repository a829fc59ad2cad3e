import Testing

@testable import Scenario

/// A suite file gives a scenario what it leaves out.
@Suite struct SuiteTests {
    static let files = [
        "suite.yaml": """
        meshspec-suite: 1
        protocol: toy
        within: 2s
        order: any
        actors:
          peer: {role: ref}
          node: {role: dut}
        defaults:
          - ignore: {msg: toy.num}
        send:
          - msg: toy.say
            fields: {text: "$(from.name + ' to ' + to.name)"}
        """
    ]
    /// Returns the result of a scenario that has nothing but this suite and these steps.
    static func run(_ steps: String, _ rules: [Rule] = [], more: String = "") throws -> CaseResult {
        let (scenario, diagnostics) = load(steps, more: more)
        let s = try #require(scenario, "\(diagnostics.map(\.line))")
        return try #require(try playAll(s, rules).first)
    }
    static func load(
        _ steps: String, more: String = "", files: [String: String] = files
    ) -> (scenario: Scenario?, diagnostics: [Diagnostic]) {
        let file = """
            meshspec: 1
            id: toy.case
            title: T
            protocol: toy
            suite: suite.yaml
            \(more)
            steps:
              - open: {from: peer, to: node, as: c}
            \(steps)
            """
        let library = Library(definitions: [.toy()], requirements: ["toy": toyRequirements]) { name, _ in
            files[name].map { SourceFile(name: name, bytes: Array($0.utf8)) }
        }
        return Scenario.load(source(file), library)
    }

    @Test func sendsFieldsThatStepLeavesOut() throws {
        let steps = """
              - send: {via: c, msg: toy.say}
              - send: {via: c, msg: toy.say, fields: {text: own}}
              - send: {via: c, all: [{msg: toy.say}, {msg: toy.num, fields: {digit: 3}}]}
            """
        #expect(try Self.run(steps).lines.dropFirst() == [">peer to node", ">own", ">peer to node", ">toy.num"])
    }
    @Test func sendsNoFieldThatIsNull() throws {
        #expect(try Self.run("  - send: {via: c, msg: toy.say, fields: {text: null}}").lines.last == ">")
    }
    @Test func buildsMessageBetweenActors() throws {
        let r = try Self.run(
            "  - build: {as: b, msg: toy.say, from: peer, to: node}\n  - assert: $(slice(b.first, 2, 14) == utf8('peer to node'))"
        )
        #expect(r.told == "pass")
    }
    @Test func waitsAsLongAsSuiteSays() throws {
        let late: [Rule] = [.on(.open, after: .milliseconds(1500), .say("a"))]
        #expect(try Self.run("  - expect: {via: c, msg: toy.say}", late).told == "pass")
        #expect(try Self.run("  - poll: {until: \"$(seen(c, 'toy.say'))\"}", late).told == "pass")
        let later: [Rule] = [.on(.open, after: .milliseconds(2500), .say("a"))]
        #expect(try Self.run("  - expect: {via: c, msg: toy.say}", later).verdict == .fail)
        #expect(try Self.run("  - expect: {via: c, msg: toy.say, within: 3s}", later).told == "pass")
        #expect(try Self.run("  - poll: {until: \"$(seen(c, 'toy.say'))\"}", later).verdict == .fail)
    }
    @Test func expectsInOrderOfSuite() throws {
        let two: [Rule] = [.on(.open, .say("a")), .on(.open, .say("b"))]
        let wanted = "  - expect: {via: c, msg: toy.say, fields: {text: b}"
        #expect(try Self.run(wanted + "}", two).told == "pass")
        #expect(try Self.run(wanted + ", order: strict}", two).verdict == .fail)
    }
    @Test func ignoresMessagesOfItsDefaults() throws {
        let number: [Rule] = [.on(.open, .raw([2, 1, 5])), .on(.open, .say("a"))]
        let wanted = "  - expect: {via: c, msg: toy.say, order: strict}"
        #expect(try Self.run(wanted, number).told == "pass")
        #expect(try Self.run(wanted, number, more: "defaults: []").verdict == .fail)
    }
    @Test(arguments: [
        ("", "peer node"), ("actors: {peer: {role: ref, kind: other}}", "peer node"),
        ("actors: {node: {role: dut}, peer: {role: ref}}", "peer node"),
        ("actors: {more: {role: ref}}", "peer node more"),
    ])
    func ownActorsReplaceThoseOfSuite(_ more: String, _ names: String) throws {
        let r = try Self.run("  - send: {via: c, msg: toy.say}", more: more)
        #expect(r.scenario.actors.map(\.name).joined(separator: " ") == names)
        #expect(r.scenario.actors.contains { $0.kind == "other" } == more.contains("other"))
    }
    /// An actor that only the suite names has no address and no link.
    @Test(arguments: [
        ("  - wait: 1s", "peer node"), ("  - open: {from: third, to: node, as: d}", "peer node third"),
        ("  - send: {via: c, msg: toy.say, fields: {text: $(third.name)}}", "peer node third"),
        ("  - use: f.yaml\n    with: {other: third}", "peer node third"),
        ("  - fault: {link: third -> node, as: cut, partition: both}", "peer node third"),
    ])
    func onlyNamedActorsOfSuiteTakePart(_ steps: String, _ names: String) throws {
        var files = Self.files
        files["suite.yaml"]?.replace("  node: {role: dut}", with: "  node: {role: dut}\n  third: {role: ref}")
        files["f.yaml"] = "meshspec-fragment: 1\nactors: {other: {role: ref}}\nsteps: [{wait: 1s}]\n"
        let (scenario, diagnostics) = Self.load(steps, files: files)
        #expect(scenario?.actors.map(\.name).joined(separator: " ") == names, "\(diagnostics.map(\.line))")
    }
    @Test func fragmentCanNameSuite() throws {
        var files = Self.files
        files["f.yaml"] =
            "meshspec-fragment: 1\nsuite: suite.yaml\nactors: {peer: {role: ref}, node: {role: dut}}\n"
            + "steps: [{open: {from: peer, to: node, as: k}}, {send: {via: k, msg: toy.say}}]\n"
        let s = try #require(Self.load("  - use: f.yaml", files: files).scenario)
        #expect(try playAll(s).first?.lines.last == ">peer to node")
        files["f.yaml"]?.replace("suite: suite.yaml\n", with: "")
        let without = try #require(Self.load("  - use: f.yaml", files: files).scenario)
        #expect(try playAll(without).first?.lines.last == ">")
    }
    /// A bundle of evidence has all files that the case depends on.
    /// The first node is the one at the address of the target.
    @Test func describedActorKeepsItsPlace() throws {
        let two = Self.files["suite.yaml"]?.replacing(
            "node: {role: dut}", with: "node: {role: dut}\n  second: {role: dut}")
        let (scenario, diagnostics) = Self.load(
            "  - open: {from: other, to: second, as: d}",
            more: "actors: {other: {role: ref}, node: {role: dut, kind: other}}",
            files: ["suite.yaml": try #require(two)])
        let made = try #require(scenario, "\(diagnostics.map(\.line))")
        #expect(made.actors.map(\.name) == ["peer", "node", "second", "other"])
        #expect(made.actors[1].kind == "other")
    }
    @Test func isAmongFilesOfScenario() throws {
        let s = try #require(Self.load("  - wait: 1s").scenario)
        #expect(s.fragments.map(\.name) == ["suite.yaml"])
    }
    @Test(arguments: [
        ("meshspec-suite: 1\nprotocol: toy\nwithin: soon", "suite.yaml MS0103 3:9"),
        ("meshspec-suite: 1\nprotocol: toy\nsend: [{msg: toy.sya, fields: {}}]", "suite.yaml MS0105 3:14"),
        (
            "meshspec-suite: 1\nprotocol: toy\nsend: [{msg: toy.say, fields: {text: $(form.name)}}]",
            "suite.yaml MS0033 3:40"
        ),
        ("meshspec-suite: 1\nprotocol: tyo", "suite.yaml MS0108 2:11"),
        ("meshspec-fragment: 1\nsteps: []", "x.yaml MS0216 5:8"),
    ])
    func reportsMistakes(_ text: String, _ told: String) {
        let found = Self.load("  - wait: 1s", files: ["suite.yaml": text]).diagnostics
        #expect(found.contains { "\($0.file) \($0.line)".hasPrefix(told) }, "\(found.map { "\($0.file) \($0.line)" })")
    }
    @Test func reportsMissingFile() {
        #expect(Self.load("  - wait: 1s", files: [:]).diagnostics.map(\.code).contains(.fragment))
    }
    @Test func withoutSuiteEachWaitHasItsEnd() {
        #expect(loadToy("  - expect: {via: c, msg: toy.say}").diagnostics.map(\.code) == [.timing])
        #expect(loadToy("  - poll: {until: $(1 == 1)}").diagnostics.map(\.code) == [.timing])
    }
}

/// A step of a case that covers a requirement judges only if it names one.
@Suite struct PreparationTests {
    static func verdict(_ step: String, covers: String) throws -> String {
        let all = try playAll(try toy(step, more: covers))
        return try #require(all.first).told
    }
    @Test(arguments: [
        ("  - assert: $(1 == 2)", "inconc TOY-1 2: not true: 1 == 2"),
        ("  - expect: {via: c, msg: toy.say, within: 1s}", "inconc TOY-1 2: no toy.say within 1s"),
        ("  - assert: $(1 == 2)\n    req: TOY-1", "fail TOY-1 2: not true: 1 == 2"),
        ("  - assert: $(1 == 2)\n    else: fail", "fail TOY-1 2: not true: 1 == 2"),
        ("  - assert: $(1 == 2)\n    else: warn", "warn TOY-1 2: not true: 1 == 2"),
    ])
    func preparesUnlessItNamesRequirement(_ step: String, _ told: String) throws {
        #expect(try Self.verdict(step, covers: "covers: [TOY-1]").hasPrefix(told))
        #expect(try Self.verdict(step, covers: "").hasPrefix(told.replacing("inconc", with: "fail")))
    }
}

/// A failure of a condition is told in the words of its step.
@Suite struct SentenceTests {
    static func told(_ step: String, _ rules: [Rule] = []) throws -> String { try play(step, rules).told }
    @Test func saysWhatWasExpectedAndFound() throws {
        let step = "  - let: {n: 2}\n  - assert: $(n == 3)\n    req: TOY-4\n    because: the node counts to 3"
        #expect(try Self.told(step) == "fail TOY-4 3: expected: the node counts to 3; found: n is 2")
        // A long expression is code, and the value of a link is its name.
        let long = step.replacing("n == 3", with: "count([n, n, 5, 6, 7, 8, 9, 10], x => x > n) == 3")
        #expect(try Self.told(long) == "fail TOY-4 3: expected: the node counts to 3; found: 6")
        let link = "  - assert: $(seen(c, 'toy.say'))\n    req: TOY-4\n    because: the node speaks"
        #expect(try Self.told(link) == "fail TOY-4 2: expected: the node speaks")
        let each =
            "  - let: {l: \"$([1, 2])\"}\n  - assert: $(all(l, x => x > 1))\n    req: TOY-4\n    because: all are large"
        let told = try Self.told(each)
        #expect(told == "fail TOY-4 3: expected: all are large; found: 1")
        let poll =
            "  - poll: {within: 1s, until: \"$(seen(c, 'toy.say'))\"}\n    req: TOY-4\n    because: the node speaks"
        #expect(try Self.told(poll).hasPrefix("fail TOY-4 2: expected: the node speaks"))
    }
    @Test func namesWhatIsMissing() throws {
        let step =
            "  - assert: $(records(c, 'toy.say').first.text == 'a')\n    req: TOY-4\n    because: the node says a"
        #expect(try Self.told(step).hasPrefix("fail TOY-4 2: expected: the node says a; found: "))
    }
    @Test func preparationKeepsItsReason() throws {
        let step = "  - assert: $(1 == 2)\n    else: inconc\n    because: the node cannot count"
        #expect(try Self.told(step) == "inconc TOY-1 2: not true: 1 == 2")
    }
    /// A baseline compares failures by their expression, since the found values differ between runs.
    @Test func fingerprintDoesNotDependOnWords() throws {
        let step = "  - let: {n: 2}\n  - assert: $(n == 3)\n    req: TOY-4"
        let plain = try play(step, [])
        let worded = try play(step + "\n    because: the node counts to 3", [])
        #expect(Fingerprint.of(plain) == Fingerprint.of(worded))
        #expect(plain.problem?.reason != worded.problem?.reason)
    }
    @Test func checkWantsSentence() {
        let step = "  - assert: $(1 == 1)\n    req: TOY-4"
        #expect(loadToy(step).diagnostics.contains { $0.code == .unexplained && $0.severity == .warning })
        for said in ["because: one is one", "else: inconc"] {
            #expect(
                !loadToy(step + "\n    " + said).diagnostics.contains {
                    $0.code == .unexplained && $0.span.start.line < 16
                })
        }
    }
}

/// A crowd is described once, and `each` acts for each of its actors.
@Suite struct EachTests {
    static let crowd = "p: {role: ref, count: 3, id: $(utf8('p' + text(i)))}"

    @Test func opensLinkForEachActor() throws {
        let steps = """
              - each: p
                do:
                  - open: {from: p, to: node, as: d}
                  - send: {via: d, msg: toy.say, fields: {text: $(p.name)}}
              - each: p
                do:
                  - expect: {via: d, msg: toy.say, within: 1s, fields: {text: a}}
              - send: {via: d.2, msg: toy.say, fields: {text: "$(text(size(d)) + ' ' + text(all(d, x => seen(x, 'toy.say'))))"}}
            """
        let s = try toy(steps, actors: Self.crowd)
        #expect(s.actors.map(\.name) == ["peer", "node", "p.1", "p.2", "p.3"])
        let r = try #require(try playAll(s, [.on(.bytes, .say("a"))]).first)
        #expect(r.told == "pass")
        #expect(r.trace.filter { $0.direction == .sent }.map(\.ours).contains("p.3"))
        #expect(r.lines.contains(">p.1") && r.lines.contains(">3 true"))
        #expect(r.trace.map(\.link).contains("d.3"))
    }
    @Test func actorsHaveTheirOwnIdentity() throws {
        let r = try play(
            "  - each: p\n    do:\n      - assert: $(p.id == utf8(p.name.first + 'x'))", [], actors: Self.crowd)
        #expect(r.verdict != .pass)
        let good = try play(
            """
              - each: p
                do:
                  - open: {from: p, to: node, as: d}
                  - send: {via: d, msg: toy.say, fields: {text: "$('is ' + text(p.id == utf8('p2')))"}}
            """, [], actors: Self.crowd)
        #expect(good.lines.filter { $0.hasPrefix(">is") } == [">is false", ">is true", ">is false"])
    }
    @Test func usesFragmentForEachActor() throws {
        let files = [
            "f.yaml": FragmentTests.fragment(
                """
                actors: {dialer: {role: ref}, node: {role: dut}}
                makes: [k]
                steps:
                  - open: {from: dialer, to: node, as: k}
                """)
        ]
        let s = try toy(
            """
              - each: p
                do:
                  - use: f.yaml
                    with: {dialer: p, k: line}
              - each: p
                do:
                  - send: {via: line, msg: toy.say, fields: {text: hello}}
            """, files: files, actors: Self.crowd)
        let r = try #require(try playAll(s).first)
        #expect(r.trace.map(\.link).suffix(3) == ["line.1", "line.2", "line.3"])
    }
    @Test(arguments: [
        ("  - each: q\n    do: [{wait: 1s}]", "MS0109"), ("  - each: p", "MS0102"),
        ("  - wait: 1s\n    do: [{wait: 1s}]", "MS0101"),
    ])
    func reportsMistakes(_ steps: String, _ code: String) {
        #expect(loadToy(steps, actors: Self.crowd).diagnostics.map(\.code.rawValue).contains(code))
    }
}
