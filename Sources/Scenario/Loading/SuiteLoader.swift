internal import Node
internal import Wire

extension Library {
    /// Returns the mistakes of a suite file, in the order of the file.
    public func checkSuite(_ source: SourceFile) -> [Diagnostic] {
        Loader.read(source, self) { loader, root in loader.suite(root) }.1
    }
}

extension Loader {
    /// Returns the content of the suite file that a scenario names.
    mutating func suiteFile(_ node: YAMLNode) -> SuiteDefaults? {
        guard let name = text(node, "suite") else { return nil }
        guard let file = library.file(name, source.name) else {
            report(.fragment, "the suite `\(name)` cannot be read", node.span, "from \(source.name)")
            return nil
        }
        guard DocumentKind.named(by: file) == .suite else {
            // The report quotes no text of the file, which may be secret.
            report(
                .fragment, "`\(name)` is not a suite", node.span, "the first key of a suite is `meshspec-suite: 1`")
            return nil
        }
        let made = library.fragments[file]?.suite ?? suiteFile(file)
        used.append(Scenario.Fragment(name: name, user: source.name, source: file))
        if let here = definition, let there = made?.definition, here.name != there.name {
            report(.fragment, "`\(name)` is a suite of \(there.name), this scenario is of \(here.name)", node.span)
        }
        return made?.defaults
    }
    /// Returns the content of a suite file, and keeps it for the next scenario if it has no mistakes.
    private mutating func suiteFile(_ file: SourceFile) -> SuiteFile? {
        let (root, problems) = YAMLTree.read(file)
        guard let root else {
            diagnostics += problems
            return nil
        }
        var inner = Loader(file, library)
        inner.diagnostics = problems
        let defaults = inner.suite(root)
        diagnostics += inner.diagnostics
        guard let defaults else { return nil }
        let made = SuiteFile(defaults: defaults, definition: inner.definition)
        if inner.diagnostics.isEmpty {
            library.fragments[file] = FragmentTree(root: root, places: inner.places, suite: made)
        }
        return made
    }
    mutating func suite(_ root: YAMLNode) -> SuiteDefaults? {
        version(root, "meshspec-suite")
        guard let m = members(root, .suite) else { return nil }
        definition = protocolNamed(m["protocol"])
        let within = time(m["within"], "within")
        let anyOrder = word(m["order"], "order", among: ["any", "strict"]) == "any"
        let actors = actorList(m["actors"], isShared: true)
        let defaults = list(m["defaults"], "defaults").compactMap { defaultEntry($0) }
        renamed = ["from": SuiteDefaults.sender, "to": SuiteDefaults.receiver]
        names.formUnion(renamed.keys)
        var all: [String: [Template.Member]] = [:]
        for item in list(m["send"], "send") {
            guard let m = members(item, .suiteMessage), let (name, known) = message(m["msg"]),
                let node = m["fields"], case .map(let members) = fields(node, known, name)
            else { continue }
            all[name, default: []] += members
        }
        resolveNames()
        return SuiteDefaults(actors: actors, defaults: defaults, within: within, anyOrder: anyOrder, fields: all)
    }
    /// Makes the actors of the suite known to the steps of the scenario, except those that it describes itself.
    mutating func adopt(_ all: [Scenario.Actor], except own: [Scenario.Actor]) {
        for a in all where !own.contains(where: { $0.name == a.name }) {
            actors[a.name] = a.role
            names.insert(a.name)
        }
    }
}
