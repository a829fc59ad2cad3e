/// A key that a map of a scenario, target or requirement file may have.
struct Key: Sendable {
    var name: String
    var isRequired: Bool
    /// What it is for, in a few words.
    var summary: String
    init(_ name: String, _ summary: String, required: Bool = false) {
        self.name = name
        self.isRequired = required
        self.summary = summary
    }
}

/// The keys of one kind of map. The loader refuses all others; nothing else lists them.
struct Shape: Sendable {
    var name: String
    var keys: [Key]

    static let scenario = Shape(
        name: "a scenario",
        keys: [
            Key("meshspec", "version of the language: 1", required: true),
            Key("id", "name of the case, never changed", required: true),
            Key("title", "what is tested, in one sentence", required: true),
            Key("protocol", "a built-in protocol", required: true),
            Key("doc", "more about it"),
            Key("covers", "requirements that it proves", required: true),
            Key("needs", "capabilities, as an expression"),
            Key("profiles", "only under these"),
            Key("tags", "words to select by"),
            Key("actors", "who takes part", required: true),
            Key("defaults", "what is done with records that no step waits for"),
            Key("steps", "what happens", required: true),
            Key("cleanup", "steps that always run at the end"),
        ])
    static let actor = Shape(
        name: "an actor",
        keys: [
            Key("role", "ref: played by the harness; dut: the node under test", required: true),
            Key("key", "its key pair"),
        ])
    static let `default` = Shape(
        name: "a default",
        keys: [Key("ignore", "records to pass over"), Key("forbid", "records that must never come")])
    static let record = Shape(
        name: "a default", keys: [Key("msg", "message", required: true), Key("fields", "pattern")])
    static let open = Shape(
        name: "open",
        keys: [
            Key("from", "a ref actor", required: true), Key("to", "the dut actor", required: true),
            Key("as", "name of the link", required: true), Key("within", "longest time that connecting may take"),
        ])
    static let accept = Shape(
        name: "accept",
        keys: [
            Key("at", "a ref actor", required: true), Key("from", "the dut actor", required: true),
            Key("as", "name of the link", required: true), Key("within", "how long to wait for it"),
        ])
    static let send = Shape(
        name: "send",
        keys: [
            Key("via", "a link", required: true), Key("msg", "message"), Key("fields", "its fields"),
            Key("raw", "bytes instead of a message"), Key("all", "several in one segment"),
            Key("chop", "bytes in one piece"), Key("every", "time between pieces"),
        ])
    static let part = Shape(
        name: "a part of send",
        keys: [Key("msg", "message"), Key("fields", "its fields"), Key("raw", "bytes instead of a message")])
    static let expect = Shape(
        name: "expect",
        keys: [
            Key("via", "a link", required: true), Key("msg", "message, or any"), Key("event", "closed"),
            Key("fields", "pattern"), Key("within", "longest time"), Key("window", "earliest .. latest"),
            Key("since", "mark that times count from"), Key("order", "any: step over what does not match"),
        ])
    static let never = Shape(
        name: "never",
        keys: [
            Key("via", "a link", required: true), Key("msg", "message, or any"), Key("event", "closed"),
            Key("fields", "pattern"), Key("for", "how long"), Key("since", "mark that times count from"),
        ])
    static let branch = Shape(
        name: "a branch of alt",
        keys: [
            Key("expect", "what has to come"), Key("timeout", "or that nothing did in this time"),
            Key("do", "steps to go on with"), Key("verdict", "what it means"), Key("req", "requirement"),
            Key("because", "why"),
        ])
    static let close = Shape(
        name: "close", keys: [Key("via", "a link", required: true), Key("how", "fin or reset")])
    static let verifies = Shape(
        name: "$verifies",
        keys: [
            Key("alg", "signature algorithm", required: true), Key("key", "public key", required: true),
            Key("over", "signed bytes", required: true),
        ])
    static let requirementUse = Shape(
        name: "req", keys: [Key("id", "requirement", required: true), Key("level", "MUST, SHOULD or MAY")])
    static let requirement = Shape(
        name: "a requirement",
        keys: [
            Key("level", "MUST, SHOULD or MAY", required: true),
            Key("kind", "server, client, both or codec", required: true),
            Key("text", "what is due, in one sentence", required: true),
            Key("source", "where it is written", required: true),
            Key("profiles", "only under these"), Key("untestable", "why no case can prove it"),
            Key("planned", "its cases come with a later part"),
        ])
    static let source = Shape(
        name: "source",
        keys: [
            Key("doc", "document", required: true), Key("section", "section or function", required: true),
            Key("quote", "its words"),
        ])
    static let target = Shape(
        name: "a target",
        keys: [
            Key("meshspec-target", "version of the format: 1", required: true), Key("name", "what is tested"),
            Key("protocol", "a built-in protocol", required: true), Key("profile", "profile of the protocol"),
            Key("parameters", "parameters of the protocol"), Key("address", "where the node listens"),
            Key("listen", "where the node dials us"), Key("capabilities", "what it can and cannot do"),
            Key("control", "shell commands that start it and make it dial"),
        ])
    static let control = Shape(
        name: "control",
        keys: [
            Key("start", "starts the node; it is ended with the run"),
            Key("dial", "makes the node dial {address}; run for each case that waits for it"),
        ])
    /// Keys that any step may have beside its verb.
    static let modifiers = [
        Key("label", "what the step is for"), Key("req", "requirement that it proves"),
        Key("if", "only when this is true"),
        Key("mark", "keeps the time of its end"), Key("else", "verdict when it does not hold"),
        Key("verdict", "verdict when it holds"), Key("because", "why that verdict"),
    ]
    static let verbs = ["open", "accept", "send", "expect", "never", "alt", "close", "let", "assert", "wait"]
    static let operators = [
        "$any", "$absent", "$opt", "$eq", "$ne", "$lt", "$le", "$gt", "$ge", "$in", "$not", "$len", "$save", "$only",
        "$verifies",
    ]
}
