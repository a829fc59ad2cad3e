internal import Wire

/// A value of a scenario, constant or with expressions in it.
indirect enum Template: Sendable {
    case constant(Value)
    /// A duration. No message can hold one.
    case time(Duration)
    case expression(Expression)
    /// Text with expressions in it.
    case text([Part])
    case list([Template])
    case map([Member])

    enum Part: Sendable {
        case text(String)
        case expression(Expression)
    }
    struct Member: Sendable {
        var key: String
        var value: Template
        var span: Span
    }

    /// Returns the term of `raw`. Constant text `0x..` becomes bytes; expressions keep their value.
    func rawTerm(_ scope: Scope) throws(EvaluationError) -> Term {
        let term = try term(scope)
        if case .text(let s) = term, s.hasPrefix("0x"), let b = [UInt8](hex: s.dropFirst(2)) { return .bytes(b) }
        return term
    }
    /// Returns the value in a scope.
    func term(_ scope: Scope) throws(EvaluationError) -> Term {
        switch self {
        case .constant(let v): return Term(v)
        case .time(let d): return .duration(d)
        case .expression(let e): return try Evaluator.evaluate(e, in: scope)
        case .text(let parts):
            var out = ""
            for part in parts {
                switch part {
                case .text(let s): out += s
                case .expression(let e): out += try Evaluator.evaluate(e, in: scope).text
                }
                guard out.utf8.count <= Function.maximumBytes else {
                    throw EvaluationError(message: "more than 16 MiB", span: firstExpression?.span(0) ?? .top)
                }
            }
            return .text(out)
        case .list(let items):
            return try sized(.list(try items.map { i throws(EvaluationError) in try i.term(scope) }))
        case .map(let members):
            return try sized(
                .map(try members.map { m throws(EvaluationError) in Term.Member(m.key, try m.value.term(scope)) }))
        }
    }
    private func sized(_ t: Term) throws(EvaluationError) -> Term {
        guard t.isOfValidSize else {
            throw EvaluationError(
                message: "more than \(Term.maximumSize) values in one", span: firstExpression?.span(0) ?? .top)
        }
        return t
    }
    /// Returns the value in the form that fields and patterns use.
    func value(_ scope: Scope) throws(EvaluationError) -> Value {
        switch self {
        case .list(let items):
            return .list(try items.map { i throws(EvaluationError) in try i.value(scope) })
        case .map(let members):
            return .map(
                try members.map { m throws(EvaluationError) in Value.Entry(m.key, try m.value.value(scope)) })
        case .constant(let v): return v
        case .time, .expression, .text:
            let t = try term(scope)
            guard let v = t.value else {
                throw EvaluationError(
                    message: "\(t.kind) cannot be part of a message", span: firstExpression?.whole ?? .top)
            }
            return v
        }
    }
    /// All expressions in it.
    var expressions: [Expression] {
        switch self {
        case .constant, .time: []
        case .expression(let e): [e]
        case .text(let parts): parts.compactMap { if case .expression(let e) = $0 { e } else { nil } }
        case .list(let items): items.flatMap(\.expressions)
        case .map(let members): members.flatMap(\.value.expressions)
        }
    }
    var firstExpression: Expression? { expressions.first }

    func duration(_ scope: Scope) throws(EvaluationError) -> Duration {
        let t = try term(scope)
        guard case .duration(let d) = t else {
            throw EvaluationError(
                message: "expected a duration, found \(t.kind)", span: firstExpression?.whole ?? .top)
        }
        return d
    }
}
