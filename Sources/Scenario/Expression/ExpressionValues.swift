internal import Node

/// An explanation of an expression that is not true: its names and calls with their values, for people.
struct ExpressionValues {
    private let evaluator: Evaluator
    private var told: Set<String> = []
    private var out: [(name: String, text: String)] = []
    /// The maximum number of characters shown per value, and the maximum number of values.
    private static var longest: Int { 200 }
    private static var most: Int { 12 }

    /// Returns names and calls with their values, such as `b` with `0x0102` and `size(b)` with `2`. If parts are joined
    /// by `&&`, the false part is first.
    static func list(of e: Expression, in scope: Scope) -> [(name: String, text: String)] {
        var values = ExpressionValues(evaluator: Evaluator(expression: e, scope: scope))
        values.add(values.wrong(e.root), [])
        values.add(e.root, [])
        return values.out
    }
    /// Returns what makes an expression false, in a few words: both sides of a comparison, or the elements of a list that
    /// contradict it. Nil if it is of another form.
    static func found(_ e: Expression, in scope: Scope) -> String? {
        let values = ExpressionValues(evaluator: Evaluator(expression: e, scope: scope))
        let part = values.wrong(e.root)
        switch part {
        case .binary(let op, let a, let b, _) where op != .or && op != .and:
            let sides = [a, b].compactMap { values.shown($0) }
            return sides.isEmpty ? nil : sides.joined(separator: ", ")
        case .not(let inner, _): return values.found(in: inner, contradicts: true)
        default: return values.found(in: part, contradicts: false)
        }
    }
    /// Returns the elements that make `any` true or `all` false, or the whole list if an element is missing.
    private func found(in n: Expression.Node, contradicts isAny: Bool) -> String? {
        guard let (name, arguments) = evaluator.called(n), let list = arguments.first else { return nil }
        guard arguments.count == 2, case .lambda(let parameter, let body) = arguments[1],
            isAny ? name == "any" : name == "all", case .list(let all)? = term(list)
        else { return shown(list) }
        let names = Set(Expression(text: "", places: [], root: n).uses().names.map(\.0))
        guard names.isDisjoint(with: evaluator.scope.secrets) else { return nil }
        let wrong = all.filter { x in
            var inner = evaluator
            inner.locals.append(Term.Member(parameter, x))
            return (try? inner.evaluate(body)) == .bool(isAny)
        }
        let rest = wrong.count > 2 ? " and \(wrong.count - 2) more" : ""
        return wrong.isEmpty ? nil : wrong.prefix(2).map { Self.short($0.text) }.joined(separator: ", ") + rest
    }
    /// Returns a part of the expression with its value; nil for a constant, for a link, whose value is its name, or for
    /// a secret. A long part is code that says less than the sentence before it, so its value stands alone.
    private func shown(_ n: Expression.Node) -> String? {
        let uses = Expression(text: "", places: [], root: n).uses()
        let names = Set((uses.names + uses.calls.flatMap { $0.receiver ?? [] }).map(\.0))
        let text = n.text
        guard !names.isEmpty, names.isDisjoint(with: evaluator.scope.secrets), let value = term(n), value != .text(text)
        else { return nil }
        let shown = Self.short(value.text)
        return text.count > 40 ? shown : "\(text) is \(shown)"
    }
    private static func short(_ text: String) -> String { text.count > 80 ? text.prefix(80) + "..." : text }
    private init(evaluator: Evaluator) { self.evaluator = evaluator }

    private func term(_ n: Expression.Node) -> Term? { try? evaluator.evaluate(n) }
    /// Returns the operand of `&&` that makes the whole expression false.
    private func wrong(_ n: Expression.Node) -> Expression.Node {
        guard case .binary(.and, let a, let b, _) = n else { return n }
        return term(a) == .bool(false) ? wrong(a) : wrong(b)
    }
    private mutating func add(_ n: Expression.Node, _ bound: Set<String>) {
        if n.dotted != nil { return tell(n, bound) }
        switch n {
        case .call:
            n.parts.forEach { add($0, bound) }
            tell(n, bound)
        case .method(let of, let name, let arguments, _):
            // The text before a function of the protocol is part of its name.
            let isOfProtocol =
                of.dotted.map { d in evaluator.scope.functions.contains { $0.name == d + "." + name } } ?? false
            if !isOfProtocol { add(of, bound) }
            arguments.forEach { add($0, bound) }
            tell(n, bound)
        case .lambda(let name, let body): add(body, bound.union([name]))
        default: n.parts.forEach { add($0, bound) }
        }
    }
    private mutating func tell(_ n: Expression.Node, _ bound: Set<String>) {
        let uses = Expression(text: "", places: [], root: n).uses()
        let names = Set((uses.names + uses.calls.flatMap { $0.receiver ?? [] }).map(\.0))
        // True if the value can differ at another time.
        let isVariable = !names.isEmpty || uses.calls.contains { Function.ofTime.contains($0.name) }
        let text = n.text
        guard out.count < Self.most, bound.isDisjoint(with: names), isVariable, told.insert(text).inserted else {
            return
        }
        guard names.isDisjoint(with: evaluator.scope.secrets) else {
            if n.dotted != nil { out.append((text, "(secret)")) }
            return
        }
        // The value of a link's name is the name itself, so it is left out.
        guard let value = term(n), value != .text(text) else { return }
        let shown = value.text
        out.append((text, "\(shown.prefix(Self.longest))\(shown.count > Self.longest ? "..." : "")"))
    }
}

extension Expression.Node {
    /// The node as source text.
    var text: String {
        func list(_ nodes: [Self]) -> String { nodes.map(\.text).joined(separator: ", ") }
        switch self {
        case .literal(.text(let s)): return "'\(s)'"
        case .literal(let t): return t.text
        case .name(let s, _): return Scope.shownName(s)
        case .member(let of, let s, _): return "\(of.text).\(s)"
        case .call(_, let arguments, Self.implied): return arguments[0].text
        case .call(let s, let arguments, _): return "\(s)(\(list(arguments)))"
        case .method(let of, let s, let arguments, _): return "\(of.text).\(s)(\(list(arguments)))"
        case .lambda(let s, let body): return "\(s) => \(body.text)"
        case .not(let a, _): return "!\(a.text)"
        case .minus(let a, _): return "-\(a.text)"
        case .binary(let op, let a, let b, _):
            func side(_ n: Self, _ isRight: Bool) -> String {
                guard case .binary(let inner, _, _, _) = n, inner.rank < op.rank || isRight && inner.rank == op.rank
                else { return n.text }
                return "(\(n.text))"
            }
            return "\(side(a, false)) \(op.rawValue) \(side(b, true))"
        case .list(let items): return "[\(list(items))]"
        }
    }
}
