extension RequirementList {
    /// Loads `requirements.yaml` of a protocol, a map from id to requirement.
    public static func load(_ source: SourceFile) -> (list: RequirementList, diagnostics: [Diagnostic]) {
        let (all, diagnostics) = Loader.read(source) { $0.requirements($1) }
        var list = RequirementList(all ?? [])
        list.isComplete = diagnostics.isEmpty
        return (list, diagnostics)
    }
}

extension Loader {
    mutating func requirements(_ root: YAMLNode) -> [Requirement] {
        guard case .mapping(let all) = root.content else {
            report(.wrongShape, "requirements are a map from ID to requirement", root.span)
            return []
        }
        return all.compactMap { requirement($0) }
    }
    mutating func requirement(_ entry: YAMLNode.Member) -> Requirement? {
        guard let m = members(entry.value, .requirement) else { return nil }
        let level: Level? = choice(m["level"], "level")
        let kind = word(m["kind"], "kind", among: ["codec", "server", "client", "both"])
        let source = m["source"].flatMap { members($0, .source) } ?? Members()
        let place = [text(source["doc"], "doc"), text(source["section"], "section")].compactMap { $0 }
        guard let level, let kind, let due = text(m["text"], "text") else { return nil }
        return Requirement(
            id: entry.key, level: level, kind: kind, profiles: texts(m["profiles"], "profiles").map(\.text), text: due,
            source: place.joined(separator: ", "), quote: text(source["quote"], "quote") ?? "",
            untestable: text(m["untestable"], "untestable"), unobservable: choice(m["unobservable"], "unobservable"),
            isPlanned: flag(m["planned"], "planned") ?? false,
            observations: list(m["observed"], "observed").compactMap { observation($0) },
            span: entry.keySpan, file: self.source.name)
    }
    mutating func observation(_ node: YAMLNode) -> Observation? {
        guard let m = members(node, .observation), let name = text(m["node"], "node"),
            let date = text(m["date"], "date"), let keeps = flag(m["keeps"], "keeps")
        else { return nil }
        let does = text(m["does"], "does") ?? ""
        if !Self.isDate(date) { report(.badValue, "date is a day such as 2026-11-27, this is `\(date)`", node.span) }
        if !keeps, does.isEmpty {
            report(.missingKey, "an implementation that breaks the requirement needs `does`, its behavior", node.span)
        }
        return Observation(node: name, date: date, keeps: keeps, does: does)
    }
    private static func isDate(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        return parts.map(\.utf8.count) == [4, 2, 2] && parts.joined().utf8.allSatisfy { (48...57).contains($0) }
    }
}
