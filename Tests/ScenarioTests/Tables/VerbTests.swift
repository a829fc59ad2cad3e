import Testing

@testable import Scenario

/// Each verb and each modifier decides the verdict of some case.
@Suite struct VerbTests {
    static let say = "  - expect: {via: c, msg: toy.say, within: 1s, fields: {text: a}}"
    static let verbs: [Row] = [
        Row(
            thing: "verb open", steps: "  - open: {from: peer, to: node, as: c}\n" + say,
            rules: [.on(.open, .say("a"))],
            opens: false, without: "  - open", instead: "  - if: $(1 == 2)\n    open",
            otherwise: "error TOY-1 2: link `c` was not opened"),
        Row(
            thing: "verb accept", steps: "  - accept: {at: peer, from: node, as: c}\n" + say,
            rules: [.on(.open, .say("a"))], opens: false, without: "  - accept",
            instead: "  - if: $(1 == 2)\n    accept",
            otherwise: "error TOY-1 2: link `c` was not opened"),
        Row(
            thing: "verb close",
            steps: "  - open: {from: peer, to: node, as: d}\n  - close: {via: d}\n" + say,
            rules: [.on(.closed, .say("a"))], without: "close: {via: d}", instead: "wait: 0s",
            otherwise: "fail TOY-1 4: no toy.say like this within 1s"),
        Row(
            thing: "verb send", steps: "  - send: {via: c, msg: toy.say, fields: {text: go}}\n" + say,
            rules: [.on(.heard("go"), .say("a"))], without: "send: {via: c, msg: toy.say, fields: {text: go}}",
            instead: "wait: 0s", otherwise: "fail TOY-1 3: no toy.say like this within 1s"),
        Row(
            thing: "verb build",
            steps: "  - build: {as: b, msg: toy.say, fields: {text: go}}\n  - send: {via: c, raw: $(b)}\n" + say,
            rules: [.on(.heard("go"), .say("a"))], without: "build: {as: b, msg: toy.say, fields: {text: go}}",
            instead: "let: {b: 0x00}", otherwise: "fail TOY-1 4: no toy.say like this within 1s"),
        Row(
            thing: "verb expect", steps: say, rules: [.on(.open, .say("b"))],
            told: "fail TOY-1 2: text: wanted a, had b",
            without: "expect: {via: c, msg: toy.say, within: 1s, fields: {text: a}}", instead: "wait: 1s",
            otherwise: "pass"),
        Row(
            thing: "verb never", steps: "  - never: {via: c, msg: toy.say, for: 1s}", rules: [.on(.open, .say("b"))],
            told: "fail TOY-1 2: toy.say came, which must not", without: "never: {via: c, msg: toy.say, for: 1s}",
            instead: "wait: 1s", otherwise: "pass"),
        Row(
            thing: "verb alt",
            steps:
                "  - alt: [{expect: {via: c, msg: toy.num, within: 1s}}, {timeout: 1s, verdict: fail, because: silent}]",
            told: "fail TOY-1 2: silent",
            without:
                "alt: [{expect: {via: c, msg: toy.num, within: 1s}}, {timeout: 1s, verdict: fail, because: silent}]",
            instead: "wait: 1s", otherwise: "pass"),
        // Two parallel waits take as long as one.
        Row(
            thing: "verb par",
            steps: "  - par: {x: [{wait: 1s}], y: [{wait: 1s}]}\n  - assert: $(now() < 1500ms)",
            without: "par: {x: [{wait: 1s}], y: [{wait: 1s}]}", instead: "use: both.yaml",
            otherwise: "fail TOY-1 3: not true"),
        Row(
            thing: "verb let", steps: "  - let: {x: 1}\n  - assert: $(x == 1)", told: "pass", without: "let: {x: 1}",
            instead: "if: $(1 == 2)\n    let: {x: 1}", otherwise: "fail TOY-1 3: not true: x == 1"),
        Row(
            thing: "verb assert", steps: "  - assert: $(1 == 2)", told: "fail TOY-1 2: not true",
            without: "assert: $(1 == 2)",
            instead: "wait: 0s", otherwise: "pass"),
        Row(
            thing: "verb wait", steps: "  - wait: 2s\n  - assert: $(seen(c, 'toy.say'))",
            rules: [.on(.open, after: .seconds(1), .say("a"))], without: "wait: 2s", instead: "wait: 0s",
            otherwise: "fail TOY-1 3: not true"),
        Row(
            thing: "verb poll",
            steps:
                "  - poll: {every: 100ms, within: 2s, until: \"$(seen(c, 'toy.say'))\"}\n  - assert: $(seen(c, 'toy.say'))",
            rules: [.on(.open, after: .seconds(1), .say("a"))],
            without: "poll: {every: 100ms, within: 2s, until: \"$(seen(c, 'toy.say'))\"}", instead: "wait: 0s",
            otherwise: "fail TOY-1 3: not true"),
        Row(
            thing: "verb fault",
            steps:
                "  - fault: {link: peer -> node, as: f, drop: {}}\n  - send: {via: c, msg: toy.say, fields: {text: go}}\n"
                + "  - never: {via: c, msg: toy.say, for: 1s}",
            rules: [.on(.heard("go"), .say("a"))], without: "fault: {link: peer -> node, as: f, drop: {}}",
            instead: "wait: 0s", otherwise: "fail TOY-1 4: toy.say came"),
        Row(
            thing: "verb heal",
            steps: "  - fault: {link: peer -> node, as: f, drop: {}}\n  - heal: f\n"
                + "  - send: {via: c, msg: toy.say, fields: {text: go}}\n" + say,
            rules: [.on(.heard("go"), .say("a"))], without: "heal: f", instead: "wait: 0s",
            otherwise: "fail TOY-1 5: no toy.say like this within 1s"),
        Row(
            thing: "verb refuse", steps: "  - refuse: peer\n  - accept: {at: peer, from: node, as: d, within: 1s}",
            told: "fail TOY-1 3: the node did not dial", without: "refuse: peer", instead: "wait: 0s", otherwise: "pass"
        ),
        Row(
            thing: "verb listen",
            steps: "  - refuse: peer\n  - listen: peer\n  - accept: {at: peer, from: node, as: d, within: 1s}",
            without: "listen: peer", instead: "wait: 0s", otherwise: "fail TOY-1 4: the node did not dial"),
        Row(
            thing: "verb dut", steps: "  - dut: {do: restart}\n  - expect: {via: c, event: closed, within: 1s}",
            without: "dut: {do: restart}", instead: "wait: 0s",
            otherwise: "fail TOY-1 3: the connection was not closed within 1s after it was opened"),
        Row(
            thing: "verb use", steps: "  - use: go.yaml\n" + say, rules: [.on(.heard("go"), .say("a"))],
            without: "use: go.yaml", instead: "wait: 0s", otherwise: "fail TOY-1 3: no toy.say like this within 1s"),
        Row(
            thing: "verb repeat",
            steps: "  - repeat: {times: 3, as: i, do: [{send: {via: c, msg: toy.say, fields: {text: x$(i)}}}]}\n" + say,
            rules: [.on(.heard("x3"), .say("a"))], without: "times: 3", instead: "times: 2",
            otherwise: "fail TOY-1 3: no toy.say like this within 1s"),
        Row(
            thing: "verb each", steps: "  - each: p\n    do: [\(name)]\n" + say, actors: crowd,
            rules: [.on(.heard("p.2"), .say("a"))], without: "each: p\n    do: [\(name)]", instead: "wait: 0s",
            otherwise: "fail TOY-1 3: no toy.say like this within 1s"),
    ]
    /// A crowd of two, and a step that sends the node the name of an actor.
    static let crowd = "p: {role: ref, count: 2}"
    static let name = "{send: {via: c, msg: toy.say, fields: {text: $(p.name)}}}"
    static let files = [
        "both.yaml": "meshspec-fragment: 1\nsteps: [{wait: 1s}, {wait: 1s}]\n",
        "go.yaml": "meshspec-fragment: 1\nsteps: [{send: {via: c, msg: toy.say, fields: {text: go}}}]\n",
    ]
    static let modifiers: [Row] = [
        Row(
            thing: "modifier req", steps: "  - assert: $(1 == 2)\n    req: TOY-2", told: "warn TOY-2 2",
            without: "\n    req: TOY-2", instead: "", otherwise: "fail TOY-1 2"),
        Row(
            thing: "modifier if", steps: "  - assert: $(1 == 2)\n    if: $(1 == 3)", without: "\n    if: $(1 == 3)",
            instead: "", otherwise: "fail TOY-1 2"),
        Row(
            thing: "modifier mark",
            steps: "  - wait: 2s\n    mark: m\n  - expect: {via: c, msg: toy.say, since: m, within: 1s, order: any}",
            rules: [.on(.open, after: .milliseconds(2_500), .say("a"))], without: "\n    mark: m",
            instead: "\n    if: $(1 == 2)\n    mark: m", otherwise: "error TOY-1 3: no step has set the mark `m`"),
        Row(
            thing: "modifier else", steps: "  - assert: $(1 == 2)\n    else: inconc", told: "inconc TOY-1 2",
            without: "\n    else: inconc", instead: "", otherwise: "fail TOY-1 2"),
        Row(
            thing: "modifier verdict", steps: "  - assert: $(1 == 1)\n    verdict: fail",
            told: "fail TOY-1 2: step assert held",
            without: "\n    verdict: fail", instead: "", otherwise: "pass"),
        Row(
            thing: "modifier because", steps: "  - assert: $(1 == 1)\n    verdict: warn\n    because: why",
            told: "warn TOY-1 2: why", without: "\n    because: why", instead: "",
            otherwise: "warn TOY-1 2: step assert held"),
        Row(
            thing: "modifier join",
            steps: "  - par: {x: [{wait: 1s}], y: [{wait: 9s}, {assert: $(1 == 2)}]}\n    join: any\n  - wait: 20s",
            without: "join: any", instead: "join: all", otherwise: "fail TOY-1 2: not true"),
        Row(
            thing: "modifier with", steps: "  - use: hear.yaml\n    with: {text: b}", rules: [.on(.open, .say("b"))],
            without: "\n    with: {text: b}", instead: "", otherwise: "fail TOY-1 2: text: wanted a, had b"),
        Row(
            thing: "modifier label", steps: "  - assert: $(1 == 2)\n    label: L", told: "fail TOY-1 2",
            without: "\n    label: L", instead: "", otherwise: "fail TOY-1 2"),
        Row(
            thing: "modifier do", steps: "  - each: p\n    do: [\(name)]\n" + say, actors: crowd,
            rules: [.on(.heard("p.1"), .say("a"))], without: "do: [\(name)]", instead: "do: [{wait: 0s}]",
            otherwise: "fail TOY-1 3: no toy.say like this within 1s"),
    ]
    static let hear = [
        "hear.yaml":
            "meshspec-fragment: 1\nparams: {text: {type: text, default: a}}\n"
            + "steps: [{expect: {via: c, msg: toy.say, within: 1s, fields: {text: $(text)}}}]\n"
    ]
    /// The other keys of `send`, `expect`, `never`, `open` and branches.
    static let keys: [Row] = [
        Row(
            thing: "key within", steps: "  - expect: {via: c, msg: toy.say, within: 3s}",
            rules: [.on(.open, after: .seconds(2), .say("a"))], without: "3s", instead: "1s",
            otherwise: "fail TOY-1 2: no toy.say"),
        Row(
            thing: "key window", steps: "  - expect: {via: c, msg: toy.say, window: 1s .. 3s}",
            rules: [.on(.open, after: .milliseconds(1), .say("a"))], told: "fail TOY-1 2: toy.say too early",
            without: "window: 1s .. 3s", instead: "within: 3s", otherwise: "pass"),
        Row(
            thing: "key order", steps: "  - expect: {via: c, msg: toy.say, within: 1s, order: any}",
            rules: [.on(.open, .raw([2, 1, 5])), .on(.open, .say("a"))], without: ", order: any", instead: "",
            otherwise: "fail TOY-1 2: unexpected toy.num"),
        Row(
            thing: "key count", steps: "  - expect: {via: c, msg: toy.say, within: 1s, count: 2}",
            rules: [.on(.open, .say("a"))], told: "fail TOY-1 2: no toy.say within 1s (1 of 2 came)", without: "2}",
            instead: "1}", otherwise: "pass"),
        Row(
            thing: "key raw", steps: "  - expect: {via: c, raw: 0x010162, within: 1s}", rules: [.on(.open, .say("a"))],
            told: "fail TOY-1 2: unexpected toy.say instead of these bytes", without: "0x010162", instead: "0x010161",
            otherwise: "pass"),
        Row(
            thing: "key event", steps: "  - expect: {via: c, event: closed, within: 1s}", rules: [.on(.open, .close)],
            without: "event: closed", instead: "msg: any",
            otherwise: "fail TOY-1 2: connection closed instead of any message"),
        Row(
            thing: "key since",
            steps: "  - wait: 1s\n    mark: m\n  - wait: 1s\n  - never: {via: c, msg: any, for: 2s, since: m}",
            rules: [.on(.open, after: .milliseconds(1_500), .say("a"))], told: "fail TOY-1 4: toy.say came",
            without: ", since: m", instead: "", otherwise: "pass"),
        Row(
            thing: "key for", steps: "  - never: {via: c, msg: any, for: 2s}",
            rules: [.on(.open, after: .milliseconds(1_500), .say("a"))], told: "fail TOY-1 2: toy.say came",
            without: "for: 2s", instead: "for: 1s", otherwise: "pass"),
        Row(
            thing: "key chop",
            steps: "  - send: {via: c, msg: toy.say, fields: {text: abc}, chop: 2}\n"
                + "  - expect: {via: c, msg: toy.say, within: 1s, fields: {text: \"3:abc\"}}",
            rules: [.on(.heard("abc"), .tell)], without: ", chop: 2", instead: "",
            otherwise: "fail TOY-1 3: text: wanted"),
        Row(
            thing: "key every",
            steps: "  - send: {via: c, msg: toy.say, fields: {text: abc}, chop: 2, every: 1s}\n"
                + "  - assert: $(now() > 2s)",
            without: ", every: 1s", instead: "", otherwise: "fail TOY-1 3: not true"),
        Row(
            thing: "key how", steps: "  - close: {via: c, how: reset}\n  - assert: $(1 == 2)\n    else: pass",
            without: "how: reset", instead: "how: fin", otherwise: "pass"),
        Row(
            thing: "key do",
            steps: "  - alt: [{expect: {via: c, msg: toy.say, within: 1s}, do: [{assert: $(1 == 2)}]}]",
            rules: [.on(.open, .say("a"))], told: "fail TOY-1 2: not true: 1 == 2",
            without: ", do: [{assert: $(1 == 2)}]",
            instead: "", otherwise: "pass"),
        Row(
            thing: "key timeout",
            steps: "  - alt: [{expect: {via: c, msg: toy.say, within: 5s}}, {timeout: 1s, verdict: warn}]",
            rules: [.on(.open, after: .seconds(2), .say("a"))], told: "warn TOY-1 2: nothing came",
            without: ", {timeout: 1s, verdict: warn}", instead: "", otherwise: "pass"),
        Row(
            thing: "key default-ignore", steps: say, more: "defaults: [{ignore: {msg: toy.num}}]",
            rules: [.on(.open, .raw([2, 1, 5])), .on(.open, .say("a"))],
            without: "defaults: [{ignore: {msg: toy.num}}]",
            instead: "", otherwise: "fail TOY-1 2: unexpected toy.num"),
        Row(
            thing: "key default-forbid", steps: "  - expect: {via: c, msg: toy.say, within: 1s, order: any}",
            more: "defaults: [{forbid: {msg: toy.num}}]", rules: [.on(.open, .raw([2, 1, 5])), .on(.open, .say("a"))],
            told: "fail TOY-1 2: forbidden toy.num", without: "defaults: [{forbid: {msg: toy.num}}]", instead: "",
            otherwise: "pass"),
        Row(
            thing: "key default-reply", steps: say,
            more:
                "defaults: [{reply: {msg: toy.say, fields: {text: ping}}, with: {msg: toy.say, fields: {text: pong}}}]",
            rules: [.on(.open, .say("ping")), .on(.heard("pong"), .say("a"))],
            without: ", with: {msg: toy.say, fields: {text: pong}}", instead: "",
            otherwise: "fail TOY-1 2: no toy.say like this within 1s"),
        Row(
            thing: "key default-reply-same", steps: say,
            more: "defaults: [{reply: {msg: toy.say, fields: {text: ping}}}]",
            rules: [.on(.open, .say("ping")), .on(.heard("ping"), .say("a"))], without: "reply", instead: "ignore",
            otherwise: "fail TOY-1 2: no toy.say like this within 1s"),
        Row(
            thing: "key default-of-a-name", steps: "  - let: {x: b}\n" + say,
            more: "defaults: [{ignore: {msg: toy.say, fields: {text: $(x)}}}]",
            rules: [.on(.open, .say("b")), .on(.open, .say("a"))], without: "let: {x: b}", instead: "let: {x: d}",
            otherwise: "fail TOY-1 3: text: wanted a, had b"),
    ]

    @Test(arguments: verbs + keys)
    func verbDecides(_ row: Row) throws {
        var row = row
        row.files = Self.files
        // The node sees raw bytes and the way of closing. The verdict does not show them.
        if row.thing == "key how" { return try close() }
        try row.check()
    }
    func close() throws {
        let how = try ["reset", "fin", "half"].map { try play("  - close: {via: c, how: \($0)}", []).lines }
        #expect(how == [[">connection", ">reset"], [">connection", ">closed"], [">connection", ">half-closed"]])
    }
    @Test(arguments: modifiers)
    func modifierDecides(_ row: Row) throws {
        var row = row
        row.files = Self.hear
        try row.check()
    }
    @Test func allOfThem() {
        // DataChannelTests try the others.
        let ofDataChannels: Set = ["channel", "signal"]
        #expect(Self.verbs.things("verb").union(ofDataChannels) == Set(Schema.verbs.map(\.name)))
        #expect(Self.modifiers.things("modifier") == Set(Schema.modifiers.map(\.name)))
    }
}
