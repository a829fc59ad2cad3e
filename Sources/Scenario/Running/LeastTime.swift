public import Node
internal import Wire

extension Case {
    /// Returns a time that the case needs at least if it passes: its waits, and the times in which nothing may arrive.
    /// Steps that depend on what the node does are left out.
    public func leastTime(_ options: RunOptions, _ definition: Definition) -> Duration {
        // Functions of the protocol and signatures are missing, because they take long and no time depends on them.
        var scope = Scope()
        scope.capabilities = options.capabilities(definition)
        for e in definition.playing.constants(options.settings) { scope.names[e.key] = Term(e.value) }
        for d in definition.playing.durations(options.settings) { scope.names[d.name] = .duration(d.duration) }
        for p in scenario.parameters {
            scope.names[p.name] = options.parameters[p.name].flatMap { p.type.term($0) } ?? p.preset
        }
        for v in vector?.values ?? [] { scope.names[v.key] = try? v.value.term(scope) }
        return scenario.steps.leastTime(&scope)
    }
}

extension [Step] {
    func leastTime(_ scope: inout Scope) -> Duration {
        reduce(.zero) { $0 + $1.leastTime(&scope) }
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
                for name in [self].definedNames { scope.names[name] = nil }
                return .zero
            }
        }
        return verb.leastTime(&scope)
    }
}

extension Blocks {
    /// Returns a time that the steps need at least. The names that a branch sets are unknown afterwards.
    func leastTime(_ scope: inout Scope) -> Duration {
        switch self {
        case .none: return .zero
        case .sequence(let steps, _): return steps.leastTime(&scope)
        case .parallel(let branches, let joinsAny):
            for name in steps.definedNames { scope.names[name] = nil }
            var all: [Duration] = []
            for steps in branches { all.append(steps.leastTime(&scope)) }
            return (joinsAny ? all.min() : all.max()) ?? .zero
        case .alternatives:
            for name in steps.definedNames { scope.names[name] = nil }
            return .zero
        }
    }
}
