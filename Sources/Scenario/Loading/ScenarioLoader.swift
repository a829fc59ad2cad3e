internal import Node
internal import Wire

extension Scenario {
    /// Loads a scenario file. If there is any error, it returns no scenario. It reports all errors, in the order of the
    /// file.
    public static func load(_ source: SourceFile, _ library: Library) -> (
        scenario: Scenario?, diagnostics: [Diagnostic]
    ) {
        Loader.load(source, library) { loader, root in
            let made = loader.scenario(root)
            if let made, !loader.hasErrors { loader.lint(made) }
            return made
        }
    }
}

extension Loader {
    mutating func scenario(_ root: YAMLNode) -> Scenario? {
        version(root, "meshspec")
        guard let m = members(root, .scenario) else { return nil }
        definition = protocolNamed(m["protocol"])
        suite = m["suite"].flatMap { suiteFile($0) }
        let id = text(m["id"], "id")
        let title = text(m["title"], "title")
        let covers = texts(m["covers"], "covers")
        for c in covers { requirement(c.text, c.span) }
        covered = covers.first?.text
        if let node = m["covers"], covers.isEmpty {
            report(.missingKey, "covers names at least one requirement", head(node))
        }
        let profiles = texts(m["profiles"], "profiles")
        if let known = definition?.configuration.profiles.map(\.name) {
            for p in profiles where !known.contains(p.text) {
                unknown(.unknownProfile, "profile", p.text, known, p.span)
            }
        }
        let needs = needs(m["needs"])
        let parameters = parameters(m["params"])
        let vectors = vectors(m["vectors"])
        let budget = time(m["budget"], "budget")
        let tags = texts(m["tags"], "tags").map(\.text)
        let recorded = recorded(m["recorded"], id ?? "")
        let own = actorList(m["actors"])
        let cast = suite?.actors ?? []
        adopt(cast, except: own)
        let defaults =
            m["defaults"] == nil
            ? suite?.defaults ?? [] : list(m["defaults"], "defaults").compactMap { defaultEntry($0) }
        let steps = steps(m["steps"], "steps")
        if let node = m["steps"], steps.isEmpty, case .sequence(let items) = node.content, items.isEmpty {
            report(.missingKey, "a scenario without steps proves nothing", head(node))
        }
        let cleanup = self.steps(m["cleanup"], "cleanup")
        resolveNames()
        let actors = participants(own, cast, m["actors"] ?? root)
        unproven(covers, steps)
        guard let id, let title, let definition else { return nil }
        return Scenario(
            id: id, title: title, protocolName: definition.name, summary: text(m["doc"], "doc") ?? "",
            covers: covers.map(\.text), tags: tags, profiles: profiles.map(\.text), source: source,
            needsText: needs?.text, serial: text(m["serial"], "serial"),
            isAlone: flag(m["alone"], "alone") ?? false, isFresh: flag(m["fresh"], "fresh") ?? false,
            parameters: parameters,
            secrets: secrets.union(parameters.filter(\.isSecret).map(\.name)), needs: needs, budget: budget,
            vectors: vectors, actors: actors, defaults: defaults, steps: steps, cleanup: cleanup,
            fragments: used, recorded: recorded)
    }
    /// Returns the actors of the scenario, and each actor of its suite that it names. An actor that the scenario
    /// describes anew keeps its place in the suite, because the first node is the one at the address of the target.
    private mutating func participants(
        _ own: [Scenario.Actor], _ cast: [Scenario.Actor], _ node: YAMLNode
    ) -> [Scenario.Actor] {
        let shared = cast.compactMap { a in
            own.first { $0.name == a.name } ?? (mentioned.contains(a.name) ? a : nil)
        }
        let all = shared + own.filter { a in !cast.contains { $0.name == a.name } }
        if all.contains(where: \.isSubject) { return all }
        guard let node = cast.first(where: \.isSubject) else {
            report(.unknownActor, "no actor has the role dut, so there is no node to judge", head(node))
            return all
        }
        return all + [node]
    }
    mutating func recorded(_ node: YAMLNode?, _ id: String) -> RecordedScenario? {
        guard let node, let m = members(node, .recorded), let from = text(m["from"], "from") else { return nil }
        let profile = text(m["profile"], "profile")
        if let profile, let node = m["profile"], let known = definition?.configuration.profiles.map(\.name),
            !known.contains(profile)
        {
            unknown(.unknownProfile, "profile", profile, known, node.span)
        }
        let parameters = table(m["params"], "params")
        if let definition {
            for (key, value) in parameters {
                do { _ = try definition.settings(profile: nil, [key: value]) } catch {
                    report(.badValue, "params: \(error)", m["params"]?.span ?? node.span)
                }
            }
        }
        let differences = list(m["differs"], "differs").compactMap { item -> Baseline.Entry? in
            guard let e = members(item, .recordedDifference), let requirement = text(e["requirement"], "requirement"),
                let reason = text(e["reason"], "reason"), let note = text(e["note"], "note")
            else { return nil }
            return Baseline.Entry(id: id, requirement: requirement, reason: reason, note: note)
        }
        var out = RecordedScenario(capture: from)
        (out.profile, out.parameters, out.differences) = (profile, parameters, differences)
        out.skip = text(m["skip"], "skip")
        return out
    }
    mutating func needs(_ node: YAMLNode?) -> Expression? {
        let before = uses.count
        let e = condition(node, "needs", ofCapabilities: true)
        // The names in `needs` are capabilities, not values.
        uses.removeSubrange(before...)
        guard let e else { return nil }
        let (capabilities, isOfNames) = e.capabilities
        for (name, at) in capabilities { capability(name, e.span(at, name.count)) }
        if !isOfNames, let node {
            report(.badValue, "`needs` is an expression of capabilities with && || ! and parentheses", node.span)
        }
        return e
    }
    /// Returns the actors of a scenario, or those that a fragment or suite shares between scenarios.
    mutating func actorList(_ node: YAMLNode?, isShared: Bool = false) -> [Scenario.Actor] {
        guard let node, let all = entries(node, "actors") else { return [] }
        var out: [Scenario.Actor] = []
        for a in all {
            guard let m = members(a.value, .actor) else { continue }
            let role: Scenario.Role = choice(m["role"], "role") ?? .ref
            actors[a.key] = role
            names.insert(a.key)
            let kind = text(m["kind"], "kind")
            if let kind, let known = definition?.reference.kinds.map(\.name), !known.isEmpty, !known.contains(kind) {
                unknown(.badValue, "kind of \(definition?.name ?? "node")", kind, known, m["kind"]?.span ?? a.keySpan)
            }
            if role == .dut, let k = m["key"] { report(.unknownKey, "the node under test has its own key", k.span) }
            let refuses = flag(m["refuses"], "refuses") ?? false
            if let r = m["refuses"], role == .dut || definition?.transport == .udp {
                report(.unknownKey, "`refuses` is for actors of the harness that listen over TCP", r.span)
            }
            let count = number(m["count"], "count", 2...1000)
            if role == .dut || isShared, let c = m["count"] {
                report(.unknownKey, "`count` is for actors that the harness plays, in a scenario", c.span)
            }
            let before = uses.count
            if count != nil { renamed[Scenario.Actor.numberName] = Scenario.Actor.ownNumberName }
            var actor = Scenario.Actor(
                name: a.key, role: role, key: m["key"].map { template($0) }, identity: m["id"].map { template($0) },
                kind: kind, needs: needs(m["needs"]), isTold: flag(m["told"], "told") ?? true,
                listens: m["told"] != nil || refuses, refuses: refuses, listen: address(m["listen"]),
                span: a.keySpan)
            guard let count else {
                out.append(actor)
                continue
            }
            renamed[Scenario.Actor.numberName] = nil
            uses.replaceSubrange(before..., with: uses[before...].filter { $0.name != Scenario.Actor.numberName })
            crowds[a.key] = Crowd(count: count)
            for number in 1...count {
                actor.name = Crowd.name(a.key, number)
                actor.number = number
                actors[actor.name] = role
                out.append(actor)
            }
        }
        return out
    }
    /// Reads an IP address. The port is 0 if the text has none.
    mutating func address(_ node: YAMLNode?) -> Endpoint? {
        guard let node, let text = text(node, "listen") else { return nil }
        // An IPv6 address has more than one colon. If it is in brackets, a port can follow it.
        let colons = text.filter { $0 == ":" }.count
        let isV6 = colons > 1 && !text.hasPrefix("[")
        if let e = Endpoint(host: isV6 ? "[\(text)]" : text, port: 0) ?? Endpoint(text) { return e }
        report(.badValue, "`listen` is an IP address, or one with a port, this is `\(text)`", node.span)
        return nil
    }
    mutating func defaultEntry(_ node: YAMLNode) -> Scenario.Default? {
        guard let m = members(node, .default) else { return nil }
        let actions = ["ignore", "forbid", "reply"].filter { m[$0] != nil }
        guard actions.count == 1, let inner = m[actions[0]] else { return nil }
        guard let r = members(inner, .record), let (what, span) = what(r, inner), case .message(let name, let p) = what
        else { return nil }
        var answer: SendVerb.Part?
        if let with = m["with"] {
            answer = members(with, SendVerb.Part.schema).flatMap { part($0, with) }
        }
        let action: Scenario.Default.Action =
            actions[0] == "ignore" ? .ignore : actions[0] == "forbid" ? .forbid : .reply(answer)
        return Scenario.Default(message: name, pattern: p, action: action, span: span)
    }
    mutating func parameters(_ node: YAMLNode?) -> [ScenarioParameter] {
        (entries(node, "params") ?? []).compactMap { parameter($0) }
    }
    mutating func parameter(_ p: YAMLNode.Member) -> ScenarioParameter? {
        guard let m = members(p.value, .parameter) else { return nil }
        names.insert(p.key)
        guard let type: ScenarioParameter.Kind = choice(m["type"], "type") else { return nil }
        func term(_ l: inout Loader, _ key: String, _ kind: ScenarioParameter.Kind) -> Term? {
            guard let node = m[key], let s = l.text(node, key) else { return nil }
            if let t = kind.term(s) { return t }
            l.report(.badValue, "`\(key)` is \(kind.wanted), this is `\(s)`", node.span)
            return nil
        }
        // The limits of text and bytes apply to their length.
        let limit: ScenarioParameter.Kind = [.text, .string, .bytes].contains(type) ? .int : type
        let least = term(&self, "min", limit)
        let most = term(&self, "max", limit)
        guard let preset = term(&self, "default", type) else { return nil }
        let made = ScenarioParameter(
            name: p.key, type: type, isSecret: flag(m["secret"], "secret") ?? false,
            summary: text(m["doc"], "doc") ?? "",
            preset: preset, least: least, most: most, span: p.keySpan)
        if let why = made.refusal(preset), let node = m["default"] { report(.badValue, "default: \(why)", node.span) }
        return made
    }
    mutating func vectors(_ node: YAMLNode?) -> [Scenario.Vector] {
        var out: [Scenario.Vector] = []
        var seen: Set<String> = []
        for item in list(node, "vectors") {
            guard let m = members(item, .vector), let name = text(m["name"], "name") else { continue }
            if !seen.insert(name).inserted, let span = m["name"]?.span {
                report(.duplicateID, "two vectors are called `\(name)`", span)
            }
            let values = item.members.filter { $0.key != "name" }.map { v in
                Template.Member(key: v.key, value: untyped(v.value), span: v.keySpan)
            }
            for v in values { names.insert(v.key) }
            out.append(Scenario.Vector(name: name, values: values))
        }
        return out
    }
    /// Looks up the names that expressions use, after everything that defines names has been read.
    mutating func resolveNames() {
        let constants = definition.flatMap { library.constants[$0.name] } ?? []
        for u in uses {
            mentioned.insert(u.name)
            guard !names.contains(u.name), !constants.contains(u.name), !links.contains(u.name) else { continue }
            unknown(.unknownName, "name", u.name, names.union(constants).union(links).sorted(), u.span)
        }
    }
    /// Reports a covered requirement that no step claims, because the case could not fail for it.
    mutating func unproven(_ covers: [(text: String, span: Span)], _ steps: [Step]) {
        guard !hasErrors else { return }
        let claims = steps.claims
        for c in covers where !claims.contains(c.text) {
            report(.unprovenRequirement, "no step proves `\(c.text)`: give one `req: \(c.text)`", c.span)
        }
        for c in covers where claims.contains(c.text) && !steps.canBreak(c.text) {
            report(
                .unprovenRequirement,
                "no step can break `\(c.text)`: each that proves it says `else: inconc` or `else: pass`", c.span,
                severity: .warning)
        }
    }
}

extension [Step] {
    /// Returns whether a step or branch can lead to a failure or a warning about a requirement that it claims.
    fileprivate func canBreak(_ id: String) -> Bool {
        func isBad(_ v: Verdict?) -> Bool { v == .fail || v == .warn }
        return flattened.contains { step in
            if case .alternatives(let branches) = step.verb.blocks,
                branches.contains(where: { $0.requirement?.id == id })
            {
                return true
            }
            guard step.requirement?.id == id else { return false }
            return step.otherwise == nil || isBad(step.otherwise) || isBad(step.verdict)
        }
    }
}
