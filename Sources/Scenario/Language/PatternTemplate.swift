internal import Wire

/// A pattern with expressions in it; bound to a scope it becomes a `Pattern`, once for each step.
indirect enum PatternTemplate: Sendable {
    case any
    case absent
    case equal(Template)
    case compare(Comparison, Template)
    case among([Template])
    case not(PatternTemplate)
    case all([PatternTemplate])
    case optional(PatternTemplate)
    case length(PatternTemplate)
    case save(String)
    case verifies(Verification)
    case fields([Member], isClosed: Bool)
    case items([PatternTemplate], spans: [Span])
    case prefix(Template)
    case suffix(Template)
    case expression(RegularExpression)
    case bits(set: Template, clear: Template)
    case near(Template, by: Template)
    case contains(PatternTemplate)
    case each(PatternTemplate)
    case first(PatternTemplate)
    case unordered([PatternTemplate], spans: [Span])

    struct Member: Sendable {
        var name: String
        var pattern: PatternTemplate
        /// Of the name, for the caret.
        var span: Span
    }
    /// `$verifies`: a signature in the field, under `key`, over `over`.
    struct Verification: Sendable {
        var algorithm: String
        var key: Template
        var over: Template
        /// Which `$not` it stands in: of those with one number at least one must fail.
        var negation: Int?
    }

    /// The pattern in a scope. Verifications are handed out by number: `checks[n]`.
    func bind(
        _ scope: Scope, _ checks: inout [Verification], negation: Int? = nil
    ) throws(EvaluationError) -> Pattern {
        switch self {
        case .any: return .any
        case .absent: return .absent
        case .equal(let t): return .equal(try t.value(scope))
        case .compare(let c, let t): return .compare(c, try t.value(scope))
        case .among(let ts):
            var out: [Value] = []
            for t in ts { out.append(try t.value(scope)) }
            return .among(out)
        case .not(let p): return .not(try p.bind(scope, &checks, negation: negation == nil ? checks.count : nil))
        case .all(let ps): return .all(try Self.bind(ps, scope, &checks, negation))
        case .optional(let p): return .optional(try p.bind(scope, &checks, negation: negation))
        case .length(let p): return .length(try p.bind(scope, &checks, negation: negation))
        case .save(let name): return .save(name)
        case .verifies(let v):
            var v = v
            v.negation = negation
            checks.append(v)
            return .hand(checks.count - 1)
        case .fields(let members, let isClosed):
            var out: [Pattern.Field] = []
            for m in members {
                out.append(Pattern.Field(m.name, try m.pattern.bind(scope, &checks, negation: negation)))
            }
            return .fields(out, isClosed: isClosed)
        case .items(let ps, _): return .items(try Self.bind(ps, scope, &checks, negation))
        case .unordered(let ps, _): return .unordered(try Self.bind(ps, scope, &checks, negation))
        case .prefix(let t): return .prefix(try t.value(scope))
        case .suffix(let t): return .suffix(try t.value(scope))
        case .expression(let r): return .expression(r)
        case .bits(let set, let clear):
            return .bits(set: try Self.number(set, scope), clear: try Self.number(clear, scope))
        case .near(let t, let by): return .near(try t.value(scope), by: try by.value(scope))
        case .contains(let p): return .contains(try p.bind(scope, &checks, negation: negation))
        case .each(let p): return .each(try p.bind(scope, &checks, negation: negation))
        case .first(let p): return .first(try p.bind(scope, &checks, negation: negation))
        }
    }
    static func bind(
        _ ps: [PatternTemplate], _ scope: Scope, _ checks: inout [Verification], _ negation: Int?
    ) throws(EvaluationError) -> [Pattern] {
        var out: [Pattern] = []
        for p in ps { out.append(try p.bind(scope, &checks, negation: negation)) }
        return out
    }
    static func number(_ t: Template, _ scope: Scope) throws(EvaluationError) -> UInt64 {
        let v = try t.value(scope)
        guard let n = v.integer else {
            throw EvaluationError(message: "a number is wanted, this is \(v)", span: t.firstExpression?.span(0) ?? .top)
        }
        return n
    }
    /// Where in the file the pattern for a field path such as `response.signature` or `peers[0].port` stands.
    func span(of path: String) -> Span? {
        var steps: [String] = []
        for part in path.split(separator: ".") {
            let pieces = part.split(separator: "[")
            steps.append(contentsOf: pieces.enumerated().map { $0.offset == 0 ? String($0.element) : "[" + $0.element })
        }
        return span(steps[...])
    }
    private func span(_ steps: ArraySlice<String>) -> Span? {
        guard let first = steps.first else { return nil }
        switch self {
        case .fields(let members, _):
            guard let m = members.first(where: { $0.name == first }) else { return nil }
            return m.pattern.span(steps.dropFirst()) ?? m.span
        case .items(let ps, let spans):
            guard first.hasPrefix("["), let i = Int(first.dropFirst().dropLast()), ps.indices.contains(i) else {
                return nil
            }
            return ps[i].span(steps.dropFirst()) ?? spans[i]
        case .optional(let p), .not(let p): return p.span(steps)
        case .all(let ps):
            for p in ps { if let s = p.span(steps) { return s } }
            return nil
        default: return nil
        }
    }
    var expressions: [Expression] {
        switch self {
        case .any, .absent, .save, .expression: []
        case .prefix(let t), .suffix(let t): t.expressions
        case .bits(let a, let b), .near(let a, let b): a.expressions + b.expressions
        case .contains(let p), .each(let p), .first(let p): p.expressions
        case .unordered(let ps, _): ps.flatMap(\.expressions)
        case .equal(let t), .compare(_, let t): t.expressions
        case .among(let ts): ts.flatMap(\.expressions)
        case .not(let p), .optional(let p), .length(let p): p.expressions
        case .all(let ps), .items(let ps, _): ps.flatMap(\.expressions)
        case .verifies(let v): v.key.expressions + v.over.expressions
        case .fields(let members, _): members.flatMap(\.pattern.expressions)
        }
    }
    /// Names that `$save` gives.
    var saves: [String] {
        switch self {
        case .save(let name): [name]
        case .not(let p), .optional(let p), .length(let p), .contains(let p), .each(let p), .first(let p): p.saves
        case .unordered(let ps, _): ps.flatMap(\.saves)
        case .all(let ps), .items(let ps, _): ps.flatMap(\.saves)
        case .fields(let members, _): members.flatMap(\.pattern.saves)
        default: []
        }
    }
}
