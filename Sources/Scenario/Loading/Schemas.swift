extension Schema {
    static let verdicts = FieldType.choice(["pass", "warn", "inconc", "fail", "error"])

    static let scenario = Schema(
        name: "a scenario",
        keys: [
            Key("meshspec", .choice(["1"]), "version of the language: 1", required: true),
            Key("recorded", .shape(.recorded), "in a scenario that `meshspec record` made: its capture and settings"),
            Key("id", .text, "name of the case, never changed", required: true),
            Key("title", .text, "what is tested, in one sentence", required: true),
            Key("protocol", .protocol, "a built-in protocol", required: true),
            Key("suite", .text, "suite file with what this scenario leaves out"),
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
            Key("actors", .map(.shape(.actor)), "the nodes that take part"),
            Key("defaults", .list(.shape(.default)), "how messages are handled that no step waits for"),
            Key("steps", .some(.steps), "the steps, in order", required: true),
            Key("cleanup", .steps, "steps that always run at the end"),
        ],
        rules: [
            Constraint(.some(["actors", "suite"]), .missingKey, "a scenario needs `actors`: the nodes that take part")
        ])
    static let suite = Schema(
        name: "a suite",
        keys: [
            Key("meshspec-suite", .choice(["1"]), "version of the language: 1", required: true),
            Key("protocol", .protocol, "the protocol of its scenarios", required: true),
            Key("doc", .text, "what its scenarios have in common"),
            Key("within", .time, "longest time of an `expect` or `poll` without `within`"),
            Key("order", .choice(["strict", "any"]), "order of an `expect` without `order`"),
            Key("actors", .map(.shape(.actor)), "actors that a scenario can name without a description"),
            Key("defaults", .list(.shape(.default)), "the defaults of a scenario without `defaults`"),
            Key("send", .list(.shape(.suiteMessage)), "fields that a `send` leaves out"),
        ])
    static let suiteMessage = Schema(
        name: "a message of a suite",
        keys: [
            Key("msg", .message(orAny: false), "message", required: true),
            Key(
                "fields", .fields,
                "its fields; in expressions, `from` is the actor that sends, and `to` the other side",
                required: true),
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
            Key("doc", .text, "what it does"), Key("suite", .text, "suite file with what its steps leave out"),
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
            Key("count", .number(2...1000), "number of such actors, a crowd; `i` is the number of one of them"),
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
            Key("with", .shape(SendVerb.Part.schema), "the answer of `reply`; if missing, the same message"),
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
    static let modifiers =
        [
            Key("label", .text, "what the step is for"),
            Key("req", .either(.text, .shape(.requirementUse)), "requirement that it proves"),
            Key("if", .expression, "only when this is true"),
            Key("mark", .text, "names the moment at which the step ended"),
            Key("else", verdicts, "verdict if the step fails"), Key("verdict", verdicts, "verdict if the step holds"),
            Key("because", .text, "why that verdict"),
        ] + Verbs.all.flatMap { verb in verb.modifiers.map { Key($0.name, $0.wants, $0.summary) } }
    /// Every verb with the type of its value.
    static let verbs: [Key] = Verbs.all.map { $0.key }
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
        Key(
            "$unordered", .either(.list(.element), .expression),
            "a list of exactly these, in any order; an expression gives a list of values"),
    ]
    /// Returns the operators that are allowed for a single value, a group or a list.
    static func operators(isGroup: Bool, isList: Bool) -> [Key] {
        if isList { return anywhere + lists }
        return isGroup ? anywhere + groups : anywhere + singles + lists.filter { $0.name == "$contains" }
    }
}

extension Key {
    // Keys that several verbs have.
    static let via = Key("via", .text, "a link", required: true)
    static let up = Key("up", .text, "the highest layer that the harness runs, or the transport (default: all)")
    static let above = Key("above", .text, "the layer that carries the bytes (default: the transport)")
}

extension Constraint {
    /// The rule that a key of `open` or `accept` is not for a channel of a layer.
    static func notOfStream(_ key: String, needs actor: String) -> Constraint {
        Constraint(.needs(key, actor), .unknownKey, "`\(key)` needs `\(actor)`, not `stream`")
    }
}
