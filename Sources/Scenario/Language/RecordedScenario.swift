internal import Node

/// What a scenario that was made of a capture says of that (`recorded`, Spec/README.md).
public struct RecordedScenario: Equatable, Sendable {
    /// Name of the capture.
    public var capture: String
    /// The profile that the capture fits; nil: the one that is taken when nobody says.
    public var profile: String?
    /// Parameters of the protocol that the capture fits, where they are not preset.
    public var parameters: [String: String] = [:]
    /// Why it cannot be played at all, whoever the node is; nil when it can.
    public var skip: String?
    /// How a reference node fails, each with its note: it does otherwise than the node of the capture did. None when it
    /// passes. Their ids are that of the scenario.
    public var differences: [Baseline.Entry] = []
    /// Of a capture with this name, and nothing else said.
    public init(capture: String) { self.capture = capture }

    /// In place of a fingerprint: with other random values it passes.
    public static let pass = "pass"

    /// What these differences make of the result of a reference node: one that is known is expected.
    public func judge(_ r: CaseResult) -> CaseResult {
        let failures = differences.filter { $0.reason != Self.pass }
        guard let first = failures.first else { return r }
        if r.verdict == .pass, failures.count < differences.count { return r }
        let print = Fingerprint.of(r)
        var entry = failures.first { $0.reason == print && $0.requirement == r.requirement } ?? first
        entry.id = r.name
        var out = Baseline([entry]).judge(r, today: "")
        let all = failures.map(\.note).joined(separator: "; ")
        switch out.expectation {
        case .failed(let note):
            out.expectation = .failed(note: "the reference node does otherwise than the node of the capture: " + note)
        case .passed: out.expectation = .passed(note: "`differs` of this file: " + all)
        case .changed: out.expectation = .changed(was: "`differs` of this file: " + all)
        case .expired, nil: break
        }
        return out
    }
}

extension [Scenario] {
    /// What their captures fit, where all of them say the same of it.
    public var recorded: RecordedScenario? {
        guard let first = first?.recorded else { return nil }
        let isSame = allSatisfy { s in
            s.recorded.map { $0.profile == first.profile && $0.parameters == first.parameters } ?? false
        }
        return isSame ? first : nil
    }
}
