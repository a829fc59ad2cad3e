/// The shapes of the files besides scenarios.
extension Schema {
    static let requirement = Schema(
        name: "a requirement",
        keys: [
            Key("level", .choice(["MUST", "SHOULD", "MAY"]), "MUST, SHOULD or MAY", required: true),
            Key(
                "kind", .choice(["codec", "server", "client", "both"]), "server, client, both or codec", required: true),
            Key("text", .text, "the requirement, in one sentence", required: true),
            Key("source", .shape(.source), "the document and section of the requirement", required: true),
            Key("profiles", .list(.text), "only for these profiles"),
            Key("untestable", .text, "why no case can prove it"),
            Key(
                "unobservable", .choice(Unobservable.allCases.map(\.rawValue)),
                "why a capture does not show whether it is kept"
            ), Key("planned", .flag, "its cases are not written yet"),
            Key("observed", .list(.shape(.observation)), "observed behavior of implementations"),
        ])
    static let observation = Schema(
        name: "an observation",
        keys: [
            Key("node", .text, "implementation and version", required: true),
            Key("date", .text, "day it was seen", required: true),
            Key("keeps", .flag, "whether it keeps the requirement", required: true),
            Key("does", .text, "its behavior, as a verb phrase"),
        ])
    static let source = Schema(
        name: "source",
        keys: [
            Key("doc", .text, "document", required: true), Key("section", .text, "section or function", required: true),
            Key("quote", .text, "its words"),
        ])
    static let wireVector = Schema(
        name: "a vector of the wire",
        keys: vectorKeys("bytes") + [
            Key("bytes", .bytes, "the bytes on the wire", required: true), Key("fields", .value, "decoded fields"),
            Key("by", .choice(WireVector.refusers), "part that refuses the bytes"),
            Key("error", .value, "error of the decoder"), Key("settings", .map(.text), "profile and parameters"),
        ])
    static let functionVector = Schema(
        name: "a vector of a function",
        keys: vectorKeys("values") + [
            Key("call", .text, "a function of the protocol", required: true),
            Key("arguments", .list(.value), "arguments of the call", required: true),
            Key("result", .value, "result of the call"),
        ])
    private static func vectorKeys(_ content: String) -> [Key] {
        [
            Key("name", .text, "name in reports", required: true),
            Key("provenance", .text, "where its \(content) are from", required: true),
            Key("requirements", .some(.list(.text)), "requirements that it tests", required: true),
            Key("expect", .choice(["accept", "refuse"]), "accept or refuse", required: true),
        ]
    }
    static let mutations = Schema(
        name: "what mutants break",
        keys: [
            Key("meshspec-mutations", .choice(["1"]), "version of the format: 1", required: true),
            Key("late", .time, "delay of late messages (default 10s)"),
            Key("rows", .list(.shape(.mutationRule)), "the first matching row decides", required: true),
        ])
    static let mutationRule = Schema(
        name: "a row of mutations",
        keys: [
            Key("says", .either(.text, .list(.text)), "messages and fields that the node sends; * matches any name"),
            Key("hears", .either(.text, .list(.text)), "what it receives"),
            Key("timer", .either(.text, .list(.text)), "timers of the node"),
            Key("do", .some(.list(.text)), "only these mutations"),
            Key("breaks", .some(.list(.text)), "requirements; the mutant counts for the first one"),
            Key("because", .text, "why the mutation has no observable effect"),
        ],
        rules: [
            Constraint(.one(["says", "hears", "timer"]), .missingKey, "a row needs `says`, `hears` or `timer`"),
            Constraint(.one(["breaks", "because"]), .missingKey, "a row needs `breaks` or `because`"),
        ])
    static let target = Schema(
        name: "a target",
        keys: [
            Key("meshspec-target", .choice(["1"]), "version of the format: 1", required: true),
            Key("name", .text, "what is tested"), Key("protocol", .protocol, "a built-in protocol", required: true),
            Key("profile", .text, "profile of the protocol"),
            Key("parameters", .map(.text), "parameters of the protocol"),
            Key("address", .text, "where the node listens"), Key("listen", .text, "where the node dials us"),
            Key("addresses", .map(.text), "where further nodes listen, by the names of dut actors"),
            Key(
                "capabilities", .either(.map(.either(.flag, .text)), .text),
                "capabilities of the node, or the name of a capability file in the same folder"),
            Key("kind", .text, "its kind, as the protocol names it"),
            Key("identity", .text, "its identity in the protocol, in hexadecimal"),
            Key("told", .map(.text), "form of a peer in `{peers}` of a command, by kind; `any` for all others"),
            Key("environment", .map(.text), "variables for the commands"),
            Key("ready", .shape(.ready), "how to check that the node has started"),
            Key(
                "control", .map(.text), "shell commands: start, stop, restart, dial, and one for each control of `dut`"),
        ])
    static let capabilities = Schema(
        name: "a capability file",
        keys: [
            Key("meshspec-capabilities", .choice(["1"]), "version of the format: 1", required: true),
            Key("protocol", .protocol, "a built-in protocol", required: true),
            Key("capabilities", .map(.either(.flag, .text)), "true, false or a value for each", required: true),
        ])
    static let baseline = Schema(
        name: "a baseline",
        keys: [
            Key("meshspec-baseline", .choice(["1"]), "version of the format: 1", required: true),
            Key("entries", .list(.shape(.baselineEntry)), "accepted failures", required: true),
        ])
    static let baselineEntry = Schema(
        name: "an entry of a baseline",
        keys: [
            Key("id", .text, "case id", required: true),
            Key("requirement", .text, "requirement that the node breaks", required: true),
            Key("reason", .text, "fingerprint of the reason", required: true), Key("note", .text, "why it is accepted"),
            Key("expires", .text, "last day, YYYY-MM-DD"),
        ])
    static let ready = Schema(
        name: "ready",
        keys: [
            Key("command", .text, "shell command that succeeds once it is ready"),
            Key("within", .time, "longest time to wait (default 15s)"),
            Key(
                "listener", .choice(["own", "kept"]),
                "own (default): the node opens its address itself; kept: a program such as systemd listens there for it"
            ),
        ])
}
