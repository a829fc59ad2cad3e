internal import Node
internal import Wire

extension Loader {
    mutating func steps(_ node: YAMLNode?, _ what: String) -> [Step] {
        list(node, what).compactMap { step($0) }
    }
    mutating func step(_ node: YAMLNode) -> Step? {
        guard let all = entries(node, "a step", of: " with a verb") else { return nil }
        var verbs: [YAMLNode.Member] = []
        var rest = Members()
        for m in all {
            if Verbs.named(m.key) != nil {
                verbs.append(m)
            } else if Schema.modifiers.contains(where: { $0.name == m.key }) {
                rest.all.append(m)
            } else {
                unknown(.unknownKey, "key of a step", m.key, (Schema.verbs + Schema.modifiers).map(\.name), m.keySpan)
            }
        }
        guard verbs.count == 1 else {
            let which = verbs.map { "`\($0.key)`" }.joined(separator: " and ")
            if verbs.count > 1 || rest.all.count == all.count {
                report(.verbs, verbs.isEmpty ? "a step needs a verb" : "a step has one verb, not \(which)", head(node))
            }
            for v in verbs { _ = verb(v) }
            return nil
        }
        lastNumber += 1
        let number = lastNumber
        let made = verb(verbs[0], rest)
        for m in rest.all {
            guard let verb = Verbs.users[m.key], verb != verbs[0].key else { continue }
            report(.unknownKey, "`\(m.key)` needs `\(verb)`", m.value.span)
        }
        let use = requirementUse(rest["req"])
        let mark = newName(rest["mark"], "mark")
        let allowed: [Verdict] = [.pass, .warn, .inconc, .fail, .error]
        let condition = condition(rest["if"], "if")
        let otherwise = choice(rest["else"], "verdict", among: allowed)
        let verdict = choice(rest["verdict"], "verdict", among: allowed)
        guard let made else { return nil }
        return Step(
            number: number, name: verbs[0].key, verb: made, span: verbs[0].keySpan,
            source: chain.isEmpty ? nil : source,
            label: text(rest["label"], "label"), requirement: use, condition: condition, mark: mark,
            otherwise: otherwise, verdict: verdict, because: text(rest["because"], "because"))
    }
    mutating func verb(_ m: YAMLNode.Member, _ rest: Members = Members()) -> (any Verb)? {
        Verbs.named(m.key)?.load(WrittenStep(value: m.value, span: m.keySpan, modifiers: rest), by: &self)
    }

    // Actors, links and layers

    /// Returns the name of an actor that the harness plays, or of a node under test if `subject` is true.
    mutating func actor(_ node: YAMLNode?, subject: Bool) -> String? {
        guard let node, let name = text(node, "an actor") else { return nil }
        guard let role = actors[name] else {
            unknown(.unknownActor, "actor", name, actors.keys.sorted(), node.span)
            return nil
        }
        mentioned.insert(name)
        if subject != (role == .dut) {
            let wanted = subject ? "dut" : "ref"
            report(.unknownActor, "`\(name)` is \(role.rawValue), expected a \(wanted)", node.span)
            return nil
        }
        return aliases[name] ?? name
    }
    /// Returns the name of a link that earlier steps made.
    mutating func link(_ node: YAMLNode?) -> String? {
        guard let node, let name = text(node, "via") else { return nil }
        if !links.contains(own(name)) { unknown(.unknownLink, "link", name, links.sorted(), node.span) }
        return own(name)
    }
    /// Returns the name of a link that the step makes.
    mutating func newLink(_ node: YAMLNode?) -> String? {
        guard let node, let name = text(node, "as") else { return nil }
        links.insert(own(name))
        return own(name)
    }
    /// Returns the layers below the protocol; reports if it has none.
    mutating func layers(_ node: YAMLNode, _ what: String) -> [String]? {
        guard let definition else { return nil }
        // A protocol that is itself a layer does not count: its messages are used directly.
        let layers = definition.reading.layers?.layers.map(\.name).filter { $0 != definition.name } ?? []
        if !layers.isEmpty { return layers }
        report(
            .badValue,
            "\(definition.name) runs directly on \(definition.transport.rawValue): `\(what)` has no effect",
            node.span)
        return nil
    }
    /// Returns the name of a layer below the protocol, or of its transport if that is allowed.
    mutating func layer(_ node: YAMLNode?, _ what: String, orTransport: Bool) -> String? {
        guard let node, let definition, let layers = layers(node, what) else { return nil }
        return word(node, what, "layer", among: layers + (orTransport ? [definition.transport.rawValue] : []))
    }

    // Messages

    /// Returns the name and fields of a message; reports an unknown message. `orInner`: of one that another message
    /// carries as well.
    mutating func message(_ node: YAMLNode?, orInner: Bool = false) -> (name: String, fields: [FieldInfo])? {
        guard let node, let name = text(node, "msg") else { return nil }
        guard let definition else { return nil }
        guard let type = orInner ? definition.scenarioMessage(name) : definition.message(name) else {
            let inner = orInner ? definition.reading.inner?.kinds.map(\.type) ?? [] : []
            let known = (definition.messages + inner).map { $0.name.description }
            unknown(.unknownMessage, "message", name, known, node.span)
            return nil
        }
        return (name, library.fields[name] ?? type.describe())
    }

    // Requirements

    mutating func requirementUse(_ node: YAMLNode?) -> RequirementUse? {
        guard let node else { return nil }
        var idNode = node
        var level: Level?
        if case .mapping = node.content {
            guard let m = members(node, .requirementUse), let id = m["id"] else { return nil }
            idNode = id
            level = choice(m["level"], "level")
        }
        guard var id = text(idNode, "req") else { return nil }
        if id == Self.coveredWord, !chain.isEmpty {
            guard let covered else { return nil }
            id = covered
        }
        requirement(id, idNode.span)
        return RequirementUse(id: id, level: level, span: idNode.span)
    }
    /// Reports an unknown requirement. The list of the protocol applies unless another is given. Without a list,
    /// or if its file has errors of its own, nothing is checked.
    mutating func requirement(_ id: String, _ span: Span, of list: RequirementList? = nil) {
        guard let list = list ?? definition.flatMap({ library.requirements[$0.name] }), list.isComplete, list[id] == nil
        else { return }
        unknown(.unknownRequirement, "requirement", id, list.all.map(\.id), span)
    }
}
