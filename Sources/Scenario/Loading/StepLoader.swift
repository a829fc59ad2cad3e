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
            if Schema.verbs.contains(where: { $0.name == m.key }) {
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
        for (key, only) in [("join", "par"), ("with", "use")] where verbs[0].key != only {
            if let node = rest[key] { report(.unknownKey, "`\(key)` needs `\(only)`", node.span) }
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
    mutating func verb(_ m: YAMLNode.Member, _ rest: Members = Members()) -> Verb? {
        switch m.key {
        case "open": open(m.value)
        case "accept": accept(m.value)
        case "send": send(m.value).map { .send($0) }
        case "build": build(m.value)
        case "expect": expectation(m.value, .expect, m.keySpan).map { .expect($0) }
        case "never": never(m.value, m.keySpan)
        case "alt": alternatives(m.value, m.keySpan)
        case "par": parallel(m.value, rest["join"])
        case "close": close(m.value)
        case "let": assign(m.value)
        case "assert": condition(m.value, "assert").map { .assert($0) }
        case "poll": poll(m.value)
        case "fault": fault(m.value)
        case "heal": text(m.value, "heal").map { .heal($0) }
        case "refuse": listener(m.value).map { .refuse(at: $0) }
        case "listen": listener(m.value).map { .listen(at: $0) }
        case "dut": control(m.value)
        case "use": use(m.value, rest["with"])
        case "repeat": repetition(m.value)
        default: time(m.value, "wait").map { .wait($0) }
        }
    }
    mutating func assign(_ node: YAMLNode) -> Verb? {
        guard let all = entries(node, "let", of: " of names") else { return nil }
        return .assign(
            all.map { m in
                names.insert(m.key)
                captures.append((m.key, m.keySpan))
                return Template.Member(key: own(m.key), value: untyped(m.value), span: m.keySpan)
            })
    }

    // Messages

    /// Returns the name and fields of a message; reports an unknown message.
    mutating func message(_ node: YAMLNode?) -> (name: String, fields: [FieldInfo])? {
        guard let node, let name = text(node, "msg") else { return nil }
        guard let definition else { return nil }
        guard let type = definition.message(name) else {
            unknown(.unknownMessage, "message", name, definition.messages.map { $0.name.description }, node.span)
            return nil
        }
        return (name, library.fields[name] ?? type.describe())
    }
    mutating func send(_ node: YAMLNode) -> Send? {
        guard let m = members(node, .send) else { return nil }
        let link = link(m["via"])
        var parts: [Send.Part] = []
        let forms = ["msg", "raw", "all"].filter { m[$0] != nil }
        if let all = m["all"] {
            parts = list(all, "all").compactMap { item in members(item, .part).flatMap { part($0, item) } }
        } else if forms.count == 1, let p = part(m, node) {
            parts.append(p)
        }
        let chop = number(m["chop"], "chop", 1...65536)
        if let node = m["chop"], definition?.transport == .udp {
            report(
                .badValue, "a datagram cannot arrive in pieces: `chop` is for protocols over TCP", node.span,
                definition?.datagrams == nil ? "" : "`limit` sets the size of datagrams")
        }
        let every = time(m["every"], "every")
        let limit = limit(m["limit"])
        return link.map { Send(link: $0, parts: parts, chop: chop, every: every, limit: limit) }
    }
    mutating func build(_ node: YAMLNode) -> Verb? {
        guard let m = members(node, .build) else { return nil }
        let name = newName(m["as"], "as")
        let limit = limit(m["limit"])
        guard let name, let part = part(m, node) else { return nil }
        return .build(Build(name: name, part: part, limit: limit))
    }
    /// Reads the maximum size of datagrams, for protocols in which a message can take several.
    mutating func limit(_ node: YAMLNode?) -> Template? {
        guard let node else { return nil }
        guard let definition else { return untyped(node) }
        guard let rules = definition.datagrams else {
            report(
                .badValue, "no message of \(definition.name) takes several datagrams: `limit` has no effect", node.span)
            return nil
        }
        let made = untyped(node)
        if case .constant(let v) = made, !(v.integer.map { rules.limits.contains(Int(clamping: $0)) } ?? false) {
            report(
                .badValue, "`limit` is a number of bytes from \(rules.limits.lowerBound) to \(rules.limits.upperBound)",
                node.span)
        }
        return made
    }
    mutating func part(_ m: Members, _ node: YAMLNode) -> Send.Part? {
        let above = layer(m["above"], "above", orTransport: false)
        if let raw = m["raw"] {
            if case .sequence(let items) = raw.content {
                return .raw(.list(items.map { leaf($0, .bytes(count: nil), "raw") }), above: above, raw.span)
            }
            return .raw(leaf(raw, .bytes(count: nil), "raw"), above: above, raw.span)
        }
        guard let (name, known) = message(m["msg"]) else {
            // Reports mistakes in the expressions nevertheless.
            if let f = m["fields"] { _ = template(f) }
            return nil
        }
        let span = m["msg"]?.span ?? node.span
        if let fields = m["fields"], let type = definition?.message(name) { conditions(fields, known, type) }
        return .message(name, m["fields"].map { fields($0, known, name) } ?? .map([]), span)
    }
    /// Reports a field that only some forms of the message have, if no given field selects such a form.
    private mutating func conditions(_ given: YAMLNode, _ known: [FieldInfo], _ type: any Message.Type) {
        for m in given.members where known.contains(where: { $0.name == m.key && $0.isConditional }) {
            let wanted = type.conditions(of: m.key)
            let isThere = wanted.contains { w in
                guard case .scalar(let s, _)? = given[w.key]?.content else { return false }
                return s.hasExpression || type.has(m.key, beside: [Value.Entry(w.key, .text(s))])
            }
            guard !wanted.isEmpty, !isThere else { continue }
            let what = wanted.map { "`\($0.key)` is \($0.value)" }.joined(separator: " or ")
            let write = wanted.map { "`\($0.key): \($0.value)`" }.joined(separator: " or ")
            report(
                .badValue, "`\(m.key)` of \(type.name) exists only if \(what)", m.keySpan, "write \(write) as well"
            )
        }
    }
    /// Returns the record that `msg`, `event` and `fields` describe.
    mutating func what(_ m: Members, _ node: YAMLNode) -> (Expectation.What, Span)? {
        if let event = m["event"] {
            return word(event, "event", among: ["closed"]).map { _ in (.closed, event.span) }
        }
        if let raw = m["raw"] {
            return (.raw(leaf(raw, .bytes(count: nil), "raw")), raw.span)
        }
        guard let msg = m["msg"] else { return nil }
        if case .scalar("any", _) = msg.content {
            if let f = m["fields"] { report(.unknownKey, "`fields` needs `msg` with the name of a message", f.span) }
            return (.message(nil, nil), msg.span)
        }
        guard let (name, known) = message(msg) else { return nil }
        return (.message(name, m["fields"].map { pattern($0, known, name) }), msg.span)
    }
    mutating func expectation(_ node: YAMLNode, _ shape: Schema, _ span: Span) -> Expectation? {
        guard let m = members(node, shape, at: span) else { return nil }
        let link = link(m["via"])
        let what = what(m, node)
        let within = time(m["within"], "within")
        let window = window(m["window"])
        let lasting = time(m["for"], "for")
        let since = since(m["since"])
        let anyOrder = word(m["order"], "order", among: ["any", "strict"]) == "any"
        guard let link, let what else { return nil }
        return Expectation(
            link: link, what: what.0, whatSpan: what.1, within: within, window: window, lasting: lasting,
            since: since, anyOrder: anyOrder, count: number(m["count"], "count", 1...100_000) ?? 1,
            level: what.0.message.map { definition?.level(of: $0) ?? 0 } ?? 0)
    }
    /// Returns the mark that times count from.
    mutating func since(_ node: YAMLNode?) -> String? {
        guard let node, let name = text(node, "since") else { return nil }
        uses.append((name, node.span))
        return own(name)
    }
    mutating func never(_ node: YAMLNode, _ span: Span) -> Verb? {
        guard node["at"] != nil else { return expectation(node, .never, span).map { .never($0) } }
        guard let m = members(node, .never, at: span), let event = m["event"] else { return nil }
        _ = word(event, "event", among: ["opened"])
        let at = actor(m["at"], subject: false)
        let lasting = time(m["for"], "for")
        let since = since(m["since"])
        guard let at, let lasting else { return nil }
        return .neverDialed(at: at, lasting: lasting, since: since)
    }
    mutating func alternatives(_ node: YAMLNode, _ span: Span) -> Verb? {
        let items = list(node, "alt")
        if items.isEmpty { report(.alternatives, "alt needs branches", span) }
        var out: [Branch] = []
        for (i, item) in items.enumerated() {
            guard !reportsOtherVerb(item), let m = members(item, .branch) else { continue }
            guard (m["expect"] == nil) != (m["timeout"] == nil) else { continue }
            var trigger: Branch.Trigger?
            if let e = m["expect"] {
                trigger = expectation(e, .expectInAlt, head(item)).map { .expect($0) }
            } else {
                if i != items.count - 1 { report(.alternatives, "`timeout` must be the last branch", head(item)) }
                trigger = time(m["timeout"], "timeout").map { .timeout($0) }
            }
            let inner = steps(m["do"], "do")
            let verdict = choice(m["verdict"], "verdict", among: [Verdict.pass, .warn, .inconc, .fail, .error])
            let use = requirementUse(m["req"])
            guard let trigger else { continue }
            out.append(
                Branch(
                    trigger: trigger, span: item.span, steps: inner, verdict: verdict, requirement: use,
                    because: text(m["because"], "because")))
        }
        let hasEnd = items.contains {
            $0["timeout"] != nil || $0["expect"]?["within"] != nil || $0["expect"]?["window"] != nil
        }
        if !hasEnd, !out.isEmpty, out.count == items.count {
            report(
                .timing,
                "`alt` needs `within`, `window` or `timeout` in a branch: without an end it could wait for ever", span)
        }
        return .alt(out)
    }
    /// Reports a branch of `alt` that has another verb than `expect`. Returns false if it has none.
    private mutating func reportsOtherVerb(_ branch: YAMLNode) -> Bool {
        guard case .mapping(let all) = branch.content, branch["expect"] == nil, branch["timeout"] == nil,
            let other = all.first(where: { m in Schema.verbs.contains { $0.name == m.key } })
        else { return false }
        report(
            .alternatives,
            "a branch of `alt` cannot wait with `\(other.key)`, only with `expect` or `timeout`; `par` can",
            other.keySpan, "use `par` with `join: any`")
        return true
    }
    mutating func requirementUse(_ node: YAMLNode?) -> RequirementUse? {
        guard let node else { return nil }
        var idNode = node
        var level: Level?
        if case .mapping = node.content {
            guard let m = members(node, .requirementUse), let id = m["id"] else { return nil }
            idNode = id
            level = choice(m["level"], "level")
        }
        guard let id = text(idNode, "req") else { return nil }
        requirement(id, idNode.span)
        return RequirementUse(id: id, level: level, span: idNode.span)
    }
    /// Reports an unknown requirement. The list of the protocol applies unless another is given. Without a list,
    /// nothing is checked.
    mutating func requirement(_ id: String, _ span: Span, of list: RequirementList? = nil) {
        guard let list = list ?? definition.flatMap({ library.requirements[$0.name] }), list[id] == nil else { return }
        unknown(.unknownRequirement, "requirement", id, list.all.map(\.id), span)
    }
}
