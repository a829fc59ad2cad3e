internal import Node
internal import Wire

/// Warnings about allowed constructs that are probably mistakes. A warning does not keep a scenario from running.
extension Loader {
    /// The minimum useful length of a window: the harness itself may be late by this much.
    static let slack = Duration.milliseconds(100)

    /// Checks a scenario without errors. Steps in fragments are considered but not reported, because fragments have
    /// other users.
    mutating func lint(_ s: Scenario) {
        unused()
        for steps in [s.steps, s.cleanup] {
            unreachable(steps)
            for step in steps.flattened where step.source == nil {
                step.verb.expectations.forEach { shortWindows($0) }
                unexplained(step)
            }
        }
        var links: Set<String> = []
        anchors(s.steps, &links)
        anchors(s.cleanup, &links)
    }
    private mutating func warn(_ code: DiagnosticCode, _ message: String, _ span: Span, _ label: String = "") {
        report(code, message, span, label, severity: .warning)
    }

    /// Reports names that are defined and never used. A fragment cannot use them, because it knows only its own names.
    private mutating func unused() {
        let used = Set(uses.map(\.name))
        for c in captures where !used.contains(c.name) {
            warn(.unused, "no step uses `\(c.name)`", c.span, "given here")
        }
    }

    /// Reports a condition that can fail the node and has no sentence for the failure.
    private mutating func unexplained(_ step: Step) {
        guard step.verb is AssertVerb || step.verb is PollVerb, step.requirement != nil, step.because == nil else {
            return
        }
        switch step.otherwise {
        case .pass, .inconc, .error: return
        case nil, .some: warn(.unexplained, "this \(step.name) judges the node and has no `because`", step.span)
        }
    }

    // Steps and branches that cannot be reached

    private mutating func unreachable(_ steps: [Step]) {
        var ended: Step?
        for step in steps {
            if let end = ended {
                if step.source == nil {
                    warn(
                        .unreachable, "this step is never reached", step.span,
                        "the \(end.name) in line \(end.span.start.line) ends the case")
                }
                return
            }
            switch step.verb.blocks {
            case .none: break
            case .alternatives(let branches):
                shadowed(branches, step.source == nil)
                for b in branches {
                    if let v = b.verdict, v > .warn, let inner = b.steps.first, inner.source == nil {
                        warn(
                            .unreachable, "this step is never reached", inner.span,
                            "`verdict: \(v.rawValue)` of its branch ends the case")
                    } else {
                        unreachable(b.steps)
                    }
                }
            case .parallel(let branches, _): for steps in branches { unreachable(steps) }
            case .sequence(let inner, _): unreachable(inner)
            }
            if ends(step) { ended = step }
        }
    }
    /// Returns whether the case ends after a step, regardless of the result of the step.
    private func ends(_ step: Step) -> Bool {
        guard step.condition == nil else { return false }
        switch step.verb.blocks {
        case .alternatives(let branches):
            return endsWhenBroken(step)
                && branches.allSatisfy { b in (b.verdict.map { $0 > .warn } ?? false) || ends(b.steps) }
        case .parallel(let branches, let joinsAny): return !joinsAny && branches.contains { ends($0) }
        case .sequence(let steps, let isCertain): return isCertain && ends(steps)
        case .none: return (step.verdict.map { $0 > .warn } ?? false) && endsWhenBroken(step)
        }
    }
    private func ends(_ steps: [Step]) -> Bool { steps.contains { ends($0) } }

    /// Returns whether the case ends if a step does not hold.
    private func endsWhenBroken(_ step: Step) -> Bool {
        if let otherwise = step.otherwise { return otherwise > .warn }
        // A step that only prepares makes the case inconclusive.
        guard let use = step.requirement else { return true }
        if let level = use.level { return level == .must }
        return (definition.flatMap { library.requirements[$0.name] }?[use.id]?.level ?? .must) == .must
    }
    /// Reports branches for which an earlier branch leaves no record.
    private mutating func shadowed(_ branches: [Branch], _ isTold: Bool) {
        for (i, b) in branches.enumerated() {
            guard isTold, let later = b.expectation else { continue }
            for a in branches[..<i] {
                guard let earlier = a.expectation, earlier.takesAll(of: later) else { continue }
                warn(
                    .unreachable, "this branch is never taken", later.whatSpan,
                    "the branch in line \(a.span.start.line) matches all of its messages")
                break
            }
        }
    }

    // Times

    private mutating func shortWindows(_ e: Expectation) {
        var all: [(name: String, length: Duration)] = []
        if case .time(let d)? = e.within { all.append(("within", d)) }
        if case .time(let d)? = e.lasting { all.append(("for", d)) }
        if case (.time(let a), .time(let b))? = e.window { all.append(("window", b - a)) }
        for w in all where w.length > .zero && w.length < Self.slack {
            warn(
                .shortWindow,
                "`\(w.name)` is \(w.length.text) long, and the harness itself may be late by \(Self.slack.text)",
                e.whatSpan)
        }
    }

    // Links

    /// Asks each verb, with the links on which something has happened before it: a `never` on another link proves
    /// nothing.
    private mutating func anchors(_ steps: [Step], _ links: inout Set<String>) {
        for step in steps {
            switch step.verb.blocks {
            case .none: step.verb.lint(step, active: &links, by: &self)
            case .alternatives(let branches):
                // The actions of one branch are assumed to have happened, because the next step may depend on them.
                branchAnchors(
                    branches.map { b in (b.steps, links.union(b.expectation.map { [$0.link] } ?? [])) }, &links)
            case .parallel(let branches, _): branchAnchors(branches.map { ($0, links) }, &links)
            case .sequence(let inner, _): anchors(inner, &links)
            }
        }
    }
    /// Checks branches, each with the links on which something happened before it. A branch does not see the actions of
    /// the others. After the branches, the actions of every branch have happened.
    private mutating func branchAnchors(_ branches: [([Step], Set<String>)], _ links: inout Set<String>) {
        for (steps, before) in branches {
            var inner = before
            anchors(steps, &inner)
            links.formUnion(inner)
        }
    }
}
