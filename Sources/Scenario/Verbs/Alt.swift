internal import Network
internal import Node

/// `alt`: branches for several messages, events or a timeout.
struct AltVerb: NamedVerb {
    static let key = Key(
        "alt", .some(.list(.shape(Branch.schema))), "branches for several messages, events or a timeout")
    var branches: [Branch]

    static func load(_ step: WrittenStep, by loader: inout Loader) -> (any Verb)? {
        let items = loader.list(step.value, "alt")
        if items.isEmpty { loader.report(.alternatives, "alt needs branches", step.span) }
        var out: [Branch] = []
        for (i, item) in items.enumerated() {
            guard !loader.reportsOtherVerb(item), let m = loader.members(item, Branch.schema) else { continue }
            guard (m["expect"] == nil) != (m["timeout"] == nil) else { continue }
            var trigger: Branch.Trigger?
            if let e = m["expect"] {
                trigger = loader.expectation(e, ExpectVerb.schema, loader.head(item)).map { .expect($0) }
            } else {
                if i != items.count - 1 {
                    loader.report(.alternatives, "`timeout` must be the last branch", loader.head(item))
                }
                trigger = loader.time(m["timeout"], "timeout").map { .timeout($0) }
            }
            let inner = loader.steps(m["do"], "do")
            let verdict = loader.choice(
                m["verdict"], "verdict", among: [Verdict.pass, .warn, .inconc, .fail, .error])
            let use = loader.requirementUse(m["req"])
            guard let trigger else { continue }
            out.append(
                Branch(
                    trigger: trigger, span: item.span, steps: inner, verdict: verdict, requirement: use,
                    because: loader.text(m["because"], "because")))
        }
        let hasEnd = items.contains {
            $0["timeout"] != nil || $0["expect"]?["within"] != nil || $0["expect"]?["window"] != nil
        }
        if !hasEnd, !out.isEmpty, out.count == items.count {
            loader.report(
                .timing,
                "`alt` needs `within`, `window` or `timeout` in a branch: without an end it could wait for ever",
                step.span)
        }
        return Self(branches: out)
    }
    var text: String { "alt of \(branches.count)" }
    var blocks: Blocks { .alternatives(branches) }
    var expectations: [Expectation] { branches.compactMap(\.expectation) }

