internal import Network
internal import Node
internal import Wire

/// `send`: sends messages or bytes on a link.
struct SendVerb: NamedVerb {
    static let schema = Schema(
        name: "send",
        keys: [
            .via, Key("msg", .message(orAny: false), "message"), Key("fields", .fields, "its fields"),
            Key("raw", .either(.bytes, .list(.bytes)), "bytes instead of a message, or a list of them"), .above,
            Key("all", .list(.shape(Part.schema)), "several in one segment"),
            Key("chop", .number(1...65536), "bytes in one piece (TCP)"), Key("every", .time, "time between pieces"),
            Key("limit", .value, "bytes in one datagram, if a message may take several (UDP)"),
            Key("binary", .flag, "as binary messages of a data channel, not as texts"),
        ],
        rules: [
            Constraint(.one(["msg", "raw", "all"]), .missingKey, "send needs `msg`, `raw` or `all`"),
            Constraint(.apart("fields", ["raw"]), .unknownKey, "`fields` needs `msg`, not `raw`"),
            Constraint(.apart("fields", ["all"]), .unknownKey, "`fields` needs `msg`, inside `all`"),
            Constraint(.needs("every", "chop"), .timing, "`every` needs `chop`"),
            Constraint(.apart("limit", ["raw"]), .unknownKey, "`limit` is for messages, not for `raw`"),
            Constraint(.needs("above", "raw"), .unknownKey, "`above` needs `raw`"),
        ])
    static let key = Key("send", .shape(schema), "sends a message or bytes")
    var link: String
    var parts: [Part]
    /// The number of bytes per piece; nil to send everything at once.
    var chop: Int?
    var every: Template?
    /// The maximum number of bytes in one datagram.
    var limit: Template?
    /// True to send binary messages on a data channel.
    var isBinary: Bool

    /// A message, or bytes, to send.
    enum Part: Sendable {
        /// A message. `suite`: the fields that the suite gives it if they are missing.
        case message(String, Template, suite: [Template.Member] = [], Span)
        /// Raw bytes. `above`: the layer that carries them; nil for the transport.
        case raw(Template, above: String?, Span)

        static let schema = Schema(
            name: "a part of send",
            keys: [
                Key("msg", .message(orAny: false), "message"), Key("fields", .fields, "its fields"),
                Key("raw", .either(.bytes, .list(.bytes)), "bytes instead of a message, or a list of them"), .above,
            ],
            rules: [
                Constraint(.one(["msg", "raw"]), .missingKey, "a part of send has `msg` or `raw`"),
                Constraint(.needs("above", "raw"), .unknownKey, "`above` needs `raw`"),
                Constraint(.apart("fields", ["raw"]), .unknownKey, "`fields` needs `msg`, not `raw`"),
            ])
        /// Returns the part with the fields that the suite has for its message.
        func completed(by suite: SuiteDefaults) -> Part {
            guard case .message(let name, let fields, _, let span) = self else { return self }
            return .message(name, fields, suite: suite.fields[name] ?? [], span)
        }
        var name: String {
            switch self {
            case .message(let name, _, _, _): name
            case .raw: "bytes"
            }
        }
    }

    static func load(_ step: WrittenStep, by loader: inout Loader) -> (any Verb)? {
        let node = step.value
        guard let m = loader.members(node, schema) else { return nil }
        let link = loader.link(m["via"])
        var parts: [Part] = []
        let forms = ["msg", "raw", "all"].filter { m[$0] != nil }
        if let all = m["all"] {
            parts = loader.list(all, "all").compactMap { item in
                loader.members(item, Part.schema).flatMap { loader.part($0, item) }
            }
        } else if forms.count == 1, let p = loader.part(m, node) {
            parts.append(p)
        }
        if let suite = loader.suite { parts = parts.map { $0.completed(by: suite) } }
        let chop = loader.number(m["chop"], "chop", 1...65536)
        if let node = m["chop"], loader.definition?.transport == .udp {
            loader.report(
                .badValue, "a datagram cannot arrive in pieces: `chop` is for protocols over TCP", node.span,
                loader.definition?.reading.datagrams == nil ? "" : "`limit` sets the size of datagrams")
        }
        let every = loader.time(m["every"], "every")
        let limit = loader.limit(m["limit"])
        let isBinary = loader.flag(m["binary"], "binary") ?? false
        return link.map { Self(link: $0, parts: parts, chop: chop, every: every, limit: limit, isBinary: isBinary) }
    }
    var text: String { "send on \(link): " + parts.map(\.name).joined(separator: ", ") }
    var usedLinks: [String] { [link] }
    var sends: Bool { true }
    func lint(_ step: Step, active: inout Set<String>, by loader: inout Loader) { active.insert(link) }

