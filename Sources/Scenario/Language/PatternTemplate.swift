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
        case .all(let ps):
            var out: [Pattern] = []
            for p in ps { out.append(try p.bind(scope, &checks, negation: negation)) }
            return .all(out)
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
        case .items(let ps, _):
            var out: [Pattern] = []
            for p in ps { out.append(try p.bind(scope, &checks, negation: negation)) }
            return .items(out)
        }
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
        case .any, .absent, .save: []
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
        case .not(let p), .optional(let p), .length(let p): p.saves
        case .all(let ps), .items(let ps, _): ps.flatMap(\.saves)
        case .fields(let members, _): members.flatMap(\.pattern.saves)
        default: []
        }
    }
}
