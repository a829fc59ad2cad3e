internal import Capture
internal import Node
internal import Scenario
internal import Wire

/// `trace.ndjson`: what was sent and received, and what each step came to, in order, one JSON object a line. The format
/// is described for its readers in Spec/evidence.md, and does not change within a version.
enum TraceLines {
    /// Of the format.
    static let version: UInt64 = 1
    /// Bytes of the file at most; entries beyond have neither `bytes` nor `fields`.
    static let limit = 64 << 20

    static func bytes(_ r: CaseResult, _ run: EvidenceRun) -> [UInt8] {
        var out: [UInt8] = []
        func line(_ v: Value) { out += RunEvents.line(v) }
        let text = StepText(r)
        var head: [Value.Entry] = [
            .init("event", "trace"), .init("version", .uint(version)), .init("case", .text(r.id)),
            .init("seed", .text("0x" + String(r.seed, radix: 16))),
            .init("clock", run.began == nil ? "virtual" : "real"),
        ]
        if !r.variant.isEmpty { head.append(.init("variant", .text(r.variant))) }
        if let began = run.began { head.append(.init("began", .text(began.description))) }
        line(.map(head))
        for event in EvidenceEvent.all(r) {
            switch event {
            case .entry(let i): line(entry(r, i, isWhole: out.count < limit))
            case .step(let i): line(step(r.steps[i], text))
            }
        }
        let told = Set(r.steps.map(\.number))
        for s in text.plan where !told.contains(s.number) && r.untoldSteps == 0 {
            line(.map(planned(s) + [.init("state", "not")]))
        }
        line(.map(conclusion(r)))
        return out
    }
    private static func microseconds(_ d: Duration) -> Value { Value(d.nanoseconds / 1000) }
    private static func number(_ n: Int) -> Value { .uint(UInt64(max(0, n))) }

    private static func entry(_ r: CaseResult, _ i: Int, isWhole: Bool) -> Value {
        let e = r.trace[i]
        var out: [Value.Entry] = [
            .init("event", "entry"), .init("n", number(i + 1)), .init("microseconds", microseconds(e.at)),
            .init("link", .text(e.link)), .init("connection", number(e.connection + 1)), .init("ours", .text(e.ours)),
            .init("theirs", .text(e.theirs)), .init("direction", .text(e.direction.rawValue)),
        ]
        switch e.content {
        case .opened: out.append(.init("what", "opened"))
        case .closed(let how): out += [.init("what", "closed"), .init("how", .text(how))]
        case .message(let type, let bytes):
            out += [
                .init("what", "message"), .init("message", .text(type.name.description)),
                .init("length", number(bytes.count)),
            ]
            guard isWhole else { break }
            let tree = type.dissect(bytes)
            out += [.init("fields", tree.fields(in: bytes.span.bytes)), .init("bytes", .bytes(bytes))]
            if let error = tree.error { out.append(.init("problem", .text("\(error)"))) }
        case .bytes(let bytes, let error):
            out += [.init("what", "bytes"), .init("length", number(bytes.count))]
            if isWhole { out.append(.init("bytes", .bytes(bytes))) }
            if let error { out.append(.init("problem", .text("\(error)"))) }
        }
        if case .opened = e.content, r.connections.indices.contains(e.connection) {
            let c = r.connections[e.connection]
            if let local = c.local { out.append(.init("local", .text(local.description))) }
            if let peer = c.peer { out.append(.init("peer", .text(peer.description))) }
        }
        if let step = e.step { out.append(.init("step", number(step))) }
        if e.isCulprit { out.append(.init("culprit", true)) }
        if e.isReassembled { out.append(.init("rejoined", true)) }
        out += e.leftOut.members
        return .map(out)
    }
    private static func planned(_ s: PlannedStep) -> [Value.Entry] {
        var out: [Value.Entry] = [.init("event", "step"), .init("step", number(s.number))]
        if let file = s.file { out.append(.init("file", .text(file))) }
        out += [.init("line", number(s.line)), .init("depth", number(s.depth)), .init("text", .text(s.text))]
        if let label = s.label { out.append(.init("label", .text(label))) }
        if s.isCleanup { out.append(.init("cleanup", true)) }
        return out
    }
    private static func step(_ o: StepOutcome, _ text: StepText) -> Value {
        var out = text.step(o).map { planned($0) } ?? [.init("event", "step"), .init("step", number(o.number))]
        out += [
            .init("began", microseconds(o.began)), .init("microseconds", microseconds(o.ended)),
            .init("state", .text(o.state.rawValue)), .init("verdict", .text(o.verdict.rawValue)),
        ]
        if let rule = text.requirement(o) { out.append(.init("requirement", .text(rule))) }
        if let reason = o.reason { out.append(.init("reason", .text(reason))) }
        if let entry = o.entry { out.append(.init("entry", number(entry + 1))) }
        return .map(out)
    }
    private static func conclusion(_ r: CaseResult) -> [Value.Entry] {
        var out: [Value.Entry] = [
            .init("event", "verdict"), .init("microseconds", microseconds(r.duration)),
            .init("verdict", .text(r.verdict.rawValue)), .init("requirement", .text(r.requirement)),
            .init("level", .text(r.level.rawValue)),
        ]
        if let reason = r.problem?.reason ?? r.reason { out.append(.init("reason", .text(reason))) }
        if r.untoldSteps > 0 { out.append(.init("untold", number(r.untoldSteps))) }
        return out + r.leftOut.members
    }
}
