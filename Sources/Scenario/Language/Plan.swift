/// A step of a scenario, described in words.
public struct PlannedStep: Sendable {
    /// The place in the plan, from 1.
    public var number: Int
    /// The line of the step, from 1.
    public var line: Int
    /// The fragment that contains the line; nil for the scenario's own file.
    public var file: String?
    /// The nesting depth; 0 for the outermost steps.
    public var depth: Int
    /// A description of the step.
    public var text: String
    /// The requirement that the step proves.
    public var requirement: String?
    /// The purpose of the step, as the scenario gives it.
    public var label: String?
    /// True if the step belongs to the clean-up.
    public var isCleanup: Bool
}

extension Scenario {
    /// The steps in words, with their lines and nesting depths. `meshspec show` prints this list.
    public var plan: [(line: Int, depth: Int, text: String)] {
        Self.plan(steps, 0, isCleanup: false).map { step in
            let proves = step.requirement.map { "   proves \($0)" } ?? ""
            let label = step.label.map { "   (\($0))" } ?? ""
            return (step.line, step.depth, step.text + label + proves)
        }
    }
    /// All steps, in the order of their numbers. The steps of the clean-up are last. The index of a step is its number
    /// minus one.
    public var plannedSteps: [PlannedStep] {
        Self.plan(steps, 0, isCleanup: false) + Self.plan(cleanup, 0, isCleanup: true)
    }

    private static func plan(_ steps: [Step], _ depth: Int, isCleanup: Bool) -> [PlannedStep] {
        steps.flatMap { step in
            [
                PlannedStep(
                    number: step.number, line: step.span.start.line, file: step.source?.name, depth: depth,
                    text: step.verb.text, requirement: step.requirement?.id, label: step.label, isCleanup: isCleanup)
            ] + plan(step.verb.inner, depth + 1, isCleanup: isCleanup)
        }
    }
}

extension Verb {
    var text: String {
        switch self {
        case .open(let from, let to, let link, _, _, _, _): "open \(from) -> \(to) as \(link)"
        case .accept(let at, let from, let link, _, _, _): "accept \(from) -> \(at) as \(link)"
        case .stream(let s): "\(s.isOurs ? "open" : "accept") a stream of \(s.of) as \(s.link)"
        case .send(let s): "send on \(s.link): " + s.parts.map(\.name).joined(separator: ", ")
        case .build(let b): "build \(Scope.shownName(b.name)): \(b.part.name)"
        case .expect(let e): "expect on \(e.link): \(e.count > 1 ? "\(e.count) times " : "")\(e.wanted)"
        case .never(let e): "never on \(e.link)\(e.lasting.map { " for \($0.shown)" } ?? ""): \(e.wanted)"
        case .neverDialed(let at, let lasting, _): "never at \(at) for \(lasting.shown): a connection"
        case .alt(let branches): "alt of \(branches.count)"
        case .close(let link, .fin): "close \(link)"
        case .close(let link, .reset): "close \(link) with a reset"
        case .close(let link, .half): "close our side of \(link)"
        case .assign(let members): "let " + members.map { Scope.shownName($0.key) }.joined(separator: ", ")
        case .assert(let e): "assert \(e.text)"
        case .wait(let time): "wait \(time.shown)"
        case .par(let branches, let any):
            "par \(any ? "any" : "all") of " + branches.map(\.name).joined(separator: ", ")
        case .poll(_, let within, let until): "poll for \(within.shown) until \(until.text)"
        case .fault(let f):
            "fault \(f.name) on \(f.from) \(f.isMutual ? "<->" : "->") \(f.to): "
                + f.effects.map(\.kind.rawValue).joined(separator: ", ")
        case .heal(let name): "heal \(name)"
        case .listen(let at): "listen at \(at)"
        case .refuse(let at): "refuse at \(at)"
        case .dut(let control, _, _): "dut \(control)"
        case .use(let file, _): "use \(file)"
        case .repeat(_, _, let steps): "repeat \(steps.count) step\(steps.count == 1 ? "" : "s")"
        }
    }
}

extension Template {
    /// The text of the template as in the scenario: a time or another value, or the expression that computes it.
    fileprivate var shown: String {
        switch self {
        case .constant(let v): Term(v).text
        case .time(let d): Term.duration(d).text
        case .expression(let e): "$(\(e.text))"
        case .text, .list, .map: "..."
        }
    }
}

extension Send.Part {
    var name: String {
        switch self {
        case .message(let name, _, _): name
        case .raw: "bytes"
        }
    }
}
