public import Scenario
internal import Text
internal import Wire

extension CaseRecord {
    /// Makes the record of a result. `content` is the fingerprint of the scenario's file. `rule` is the requirement
    /// that the verdict is about.
    public init(_ r: CaseResult, content: String, command: String = "", rule: Requirement? = nil) {
        self.init(
            id: r.id, variant: r.variant, title: r.scenario.title, protocolName: r.scenario.protocolName,
            verdict: r.verdict, requirement: r.requirement, level: r.level, covers: r.scenario.covers,
            duration: r.duration, file: r.scenario.source.name, content: content, seed: r.seed, round: r.round,
            retries: r.retries, expectation: r.expectation, reason: r.problem?.reason ?? r.reason, command: command)
        if r.verdict > .pass { fingerprint = Fingerprint.of(r) }
        failure = r.problem.map { Failure($0, r) }
        leftOut = r.leftOut
        steps = Step.all(r)
        if [.fail, .warn, .inconc].contains(r.verdict) { observed = rule?.observed(isBroken: r.verdict != .inconc) }
    }
}

extension CaseRecord.Failure {
    init(_ p: Problem, _ r: CaseResult) {
        let source = p.source ?? r.scenario.source
        let isOneLine = p.span.end.line == p.span.start.line
        self.init(
            file: source.name, line: p.span.start.line, column: p.span.start.column,
            endColumn: isOneLine ? p.span.end.column : nil,
            excerpt: Excerpt(
                source.line(p.span.start.line), from: p.span.start.column, to: isOneLine ? p.span.end.column : Int.max),
            label: p.label, step: r.step, steps: r.scenario.stepCount, branch: p.branch, because: p.because,
            path: p.path, wanted: p.wanted, had: p.had, facts: p.facts,
            trace: CaseRecord.Exchange.all(r), connections: r.connections)
        guard let i = p.culprit, r.trace.indices.contains(i) else { return }
        culprit = i
        var p = p
        let (type, bytes): (any Message.Type, [UInt8])
        switch r.trace[i].content {
        case .message(let t, let b): (type, bytes) = (t, b)
        case .bytes(let b, let error?):
            marked = error.offset..<max(error.offset, min(b.count, error.offset + 1))
            // The datagram was not decoded: dissecting its part shows the field that is wrong.
            guard let t = r.trace[i].part else { return }
            (type, bytes) = (t, b)
            p.path = error.path
            p.wanted = error.legal?.wanted ?? p.wanted
            path = error.path
        case .bytes, .opened, .closed: return
        }
        let tree = type.dissect(bytes)
        fields = FieldTable(type, tree, in: bytes, for: p)
        marked = p.path.isEmpty ? marked : tree.node(p.path)?.range ?? marked
        if let error = tree.error {
            stopped = "\(error)"
            marked = marked ?? error.offset..<max(error.offset, bytes.count)
        }
    }
}

extension CaseRecord.Exchange {
    /// Returns the whole trace of a case, with the outcomes of its steps.
    static func all(_ r: CaseResult) -> [Self] {
        let notes = StepNotes(r)
        var summaries = Summaries()
        return r.trace.enumerated().map { i, e in
            var out = Self(e, &summaries)
            out.notes = (e.leftOut.isNothing ? [] : ["\(e.leftOut.text) of this direction left out before this one"])
            out.notes += notes.of[i]
            return out
        }
    }
    /// Converts one trace entry.
    public init(_ e: TraceEntry) {
        var summaries = Summaries()
        self.init(e, &summaries)
    }
    private init(_ e: TraceEntry, _ summaries: inout Summaries) {
        self.init(
            at: e.at, link: e.link, ours: e.ours, theirs: e.theirs, connection: e.connection, direction: e.direction,
            kind: .opened, name: "", bytes: e.bytes)
        carrier = e.carrier
        leftOut = e.leftOut
        switch e.content {
        case .message(let type, _):
            kind = .message
            name = type.name.description
            // A scenario may send bytes that are no such message.
            if type.inspect(e.bytes.span.bytes) != .refused { summary = summaries.text(type, e.bytes.span.bytes) }
        case .bytes(_, let problem):
            kind = .bytes
            error = problem.map { "\($0)" }
        case .opened: break
        case .closed(let how):
            kind = .closed
            name = how
        }
    }
}
