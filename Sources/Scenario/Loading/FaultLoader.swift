internal import Node
internal import Wire

extension Loader {
    mutating func fault(_ node: YAMLNode) -> Verb? {
        guard let m = members(node, .fault) else { return nil }
        let name = text(m["as"], "as")
        var ends: (from: String, to: String, isMutual: Bool)?
        if let link = m["link"], let s = text(link, "link") { ends = linkEnds(s, link.span) }
        var effects: [FaultStep.Effect] = []
        for kind in FaultStep.Kind.allCases {
            guard let inner = m[kind.rawValue] else { continue }
            if kind == .partition {
                partition(inner, &ends, &effects)
            } else if let e = effect(kind, inner) {
                effects.append(e)
                if kind == .chop, definition?.transport == .udp {
                    report(.badValue, "a datagram has no pieces: `chop` is for protocols over TCP", inner.span)
                }
            }
        }
        guard let name, let ends else { return nil }
        return .fault(
            FaultStep(
                name: name, from: ends.from, to: ends.to, isMutual: ends.isMutual, effects: effects, span: node.span))
    }
    /// Parses `a -> b` or `a <-> b`.
    mutating func linkEnds(_ s: String, _ span: Span) -> (from: String, to: String, isMutual: Bool)? {
        let isMutual = s.contains("<->")
        let parts = s.split(separator: isMutual ? "<->" : "->", maxSplits: 2).map { part in
            String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
        guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }) else {
            report(.badValue, "link is `from -> to` or `one <-> other`, this is `\(s)`", span)
            return nil
        }
        for p in parts where actors[p] == nil { unknown(.unknownActor, "actor", p, actors.keys.sorted(), span) }
        return (aliases[parts[0]] ?? parts[0], aliases[parts[1]] ?? parts[1], isMutual)
    }
    mutating func partition(
        _ node: YAMLNode, _ ends: inout (from: String, to: String, isMutual: Bool)?, _ effects: inout [FaultStep.Effect]
    ) {
        guard let s = word(node, "partition", among: ["in", "out", "both"]) else { return }
        if s == "both" { ends?.isMutual = true }
        if s == "in", let e = ends { ends = (e.to, e.from, e.isMutual) }
        effects.append(FaultStep.Effect(kind: .partition, numbers: [:], times: [:], span: node.span))
    }
    /// The keys that belong to one effect only.
    static let own: [String: FaultStep.Kind] = [
        "by": .delay, "times": .dup, "behind": .reorder, "to": .truncate, "sizes": .chop, "every": .chop,
        "bytes": .rate,
        "field": .corrupt,
    ]
    mutating func effect(_ kind: FaultStep.Kind, _ node: YAMLNode) -> FaultStep.Effect? {
        guard let m = members(node, .faultSpec) else { return nil }
        for (key, only) in Self.own where only != kind {
            if let n = m[key] {
                report(.unknownKey, "`\(key)` needs `\(only.rawValue)`, not `\(kind.rawValue)`", n.span)
            }
        }
        var e = FaultStep.Effect(kind: kind, numbers: [:], times: [:], span: node.span)
        e.message = message(m["msg"])?.name
        e.field = text(m["field"], "field")
        if let path = e.field, let span = m["field"]?.span, let name = e.message, let type = definition?.message(name),
            type.field(path) == nil
        {
            unknown(.unknownField, "field of \(name)", path, type.describe().map(\.name), span)
        }
        for key in ["frame", "nth", "prob", "times", "behind", "to", "sizes", "bytes"] {
            if let n = m[key] { e.numbers[key] = key == "prob" ? template(n) : untyped(n) }
        }
        for key in ["by", "every"] { if let t = time(m[key], key) { e.times[key] = t } }
        return e
    }
}
