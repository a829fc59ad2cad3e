internal import Node
internal import Scenario
internal import Text
internal import Wire

extension CaseRecord.Step {
    /// The step as an object of a results file.
    var value: Value {
        .object([
            "line": .number(line), "file": file.map { .text($0) }, "depth": depth > 0 ? .number(depth) : nil,
            "text": .text(text), "label": label.map { .text($0) }, "requirement": requirement.map { .text($0) },
            "cleanup": isCleanup ? true : nil, "state": outcome.map { .text($0.state.rawValue) },
            "began": outcome.map { .microseconds($0.began) }, "ended": outcome.map { .microseconds($0.ended) },
            "verdict": outcome?.verdict.map { .text($0.rawValue) }, "reason": outcome?.reason.map { .text($0) },
            "rounds": outcome.flatMap { $0.rounds > 1 ? .number($0.rounds) : nil },
        ])
    }
    /// Reads the same object. A step without a state is one that the case did not reach.
    init(_ v: Value) {
        self.init(
            line: v.count("line") ?? 0, file: v.string("file"), depth: v.count("depth") ?? 0,
            text: v.string("text") ?? "", label: v.string("label"), requirement: v.string("requirement"),
            isCleanup: v["cleanup"] == .bool(true))
        guard let state = v.string("state").flatMap(StepOutcome.State.init(rawValue:)) else { return }
        outcome = Outcome(
            state: state, began: .microseconds(v["began"]?.signedInteger ?? 0),
            ended: .microseconds(v["ended"]?.signedInteger ?? 0),
            verdict: v.string("verdict").flatMap(Verdict.init(rawValue:)), reason: v.string("reason"),
            rounds: max(1, v.count("rounds") ?? 1))
    }
}
