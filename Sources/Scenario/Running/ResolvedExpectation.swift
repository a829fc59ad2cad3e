internal import Node
internal import Wire

/// An expectation with its pattern and times worked out, ready to be held against records.
struct ResolvedExpectation {
    var expectation: Expectation
    var pattern: Pattern?
    var checks: [PatternTemplate.Verification] = []
    /// The bytes that are wanted instead of a message.
    var raw: [UInt8]?
    /// What times count from.
    var start: Instant
    /// Of `window`: not before.
    var earliest: Instant?
    var deadline: Instant

    /// `scale` puts the latest moments off.
    init(_ e: Expectation, _ scope: Scope, _ scale: Double = 1) throws(EvaluationError) {
        expectation = e
        switch e.what {
        case .message(_, let p?): pattern = try p.bind(scope, &checks)
        case .raw(let t):
            guard case .bytes(let b) = try t.rawTerm(scope) else {
                throw EvaluationError(message: "`raw` wants bytes", span: e.whatSpan)
            }
            raw = b
        default: break
        }
        start = scope.now
        if let since = e.since { start = try scope.moment(since, e.whatSpan) }
        deadline = .never
        if let w = e.window {
            earliest = start + (try w.from.duration(scope))
            deadline = start + (try w.to.duration(scope).stretched(scale))
        }
        if let within = e.within { deadline = start + (try within.duration(scope).stretched(scale)) }
        if let lasting = e.lasting { deadline = start + (try lasting.duration(scope)) }
    }

    enum Judgement {
        case match([Value.Entry])
        /// Not the kind of record that is wanted.
        case other
        /// The right kind, but different.
        case differs(Problem)
    }

    /// Holds a record against the pattern.
    func judge(_ record: Channel.Record, _ scope: Scope) throws(EvaluationError) -> Judgement {
        if let raw { return record.bytes == raw ? .match([]) : .other }
        guard case .message(let name, let template) = expectation.what else { return .other }
        guard let type = record.type else { return .other }
        guard let name else { return .match([]) }
        guard type.name.description == name else { return .other }
        let match: Match
        do throws(WireError) {
            match = try type.match(pattern ?? .fields([], isClosed: false), record.bytes.span.bytes)
        } catch {
            return .differs(
                Problem(
                    "\(name) is malformed: \(error)", expectation.whatSpan, label: "malformed", path: error.path,
                    wanted: "a well-formed \(name)", had: "\(error)", culprit: record.trace))
        }
        if let first = match.mismatches.first {
            let span = template?.span(of: first.path) ?? expectation.whatSpan
            // What no message could match says nothing about this one.
            if let bad = match.mismatches.first(where: { $0.unfit != nil }), let why = bad.unfit {
                throw EvaluationError(
                    message: "\(bad.path) can never be \(bad.wanted): \(why)",
                    span: template?.span(of: bad.path) ?? span)
            }
            let had = first.had.map { "\($0)" } ?? "nothing"
            var p = Problem(
                "\(first)", span, label: "got \(had)", path: first.path, wanted: first.wanted, had: had,
                culprit: record.trace)
            p.mismatches = match.mismatches
            return .differs(p)
        }
        var scope = scope
        for s in match.saved { scope.names[s.key] = Term(s.value) }
        // Of each `$not`, whether all in it verify.
        var negated: [Int: (path: String, holds: Bool)] = [:]
        for h in match.handed where checks.indices.contains(h.number) {
            let p = try verify(h, checks[h.number], scope, template, record)
            if let n = checks[h.number].negation {
                negated[n] = (h.path, (negated[n]?.holds ?? true) && p == nil)
            } else if let p {
                return .differs(p)
            }
        }
        for (_, n) in negated.sorted(by: { $0.key < $1.key }) where n.holds {
            let span = template?.span(of: n.path) ?? expectation.whatSpan
            return .differs(
                Problem(
                    "\(n.path): signature verifies, and should not", span, label: "signature verifies", path: n.path,
                    wanted: "a signature that does not verify", had: "one that does", culprit: record.trace))
        }
        return .match(match.saved)
    }
    /// Nil when the signature is good.
    func verify(
        _ h: Match.Handed, _ check: PatternTemplate.Verification, _ scope: Scope, _ template: PatternTemplate?,
        _ record: Channel.Record
    ) throws(EvaluationError) -> Problem? {
        let span = template?.span(of: h.path) ?? expectation.whatSpan
        func problem(_ label: String, _ had: String) -> Problem {
            Problem(
                "\(h.path): \(label)", span, label: label, path: h.path, wanted: "verifies(\(check.algorithm))",
                had: had,
                culprit: record.trace)
        }
        guard case .bytes(let signature)? = h.value else { return problem("there is no signature", "nothing") }
        guard let algorithm = scope.algorithms.first(where: { $0.name == check.algorithm }),
            case .bytes(let key) = try check.key.term(scope), case .bytes(let over) = try check.over.term(scope)
        else {
            throw EvaluationError(message: "$verifies wants bytes for `key` and `over`", span: span)
        }
        if algorithm.verify(key, over, signature) { return nil }
        let hint = SignatureHint.find(check, scope) { algorithm.verify(key, $0, signature) }
        return problem(
            "signature does not verify" + (hint.map { " (it does verify over \($0))" } ?? ""), "0x" + signature.hex)
    }
}

