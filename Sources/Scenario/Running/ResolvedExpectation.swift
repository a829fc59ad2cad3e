internal import Node
internal import Wire

/// An expectation whose pattern and times are evaluated, ready to compare with records.
struct ResolvedExpectation {
    var expectation: Expectation
    var pattern: Pattern?
    var checks: [PatternTemplate.Verification] = []
    /// The bytes that are expected instead of a message.
    var raw: [UInt8]?
    /// The moment from which times count.
    var start: Instant
    /// The earliest allowed moment of a `window`.
    var earliest: Instant?
    var deadline: Instant

    /// Evaluates an expectation. `scale` multiplies the deadlines.
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
        /// The record is of another kind than the expected one.
        case other
        /// The record is of the expected kind but differs.
        case differs(Problem)
    }

    /// Compares a record with the pattern.
    func judge(_ record: Link.Record, _ scope: Scope) throws(EvaluationError) -> Judgement {
        if let raw { return record.bytes == raw ? .match([]) : .other }
        guard case .message(let name, let template) = expectation.what else { return .other }
        guard let type = record.type else { return .other }
        guard let name else { return .match([]) }
        guard type.name.description == name else { return .other }
        var match: Match
        do throws(WireError) {
            match = try type.match(pattern ?? .fields([], isClosed: false), record.bytes.span.bytes)
        } catch {
            return .differs(
                Problem(
                    "\(name) is malformed: \(error)", expectation.whatSpan, label: "malformed", path: error.path,
                    wanted: "a well-formed \(name)", had: "\(error)", culprit: record.trace))
        }
        match.mismatches = match.mismatches.map { type.withMeanings($0) }
        if let first = match.mismatches.first {
            let span = template?.span(of: first.path) ?? expectation.whatSpan
            // If no message could match the pattern, the mismatch is not evidence about this message.
            if let bad = match.mismatches.first(where: { $0.unfit != nil }), let why = bad.unfit {
                throw EvaluationError(
                    message: "\(bad.path) can never be \(bad.wanted): \(why)",
                    span: template?.span(of: bad.path) ?? span)
            }
            let had = first.hadText
            var p = Problem(
                "\(first)", span, label: "got \(had)", path: first.path, wanted: first.wanted, had: had,
                culprit: record.trace)
            p.mismatches = match.mismatches
            return .differs(p)
        }
        var scope = scope
        for s in match.saved { scope.names[s.key] = Term(s.value) }
        // For each `$not`, true if all verifications inside it succeed.
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
    /// Verifies a signature. Returns nil if it is valid.
    func verify(
        _ h: Match.Handed, _ check: PatternTemplate.Verification, _ scope: Scope, _ template: PatternTemplate?,
        _ record: Link.Record
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
            throw EvaluationError(message: "$verifies needs bytes for `key` and `over`", span: span)
        }
        if algorithm.verify(key, over, signature) { return nil }
        let tried = SignatureHint(check, scope)
        var p = problem(
            "signature does not verify" + (tried.hint(algorithm, key, over: over, signature).map { " (\($0))" } ?? ""),
            "0x" + signature.hex)
        p.facts = [("key", "0x" + key.hex)] + tried.facts(over)
        return p
    }
}

extension Scope {
    /// Returns the moment of a mark.
    func moment(_ mark: String, _ span: Span) throws(EvaluationError) -> Instant {
        guard case .duration(let d) = names[mark] else {
            throw EvaluationError(message: "no step has set the mark `\(mark)`", span: span)
        }
        return start + d
    }
}
