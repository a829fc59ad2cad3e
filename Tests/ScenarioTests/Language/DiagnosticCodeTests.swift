import Testing

@testable import Scenario

/// Each kind of mistake has a small file. The tests check the diagnostic, its place and its code.
@Suite struct DiagnosticCodeTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var code: DiagnosticCode
        var steps: String
        var extra = "tags: [t]"
        var told: String
        var label = ""
        var testDescription: String { told }
    }
    static let send = "  - send: {via: c, msg: nano.node_id_handshake, fields: {version: 2, "
    static let expect = "  - expect: {via: c, msg: nano.node_id_handshake, within: 5s, fields: {"

    /// The mark « precedes the place that the diagnostic reports.
    static let rows: [Row] = [
        Row(
            code: .syntax, steps: "  - wait: [",
            told: "MS0001 did not find expected node content while parsing a flow node"),
        Row(
            code: .duplicateKey, steps: "  - wait: 1s\n    «wait: 2s", told: "MS0002 key `wait` appears twice",
            label: "again here"),
        Row(
            code: .mergeKey, steps: "  - «<<: {wait: 1s}\n    wait: 1s", told: "MS0008 merge keys are not used here"
        ),
        Row(
            code: .tag, steps: "  - wait: «!x 1s", told: "MS0009 `!x` is a tag of YAML",
            label: "put quotes around the whole value"),
        Row(
            code: .unclosedExpression, steps: send + "query: «$(random(32}}",
            told: "MS0031 `$(` is not closed: did a comma or brace of YAML cut it?",
            label: "put quotes around the whole value"),
        Row(code: .expressionSyntax, steps: "  - assert: $(1 +«)", told: "MS0032 expected a value, found the end"),
        Row(
            code: .expressionSyntax, steps: "  - assert: \"$(1 «? 2)\"",
            told: "MS0032 expected an operator or the end, found `?`"),
        Row(
            code: .unknownName, steps: "  - let: {cookie: $(random(4))}\n  - assert: $(size(«cokie) == 4)",
            told: "MS0033 unknown name `cokie`", label: "did you mean `cookie`?"),
        Row(
            code: .unknownFunction, steps: "  - let: {x: $(«rendom(4))}", told: "MS0034 unknown function `rendom`",
            label: "did you mean `random`?"),
        Row(
            code: .unknownFunction, steps: "  - let: {x: $(«random())}",
            told: "MS0034 `random` does not take 0 arguments",
            label: "random(n, label?)"),
        Row(code: .wrongShape, steps: "  - wait: «[1s]", told: "MS0100 wait is a single value, this is a list"),
        Row(
            code: .wrongShape, steps: "  - «open",
            told: "MS0100 a step is a map with a verb, this is a single value"),
        Row(code: .wrongShape, steps: "  - let: «[x]", told: "MS0100 let is a map of names, this is a list"),
        Row(
            code: .wrongShape, steps: send + "query: «[0x00]}}",
            told: "MS0100 nano.node_id_handshake.query is a single value, this is a list"),
        Row(
            code: .wrongShape, steps: expect + "response: «5}}",
            told: "MS0100 nano.node_id_handshake.response is a map, this is a single value"),
        Row(
            code: .wrongShape, steps: "  - expect: {via: c, msg: nano.keepalive, within: 5s, fields: {peers: «5}}",
            told: "MS0100 nano.keepalive.peers is a list, this is a single value"),
        Row(
            code: .wrongShape,
            steps: "  - expect: {via: c, msg: nano.keepalive, within: 5s, fields: {peers: «{port: 5}}}",
            told: "MS0100 nano.keepalive.peers is a list, this is a map"),
        Row(
            code: .wrongShape,
            steps: "  - expect: {via: c, msg: nano.keepalive, within: 5s, fields: {peers: {«$only: {port: 5}}}}",
            told: "MS0100 $only is for groups, nano.keepalive.peers is a list"),
        Row(
            code: .wrongShape, steps: expect + "response: {$only: «salt}}}",
            told: "MS0100 $only needs a map of fields or a list of their names"),
        Row(
            code: .unknownField, steps: expect + "response: {$only: [«slat]}}}",
            told: "MS0107 unknown field of nano.node_id_handshake.response `slat`", label: "did you mean `salt`?"),
        Row(
            code: .duplicateKey, steps: "  - let: {cookie: 1, «Cookie: 2}",
            told: "MS0002 key `Cookie` differs from `cookie` in its case only", label: "again here"),
        Row(
            code: .unknownKey, steps: "  - fault: {link: peer -> node, as: f, drop: {}, partition: «both}",
            told: "MS0101 `partition` excludes other effects: no unit passes"),
        Row(
            code: .timing, steps: "  - «alt: [{expect: {via: c, event: closed}}]",
            told:
                "MS0213 `alt` needs `within`, `window` or `timeout` in a branch: without an end it could wait for ever"),
        Row(
            code: .unknownKey, steps: "  - send: {«vai: c, via: c, raw: 0x00}",
            told: "MS0101 unknown key of send `vai`",
            label: "did you mean `via`?"),
        Row(
            code: .unknownKey, steps: "  - wait: 1s\n    «lable: x", told: "MS0101 unknown key of a step `lable`",
            label: "did you mean `label`?"),
        Row(
            code: .unknownKey, steps: "  - send: {via: c, raw: 0x00, fields: «{}}",
            told: "MS0101 `fields` needs `msg`, not `raw`"),
        Row(
            code: .missingKey, steps: "  - close: «{how: fin}",
            told: "MS0102 close needs `via`: a link"),
        Row(
            code: .missingKey, steps: "  - send: «{via: c}", told: "MS0102 send needs `msg`, `raw` or `all`"),
        Row(
            code: .missingKey, steps: "  - expect: «{via: c, within: 1s}",
            told: "MS0102 `msg` or `event` is missing"),
        Row(
            code: .badValue, steps: "  - wait: «5",
            told: "MS0103 wait is a duration such as 250us, 20ms, 5s or 2m, this is `5`"),
        Row(
            code: .badValue, steps: "  - close: {via: c, how: «rst}", told: "MS0103 unknown way to close `rst`",
            label: "did you mean `reset`?"),
        Row(
            code: .badValue, steps: "  - expect: {via: c, event: «close, within: 1s}",
            told: "MS0103 unknown event `close`",
            label: "did you mean `closed`?"),
        Row(
            code: .badValue, steps: "  - wait: 1s\n    else: «failed", told: "MS0103 unknown verdict `failed`",
            label: "did you mean `fail`?"),
        Row(
            code: .badValue, steps: "  - send: {via: c, raw: «0x0}",
            told: "MS0103 `0x0` cannot be raw: wants bytes, such as 0x5243"),
        Row(
            code: .badValue, steps: "  - send: {via: c, raw: 0x00, chop: «0}",
            told: "MS0103 chop is a number from 1 to 65536, this is `0`"),
        Row(
            code: .badValue,
            steps: expect + "response: {signature: {$verifies: {alg: «ed25519, key: 0x00, over: 0x00}}}}}",
            told: "MS0103 unknown algorithm `ed25519`"),
        Row(
            code: .badValue, steps: "  - wait: 1s", extra: "needs: «server && 1",
            told: "MS0103 `needs` is an expression of capabilities with && || ! and parentheses"),
        Row(
            code: .badValue, steps: "  - wait: 1s", extra: "needs: «'size(''x'')'",
            told: "MS0103 `needs` is an expression of capabilities with && || ! and parentheses"),
        Row(
            code: .verbs, steps: "  - «wait: 1s\n    close: {via: c}",
            told: "MS0104 a step has one verb, not `wait` and `close`"),
        Row(code: .verbs, steps: "  - «label: x", told: "MS0104 a step needs a verb"),
        Row(
            code: .fragment, steps: "  - use: «fragments/none.yaml",
            told: "MS0216 the fragment `fragments/none.yaml` cannot be read", label: "from x.yaml"),
        Row(
            code: .verbs, steps: "  - wait: 1s",
            extra: "defaults: [«{ignore: {msg: nano.keepalive}, forbid: {msg: nano.keepalive}}]",
            told: "MS0104 a default has `ignore`, `forbid` or `reply`"),
        Row(
            code: .unknownMessage, steps: "  - send: {via: c, msg: «nano.keepalve}",
            told: "MS0105 unknown message `nano.keepalve`", label: "did you mean `nano.keepalive`?"),
        Row(
            code: .unknownOperator, steps: expect + "query: {«$asbent: true}}}",
            told: "MS0106 unknown operator `$asbent`", label: "did you mean `$absent`?"),
        Row(
            code: .unknownOperator, steps: expect + "response: {$opt: {salt: {$any: true}}, «salt: 5}}}",
            told: "MS0106 `salt` is a field among operators: put fields into $eq, $only or a separate map"),
        Row(
            code: .unknownField, steps: send + "response: {«sgnature: 0x00}}}",
            told: "MS0107 unknown field of nano.node_id_handshake.response `sgnature`",
            label: "did you mean `signature`?"),
        Row(
            code: .unknownField, steps: expect + "«qury: {$any: true}}}",
            told: "MS0107 unknown field of nano.node_id_handshake `qury`",
            label: "did you mean `query`?"),
        Row(
            code: .unknownActor, steps: "  - open: {from: «per, to: node, as: d}",
            told: "MS0109 unknown actor `per`",
            label: "did you mean `peer`?"),
        Row(
            code: .unknownActor, steps: "  - open: {from: «node, to: node, as: d}",
            told: "MS0109 `node` is dut, expected a ref"),
        Row(
            code: .unknownLink, steps: "  - close: {via: «cc}", told: "MS0110 unknown link `cc`",
            label: "did you mean `c`?"),
        Row(
            code: .unknownRequirement, steps: "  - wait: 1s\n    req: «NANO-999",
            told: "MS0111 unknown requirement `NANO-999`",
            label: "did you mean `NANO-99`?"),
        Row(
            code: .unknownCapability, steps: "  - wait: 1s", extra: "needs: «servr && v2",
            told: "MS0112 unknown capability `servr`", label: "did you mean `server`?"),
        Row(
            code: .unknownCapability, steps: "  - assert: $(«has('v9'))",
            told: "MS0112 unknown capability `v9`", label: "did you mean `v1`?"),
        Row(
            code: .unknownProfile, steps: "  - wait: 1s", extra: "profiles: [«v27]",
            told: "MS0113 unknown profile `v27`",
            label: "did you mean `v28`?"),
        Row(
            code: .unprovenRequirement, steps: "  - wait: 1s", extra: "\ncovers: [«NANO-17]",
            told: "MS0115 no step proves `NANO-17`: give one `req: NANO-17`"),
        Row(code: .neverWindow, steps: "  - «never: {via: c, event: closed}", told: "MS0212 `never` needs `for`"),
        Row(
            code: .timing, steps: "  - «expect: {via: c, event: closed}",
            told: "MS0213 `expect` needs `within` or `window`: without an end it could wait for ever"),
        Row(
            code: .timing, steps: "  - expect: {via: c, event: closed, within: 1s, window: «1s .. 2s}",
            told: "MS0213 either `within` or `window`"),
        Row(
            code: .timing, steps: "  - expect: {via: c, event: closed, window: «3s .. 2s}",
            told: "MS0213 the window ends before it begins"),
        Row(
            code: .timing, steps: "  - send: {via: c, raw: 0x00, every: «1s}",
            told: "MS0213 `every` needs `chop`"),
        Row(code: .alternatives, steps: "  - «alt: []", told: "MS0214 alt needs branches"),
        Row(
            code: .alternatives,
            steps: "  - alt:\n      - «timeout: 1s\n      - expect: {via: c, event: closed, within: 1s}",
            told: "MS0214 `timeout` must be the last branch"),
        Row(
            code: .alternatives, steps: "  - alt: [«{verdict: pass}]",
            told: "MS0214 a branch has either `expect` or `timeout`"),
        Row(
            code: .alternatives, steps: "  - alt: [{«accept: {at: peer, from: node, as: x, within: 1s}}]",
            told: "MS0214 a branch of `alt` cannot wait with `accept`, only with `expect` or `timeout`; `par` can",
            label: "use `par` with `join: any`"),
    ]

    @Test(arguments: rows)
    func told(_ row: Row) throws {
        let extra = row.extra.hasPrefix("\n") ? "tags: [t]" : row.extra
        var file = nanoFile(
            "  - open: {from: peer, to: node, as: c}\n\(row.steps)\n  - assert: $(true)\n    req: NANO-16", extra: extra
        )
        if extra != row.extra { file = file.replacing("covers: [NANO-16]\ntags: [t]", with: row.extra) }
        let (text, place) = Marked.split(file)
        let all = Scenario.load(source(text), Specification.library).diagnostics
        let first = try #require(
            all.first { "\($0.code.rawValue) \($0.message)" == row.told }, "\(all.map(\.line))")
        #expect(first.code == row.code)
        #expect(first.label == row.label)
        if let place { #expect(first.span.start == place) }
        // The loader reports a mistake once, unless the mistake breaks the text that follows it.
        if row.code != .unclosedExpression { #expect(all.count == 1, "\(all.map(\.line))") }
    }

    /// Files that are wrong from the beginning.
    static let whole: [(DiagnosticCode, String, String)] = [
        (.tooManyNodes, "[" + String(repeating: "x,", count: 10_001) + "]", "MS0003 1:20000"),
        (.tooDeep, String(repeating: "[", count: 100), "MS0004 1:65"),
        (.tooLarge, String(repeating: "#", count: YAMLLimits.written.size + 1), "MS0005 1:1"),
        (.documents, "a: 1\n---\n", "MS0007 2:1"),
        (.wrongShape, "# nothing", "MS0100 1:1 the file is empty"),
        (.wrongShape, "[a]", "MS0100 1:1 a scenario is a map, this is a list"),
        (
            .version, nanoFile("  - wait: 1s").replacing("meshspec: 1", with: "meshspec: 2"),
            "MS0215 1:11 version 2 is unknown"
        ),
        (
            .version, "id: x\n" + nanoFile("  - wait: 1s").replacing("id: x\n", with: ""),
            "MS0215 1:1 the first key must be"
        ),
        (
            .unknownProtocol, nanoFile("  - wait: 1s").replacing("protocol: nano", with: "protocol: nona"),
            "MS0108 4:11 unknown protocol `nona`"
        ),
        (
            .unknownActor, nanoFile("  - wait: 1s").replacing("role: dut", with: "role: ref"),
            "MS0109 8:3 no actor has the role dut, so there is no node to judge"
        ),
        (
            .missingKey, nanoFile("  - wait: 1s").replacing("protocol: nano\n", with: ""),
            "MS0102 1:1 a scenario needs `protocol`: a built-in protocol"
        ),
    ]
    @Test(arguments: whole)
    func wholeFile(_ code: DiagnosticCode, _ text: String, _ told: String) {
        let all = Scenario.load(source(text), Specification.library).diagnostics
        #expect(all.contains { $0.code == code && $0.line.hasPrefix(told) }, "\(all.map(\.line))")
    }
    @Test func everyCodeHasATest() {
        var seen = Set(Self.rows.map(\.code) + Self.whole.map(\.0))
        // HostileYAMLTests checks bytes that are not text. The command line, which reads many files, detects a
        // duplicate id.
        seen.formUnion([.encoding, .duplicateID])
        // LintTests checks these.
        seen.formUnion([.unused, .unreachable, .shortWindow, .noAnchor])
        // SentenceTests checks this.
        seen.insert(.unexplained)
        #expect(DiagnosticCode.allCases.filter { !seen.contains($0) } == [])
    }
    @Test func codesAndExplanationsAreUnique() {
        #expect(Set(DiagnosticCode.allCases.map(\.rawValue)).count == DiagnosticCode.allCases.count)
        #expect(Set(DiagnosticCode.allCases.map(\.explanation)).count == DiagnosticCode.allCases.count)
    }
    @Test func everythingAtOnceAndInOrder() {
        let file = """
            «meshspec: 1
            id: x
            «titel: T
            protocol: nano
            covers: [NANO-16, «NANO-998]
            needs: «serv
            actors:
              peer: {role: «referee}
              node: {role: dut, key: «0x00}
            steps:
              - open: {from: peer, to: «nod, as: c}
              - send: {via: c, msg: nano.node_id_handshake, fields: {version: «256, query: «$(random(32)}}
              - «expect: {via: «d, msg: nano.keepalive}
              - assert: $(x == 1 +«)
              - alt: [{expect: {via: c, event: closed, within: «1h}}]
            """
        let (text, places) = Marked.all(file)
        let all = Scenario.load(source(text), Specification.library).diagnostics
        #expect(all.map(\.span.start) == places)
        #expect(
            all.map(\.code.rawValue) == [
                "MS0102", "MS0101", "MS0111", "MS0112", "MS0103", "MS0101", "MS0109", "MS0103", "MS0031", "MS0213",
                "MS0110",
                "MS0032", "MS0103",
            ])
    }
    @Test func aCommaCutsASignature() throws {
        let all = nano(Self.send + "response: {signature: $(sign(peer, theirs))}}}")
        #expect(all.first?.line == "MS0031 12:92 `$(` is not closed: did a comma or brace of YAML cut it?")
        #expect(all.first?.label == "put quotes around the whole value")
        #expect(
            nano("  - let: {theirs: 0x00}\n" + Self.send + "response: {signature: \"$(sign(peer, theirs))\"}}}") == [])
    }
}
