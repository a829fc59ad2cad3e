internal import Network
internal import Node
internal import Wire

/// `fault`: a disturbance on a link until it is healed.
struct FaultVerb: NamedVerb {
    static let schema = Schema(
        name: "fault",
        keys: [
            Key("link", .ends, "`a -> b`: the actors, or the link and the direction", required: true),
            Key("as", .text, "name for `heal`", required: true),
            Key("drop", .shape(units), "lose units"),
            Key("delay", .shape(units), "delay units by `by`"),
            Key("dup", .shape(units), "send units `times` times"),
            Key("reorder", .shape(units), "let `behind` later units overtake"),
            Key("corrupt", .shape(units), "change a byte, in `field` if given"),
            Key("truncate", .shape(units), "cut units to `to` bytes"),
            Key("chop", .shape(units), "cut into pieces of `sizes`, sent one per `every`"),
            Key("rate", .shape(units), "`bytes` a second"),
            Key("partition", .choice(["in", "out", "both"]), "nothing passes"),
            Key("below", .flag, "the units are the datagrams below data channels, not their messages"),
        ],
        rules: [
            Constraint(
                .some(Kind.allCases.map(\.rawValue)), .missingKey,
                "a fault needs an effect: \(Kind.allCases.map(\.rawValue).joined(separator: ", "))"),
            Constraint(
                .apart("partition", Kind.allCases.map(\.rawValue).filter { $0 != "partition" }), .unknownKey,
                "`partition` excludes other effects: no unit passes"),
        ])
    /// The keys of an effect.
    static let units = Schema(
        name: "a fault's units",
        keys: [
            Key("frame", .value, "the unit with this number since the fault began; negative: from the end of one send"),
            Key("nth", .value, "every unit whose number is a multiple of this"),
            Key("prob", .value, "each unit with this probability"),
            Key("msg", .message(orAny: false), "only messages of this name"),
            Key("field", .text, "bytes of this field"),
            Key("by", .time, "how long, for delay"), Key("times", .value, "total number of copies, for dup"),
            Key("behind", .value, "how many units, for reorder"), Key("to", .value, "how many bytes, for truncate"),
            Key("sizes", .value, "bytes of each piece, for chop"), Key("every", .time, "time between pieces, for chop"),
            Key("bytes", .value, "a second, for rate"),
        ],
        rules: [Constraint(.needs("field", "msg"), .missingKey, "`field` needs `msg`: the message of the field")])
    static let own: [String: Kind] = [
        "by": .delay, "times": .dup, "behind": .reorder, "to": .truncate, "sizes": .chop, "every": .chop,
        "bytes": .rate,
        "field": .corrupt,
    ]
    static let key = Key("fault", .shape(schema), "disturbs a link")
    /// The name to heal it by.
    var name: String
    /// The actor whose bytes are disturbed, and the actor that they are sent to.
    var from: String
    var to: String
    /// True if both directions are disturbed.
    var isMutual: Bool
    /// True if the units are datagrams of ICE, DTLS and SCTP below data channels.
    var isBelow: Bool
    var effects: [Effect]
    var span: Span

    /// One effect whose numbers are not evaluated yet.
    struct Effect: Sendable {
        var kind: Kind
        var message: String?
        /// The path of the field whose bytes are disturbed.
        var field: String?
        /// The numeric arguments: frame, nth, prob, times, behind, to, sizes, bytes.
        var numbers: [String: Template]
        /// The durations: by, every.
        var times: [String: Template]
        var span: Span
    }
    enum Kind: String, CaseIterable, Sendable {
        case drop
        case delay
        case dup
        case reorder
        case corrupt
        case truncate
        case chop
        case rate
        case partition
    }
    static func load(_ step: WrittenStep, by loader: inout Loader) -> (any Verb)? {
        guard let m = loader.members(step.value, schema) else { return nil }
        let name = loader.text(m["as"], "as")
        var ends: (from: String, to: String, isMutual: Bool)?
        if let link = m["link"], let s = loader.text(link, "link") { ends = loader.linkEnds(s, link.span) }
        let isBelow = loader.flag(m["below"], "below") ?? false
        if let node = m["below"], isBelow, let definition = loader.definition, definition.reference.carrier == nil {
            loader.report(.badValue, "\(definition.name) has no data channels", node.span)
        }
        var effects: [Effect] = []
        for kind in Kind.allCases {
            guard let inner = m[kind.rawValue] else { continue }
            if kind == .partition {
                loader.partition(inner, &ends, &effects)
            } else if let e = loader.effect(kind, inner) {
                effects.append(e)
                if kind == .chop, isBelow || loader.definition?.transport == .udp {
                    loader.report(.badValue, "a datagram has no pieces: `chop` is for protocols over TCP", inner.span)
                }
                if isBelow, e.message != nil {
                    loader.report(
                        .badValue, "a datagram below a data channel is no message: leave out `msg`", inner.span)
                }
            }
        }
        guard let name, let ends else { return nil }
        return Self(
            name: name, from: ends.from, to: ends.to, isMutual: ends.isMutual, isBelow: isBelow, effects: effects,
            span: step.value.span)
    }
    var text: String {
        "fault \(name) on \(from) \(isMutual ? "<->" : "->") \(to): "
            + effects.map(\.kind.rawValue).joined(separator: ", ") + (isBelow ? ", below channels" : "")
    }

