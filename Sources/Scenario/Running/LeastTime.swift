public import Node
internal import Wire

extension Case {
    /// Returns a time that the case needs at least if it passes: its waits, and the times in which nothing may arrive.
    /// Steps that depend on what the node does are left out.
    public func leastTime(_ options: RunOptions, _ definition: Definition) -> Duration {
        // Functions of the protocol and signatures are missing, because they take long and no time depends on them.
        var scope = Scope()
        scope.capabilities = options.capabilities(definition)
        for e in definition.constants(options.settings) { scope.names[e.key] = Term(e.value) }
        for d in definition.durations(options.settings) { scope.names[d.name] = .duration(d.duration) }
        for p in scenario.parameters {
            scope.names[p.name] = options.parameters[p.name].flatMap { p.type.term($0) } ?? p.preset
        }
        for v in vector?.values ?? [] { scope.names[v.key] = try? v.value.term(scope) }
        return scenario.steps.leastTime(&scope)
    }
}

extension [Step] {
    fileprivate func leastTime(_ scope: inout Scope) -> Duration {
        reduce(.zero) { $0 + $1.leastTime(&scope) }
    }
    /// The names that the steps set.
    fileprivate var assigned: [String] {
        flattened.flatMap { s in if case .assign(let members) = s.verb { members.map(\.key) } else { [String]() } }
    }
}

extension Step {
    fileprivate func leastTime(_ scope: inout Scope) -> Duration {
        if let condition {
            switch try? Evaluator.evaluate(condition, in: scope) {
            case .bool(true)?: break
            case .bool(false)?: return .zero
            default:
                // The step may be done or not, so that the names that it sets are unknown.
                for name in [self].assigned { scope.names[name] = nil }
                return .zero
            }
        }
        func time(_ t: Template?) -> Duration { (try? t?.duration(scope)) ?? .zero }
        switch verb {
        case .assign(let members):
            for m in members { scope.names[m.key] = try? m.value.term(scope) }
            return .zero
        case .wait(let t): return time(t)
        case .never(let e): return e.since == nil ? time(e.lasting) : .zero
        case .neverDialed(_, let lasting, let since): return since == nil ? time(lasting) : .zero
        case .use(_, let steps): return steps.leastTime(&scope)
        case .repeat(let times, _, let steps):
            for name in steps.assigned { scope.names[name] = nil }
            let once = steps.leastTime(&scope)
            guard case .number(let n)? = try? times.term(scope) else { return .zero }
            return once * Int(clamping: n)
        case .par(let branches, let joinsAny):
            for name in branches.flatMap(\.steps.assigned) { scope.names[name] = nil }
            var all: [Duration] = []
            for b in branches { all.append(b.steps.leastTime(&scope)) }
            return (joinsAny ? all.min() : all.max()) ?? .zero
        case .alt(let branches):
            for name in branches.flatMap(\.steps.assigned) { scope.names[name] = nil }
            return .zero
        default: return .zero
        }
    }
}
