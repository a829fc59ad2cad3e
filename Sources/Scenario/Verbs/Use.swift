internal import Node
internal import Wire

/// `use`: the steps of another file, a fragment.
struct UseVerb: NamedVerb {
    static let key = Key("use", .text, "steps of another file")
    static let modifiers = [Key("with", .map(.value), "for use: actors and parameters of the fragment")]
    /// The name of the file, as the scenario gives it.
    var file: String
    var steps: [Step]

    static func load(_ step: WrittenStep, by loader: inout Loader) -> (any Verb)? {
        loader.use(step.value, with: step.modifiers["with"])
    }
    var text: String { "use \(file)" }
    var blocks: Blocks { .sequence(steps, isCertain: true) }

    func start(_ step: Step, in run: CaseRun) { run.enter(steps, mark: step.mark) }
}

extension Loader {
    /// The maximum number of fragments in one scenario, including fragments used by fragments.
    private static let maximumFragments = 1000

    fileprivate mutating func use(_ node: YAMLNode, with: YAMLNode?) -> UseVerb? {
        guard let name = text(node, "use") else { return nil }
        guard chain.count < 8 else {
            report(.tooDeep, "fragments use each other more than 8 deep: `\(name)`", node.span)
            return nil
        }
        fragments += 1
        guard fragments <= Self.maximumFragments else {
            if fragments == Self.maximumFragments + 1 {
                report(.tooManyNodes, "more than \(Self.maximumFragments) fragments in one scenario", node.span)
            }
            return nil
        }
        guard let file = library.file(name, source.name) else {
            report(.fragment, "the fragment `\(name)` cannot be read", node.span, "from \(source.name)")
            return nil
        }
        let known = library.fragments[file]
        guard known != nil || file.isFragment else {
            // The report quotes no text of the file: the scenario may be from another person, and the file may be
            // secret.
            report(
                .fragment, "`\(name)` is not a fragment", node.span,
                "the first key of a fragment is `meshspec-fragment: 1`")
            return nil
        }
        guard !chain.contains(file.name) else {
            report(
                .fragment, "the fragment `\(name)` uses itself", node.span,
                (chain + [file.name]).joined(separator: " > "))
            return nil
        }
        let given = entries(with, "with") ?? []
        let (root, problems) = known.map { ($0.root, []) } ?? YAMLTree.read(file)
        guard let root else {
            diagnostics += problems
            return nil
        }
        let places = known?.places ?? ScalarPositions(file)
        if known == nil, problems.isEmpty { library.fragments[file] = FragmentTree(root: root, places: places) }
        var inner = Loader(file, library, places)
        inner.definition = definition
        inner.chain = chain + [file.name]
        inner.covered = covered
        inner.fragments = fragments
        inner.lastNumber = lastNumber
        inner.links = links
        inner.diagnostics = problems
        let made = inner.fragment(root, given: given, user: &self)
        diagnostics += inner.diagnostics
        links.formUnion(inner.links)
        names.formUnion(inner.names.subtracting(made.renamed))
        secrets.formUnion(inner.secrets)
        fragments = inner.fragments
        let header = lastNumber + 1
        lastNumber = inner.lastNumber
        for f in [Scenario.Fragment(name: name, user: source.name, source: file)] + inner.used
        where !used.contains(where: { $0.name == f.name && $0.user == f.user }) {
            used.append(f)
        }
        for g in given where !made.names.contains(g.key) {
            unknown(.unknownKey, "name of the fragment `\(name)`", g.key, made.names, g.keySpan)
        }
        guard !made.values.isEmpty else { return UseVerb(file: name, steps: made.steps) }
        let values = Step(
            number: header, name: "let", verb: LetVerb(members: made.values), span: node.span,
            source: chain.isEmpty ? nil : source)
        return UseVerb(file: name, steps: [values] + made.steps)
    }
    /// Returns a fragment. `steps`: its steps, with the user's names for actors and unique names for parameters.
    /// `values`: the values of the parameters, evaluated with the user's names. `names`: the names that the user can
    /// give it. `renamed`: the results that the user gives another name.
    private mutating func fragment(
        _ root: YAMLNode, given: [YAMLNode.Member], user: inout Loader
    ) -> (steps: [Step], values: [Template.Member], names: [String], renamed: [String]) {
        version(root, "meshspec-fragment")
        guard let m = members(root, .fragment) else { return ([], [], [], []) }
        suite = m["suite"].flatMap { suiteFile($0) }
        let list = actorList(m["actors"], isShared: true)
        for a in list {
            let node = given.first { $0.key == a.name }?.value
            var outer = a.name
            if let node, let s = user.text(node, a.name) { outer = s }
            guard let role = user.actors[outer] else {
                let known = user.actors.keys.sorted()
                if let node {
                    user.unknown(.unknownActor, "actor", outer, known, node.span)
                } else {
                    unknown(.unknownActor, "actor", outer, known, a.span)
                }
                continue
            }
            user.mentioned.insert(outer)
            if (role == .dut) != a.isSubject {
                let what = "`\(a.name)` of the fragment is \(a.role.rawValue), `\(outer)` is \(role.rawValue)"
                if let node { user.report(.unknownActor, what, node.span) } else { report(.unknownActor, what, a.span) }
            }
            aliases[a.name] = user.aliases[outer] ?? outer
            actors[a.name] = role
        }
        let parameters = parameters(m["params"])
        let number = fragments
        for p in parameters {
            renamed[p.name] = "\(p.name)#\(number)"
            if p.isSecret { secrets.insert(own(p.name)) }
        }
        let values = parameters.map { p in
            let node = given.first { $0.key == p.name }?.value
            return Template.Member(
                key: own(p.name), value: node.map { user.value($0, of: p) } ?? p.preset.template, span: p.span)
        }
        let makes = texts(m["makes"], "makes").map(\.text)
        for name in makes {
            guard let node = given.first(where: { $0.key == name })?.value, let outer = user.text(node, name) else {
                continue
            }
            (renamed[name], aliases[name]) = (user.own(outer), nil)
            names.formUnion([name, user.own(outer)])
        }
        // The values form a step of their own, before the other steps.
        if !values.isEmpty { lastNumber += 1 }
        let steps = steps(m["steps"], "steps")
        resolveNames()
        let called = makes.filter { name in given.contains { $0.key == name } }
        return (steps, values, list.map(\.name) + parameters.map(\.name) + makes, called)
    }
    /// Returns the value that the user of a fragment gives to a parameter.
    private mutating func value(_ node: YAMLNode, of p: ScenarioParameter) -> Template {
        guard case .scalar(let s, _) = node.content, !s.hasExpression else { return untyped(node) }
        if let why = p.refusal(s) { report(.badValue, why, node.span) }
        return p.type.term(s)?.template ?? .constant(.null)
    }
}

extension Term {
    /// The term as a constant template.
    var template: Template {
        if case .duration(let d) = self { return .time(d) }
        return .constant(value ?? .null)
    }
}
