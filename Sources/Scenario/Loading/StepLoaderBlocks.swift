internal import Node
internal import Wire

/// Steps that hold other steps, disturb links or act on the node.
extension Loader {
    mutating func parallel(_ node: YAMLNode, _ join: YAMLNode?) -> Verb? {
        guard case .mapping(let all) = node.content else {
            report(.wrongShape, "par is a map of branches, this is \(node.shape)", node.span)
            return nil
        }
        if all.isEmpty { report(.missingKey, "par needs branches", head(node)) }
        var any = false
        if let join, let s = text(join, "join") {
            any = s == "any"
            if s != "any", s != "all" { unknown(.badValue, "join", s, ["all", "any"], join.span) }
        }
        return .par(all.map { ($0.key, steps($0.value, "a branch of par")) }, joinsAny: any)
    }
    mutating func poll(_ node: YAMLNode) -> Verb? {
        guard let m = members(node, .poll) else { return nil }
        let every = time(m["every"], "every")
        let within = time(m["within"], "within")
        guard let until = condition(m["until"], "until"), let every, let within else { return nil }
        return .poll(every: every, within: within, until: until)
    }
    mutating func repetition(_ node: YAMLNode) -> Verb? {
        guard let m = members(node, .repeat) else { return nil }
        let name = text(m["as"], "as")
        if let name { names.insert(name) }
        let times = m["times"].map { untyped($0) }
        let inner = steps(m["do"], "do")
        guard let times else { return nil }
        return .repeat(times: times, name: name, steps: inner)
    }
    mutating func control(_ node: YAMLNode) -> Verb? {
        guard let m = members(node, .dut), case .mapping(let all) = node.content, let name = text(m["do"], "do") else {
            return nil
        }
        let arguments = all.filter { $0.key != "do" }.map { a in
            Template.Member(key: a.key, value: untyped(a.value), span: a.keySpan)
        }
        return .dut(name, arguments)
    }

    // Fragments

    mutating func use(_ node: YAMLNode, _ with: YAMLNode?) -> Verb? {
        guard let name = text(node, "use") else { return nil }
        guard depth < 8 else {
            report(.tooDeep, "fragments use each other more than 8 deep: `\(name)`", node.span)
            return nil
        }
        guard let file = library.file(name, source.name) else {
            report(.fragment, "the fragment `\(name)` cannot be read", node.span, "from \(source.name)")
            return nil
        }
        var given: [YAMLNode.Member] = []
        if let with {
            if case .mapping(let all) = with.content {
                given = all
            } else {
                report(.wrongShape, "with is a map, this is \(with.shape)", with.span)
            }
        }
        let (root, problems) = YAMLTree.read(file)
        guard let root else {
            diagnostics += problems
            return nil
        }
        var inner = Loader(file, library)
        inner.definition = definition
        inner.depth = depth + 1
        inner.links = links
        inner.diagnostics = problems
        let made = inner.fragment(root, given, self)
        diagnostics += inner.diagnostics
        links.formUnion(inner.links)
        names.formUnion(inner.names)
        let known = Set(made.names)
        for g in given where !known.contains(g.key) {
            unknown(.unknownKey, "name of the fragment `\(name)`", g.key, made.names, g.keySpan)
        }
        // What is given is worked out in the scenario's own terms, before the fragment's steps.
        let bindings = given.filter { made.parameters.contains($0.key) }.map { g in
            Template.Member(key: g.key, value: untyped(g.value), span: g.keySpan)
        }
        let prelude = bindings.isEmpty ? [] : [Step(verb: .assign(bindings), span: node.span)]
        return .use(name, made.presets + prelude + made.steps)
    }
    /// A fragment: its steps with actors renamed, and what it can be given.
    mutating func fragment(
        _ root: YAMLNode, _ given: [YAMLNode.Member], _ user: Loader
    ) -> (steps: [Step], presets: [Step], names: [String], parameters: [String]) {
        version(root, "meshspec-fragment")
        guard let m = members(root, .fragment) else { return ([], [], [], []) }
        let list = actorList(m["actors"], isFragment: true)
        for a in list {
            let node = given.first { $0.key == a.name }?.value
            var outer = a.name
            if let node, let s = text(node, a.name) { outer = s }
            guard let role = user.actors[outer] else {
                unknown(.unknownActor, "actor", outer, user.actors.keys.sorted(), node?.span ?? a.span)
                continue
            }
            aliases[a.name] = user.aliases[outer] ?? outer
            actors[a.name] = role
        }
        let parameters = parameters(m["params"])
        let steps = steps(m["steps"], "steps")
        resolveNames()
        // Actors go by their names in the fragment, too; parameters begin with their defaults.
        var presets: [Template.Member] = parameters.map { p in
            Template.Member(key: p.name, value: p.preset.template, span: p.span)
        }
        for (inner, outer) in aliases.sorted(by: { $0.key < $1.key }) where inner != outer {
            let e = Expression(text: outer, places: [], root: .name(outer, at: 0))
            presets.append(Template.Member(key: inner, value: .expression(e), span: .top))
        }
        let prelude = presets.isEmpty ? [] : [Step(verb: .assign(presets), span: .top)]
        return (steps, prelude, list.map(\.name) + parameters.map(\.name), parameters.map(\.name))
    }
}

extension Term {
    /// As a value that is written down.
    var template: Template {
        if case .duration(let d) = self { return .time(d) }
        return .constant(value ?? .null)
    }
}
