internal import Capture
internal import Node
internal import Scenario
internal import Text
internal import Wire

/// The file `trace.ndjson`: the traffic and the outcomes of the steps in order, one JSON object per line.
/// Spec/evidence.md describes the format, which does not change within a version.
enum TraceLines {
    /// The version of the format.
    static let version: UInt64 = 1
    /// The maximum number of bytes of the file. Later entries have neither `bytes` nor `fields`.
    static let limit = 64 << 20

    static func bytes(_ r: CaseResult, _ run: EvidenceRun) -> [UInt8] {
        var out: [UInt8] = []
        func line(_ members: [Value.Entry]) { JSONText.line(.map(members), to: &out) }
        let text = StepText(r)
        line(
            Value.members([
                "event": "trace", "version": .uint(version), "case": .text(r.id), "seed": .text(r.seed.seedText),
                "clock": run.began == nil ? "virtual" : "real", "variant": .text(unlessEmpty: r.variant),
                "began": run.began.map { .text($0.description) },
            ]))
        for event in EvidenceEvent.all(r) {
            switch event {
            case .entry(let i): line(entry(r, i, isWhole: out.count < limit))
            case .step(let i): line(step(r.steps[i], text))
            }
        }
        let reached = Set(r.steps.map(\.number))
        for s in text.plan where !reached.contains(s.number) && r.untoldSteps == 0 {
            line(planned(s) + [.init("state", "not")])
        }
        line(
            Value.members([
                "event": "verdict", "microseconds": .microseconds(r.duration), "verdict": .text(r.verdict.rawValue),
                "requirement": .text(r.requirement), "level": .text(r.level.rawValue),
                "reason": (r.problem?.reason ?? r.reason).map { .text($0) },
                "untold": r.untoldSteps > 0 ? .number(r.untoldSteps) : nil, "leftOut": r.leftOut.value,
            ]))
        return out
    }

    private static func entry(_ r: CaseResult, _ i: Int, isWhole: Bool) -> [Value.Entry] {
        let e = r.trace[i]
        let content: [Value.Entry]
        switch e.content {
        case .opened:
            let ends = r.connections.indices.contains(e.connection) ? r.connections[e.connection] : nil
            content = Value.members([
                "what": "opened", "local": ends?.local.map { .text($0.description) },
                "peer": ends?.peer.map { .text($0.description) },
            ])
        case .closed(let how): content = Value.members(["what": "closed", "how": .text(how)])
        case .message(let type, let bytes):
            let tree = isWhole ? type.dissect(bytes) : nil
            content = Value.members([
                "what": "message", "message": .text(type.name.description), "length": .number(bytes.count),
                "fields": tree?.fields(in: bytes.span.bytes), "bytes": isWhole ? .bytes(bytes) : nil,
                "problem": tree?.error.map { .text("\($0)") },
            ])
        case .bytes(let bytes, let error):
            content = Value.members([
                "what": "bytes", "length": .number(bytes.count), "bytes": isWhole ? .bytes(bytes) : nil,
                "problem": error.map { .text("\($0)") },
            ])
        }
        let head = Value.members([
            "event": "entry", "n": .number(i + 1), "microseconds": .microseconds(e.at), "link": .text(e.link),
            "connection": .number(e.connection + 1), "ours": .text(e.ours), "theirs": .text(e.theirs),
            "direction": .text(e.direction.rawValue),
        ])
        let tail = Value.members([
            "step": e.step.map { .number($0) }, "culprit": e.isCulprit ? true : nil,
            "rejoined": e.carrier == .datagrams ? true : nil, "carried": e.carrier == .layers ? true : nil,
            "leftOut": e.leftOut.value,
        ])
        return head + content + tail
    }
    private static func planned(_ s: PlannedStep) -> [Value.Entry] {
        Value.members([
            "event": "step", "step": .number(s.number), "file": s.file.map { .text($0) }, "line": .number(s.line),
            "depth": .number(s.depth), "text": .text(s.text), "label": s.label.map { .text($0) },
            "cleanup": s.isCleanup ? true : nil,
        ])
    }
    private static func step(_ o: StepOutcome, _ text: StepText) -> [Value.Entry] {
        let head = text.step(o).map(planned) ?? Value.members(["event": "step", "step": .number(o.number)])
        return head
            + Value.members([
                "began": .microseconds(o.began), "microseconds": .microseconds(o.ended),
                "state": .text(o.state.rawValue), "verdict": .text(o.verdict.rawValue),
                "requirement": text.requirement(o).map { .text($0) }, "reason": o.reason.map { .text($0) },
                "entry": o.entry.map { .number($0 + 1) },
            ])
    }
}
