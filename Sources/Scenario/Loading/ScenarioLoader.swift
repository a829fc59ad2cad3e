internal import Node
internal import Wire

extension Scenario {
    /// Loads a scenario file. With any error there is no scenario; all errors are told at once, in the file's order.
    public static func load(_ source: SourceFile, _ library: Library) -> (
        scenario: Scenario?, diagnostics: [Diagnostic]
    ) {
        let (root, problems) = YAMLTree.read(source)
        guard let root else { return (nil, problems) }
        var loader = Loader(source, library)
        loader.diagnostics = problems
        let made = loader.scenario(root)
        let all = loader.sorted
        return (all.contains { $0.severity == .error } ? nil : made, all)
    }
}

extension Loader {
    mutating func scenario(_ root: YAMLNode) -> Scenario? {
        version(root, "meshspec")
        guard let m = members(root, .scenario) else { return nil }
        if let node = m["protocol"], let name = text(node, "protocol") {
            definition = library.definition(name)
            if definition == nil {
                unknown(.unknownProtocol, "protocol", name, library.definitions.map(\.name), node.span)
            }
        }
        let id = text(m["id"], "id")
        let title = text(m["title"], "title")
        let covers = texts(m["covers"], "covers")
        for c in covers { requirement(c.text, c.span) }
        if let node = m["covers"], covers.isEmpty {
            report(.missingKey, "covers names at least one requirement", head(node))
        }
        let profiles = texts(m["profiles"], "profiles")
        if let known = definition?.profiles.map(\.name) {
            for p in profiles where !known.contains(p.text) {
                unknown(.unknownProfile, "profile", p.text, known, p.span)
            }
        }
        let needs = needs(m["needs"])
        let tags = texts(m["tags"], "tags").map(\.text)
        let actors = actorList(m["actors"])
        let defaults = list(m["defaults"], "defaults").compactMap { defaultEntry($0) }
        let steps = steps(m["steps"], "steps")
        if let node = m["steps"], steps.isEmpty, case .sequence(let items) = node.content, items.isEmpty {
            report(.missingKey, "a scenario without steps proves nothing", head(node))
        }
        let cleanup = self.steps(m["cleanup"], "cleanup")
        resolveNames()
        unproven(covers, steps)
        guard let id, let title, let definition else { return nil }
        return Scenario(
            id: id, title: title, protocolName: definition.name, summary: text(m["doc"], "doc") ?? "",
            covers: covers.map(\.text), tags: tags, profiles: profiles.map(\.text), source: source,
            needsText: needs?.text, needs: needs, actors: actors, defaults: defaults, steps: steps, cleanup: cleanup)
    }
    mutating func needs(_ node: YAMLNode?) -> Expression? {
        let before = uses.count
        let e = condition(node, "needs", bare: true)
        // Its names are capabilities, not values.
        let mine = uses[before...]
        uses.removeSubrange(before...)
        for u in mine { capability(u.name, u.span) }
        guard let e, let node, let definition else { return e }
        // What cannot be worked out would skip the case for every node.
        for value in [true, false] {
            var scope = Scope()
            for c in definition.capabilities { scope.names[c.name] = .bool(value) }
            for u in mine where scope.names[u.name] == nil { scope.names[u.name] = .bool(value) }
            do throws(EvaluationError) {
                if case .bool = try Evaluator.evaluate(e, in: scope) { continue }
                report(.badValue, "needs comes to true or false", node.span)
            } catch {
                report(.badValue, "needs cannot be worked out: \(error.message)", error.span)
            }
            break
        }
        return e
    }
    mutating func actorList(_ node: YAMLNode?) -> [Scenario.Actor] {
        guard let node else { return [] }
        guard case .mapping(let all) = node.content else {
            report(.wrongShape, "actors are a map, this is \(node.shape)", node.span)
            return []
        }
        var out: [Scenario.Actor] = []
        for a in all {
            guard let m = members(a.value, .actor) else { continue }
            let role = text(m["role"], "role")
            if let role, role != "ref", role != "dut", let span = m["role"]?.span {
                unknown(.badValue, "role", role, ["ref", "dut"], span)
            }
            actors[a.key] = role == "dut"
            names.insert(a.key)
            if role == "dut", let k = m["key"] { report(.unknownKey, "the node under test has its own key", k.span) }
            out.append(
                Scenario.Actor(
                    name: a.key, isSubject: role == "dut", key: m["key"].map { template($0) }, span: a.keySpan))
        }
        if out.filter(\.isSubject).count != 1 {
            report(.unknownActor, "exactly one actor has the role dut", head(node))
        }
        return out
    }
    mutating func defaultEntry(_ node: YAMLNode) -> Scenario.Default? {
        guard let m = members(node, .default) else { return nil }
        guard m.count == 1, let (key, inner) = m.first else {
            report(.verbs, "a default is one of `ignore` and `forbid`", head(node))
            return nil
        }
        guard let r = members(inner, .record), let (what, span) = what(r, inner), case .message(let name, let p) = what
        else { return nil }
        return Scenario.Default(message: name, pattern: p, isForbidden: key == "forbid", span: span)
    }
    /// Looks up the names that expressions use, now that all that define some have been read.
    mutating func resolveNames() {
        let constants =
            definition.flatMap { d in
                (try? d.settings()).map { d.constants($0).map(\.key) + d.durations($0).map(\.name) }
            } ?? []
        let known = names.union(constants)
        for u in uses where !known.contains(u.name) {
            unknown(.unknownName, "name", u.name, known.sorted(), u.span)
        }
    }
    /// A requirement that is covered must be claimed by a step: else the case could not fail for it.
    mutating func unproven(_ covers: [(text: String, span: Span)], _ steps: [Step]) {
        var claimed: Set<String> = []
        func walk(_ steps: [Step]) {
            for s in steps {
                if let r = s.requirement { claimed.insert(r.id) }
                guard case .alt(let branches) = s.verb else { continue }
                for b in branches {
                    if let r = b.requirement { claimed.insert(r.id) }
                    walk(b.steps)
                }
            }
        }
        walk(steps)
        guard !diagnostics.contains(where: { $0.severity == .error }) else { return }
        for c in covers where !claimed.contains(c.text) {
            report(.unprovenRequirement, "no step proves `\(c.text)`: give one `req: \(c.text)`", c.span)
        }
    }
}
