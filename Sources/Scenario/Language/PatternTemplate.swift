internal import Wire

/// A pattern with expressions in it. Each step binds it to a scope and so makes a `Pattern`.
indirect enum PatternTemplate: Sendable {
    /// A pattern without expressions.
    case constant(Pattern)
    /// A pattern made from values.
    case values([Template], @Sendable ([Value]) -> Pattern)
    case bits(set: Template, clear: Template)
    case not(PatternTemplate)
    /// A pattern made from patterns for the same field.
    case same([PatternTemplate], @Sendable ([Pattern]) -> Pattern)
    /// A pattern made from patterns for the elements or the length of the field.
    case inner([PatternTemplate], @Sendable ([Pattern]) -> Pattern)
    case items([PatternTemplate], spans: [Span])
    case fields([Member], isClosed: Bool)
    case verifies(Verification)

    struct Member: Sendable {
        var name: String
        var pattern: PatternTemplate
        /// The position of the name, for the caret.
        var span: Span
    }
    /// The operator `$verifies`: the field holds a signature by `key` over `over`.
    struct Verification: Sendable {
        var algorithm: String
        var key: Template
        var over: Template
        /// The number of the `$not` around it. Of the verifications with the same number at least one must fail.
        var negation: Int?
    }
    static func equal(_ value: Template) -> Self { .values([value]) { .equal($0[0]) } }

    /// Returns the pattern in a scope. Verifications become numbers, which are indices of `checks`.
    func bind(
        _ scope: Scope, _ checks: inout [Verification], negation: Int? = nil
    ) throws(EvaluationError) -> Pattern {
        func all(_ patterns: [Self]) throws(EvaluationError) -> [Pattern] {
            try patterns.map { p throws(EvaluationError) in try p.bind(scope, &checks, negation: negation) }
        }
        switch self {
        case .constant(let p): return p
        case .values(let ts, let make): return make(try ts.map { t throws(EvaluationError) in try t.value(scope) })
        case .bits(let set, let clear):
            return .bits(set: try Self.number(set, scope), clear: try Self.number(clear, scope))
        case .not(let p): return .not(try p.bind(scope, &checks, negation: negation == nil ? checks.count : nil))
        case .same(let ps, let make), .inner(let ps, let make): return make(try all(ps))
        case .items(let ps, _): return .items(try all(ps))
        case .fields(let members, let isClosed):
            let patterns = try all(members.map(\.pattern))
            return .fields(zip(members, patterns).map { Pattern.Field($0.name, $1) }, isClosed: isClosed)
        case .verifies(var v):
            v.negation = negation
            checks.append(v)
            return .hand(checks.count - 1)
        }
    }
    static func number(_ t: Template, _ scope: Scope) throws(EvaluationError) -> UInt64 {
        let v = try t.value(scope)
        guard let n = v.integer else {
            throw EvaluationError(message: "expected a number, found \(v)", span: t.firstExpression?.span(0) ?? .top)
        }
        return n
    }
    /// Returns the position in the file of the pattern for a field path such as `response.signature` or
    /// `peers[0].port`.
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
        case .not(let p): return p.span(steps)
        case .same(let ps, _): return ps.lazy.compactMap { $0.span(steps) }.first
        default: return nil
        }
    }
    var expressions: [Expression] {
        switch self {
        case .values(let ts, _): ts.flatMap(\.expressions)
        case .bits(let a, let b): a.expressions + b.expressions
        case .verifies(let v): v.key.expressions + v.over.expressions
        default: parts.flatMap(\.expressions)
        }
    }
    /// The names that `$save` defines.
    var saves: [String] { if case .constant(.save(let name)) = self { [name] } else { parts.flatMap(\.saves) } }

    /// The patterns directly inside it.
    private var parts: [Self] {
        switch self {
        case .constant, .values, .bits, .verifies: []
        case .not(let p): [p]
        case .same(let ps, _), .inner(let ps, _), .items(let ps, _): ps
        case .fields(let members, _): members.map(\.pattern)
        }
    }
}
