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
    /// Records of the link that steps before this one took.
    var taken = 0

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
        if let since = e.since {
            guard case .duration(let d) = scope.names[since] else {
                throw EvaluationError(message: "nothing has set the mark `\(since)`", span: e.whatSpan)
            }
            start = scope.start + d
        }
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
            var p = Problem(
                "\(name) is malformed: \(error)", expectation.whatSpan, label: "malformed", culprit: record.trace)
            p.path = error.path
            p.wanted = "a well-formed \(name)"
            p.had = "\(error)"
            return .differs(p)
        }
        if let first = match.mismatches.first {
            let span = template?.span(of: first.path) ?? expectation.whatSpan
            // What no message could match says nothing about this one.
            if let bad = match.mismatches.first(where: { $0.unfit != nil }), let why = bad.unfit {
                throw EvaluationError(
                    message: "\(bad.path) can never be \(bad.wanted): \(why)",
                    span: template?.span(of: bad.path) ?? span)
            }
            var p = Problem(
                "\(first)", span, label: "got \(first.had.map { "\($0)" } ?? "nothing")", culprit: record.trace)
            p.path = first.path
            p.wanted = first.wanted
            p.had = first.had.map { "\($0)" } ?? "nothing"
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
            var p = Problem(
                "\(n.path): signature verifies, and should not", span, label: "signature verifies",
                culprit: record.trace)
            p.path = n.path
            p.wanted = "a signature that does not verify"
            p.had = "one that does"
            return .differs(p)
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
            var p = Problem("\(h.path): \(label)", span, label: label, culprit: record.trace)
            p.path = h.path
            p.wanted = "verifies(\(check.algorithm))"
            p.had = had
            return p
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
        var tried = 0
        func good(_ list: [(name: String, bytes: [UInt8])]) -> String? {
            tried += 1
            guard tried <= 200, verifies(list.flatMap(\.bytes)) else { return nil }
            return list.isEmpty ? "nothing at all" : list.map(\.name).joined(separator: " + ") + " only"
        }
        for mask in (0..<(1 << parts.count) - 1).reversed() {
            if let found = good(parts.indices.filter { mask >> $0 & 1 == 1 }.map { parts[$0] }) { return found }
        }
        let others = scope.names.sorted { $0.key < $1.key }.flatMap { name, term -> [(String, [UInt8])] in
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
            for (name, bytes) in others where bytes.count == parts[i].bytes.count && bytes != parts[i].bytes {
                var list = parts
                list[i] = (name, bytes)
                if good(list) != nil { return list.map(\.name).joined(separator: " + ") }
            }
        }
        for (name, bytes) in others {
            for i in 0...parts.count {
                var list = parts
                list.insert((name, bytes), at: i)
                if good(list) != nil { return list.map(\.name).joined(separator: " + ") }
            }
        }
        return nil
    }
}
