extension Scenario {
    /// The steps in words, with the line they stand in and how deep they are nested: what `meshspec show` prints.
    public var plan: [(line: Int, depth: Int, text: String)] { Self.plan(steps, 0) }

    static func plan(_ steps: [Step], _ depth: Int) -> [(line: Int, depth: Int, text: String)] {
        steps.flatMap { step in
            let proves = step.requirement.map { "   proves \($0.id)" } ?? ""
            let label = step.label.map { "   (\($0))" } ?? ""
            return [(step.span.start.line, depth, step.verb.text + label + proves)] + plan(step.verb.inner, depth + 1)
        }
    }
}

extension Verb {
    /// In words.
    var text: String {
        switch self {
        case .open(let from, let to, let link, _): "open \(from) -> \(to) as \(link)"
        case .accept(let at, let from, let link, _): "accept \(from) -> \(at) as \(link)"
        case .send(let s): "send on \(s.link): " + s.parts.map(\.name).joined(separator: ", ")
        case .expect(let e): "expect on \(e.link): \(e.count > 1 ? "\(e.count) times " : "")\(e.wanted)"
        case .never(let e): "never on \(e.link): \(e.wanted)"
        case .alt(let branches): "alt of \(branches.count)"
        case .close(let link, let reset): "close \(link)" + (reset ? " with a reset" : "")
        case .assign(let members): "let " + members.map(\.key).joined(separator: ", ")
        case .assert(let e): "assert \(e.text)"
        case .wait: "wait"
        case .par(let branches, let any):
            "par \(any ? "any" : "all") of " + branches.map(\.name).joined(separator: ", ")
        case .poll(_, _, let until): "poll until \(until.text)"
        case .fault(let f):
            "fault \(f.name) on \(f.from) \(f.isMutual ? "<->" : "->") \(f.to): "
                + f.effects.map(\.kind.rawValue).joined(separator: ", ")
        case .heal(let name): "heal \(name)"
        case .dut(let control, _): "dut \(control)"
        case .use(let file, _): "use \(file)"
        case .repeat(_, _, let steps): "repeat \(steps.count) step\(steps.count == 1 ? "" : "s")"
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