    func start(_ step: Step, in run: CaseRun) throws(EvaluationError) {
        var evaluated: [LinkFault] = []
        for e in effects { evaluated.append(try evaluate(e, in: run)) }
        // An earlier fault with this name ends, in both directions.
        run.heal(name)
        run.begin(ActiveFault(verb: self, effects: evaluated))
        run.held(step)
    }
    private func evaluate(_ e: Effect, in run: CaseRun) throws(EvaluationError) -> LinkFault {
        func number(_ name: String, _ range: ClosedRange<Int>) throws(EvaluationError) -> Int? {
            guard let t = e.numbers[name] else { return nil }
            return try run.number(t, "`\(name)` is a number", range, e.span)
        }
        var selector = LinkFault.Selector(
            frame: try number("frame", -1_000_000...1_000_000), nth: try number("nth", 1...1_000_000),
            message: e.message)
        if let t = e.numbers["prob"] {
            let text = try t.term(run.scope).text
            guard let p = Double(text), p >= 0, p <= 1 else {
                throw EvaluationError(message: "`prob` is from 0 to 1, this is \(text)", span: e.span)
            }
            selector.probability = p
        }
        let effect: LinkFault.Effect
        switch e.kind {
        case .drop: effect = .drop
        case .partition: effect = .partition
        case .delay: effect = .delay(try e.times["by"]?.duration(run.scope) ?? .milliseconds(100))
        case .dup: effect = .duplicate(try number("times", 1...1000) ?? 2)
        case .reorder: effect = .reorder(try number("behind", 1...1000) ?? 1)
        case .corrupt: effect = .corrupt(nil)
        case .truncate: effect = .truncate(try number("to", 0...1 << 20) ?? 0)
        case .rate: effect = .rate(try number("bytes", 1...1 << 30) ?? 1000)
        case .chop:
            let items = try e.numbers["sizes"]?.term(run.scope).elements ?? [.number(1)]
            let sizes = items.compactMap(\.wholeNumber)
            guard sizes.count == items.count, !sizes.isEmpty, sizes.allSatisfy({ $0 > 0 }) else {
                throw EvaluationError(message: "`sizes` are numbers of bytes, at least 1", span: e.span)
            }
            effect = .chop(sizes, every: try e.times["every"]?.duration(run.scope) ?? .zero)
        }
        return LinkFault(effect, selector)
    }
}

extension Loader {
    /// Parses `a -> b` or `a <-> b`.
    fileprivate mutating func linkEnds(_ s: String, _ span: Span) -> (from: String, to: String, isMutual: Bool)? {
        let isMutual = s.contains("<->")
        let parts = s.split(separator: isMutual ? "<->" : "->", maxSplits: 2).map { part in
            String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
        guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }) else {
            report(.badValue, "link is `from -> to` or `one <-> other`, this is `\(s)`", span)
            return nil
        }
        mentioned.formUnion(parts)
        for p in parts where actors[p] == nil { unknown(.unknownActor, "actor", p, actors.keys.sorted(), span) }
        return (aliases[parts[0]] ?? parts[0], aliases[parts[1]] ?? parts[1], isMutual)
    }
    fileprivate mutating func partition(
        _ node: YAMLNode, _ ends: inout (from: String, to: String, isMutual: Bool)?, _ effects: inout [FaultVerb.Effect]
    ) {
        guard let s = word(node, "partition", among: ["in", "out", "both"]) else { return }
        if s == "both" { ends?.isMutual = true }
        if s == "in", let e = ends { ends = (e.to, e.from, e.isMutual) }
        effects.append(FaultVerb.Effect(kind: .partition, numbers: [:], times: [:], span: node.span))
    }
    fileprivate mutating func effect(_ kind: FaultVerb.Kind, _ node: YAMLNode) -> FaultVerb.Effect? {
        guard let m = members(node, FaultVerb.units) else { return nil }
        for (key, only) in FaultVerb.own where only != kind {
            if let n = m[key] {
                report(.unknownKey, "`\(key)` needs `\(only.rawValue)`, not `\(kind.rawValue)`", n.span)
            }
        }
        var e = FaultVerb.Effect(kind: kind, numbers: [:], times: [:], span: node.span)
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

extension Scenario {
    /// Returns whether a step disturbs the traffic between two nodes under test.
    func isBetweenSubjects(_ step: Step) -> Bool {
        guard let f = step.verb as? FaultVerb else { return false }
        let subjects = actors.filter(\.isSubject).map(\.name)
        return subjects.contains(f.from) && subjects.contains(f.to)
    }
}