    /// The maximum number of pieces that one step sends.
    static let maximumPieces = 2 << 20

    func start(_ step: Step, in run: CaseRun) throws(EvaluationError) {
        var units: [SentUnit] = []
        let limit = try run.limit(limit, step)
        let ends = run.links[link].map { (from: $0.ours, to: $0.theirs) }
        for part in parts { units += try run.encode(part, ends: ends, limit: limit) }
        if let c = run.links[link], let ending = c.ending, !run.stillHears(c) {
            // A message that could not be sent proves nothing about its answer.
            let p = Problem(
                "connection \(ending.how) before this could be sent", step.span, label: "not sent",
                culprit: run.lastReceived(on: link))
            return run.failed(p, step, unless: .inconc)
        }
        // All sent bytes are kept in the trace.
        run.links.budget.sent -= units.reduce(0) { $0 + $1.bytes.count }
        guard run.links.budget.sent >= 0 else {
            throw EvaluationError(
                message: "the case sends more than \(HeldValues.limit >> 20) MiB: repeat less", span: step.span)
        }
        run.keepSent(units, on: link)
        guard let c = run.links[link] else { return }
        try note(&units, on: c, step, in: run)
        // The content of a channel is sent over the connection.
        let wire = run.connection(of: c)
        guard c.dataChannel == nil else { return try sendMessages(units, on: c, step, in: run) }
        guard wire.outgoingLine.isClear else {
            for (i, u) in units.enumerated() { run.disturb(u, place: i + 1, of: units.count, wire.name) }
            return run.held(step)
        }
        let every = try every?.duration(run.scope) ?? .zero
        guard let pieces = try pieces(of: units, over: wire, step, in: run) else { return run.held(step) }
        var left: [[UInt8]] = pieces.reversed()
        var next = run.driver.now
        // The ends of the layers continue to send, but not in the middle of these pieces.
        if left.count > 1 { run.links[wire.name]?.behindPieces = [] }
        run.wait(until: next + every * max(0, left.count - 1)) { [unowned run] in
            proceed(step, in: run, over: wire.name, every: every, left: &left, next: &next)
        }
    }
    /// Sends each unit as a message of a data channel.
    private func sendMessages(
        _ units: [SentUnit], on c: Link, _ step: Step, in run: CaseRun
    ) throws(EvaluationError) {
        guard !units.contains(where: { $0.above != nil }) else {
            throw EvaluationError(
                message: "data channel `\(link)` has no layers: leave out `above`", span: step.span)
        }
        guard c.isOpen else {
            let p = Problem("data channel `\(link)` is not open", step.span, label: "not sent")
            return run.failed(p, step, unless: .inconc)
        }
        for (i, u) in units.enumerated() {
            if isBinary {
                run.driver.send(u.bytes, isText: false, onChannel: c.id)
            } else if c.outgoingLine.isClear {
                run.driver.send(u.bytes, on: c.id)
            } else {
                run.disturb(u, place: i + 1, of: units.count, c.name)
            }
        }
        run.held(step)
    }
    /// Records the units. With layers, replaces their bytes by those for the connection.
    private func note(
        _ units: inout [SentUnit], on c: Link, _ step: Step, in run: CaseRun
    ) throws(EvaluationError) {
        for i in units.indices {
            let entry = c.isLayered ? try run.lower(&units[i], on: c, step.span) : run.tell(units[i], on: c)
            guard let entry else { continue }
            run.trace[entry].step = run.currentBranch.step?.number
            run.currentBranch.entry = run.currentBranch.entry ?? entry
            if case .message(let type, let bytes) = units[i].content {
                run.links[link]?.incoming.framing.heard(type, bytes.span.bytes)
            }
        }
    }
    /// Returns the pieces in which the bytes are sent; nil if they are held back until the next step.
    private func pieces(
        of units: [SentUnit], over wire: Link, _ step: Step, in run: CaseRun
    ) throws(EvaluationError) -> [[UInt8]]? {
        if run.definition.transport == .udp { return units.map(\.bytes) }
        var bytes = units.flatMap(\.bytes)
        if run.options.chop == .coalesced, chop == nil {
            bytes = wire.coalesced + bytes
            let isHeldBack = sendsNext(in: run)
            run.links[wire.name]?.coalesced = isHeldBack ? bytes : []
            if isHeldBack { return nil }
        }
        guard let sizes = chop.map({ [$0] }) ?? run.options.chop?.sizes(units.map(\.bytes.count)) else {
            return [bytes]
        }
        guard bytes.count / max(1, sizes.max() ?? 1) <= Self.maximumPieces else {
            throw EvaluationError(
                message:
                    "\(bytes.count) bytes in pieces of \(sizes.max() ?? 1) are more than \(Self.maximumPieces) pieces: "
                    + "send less at once",
                span: step.span)
        }
        return CaseRun.cut(bytes, sizes)
    }
    /// Returns whether the next step always sends on the same link.
    private func sendsNext(in run: CaseRun) -> Bool {
        guard let top = run.currentBranch.stack.last, top.index + 1 < top.steps.count else { return false }
        let after = top.steps[top.index + 1]
        guard let next = after.verb as? Self else { return false }
        return next.link == link && next.chop == nil && after.condition == nil
    }
    /// Sends the pieces that are due. The next piece is the last element of `left`.
    private func proceed(
        _ step: Step, in run: CaseRun, over name: String, every: Duration, left: inout [[UInt8]], next: inout Instant
    ) -> Instant? {
        while let piece = left.last {
            if run.driver.now < next {
                run.currentBranch.wait?.deadline = next + every * (left.count - 1)
                return next
            }
            // Bytes for a link that the other side closed are discarded. The expected answer then decides.
            if let c = run.links[name], c.ending == nil, c.failure == nil { run.driver.send(piece, on: c.id) }
            left.removeLast()
            next = run.driver.now + every
        }
        if let c = run.links[name], let behind = c.behindPieces {
            run.links[name]?.behindPieces = nil
            if c.ending == nil, c.failure == nil { for piece in behind { run.driver.send(piece, on: c.id) } }
        }
        run.held(step)
        return nil
    }
}

