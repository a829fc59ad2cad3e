extension Schema {
    private static let verdicts = FieldType.choice(["pass", "warn", "inconc", "fail", "error"])
    private static let link = Key("via", .text, "a link", required: true)

    static let scenario = Schema(
        name: "a scenario",
        keys: [
            Key("meshspec", .choice(["1"]), "version of the language: 1", required: true),
            Key("recorded", .shape(.recorded), "in a scenario that `meshspec record` made: its capture and settings"),
            Key("id", .text, "name of the case, never changed", required: true),
            Key("title", .text, "what is tested, in one sentence", required: true),
            Key("protocol", .protocol, "a built-in protocol", required: true),
            Key("doc", .text, "further explanation"),
            Key("covers", .some(.list(.text)), "requirements that it proves"),
            Key("needs", .text, "capabilities, as an expression"),
            Key("profiles", .list(.text), "runs only under these profiles"),
            Key("tags", .list(.text), "words for the selection of cases"),
            Key("budget", .time, "longest time that the case may take"),
            Key("serial", .text, "cases with the same word never run in parallel"),
            Key("alone", .flag, "exhausts the node: runs alone, after all other cases"),
            Key("fresh", .flag, "needs a node without history: restarts the node for the case"),
            Key("params", .map(.shape(.parameter)), "values that the command line may change"),
            Key("vectors", .list(.shape(.vector)), "one case for each entry"),
            Key("actors", .map(.shape(.actor)), "the nodes that take part", required: true),
            Key("defaults", .list(.shape(.default)), "how messages are handled that no step waits for"),
            Key("steps", .some(.steps), "the steps, in order", required: true),
            Key("cleanup", .steps, "steps that always run at the end"),
        ])
    static let recorded = Schema(
        name: "recorded",
        keys: [
            Key("from", .text, "name of the capture", required: true),
            Key("profile", .text, "profile that the capture fits"),
            Key("params", .map(.text), "protocol parameters that the capture fits, except presets"),
            Key("skip", .text, "why the case cannot run"),
            Key("differs", .list(.shape(.recordedDifference)), "where the reference node behaves differently"),
        ])
    static let recordedDifference = Schema(
        name: "a difference",
        keys: [
            Key("requirement", .text, "requirement that the reference node breaks there", required: true),
            Key("reason", .text, "fingerprint of the reason", required: true),
            Key("note", .text, "what the reference node does instead", required: true),
        ])
    static let fragment = Schema(
        name: "a fragment",
        keys: [
            Key("meshspec-fragment", .choice(["1"]), "version of the language: 1", required: true),
            Key("doc", .text, "what it does"),
            Key("actors", .map(.shape(.actor)), "actors that the using scenario assigns"),
            Key("params", .map(.shape(.parameter)), "values that the using scenario may give"),
            Key("makes", .list(.text), "links and names that it makes; the using scenario may rename them"),
            Key("steps", .steps, "the steps, in order", required: true),
        ])
    static let actor = Schema(
        name: "an actor",
        keys: [
            Key(
                "role", .choice(["ref", "dut", "relay", "observer"]),
                "ref: played by the harness; dut: the node under test", required: true),
            Key("key", .value, "its key pair"),
            Key("id", .value, "its identity in the protocol"),
            Key("kind", .text, "its kind, as the protocol names it"),
            Key("needs", .text, "capability that this actor needs"),
            Key(
                "told", .flag,
                "false: listens, but the node is not made to dial it; true for a node: is announced to the others"),
            Key("refuses", .flag, "true: refuses connections until a step says `listen`"),
            Key("listen", .text, "address that it listens on, with or without a port"),
        ])
    static let parameter = Schema(
        name: "a parameter",
        keys: [
            Key(
                "type", .choice(["duration", "int", "text", "string", "bytes", "bool"]), "type of the value",
                required: true
            ),
            Key("default", .text, "its value if the user gives none", required: true),
            Key("min", .text, "minimum of the value or length"),
            Key("max", .text, "maximum of the value or length"),
            Key("secret", .flag, "never shown"),
            Key("doc", .text, "what it is for"),
        ])
    static let vector = Schema(
        name: "a vector", keys: [Key("name", .text, "last part of the case's id", required: true)], isOpen: true)
    static let `default` = Schema(
        name: "a default",
        keys: [
            Key("ignore", .shape(.record), "messages to ignore"),
            Key("forbid", .shape(.record), "messages that must never come"),
            Key("reply", .shape(.record), "messages to answer with `with`"),
            Key("with", .shape(.part), "the answer of `reply`; if missing, the same message"),
        ],
        rules: [
            Constraint(
                .one(["ignore", "forbid", "reply"]), .verbs, "a default has `ignore`, `forbid` or `reply`"),
            Constraint(.needs("with", "reply"), .unknownKey, "`with` needs `reply`"),
        ])
    static let record = Schema(
        name: "a record",
        keys: [
            Key("msg", .message(orAny: true), "message, or any", required: true), Key("fields", .pattern, "pattern"),
        ])
    static let open = Schema(
        name: "open",
        keys: [
            Key("from", .text, "a ref actor"), Key("to", .text, "the dut actor"),
            Key("stream", .text, "instead: a link, in whose layers a channel is opened"),
            Key("as", .text, "name of the link", required: true),
            Key("proto", .text, "protocol to agree on, if the transport has several"),
            Key("within", .time, "longest time that connecting may take"),
            Key("bare", .flag, "without the first messages that a new address must send"), up,
            Key("target", .value, "path and query of the request (default: those of the node's address)"),
        ],
        rules: [
            Constraint(
                .one(["from", "stream"]), .missingKey,
                "open has either `from` and `to`, or `stream`: the link whose layers carry it"),
            Constraint(.needs("from", "to"), .missingKey, "`from` needs `to`: the dut actor"),
        ] + ["to", "bare", "up", "target"].map { ofConnection($0, "from") })
    static let accept = Schema(
        name: "accept",
        keys: [
            Key("at", .text, "a ref actor"), Key("from", .text, "the dut actor"),
            Key("stream", .text, "instead: a link, in whose layers the node opens a channel"),
            Key("as", .text, "name of the link", required: true), Key("within", .time, "how long to wait for it"),
            Key("proto", .text, "waits for the first channel of `stream` that carries this protocol"),
            Key("since", .text, "mark: connections before it are skipped, and times count from it"), up,
        ],
        rules: [
            Constraint(
                .one(["at", "stream"]), .missingKey,
                "accept has either `at` and `from`, or `stream`: the link whose layers carry it"),
            Constraint(.needs("at", "from"), .missingKey, "`at` needs `from`: the dut actor"),
            Constraint(.needs("proto", "stream"), .unknownKey, "`proto` needs `stream`"),
        ] + ["from", "since", "up"].map { ofConnection($0, "at") })
    private static func ofConnection(_ key: String, _ actor: String) -> Constraint {
        Constraint(.needs(key, actor), .unknownKey, "`\(key)` needs `\(actor)`, not `stream`")
    }
    private static let up = Key("up", .text, "the highest layer that the harness runs, or the transport (default: all)")
    private static let above = Key("above", .text, "the layer that carries the bytes (default: the transport)")
    static let send = Schema(
        name: "send",
        keys: [
            link, Key("msg", .message(orAny: false), "message"), Key("fields", .fields, "its fields"),
            Key("raw", .either(.bytes, .list(.bytes)), "bytes instead of a message, or a list of them"), above,
            Key("all", .list(.shape(.part)), "several in one segment"),
            Key("chop", .number(1...65536), "bytes in one piece (TCP)"), Key("every", .time, "time between pieces"),
            Key("limit", .value, "bytes in one datagram, if a message may take several (UDP)"),
        ],
        rules: [
            Constraint(.one(["msg", "raw", "all"]), .missingKey, "send needs `msg`, `raw` or `all`"),
            Constraint(.apart("fields", ["raw"]), .unknownKey, "`fields` needs `msg`, not `raw`"),
            Constraint(.apart("fields", ["all"]), .unknownKey, "`fields` needs `msg`, inside `all`"),
            Constraint(.needs("every", "chop"), .timing, "`every` needs `chop`"),
            Constraint(.apart("limit", ["raw"]), .unknownKey, "`limit` is for messages, not for `raw`"),
            Constraint(.needs("above", "raw"), .unknownKey, "`above` needs `raw`"),
        ])
    static let build = Schema(
        name: "build",
        keys: [
            Key("as", .text, "name of the list of bytes, one for each datagram", required: true),
            Key("msg", .message(orAny: false), "message", required: true), Key("fields", .fields, "its fields"),
            Key("limit", .value, "bytes in one datagram, if a message may take several (UDP)"),
        ])
    static let part = Schema(
        name: "a part of send",
        keys: [
            Key("msg", .message(orAny: false), "message"), Key("fields", .fields, "its fields"),
            Key("raw", .either(.bytes, .list(.bytes)), "bytes instead of a message, or a list of them"), above,
        ],
        rules: [
            Constraint(.one(["msg", "raw"]), .missingKey, "a part of send has `msg` or `raw`"),
            Constraint(.needs("above", "raw"), .unknownKey, "`above` needs `raw`"),
            Constraint(.apart("fields", ["raw"]), .unknownKey, "`fields` needs `msg`, not `raw`"),
        ])
    static let expect = Schema(
        name: "expect",
        keys: [
            link, Key("msg", .message(orAny: true), "message, or any"),
            Key("event", .choice(["closed"]), "instead of a message"),
            Key("raw", .bytes, "these bytes instead of a message"), Key("fields", .pattern, "pattern"),
            Key("within", .time, "longest time"), Key("window", .window, "earliest .. latest"),
            Key("since", .text, "mark that times count from"),
            Key("order", .choice(["strict", "any"]), "any: skips messages that do not match"),
            Key("count", .number(1...100_000), "number of matching messages"),
        ],
        rules: what + [
            Constraint(.apart("raw", ["msg", "event"]), .unknownKey, "either `raw` or `msg`"),
            Constraint(
                .some(["within", "window"]), .timing,
                "`expect` needs `within` or `window`: without an end it could wait for ever", atKey: true),
            Constraint(.apart("window", ["within"]), .timing, "either `within` or `window`"),
        ])
    /// The shape for a branch of `alt`. Another branch can set its deadline.
    static let expectInAlt = Schema(
        name: "expect in alt", keys: expect.keys,
        rules: expect.rules.filter { if case .some(["within", "window"]) = $0.kind { false } else { true } })
    /// The rules for the events that expect and never wait for.
    private static let what = [
        Constraint(.some(["msg", "event", "raw"]), .missingKey, "`msg` or `event` is missing"),
        Constraint(.apart("event", ["msg"]), .unknownKey, "either `msg` or `event`"),
        Constraint(.apart("fields", ["event", "raw"]), .unknownKey, "`fields` needs `msg`"),
    ]
    static let never = Schema(
        name: "never",
        keys: [
            Key("via", .text, "a link"), Key("at", .text, "a ref actor that listens, with `event: opened`"),
            Key("msg", .message(orAny: true), "message, or any"),
            Key("event", .choice(["closed", "opened"]), "instead of a message"),
            Key("fields", .pattern, "pattern"), Key("for", .time, "how long"),
            Key("since", .text, "mark that times count from"),
        ],
        rules: what + [
            Constraint(
                .one(["via", "at"]), .missingKey, "`never` has a link (`via`), or an actor (`at`) with `event: opened`"),
            Constraint(.needs("at", "event"), .missingKey, "`at` needs `event: opened`"),
            Constraint(.some(["for"]), .neverWindow, "`never` needs `for`", atKey: true),
        ])
    static let branch = Schema(
        name: "a branch of alt",
        keys: [
            Key("expect", .shape(.expectInAlt), "the message or event that must come"),
            Key("timeout", .time, "taken if nothing came in this time"),
            Key("do", .steps, "steps to continue with"), Key("verdict", verdicts, "verdict of the branch"),
            Key("req", .either(.text, .shape(.requirementUse)), "requirement"), Key("because", .text, "why"),
            Key("label", .text, "what it is"),
        ],
        rules: [Constraint(.one(["expect", "timeout"]), .alternatives, "a branch has either `expect` or `timeout`")])
    static let close = Schema(
        name: "close",
        keys: [
            link,
            Key(
                "how", .choice(Closing.allCases.map(\.rawValue)), "in order, at once by a reset, or only our direction"),
        ])
    static let poll = Schema(
        name: "poll",
        keys: [
            Key("every", .time, "time between two evaluations", required: true),
            Key("within", .time, "longest time", required: true),
            Key("until", .expression, "condition to become true", required: true),
        ])
    static let fault = Schema(
        name: "fault",
        keys: [
            Key("link", .ends, "`a -> b`: the actors, or the link and the direction", required: true),
            Key("as", .text, "name for `heal`", required: true),
            Key("drop", .shape(.faultSpec), "lose units"),
            Key("delay", .shape(.faultSpec), "delay units by `by`"),
            Key("dup", .shape(.faultSpec), "send units `times` times"),
            Key("reorder", .shape(.faultSpec), "let `behind` later units overtake"),
            Key("corrupt", .shape(.faultSpec), "change a byte, in `field` if given"),
            Key("truncate", .shape(.faultSpec), "cut units to `to` bytes"),
            Key("chop", .shape(.faultSpec), "cut into pieces of `sizes`, sent one per `every`"),
            Key("rate", .shape(.faultSpec), "`bytes` a second"),
            Key("partition", .choice(["in", "out", "both"]), "nothing passes"),
        ],
        rules: [
            Constraint(
                .some(FaultStep.Kind.allCases.map(\.rawValue)), .missingKey,
                "a fault needs an effect: \(FaultStep.Kind.allCases.map(\.rawValue).joined(separator: ", "))"),
            Constraint(
                .apart("partition", FaultStep.Kind.allCases.map(\.rawValue).filter { $0 != "partition" }), .unknownKey,
                "`partition` excludes other effects: no unit passes"),
        ])
    static let faultSpec = Schema(
        name: "a fault's units",
        keys: [
            Key("frame", .value, "the unit with this number since the fault began; negative: from the end of one send"),
            Key("nth", .value, "every unit whose number is a multiple of this"),
            Key("prob", .value, "each unit with this probability"),
            Key("msg", .message(orAny: false), "only messages of this name"),
            Key("field", .text, "bytes of this field"),
            Key("by", .time, "how long, for delay"), Key("times", .value, "total number of copies, for dup"),
            Key("behind", .value, "how many units, for reorder"), Key("to", .value, "how many bytes, for truncate"),
            Key("sizes", .value, "bytes of each piece, for chop"), Key("every", .time, "time between pieces, for chop"),
            Key("bytes", .value, "a second, for rate"),
        ],
        rules: [Constraint(.needs("field", "msg"), .missingKey, "`field` needs `msg`: the message of the field")])
    static let dut = Schema(
        name: "dut",
        keys: [
            Key("do", .text, "control that the target file offers", required: true),
            Key("as", .text, "name of the answer"),
        ], isOpen: true)
    static let `repeat` = Schema(
        name: "repeat",
        keys: [
            Key("times", .value, "how often, at most 100,000", required: true),
            Key("as", .text, "name of the round's number, from 1"),
            Key("do", .steps, "the steps of each round", required: true),
        ])
    static let verifies = Schema(
        name: "$verifies",
        keys: [
            Key("alg", .algorithm, "signature algorithm", required: true),
            Key("key", .value, "public key", required: true),
            Key("over", .value, "signed bytes", required: true),
        ])
    static let near = Schema(
        name: "$near",
        keys: [Key("value", .here, "number", required: true), Key("by", .natural, "farthest distance", required: true)])
    static let bits = Schema(
        name: "$bits",
        keys: [Key("set", .natural, "bits that must be one"), Key("clear", .natural, "bits that must be zero")])
    static let requirementUse = Schema(
        name: "req",
        keys: [
            Key("id", .text, "requirement", required: true),
            Key("level", .choice(["MUST", "SHOULD", "MAY"]), "instead of its own"),
        ])
    /// The keys that any step can have besides its verb.
    static let modifiers = [
        Key("label", .text, "what the step is for"),
        Key("req", .either(.text, .shape(.requirementUse)), "requirement that it proves"),
        Key("if", .expression, "only when this is true"),
        Key("mark", .text, "names the moment at which the step ended"),
        Key("else", verdicts, "verdict if the step fails"), Key("verdict", verdicts, "verdict if the step holds"),
        Key("because", .text, "why that verdict"),
        Key("join", .choice(["all", "any"]), "for par: wait for all branches, or for the first"),
        Key("with", .map(.value), "for use: actors and parameters of the fragment"),
    ]
    /// Every verb with the type of its value.
    static let verbs: [Key] = [
        Key("open", .shape(.open), "a ref actor dials the node"),
        Key("accept", .shape(.accept), "a ref actor waits until the node dials it"),
        Key("send", .shape(.send), "sends a message or bytes"),
        Key("build", .shape(.build), "names the bytes of a message without sending them"),
        Key("expect", .shape(.expect), "the message or event that must come next"),
        Key("never", .shape(.never), "a message or event that must not come"),
        Key("alt", .some(.list(.shape(.branch))), "branches for several messages, events or a timeout"),
        Key("par", .some(.map(.steps)), "branches in parallel"),
        Key("close", .shape(.close), "ends a link"),
        Key("let", .map(.value), "names values"),
        Key("assert", .expression, "must be true"),
        Key("wait", .time, "lets time pass"),
        Key("poll", .shape(.poll), "checks a condition repeatedly"),
        Key("fault", .shape(.fault), "disturbs a link"),
        Key("heal", .text, "ends a fault"),
        Key("refuse", .text, "a ref actor refuses connections from now on"),
        Key("listen", .text, "a ref actor accepts connections again"),
        Key("dut", .shape(.dut), "makes the node under test do something"),
        Key("use", .text, "steps of another file"),
        Key("repeat", .shape(.repeat), "the same steps several times"),
    ]
    /// Every matching operator with the type of its operand.
    static let operators: [Key] = anywhere + singles + groups + lists
    /// The operators that are allowed in any place.
    private static let anywhere: [Key] = [
        Key("$any", .flag, "present, with any value"), Key("$absent", .flag, "not there"),
        Key("$opt", .like, "absent, or like this"), Key("$eq", .here, "equal"), Key("$ne", .here, "not equal"),
        Key("$lt", .here, "less"), Key("$le", .here, "less or equal"), Key("$gt", .here, "greater"),
        Key("$ge", .here, "greater or equal"), Key("$in", .list(.here), "one of these"),
        Key("$not", .like, "not like this"),
        Key("$len", .length, "number of bytes, characters or elements"), Key("$size", .length, "the same as $len"),
        Key("$save", .text, "names the value"), Key("$verifies", .shape(.verifies), "a good signature"),
    ]
    /// The operators of single values.
    static let singles: [Key] = [
        Key("$re", .text, "text that this regular expression matches as a whole"),
        Key("$prefix", .piece, "begins with this"), Key("$suffix", .piece, "ends with this"),
        Key("$bits", .shape(.bits), "bits that must be one or zero"),
        Key("$near", .shape(.near), "at most `by` away from `value`"),
    ]
    /// The operators of groups of fields.
    static let groups: [Key] = [
        Key(
            "$only", .either(.pattern, .list(.text)),
            "these fields and no others; a list: at most these fields, with any value")
    ]
    /// The operators of lists. `$contains` is also an operator for text and bytes.
    static let lists: [Key] = [
        Key("$contains", .element, "a list with an element like this, or text or bytes that contain this"),
        Key("$each", .element, "a list whose elements are all like this"),
        Key("$first", .element, "a list whose first element is like this"),
        Key("$unordered", .list(.element), "a list of exactly these, in any order"),
    ]
    /// Returns the operators that are allowed for a single value, a group or a list.
    static func operators(isGroup: Bool, isList: Bool) -> [Key] {
        if isList { return anywhere + lists }
        return isGroup ? anywhere + groups : anywhere + singles + lists.filter { $0.name == "$contains" }
    }
}