extension Scope {
    /// The moment of a mark.
    func moment(_ mark: String, _ span: Span) throws(EvaluationError) -> Instant {
        guard case .duration(let d) = names[mark] else {
            throw EvaluationError(message: "nothing has set the mark `\(mark)`", span: span)
        }
        return start + d
    }
}

/// When a signature does not verify: what it was made over instead, as far as that can be guessed.
enum SignatureHint {
    /// Tries parts of the signed bytes, and other values of the same size in their place: at most 200 of them.
    static func find(
        _ check: PatternTemplate.Verification, _ scope: Scope, _ verifies: ([UInt8]) -> Bool
    ) -> String? {
        guard case .expression(let e) = check.over else { return nil }
        var parts: [(name: String, bytes: [UInt8])] = []
        func walk(_ n: Expression.Node) {
            if case .binary(.plus, let a, let b, _) = n {
                walk(a)
                walk(b)
            } else if case .bytes(let b)? = try? Evaluator(expression: e, scope: scope).evaluate(n) {
                var name = "a part"
                if case .name(let s, _) = n { name = s }
                parts.append((name, b))
            }
        }
        walk(e.root)
        guard !parts.isEmpty, parts.count <= 6 else { return nil }
        // Some of the parts, then others in the place of one, then one more.
        var candidates = (0..<(1 << parts.count) - 1).reversed().map { mask in
            parts.indices.filter { mask >> $0 & 1 == 1 }.map { parts[$0] }
        }
        let selections = candidates.count
        let others = scope.names.sorted { $0.key < $1.key }.flatMap { name, term -> [(name: String, bytes: [UInt8])] in
            switch term {
            case .bytes(let b): [(name, b)]
            case .map(let members):
                members.compactMap { m in
                    if case .bytes(let b) = m.value { (name + "." + m.name, b) } else { nil }
                }
            default: []
            }
        }
        for i in parts.indices {
            for other in others where other.bytes.count == parts[i].bytes.count && other.bytes != parts[i].bytes {
                var list = parts
                list[i] = other
                candidates.append(list)
            }
        }
        for other in others {
            for i in 0...parts.count {
                var list = parts
                list.insert(other, at: i)
                candidates.append(list)
            }
        }
        guard let i = candidates.prefix(200).firstIndex(where: { verifies($0.flatMap(\.bytes)) }) else { return nil }
        let names = candidates[i].map(\.name).joined(separator: " + ")
        if names.isEmpty { return "nothing at all" }
        return i < selections ? names + " only" : names
    }
}