    func start(_ step: Step, in run: CaseRun) throws(EvaluationError) {
        var step = step
        // If no branch can be taken, the step judges if one of them would.
        step.requirement = step.requirement ?? branches.lazy.compactMap(\.requirement).first
        var all: [Waiting] = []
        for b in branches {
            switch b.trigger {
            case .expect(let e):
                let bound = try ResolvedExpectation(e, run.scope, run.options.timeScale)
                all.append(Waiting(branch: b, bound: bound, deadline: bound.deadline))
            case .timeout(let t):
                all.append(Waiting(branch: b, deadline: run.driver.now + (try t.duration(run.scope))))
            }
        }
        let last = all.map(\.deadline).filter { $0 != .never }.max()
        run.wait(until: last ?? .never, judgedSince: all.compactMap(\.bound?.start).min()) {
            [unowned run, step] () throws(EvaluationError) in try proceed(step, in: run, all)
        }
    }
    /// A branch that waits. `bound` is nil for a timeout.
    private struct Waiting {
        var branch: Branch
        var bound: ResolvedExpectation?
        var deadline: Instant
    }
    private func proceed(
        _ step: Step, in run: CaseRun, _ all: [Waiting]
    ) throws(EvaluationError) -> Instant? {
        var refused: Problem?
        var refusing = step
        var goesOn = true
        while goesOn, refused == nil {
            goesOn = false
            // All branches see the same first records before any record is skipped.
            var others: [(Link.Record, ResolvedExpectation.Judgement, ResolvedExpectation)] = []
            for waiting in all {
                guard let bound = waiting.bound else { continue }
                switch try run.head(bound) {
                case .nothing: break
                case .match(let saved):
                    run.take(bound.expectation, saved)
                    take(waiting.branch, step, in: run)
                    return nil
                case .refused(let p):
                    if refused == nil { refusing.requirement = waiting.branch.requirement ?? step.requirement }
                    refused = refused ?? p
                case .other(let r, let judged):
                    if !others.contains(where: { $0.2.expectation.isBeside(bound.expectation) }) {
                        others.append((r, judged, bound))
                    }
                }
            }
            for (r, judged, bound) in others {
                let e = bound.expectation
                let anyOrder = all.contains {
                    ($0.bound?.expectation.isBeside(e) ?? false) && $0.bound?.expectation.anyOrder == true
                }
                if let p = try run.passOver(r, judged, e, anyOrder: anyOrder) {
                    refused = refused ?? p
                } else {
                    goesOn = true
                }
            }
        }
        if let refused {
            run.failed(refused, refusing)
            return nil
        }
        for waiting in all where waiting.bound == nil && run.driver.now >= waiting.deadline {
            take(waiting.branch, step, in: run, Problem("nothing came", waiting.branch.span))
            return nil
        }
        // A branch without an own end waits until the last of the other branches ends.
        let ends = all.map(\.deadline).filter { $0 != .never }
        if let next = ends.filter({ run.driver.now < $0 }).min() { return next }
        let last = all.compactMap(\.bound).filter { $0.deadline != .never }.max { $0.deadline < $1.deadline }
        run.failed(last.map(run.timeout) ?? Problem("no branch matched", step.span), step)
        return nil
    }
    /// Enters a branch.
    private func take(_ branch: Branch, _ step: Step, in run: CaseRun, _ p: Problem? = nil) {
        run.set(mark: step.mark)
        if let wanted = branch.verdict, wanted != .pass {
            var p = p ?? Problem(branch.because ?? "this branch was taken", branch.span)
            p.reason = branch.because ?? p.reason
            p.culprit = p.culprit ?? run.trace.lastIndex { $0.direction == .received }
            guard run.judge(step, .failed, wanted, p, branch.requirement ?? step.requirement) else { return }
        }
        run.enter(branch.steps)
    }
}

/// One branch of `alt`.
struct Branch: Sendable {
    static let schema = Schema(
        name: "a branch of alt",
        keys: [
            Key("expect", .shape(ExpectVerb.schema), "the message or event that must come"),
            Key("timeout", .time, "taken if nothing came in this time"),
            Key("do", .steps, "steps to continue with"), Key("verdict", Schema.verdicts, "verdict of the branch"),
            Key("req", .either(.text, .shape(.requirementUse)), "requirement"), Key("because", .text, "why"),
            Key("label", .text, "what it is"),
        ],
        rules: [Constraint(.one(["expect", "timeout"]), .alternatives, "a branch has either `expect` or `timeout`")])
    var trigger: Trigger
    var span: Span
    var steps: [Step]
    var verdict: Verdict?
    var requirement: RequirementUse?
    var because: String?

    enum Trigger: Sendable {
        case expect(Expectation)
        case timeout(Template)
    }
    /// The message or event that begins the branch; nil for a timeout.
    var expectation: Expectation? { if case .expect(let e) = trigger { e } else { nil } }
}

extension Loader {
    /// Reports a branch of `alt` that has another verb than `expect`. Returns false if it has none.
    fileprivate mutating func reportsOtherVerb(_ branch: YAMLNode) -> Bool {
        guard case .mapping(let all) = branch.content, branch["expect"] == nil, branch["timeout"] == nil,
            let other = all.first(where: { Verbs.named($0.key) != nil })
        else { return false }
        report(
            .alternatives,
            "a branch of `alt` cannot wait with `\(other.key)`, only with `expect` or `timeout`; `par` can",
            other.keySpan, "use `par` with `join: any`")
        return true
    }
}
