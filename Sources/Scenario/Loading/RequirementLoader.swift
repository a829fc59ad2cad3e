extension RequirementList {
    /// Loads `requirements.yaml` of a protocol: a map from id to what is due.
    public static func load(_ source: SourceFile) -> (list: RequirementList, diagnostics: [Diagnostic]) {
        let (root, problems) = YAMLTree.read(source)
        guard let root else { return (RequirementList(), problems) }
        var loader = Loader(source, Library(definitions: []))
        loader.diagnostics = problems
        let all = loader.requirements(root)
        return (RequirementList(all), loader.sorted)
    }
}

extension Loader {
    mutating func requirements(_ root: YAMLNode) -> [Requirement] {
        guard case .mapping(let all) = root.content else {
            report(.wrongShape, "requirements are a map from id to what is due", root.span)
            return []
        }
        return all.compactMap { requirement($0) }
    }
    mutating func requirement(_ entry: YAMLNode.Member) -> Requirement? {
        guard let m = members(entry.value, .requirement) else { return nil }
        let level: Level? = choice(m["level"], "level")
        let kind = text(m["kind"], "kind")
        let kinds = ["codec", "server", "client", "both"]
        if let kind, let span = m["kind"]?.span, !kinds.contains(kind) {
            unknown(.badValue, "kind", kind, kinds, span)
        }
        let source = m["source"].flatMap { members($0, .source) } ?? [:]
        let place = [text(source["doc"], "doc"), text(source["section"], "section")].compactMap { $0 }
        guard let level, let kind, let due = text(m["text"], "text") else { return nil }
        return Requirement(
            id: entry.key, level: level, kind: kind, profiles: texts(m["profiles"], "profiles").map(\.text), text: due,
            source: place.joined(separator: ", "), quote: text(source["quote"], "quote") ?? "",
            untestable: text(m["untestable"], "untestable"), unobservable: choice(m["unobservable"], "unobservable"),
            isPlanned: flag(m["planned"], "planned") ?? false,
            span: entry.keySpan, file: self.source.name)
    }
}
