internal import Node

/// Decides whether a condition keeps its value however many more messages arrive. The lists of received messages only
/// grow. So nothing undoes a message that must not be there, while a missing message may still arrive.
struct Permanence {
    var evaluator: Evaluator
    /// Returns whether the value of an expression can change over time.
    let isTimed: (Expression) -> Bool

    /// Returns whether a condition has the value `wanted` now and keeps it.
    func stays(_ wanted: Bool, _ n: Expression.Node) -> Bool {
        guard changes(n) else { return value(n) == .bool(wanted) }
        switch n {
        case .not(let a, _): return stays(!wanted, a)
        case .binary(.and, let a, let b, _):
            return wanted ? stays(true, a) && stays(true, b) : stays(false, a) || stays(false, b)
        case .binary(.or, let a, let b, _):
            return wanted ? stays(true, a) || stays(true, b) : stays(false, a) && stays(false, b)
        case .binary(let op, let a, let b, _):
            if let least = least(a), let limit = number(b) { return decides(wanted, op, least, limit) }
            if let least = least(b), let limit = number(a) { return decides(wanted, op.mirrored, least, limit) }
            return false
        default: return staysCalled(wanted, n)
        }
    }
    private func staysCalled(_ wanted: Bool, _ n: Expression.Node) -> Bool {
        guard let (name, arguments) = evaluator.called(n) else { return false }
        switch name {
        case "seen": return wanted && !arguments.contains(where: changes) && value(n) == .bool(true)
        case "any", "all":
            guard arguments.count == 2, case .lambda(let parameter, let body) = arguments[1] else { return false }
            let inner = { (x: Term) in binding(parameter, x).stays(wanted, body) }
            // One element decides, also in a list that grows. The other answer needs all elements.
            if wanted == (name == "any") { return elements(arguments[0])?.contains(where: inner) ?? false }
            return !changes(arguments[0]) && elements(arguments[0])?.allSatisfy(inner) ?? false
        default: return false
        }
    }
    /// Returns whether `x op limit` has the value `wanted` for every x from `least` on.
    private func decides(_ wanted: Bool, _ op: Expression.Operator, _ least: Int128, _ limit: Int128) -> Bool {
        switch op {
        case .equal, .lessOrEqual: !wanted && least > limit
        case .less: !wanted && least >= limit
        case .unequal, .greater: wanted && least > limit
        case .greaterOrEqual: wanted && least >= limit
        default: false
        }
    }
    /// Returns a number that a count does not fall below; nil if the node may fall or is no number.
    private func least(_ n: Expression.Node) -> Int128? {
        guard changes(n) else { return number(n) }
        if case .binary(.plus, let a, let b, _) = n, let x = least(a), let y = least(b) { return x + y }
        guard let (name, arguments) = evaluator.called(n), name == "count" || name == "size",
            let list = arguments.first,
            let all = elements(list)
        else { return nil }
        guard arguments.count == 2 else { return Int128(all.count) }
        guard case .lambda(let parameter, let body) = arguments[1] else { return nil }
        return Int128(all.count { binding(parameter, $0).stays(true, body) })
    }
    /// Returns the elements of a list that is constant or only grows; nil for other lists.
    private func elements(_ n: Expression.Node) -> [Term]? {
        guard grows(n), case .list(let all)? = value(n) else { return nil }
        return all
    }
    private func grows(_ n: Expression.Node) -> Bool {
        guard changes(n) else { return true }
        if case .binary(.plus, let a, let b, _) = n { return grows(a) && grows(b) }
        guard let (name, arguments) = evaluator.called(n), let first = arguments.first else { return false }
        if Function.ofMessages.contains(name) { return !arguments.contains(where: changes) }
        let isOfEach = evaluator.scope.functions.first { $0.name == name }?.isOfEachElement
        return isOfEach ?? (name == "filter" || name == "map") && grows(first)
            && !arguments.dropFirst().contains(where: changes)
    }

    private func changes(_ n: Expression.Node) -> Bool {
        // A lambda is judged by its body: a parameter is an element, which does not change.
        if case .lambda(_, let body) = n { return changes(body) }
        return isTimed(Expression(text: "", places: [], root: n))
    }
    private func value(_ n: Expression.Node) -> Term? { try? evaluator.evaluate(n) }
    /// Returns the number that a node always has.
    private func number(_ n: Expression.Node) -> Int128? {
        guard !changes(n), case .number(let x)? = value(n) else { return nil }
        return x
    }
    private func binding(_ parameter: String, _ x: Term) -> Permanence {
        var inner = self
        inner.evaluator.locals.append(Term.Member(parameter, x))
        return inner
    }
}

extension Expression.Operator {
    /// The comparison with its sides exchanged: `<` for `>`.
    fileprivate var mirrored: Self {
        switch self {
        case .less: .greater
        case .lessOrEqual: .greaterOrEqual
        case .greater: .less
        case .greaterOrEqual: .lessOrEqual
        default: self
        }
    }
}
