extension MutationRules {
    /// Loads `mutations.yaml` of a protocol. An unknown requirement or action is an error.
    public static func load(
        _ source: SourceFile, _ requirements: RequirementList, actions: [String]
    ) -> (rules: MutationRules, diagnostics: [Diagnostic]) {
        let (rules, diagnostics) = Loader.read(source) { $0.mutationRules($1, requirements, actions) }
        return (rules ?? MutationRules(), diagnostics)
    }
}

extension Loader {
    mutating func mutationRules(_ root: YAMLNode, _ known: RequirementList, _ actions: [String]) -> MutationRules? {
        version(root, "meshspec-mutations")
        guard let m = members(root, .mutations) else { return nil }
        var rules = MutationRules(file: source.name)
        if let node = m["late"], let s = text(node, "late") {
            if let d = Duration(text: s), d > .zero {
                rules.lateness = d
            } else {
                report(.badValue, "late is a time such as 10s, this is `\(s)`", node.span)
            }
        }
        rules.all = list(m["rows"], "rows").compactMap { mutationRule($0, known, actions) }
        return rules
    }
    mutating func mutationRule(_ node: YAMLNode, _ known: RequirementList, _ actions: [String]) -> MutationRule? {
        guard let m = members(node, .mutationRule),
            let (side, subject) = ["says", "hears", "timer"].lazy.compactMap({ s in m[s].map { (s, $0) } }).first
        else { return nil }
        var patterns: [String] = []
        if case .sequence = subject.content {
            patterns = texts(subject, side).map(\.text)
        } else if let one = text(subject, side) {
            patterns = [one]
        }
        let wanted = texts(m["do"], "do")
        for a in wanted where !actions.contains(a.text) { unknown(.badValue, "action", a.text, actions, a.span) }
        let broken = texts(m["breaks"], "breaks")
        for id in broken { requirement(id.text, id.span, of: known) }
        return MutationRule(
            side: side, patterns: patterns, actions: wanted.map(\.text), breaks: broken.map(\.text),
            reason: text(m["because"], "because"), span: head(node))
    }
}
