internal import Node
internal import Wire

/// An evaluator of one expression in a scope.
struct Evaluator {
    let expression: Expression
    let scope: Scope
    var work = Work()
    /// The arguments of the surrounding functions, the innermost last.
    var locals: [Term.Member] = []

    static func evaluate(_ e: Expression, in scope: Scope) throws(EvaluationError) -> Term {
        try Evaluator(expression: e, scope: scope).evaluate(e.root)
    }
    func error(_ at: Int, _ message: String, isOfEvidence: Bool = false) -> EvaluationError {
        EvaluationError(message: message, span: expression.span(at), isOfEvidence: isOfEvidence)
    }
    func evaluate(_ node: Expression.Node) throws(EvaluationError) -> Term {
        try spend(1)
        switch node {
        case .literal(let t): return t
        case .name(let name, let at):
            if let t = locals.last(where: { $0.name == name })?.value ?? scope.names[name] { return t }
            throw error(at, "`\(name)` has no value yet")
        case .member(let of, let name, let at): return try member(name, of: try evaluate(of), at: at)
        case .call(let name, let arguments, let at): return try call(name, arguments, at)
        case .method(let of, let name, let arguments, let at):
            if let dotted = of.dotted, let f = scope.functions.first(where: { $0.name == dotted + "." + name }) {
                return try call(f, arguments, at)
            }
            return try call(name, [of] + arguments, at)
        case .lambda(let name, let body):
            return .function(Term.Function(parameter: name, body: body, expression: expression))
        case .not(let inner, let at):
            guard case .bool(let b) = try evaluate(inner) else { throw error(at, "`!` needs true or false") }
            return .bool(!b)
        case .minus(let inner, let at):
            switch try evaluate(inner) {
            case .number(let n) where n != .min: return .number(-n)
            case .duration(let d): return .duration(.zero - d)
            default: throw error(at, "`-` needs a number or a duration")
            }
        case .binary(let op, let left, let right, let at): return try binary(op, left, right, at)
        case .list(let items):
            return try list(try terms(items), 0)
        }
    }
    func member(_ name: String, of whole: Term, at: Int) throws(EvaluationError) -> Term {
        if let part = whole[name] { return part }
        if case .list(let items) = whole, name == "first" || name == "last" {
            guard let item = name == "first" ? items.first : items.last else {
                throw error(at, "the list is empty", isOfEvidence: true)
            }
            return item
        }
        // A JSON value of a message can be of any kind.
        if scope.isField(name) {
            throw error(at, "`\(name)` is not there", isOfEvidence: true)
        }
        throw error(at, "\(whole.kind) has no member `\(name)`", isOfEvidence: whole == .null)
    }
    /// Evaluates an operand that is compared with `null`. A field that the message does not have is `null` here.
    func evaluateOrNull(_ node: Expression.Node) throws(EvaluationError) -> Term {
        guard case .member(let of, let name, let at) = node else { return try evaluate(node) }
        try spend(1)
        let whole = try evaluate(of)
        if case .map = whole, scope.isField(name) { return whole[name] ?? .null }
        return try member(name, of: whole, at: at)
    }
    /// Counts `n` steps of work. Throws if the expression exceeds the limit.
    func spend(_ n: Int) throws(EvaluationError) {
        work.left -= n
        guard work.left > 0 else { throw error(0, "the expression does more than \(Work.limit) steps") }
    }
    /// Returns the name of a called function and its arguments, in one form for `f(x, y)` and `x.f(y)`.
    func called(_ n: Expression.Node) -> (name: String, arguments: [Expression.Node])? {
        switch n {
        case .call(let name, let arguments, _): return (name, arguments)
        case .method(let of, let name, let arguments, _):
            guard let dotted = of.dotted.map({ $0 + "." + name }),
                scope.functions.contains(where: { $0.name == dotted })
            else { return (name, [of] + arguments) }
            return (dotted, arguments)
        default: return nil
        }
    }
    func terms(_ nodes: [Expression.Node]) throws(EvaluationError) -> [Term] {
        try nodes.map { n throws(EvaluationError) in try evaluate(n) }
    }
    func call(_ name: String, _ arguments: [Expression.Node], _ at: Int) throws(EvaluationError) -> Term {
        if let f = scope.functions.first(where: { $0.name == name }) { return try call(f, arguments, at) }
        guard let f = Function.all[name] else { throw error(at, "no function is called `\(name)`") }
        let here = expression.span(at).start
        let place = "\(here.line):\(here.column)"
        let c = Call(arguments: try terms(arguments), scope: scope, place: place, spend: spend, applied: apply)
        if f.isCostly { try spend(Work.call) }
        let made: Term
        do throws(FunctionError) { made = try f.body(c) } catch {
            throw self.error(
                at, "\(name): \(error.message)", isOfEvidence: error.isOfEvidence || c.arguments.contains(.null))
        }
        try spend(Work.of(made))
        return made
    }
    func call(_ f: ProtocolFunction, _ arguments: [Expression.Node], _ at: Int) throws(EvaluationError) -> Term {
        let values = try terms(arguments).map { t throws(EvaluationError) in
            guard let v = t.value else { throw error(at, "\(f.name) does not take \(t.kind)") }
            return v
        }
        try spend(Work.call)
        let made: Term
        do throws(ProtocolFunction.Refusal) { made = Term(try f.apply(values, in: scope.setting)) } catch {
            throw self.error(at, "\(f.name): \(error.reason)", isOfEvidence: values.contains(.null))
        }
        try spend(Work.of(made))
        return made
    }
    /// Applies a function of one argument.
    func apply(_ f: Term.Function, _ argument: Term) throws(EvaluationError) -> Term {
        work.depth += 1
        defer { work.depth -= 1 }
        guard work.depth <= Work.maximumDepth else {
            throw error(0, "functions call each other more than \(Work.maximumDepth) deep")
        }
        let all = locals + [Term.Member(f.parameter, argument)]
        return try Evaluator(expression: f.expression, scope: scope, work: work, locals: all).evaluate(f.body)
    }
    /// Makes a list and checks its size, because lists of lists can grow by doubling.
    func list(_ items: [Term], _ at: Int) throws(EvaluationError) -> Term {
        let all = Term.list(items)
        guard all.isOfValidSize else { throw error(at, "more than \(Term.maximumSize) values in one list") }
        return all
    }
    func truth(_ node: Expression.Node, _ op: Expression.Operator, _ at: Int) throws(EvaluationError) -> Bool {
        let t = try evaluate(node)
        guard case .bool(let b) = t else { throw error(at, "`\(op.rawValue)` needs true or false, has \(t.kind)") }
        return b
    }
    func binary(
        _ op: Expression.Operator, _ left: Expression.Node, _ right: Expression.Node, _ at: Int
    ) throws(EvaluationError) -> Term {
        if op == .and { return .bool(try truth(left, op, at) ? try truth(right, op, at) : false) }
        if op == .or { return .bool(try truth(left, op, at) ? true : try truth(right, op, at)) }
        let isPresenceTest = (op == .equal || op == .unequal) && (left == .literal(.null) || right == .literal(.null))
        let a = isPresenceTest ? try evaluateOrNull(left) : try evaluate(left)
        let b = isPresenceTest ? try evaluateOrNull(right) : try evaluate(right)
        // The operation reads both operands completely, and its result can be as large as both.
        try spend(Work.of(a) + Work.of(b))
        switch op {
        case .equal, .unequal:
            guard a == .null || b == .null || Self.alike(a, b) else {
                throw error(at, "cannot compare \(a.kind) with \(b.kind)")
            }
            return .bool((a == b) == (op == .equal))
        case .less, .lessOrEqual, .greater, .greaterOrEqual: return .bool(try ordered(op, a, b, at))
        default: return try arithmetic(op, a, b, at)
        }
    }
    static func alike(_ a: Term, _ b: Term) -> Bool {
        switch (a, b) {
        case (.bool, .bool), (.number, .number), (.text, .text), (.bytes, .bytes), (.duration, .duration),
            (.list, .list),
            (.map, .map):
            true
        default: false
        }
    }
    func ordered(_ op: Expression.Operator, _ a: Term, _ b: Term, _ at: Int) throws(EvaluationError) -> Bool {
        let less: (ab: Bool, ba: Bool)
        switch (a, b) {
        case (.number(let x), .number(let y)): less = (x < y, y < x)
        case (.duration(let x), .duration(let y)): less = (x < y, y < x)
        case (.text(let x), .text(let y)):
            less = (x.utf8.lexicographicallyPrecedes(y.utf8), y.utf8.lexicographicallyPrecedes(x.utf8))
        case (.bytes(let x), .bytes(let y)): less = (x.lexicographicallyPrecedes(y), y.lexicographicallyPrecedes(x))
        default: throw error(at, "cannot order \(a.kind) and \(b.kind)")
        }
        switch op {
        case .less: return less.ab
        case .greater: return less.ba
        case .lessOrEqual: return !less.ba
        default: return !less.ab
        }
    }
    func arithmetic(_ op: Expression.Operator, _ a: Term, _ b: Term, _ at: Int) throws(EvaluationError) -> Term {
        func checked(_ r: (partialValue: Int128, overflow: Bool)) throws(EvaluationError) -> Int128 {
            guard !r.overflow else { throw error(at, "the number becomes too large") }
            return r.partialValue
        }
        func whole(_ n: Int128) throws(EvaluationError) -> Duration {
            guard let n = Int64(exactly: n) else { throw error(at, "the duration becomes too long") }
            return .nanoseconds(n)
        }
        switch (op, a, b) {
        case (.plus, .number(let x), .number(let y)): return .number(try checked(x.addingReportingOverflow(y)))
        case (.minus, .number(let x), .number(let y)): return .number(try checked(x.subtractingReportingOverflow(y)))
        case (.times, .number(let x), .number(let y)): return .number(try checked(x.multipliedReportingOverflow(by: y)))
        case (.over, .number(let x), .number(let y)) where y != 0:
            return .number(try checked(x.dividedReportingOverflow(by: y)))
        case (.plus, .duration(let x), .duration(let y)):
            return .duration(try whole(Int128(x.nanoseconds) + Int128(y.nanoseconds)))
        case (.minus, .duration(let x), .duration(let y)):
            return .duration(try whole(Int128(x.nanoseconds) - Int128(y.nanoseconds)))
        case (.times, .duration(let d), .number(let n)), (.times, .number(let n), .duration(let d)):
            return .duration(try whole(try checked(Int128(d.nanoseconds).multipliedReportingOverflow(by: n))))
        case (.over, .duration(let d), .number(let n)) where n != 0:
            return .duration(try whole(Int128(d.nanoseconds) / n))
        case (.plus, .bytes(let x), .bytes(let y)):
            guard x.count + y.count <= Function.maximumBytes else { throw error(at, "more than 16 MiB") }
            return .bytes(x + y)
        case (.plus, .text(let x), .text(let y)):
            guard x.utf8.count + y.utf8.count <= Function.maximumBytes else { throw error(at, "more than 16 MiB") }
            return .text(x + y)
        case (.plus, .list(let x), .list(let y)): return try list(x + y, at)
        case (.over, _, .number(0)): throw error(at, "division by zero")
        default: throw error(at, "`\(op.rawValue)` cannot combine \(a.kind) and \(b.kind)")
        }
    }
}
