internal import Node

/// The key `recorded` of a scenario that was made from a capture (Spec/files.md).
public struct RecordedScenario: Equatable, Sendable {
    /// The name of the capture.
    public var capture: String
    /// The profile that the capture fits; nil for the default profile.
    public var profile: String?
    /// The protocol parameters that the capture fits, if they differ from their presets.
    public var parameters: [String: String] = [:]
    /// The reason why the scenario cannot be replayed against any node; nil if it can.
    public var skip: String?
    /// The ways in which a reference node fails, each with a note: it behaves differently from the node in the capture.
    /// Empty if the reference node passes. Their ids equal the id of the scenario.
    public var differences: [Baseline.Entry] = []
    /// Creates the entry for a capture with this name and no further content.
    public init(capture: String) { self.capture = capture }

    /// The fingerprint that stands for a pass: with other random values the reference node passes.
    public static let pass = "pass"

    /// Applies these differences to the result of a reference node. A known difference is expected.
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
            out.expectation = .failed(note: "the reference node differs from the node of the capture: " + note)
        case .passed: out.expectation = .passed(note: "`differs` of this file: " + all)
        case .changed: out.expectation = .changed(was: "`differs` of this file: " + all)
        case .expired, nil: break
        }
        return out
    }
}

extension [Scenario] {
    /// The profile and parameters that all captures fit; nil if the captures differ.
    public var recorded: RecordedScenario? {
        guard let first = first?.recorded else { return nil }
        let isSame = allSatisfy { s in
            s.recorded.map { $0.profile == first.profile && $0.parameters == first.parameters } ?? false
        }
        return isSame ? first : nil
    }
}
