internal import Network
internal import Node

/// `build`: stores, under a name, the bytes that `send` would send.
struct BuildVerb: NamedVerb {
    static let schema = Schema(
        name: "build",
        keys: [
            Key("as", .text, "name of the list of bytes, one for each datagram", required: true),
            Key("msg", .message(orAny: false), "message", required: true), Key("fields", .fields, "its fields"),
            Key("limit", .value, "bytes in one datagram, if a message may take several (UDP)"),
            Key("from", .text, "the ref actor that the suite's fields are for"),
            Key("to", .text, "the dut actor that the suite's fields are for"),
        ],
        rules: [
            Constraint(.needs("from", "to"), .missingKey, "`from` needs `to`: the dut actor"),
            Constraint(.needs("to", "from"), .missingKey, "`to` needs `from`: a ref actor"),
        ])
    static let key = Key("build", .shape(schema), "names the bytes of a message without sending them")
    var name: String
    var part: SendVerb.Part
    /// The maximum number of bytes in one datagram.
    var limit: Template?
    /// The actors on whom the fields of the suite depend; nil: the message gets none of those fields.
    var ends: (from: String, to: String)?

    static func load(_ step: WrittenStep, by loader: inout Loader) -> (any Verb)? {
        guard let m = loader.members(step.value, schema) else { return nil }
        let name = loader.newName(m["as"], "as")
        let limit = loader.limit(m["limit"])
        let from = m["from"].flatMap { loader.actor($0, subject: false) }
        let to = m["to"].flatMap { loader.actor($0, subject: true) }
        guard let name, let part = loader.part(m, step.value) else { return nil }
        guard let from, let to, let suite = loader.suite else { return Self(name: name, part: part, limit: limit) }
        return Self(name: name, part: part.completed(by: suite), limit: limit, ends: (from, to))
    }
    var text: String { "build \(Scope.shownName(name)): \(part.name)" }
    var definedNames: [String] { [name] }

    func start(_ step: Step, in run: CaseRun) throws(EvaluationError) {
        let units = try run.encode(part, ends: ends, limit: try run.limit(limit, step))
        try run.name(name, .list(units.map { .bytes($0.bytes) }), step.span)
        run.held(step)
    }
}
