import Capture
import Nano
import Node
import Testing
import Wire

@testable import Report
@testable import Scenario

extension Made {
    static func run(began: Timestamp? = nil) throws -> EvidenceRun {
        EvidenceRun(
            version: "1.2", target: "a node", settings: try Definition.nano.settings(), began: began,
            command: "meshspec run x")
    }
    static func outcome(
        _ number: Int, _ ms: Int, _ state: StepOutcome.State = .held, _ verdict: Verdict = .pass,
        reason: String? = nil, entry: Int? = nil, traced: Int
    ) -> StepOutcome {
        StepOutcome(
            number: number, began: .milliseconds(ms), ended: .milliseconds(ms), state: state, verdict: verdict,
            reason: reason, entry: entry, traced: traced)
    }
    /// Returns a failure with two steps: an opened connection, and a message that differs.
    static func evidence() throws -> CaseResult {
        var r = try result(.fail, problem(), trace: trace(.message(keepaliveType, keepalive)))
        r.steps = [
            outcome(1, 0, entry: 0, traced: 1),
            outcome(2, 213, .failed, .fail, reason: r.problem?.reason, entry: 2, traced: 3),
        ]
        return r
    }
    static func bundle(_ r: CaseResult) throws -> EvidenceBundle {
        EvidenceBundle(r, try run(), .nano) { $0 ? "exec here" : "exec there" }
    }
    static func file(_ name: String, _ r: CaseResult) throws -> [UInt8] {
        try #require(try bundle(r).files.first { $0.path == name }).bytes()
    }
}