extension Loader {
    /// Reads the maximum size of datagrams, for protocols in which a message can take several.
    mutating func limit(_ node: YAMLNode?) -> Template? {
        guard let node else { return nil }
        guard let definition else { return untyped(node) }
        guard let rules = definition.reading.datagrams else {
            report(
                .badValue, "no message of \(definition.name) takes several datagrams: `limit` has no effect", node.span)
            return nil
        }
        let made = untyped(node)
        if case .constant(let v) = made, !(v.integer.map { rules.limits.contains(Int(clamping: $0)) } ?? false) {
            report(
                .badValue, "`limit` is a number of bytes from \(rules.limits.lowerBound) to \(rules.limits.upperBound)",
                node.span)
        }
        return made
    }
    /// Returns the message or bytes that `msg` and `fields`, or `raw`, describe.
    mutating func part(_ m: Members, _ node: YAMLNode) -> SendVerb.Part? {
        let above = layer(m["above"], "above", orTransport: false)
        if let raw = m["raw"] {
            if case .sequence(let items) = raw.content {
                return .raw(.list(items.map { leaf($0, .bytes(count: nil), "raw") }), above: above, raw.span)
            }
            return .raw(leaf(raw, .bytes(count: nil), "raw"), above: above, raw.span)
        }
        guard let (name, known) = message(m["msg"], orInner: true) else {
            // Reports mistakes in the expressions nevertheless.
            if let f = m["fields"] { _ = template(f) }
            return nil
        }
        let span = m["msg"]?.span ?? node.span
        if let fields = m["fields"], let type = definition?.message(name) { conditions(fields, known, type) }
        var content = m["fields"].map { fields($0, known, name) } ?? .map([])
        guard let inner = definition?.reading.inner, let kind = inner[name] else {
            return .message(name, content, span)
        }
        // It is sent as the only content of its carrier.
        content = .list([content])
        for field in kind.path.reversed() { content = .map([Template.Member(key: field, value: content, span: span)]) }
        return .message(inner.carrier.name.description, content, span)
    }
    /// Reports a field that only some forms of the message have, if no given field selects such a form.
    private mutating func conditions(_ given: YAMLNode, _ known: [FieldInfo], _ type: any Message.Type) {
        for m in given.members where known.contains(where: { $0.name == m.key && $0.isConditional }) {
            let wanted = type.conditions(of: m.key)
            let filledIn = suite?.fields[type.name.description] ?? []
            let isThere = wanted.contains { w in
                if given[w.key] == nil, filledIn.contains(where: { $0.key == w.key }) { return true }
                guard case .scalar(let s, _)? = given[w.key]?.content else { return false }
                return s.hasExpression || type.has(m.key, beside: [Value.Entry(w.key, .text(s))])
            }
            guard !wanted.isEmpty, !isThere else { continue }
            let what = wanted.map { "`\($0.key)` is \($0.value)" }.joined(separator: " or ")
            let write = wanted.map { "`\($0.key): \($0.value)`" }.joined(separator: " or ")
            report(
                .badValue, "`\(m.key)` of \(type.name) exists only if \(what)", m.keySpan, "write \(write) as well"
            )
        }
    }
}
