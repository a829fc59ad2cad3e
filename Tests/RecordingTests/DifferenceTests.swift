import Nano
import Node
import Scenario
import Testing

@testable import Recording

/// The differences of the reference node that a recorded scenario names.
struct DifferenceTests {
    private func loaded(_ made: Recording) throws -> Scenario {
        let source = SourceFile(name: "recorded.yaml", bytes: Array(made.text.utf8))
        let (scenario, problems) = Scenario.load(source, Library(definitions: [.nano]))
        #expect(problems.isEmpty, "\(problems.map(\.message))")
        return try #require(scenario)
    }
    /// A failure that the file names is expected. The report shows another failure, or a pass.
    @Test func known() throws {
        var made = try Captured.recording(Captured.bug, ["127.0.0.1:7076"])
        let plain = try Captured.run(made.text, made.settings)
        #expect(plain.verdict == .fail && plain.scenario.recorded?.judge(plain).expectation == nil)
        made.recorded.differences = [
            .init(id: made.id, requirement: plain.requirement, reason: Fingerprint.of(plain), note: "it answers: \"x\"")
        ]
        let recorded = try #require(try loaded(made).recorded)
        #expect(recorded == made.recorded)
        let failed = try Captured.run(made.text, made.settings)
        let told = "the reference node differs from the node of the capture: it answers: \"x\""
        #expect(recorded.judge(failed).expectation == .failed(note: told))
        let other = try Captured.run(made.text, made.settings, bug: "no-answer")
        guard case .changed? = recorded.judge(other).expectation else {
            Issue.record("\(other.problem?.reason ?? "")")
            return
        }
        #expect(recorded.judge(other).expectation == .changed(was: "`differs` of this file: it answers: \"x\""))
        var passed = failed
        passed.verdict = .pass
        #expect(recorded.judge(passed).expectation == .passed(note: "`differs` of this file: it answers: \"x\""))
        // With other random values, the case may pass.
        made.recorded.differences.append(
            .init(id: made.id, requirement: "", reason: RecordedScenario.pass, note: "with others it passes"))
        let either = try #require(try loaded(made).recorded)
        #expect(either == made.recorded)
        #expect(either.judge(passed).expectation == nil)
        #expect(either.judge(failed).expectation == .failed(note: told))
    }
    /// A case is not judged with other settings than the recorded ones, unless the user chose them.
    @Test func settings() throws {
        let made = try Captured.recording(Captured.v2, ["127.0.0.1:7075"])
        let scenario = try loaded(made)
        #expect([scenario, scenario].recorded == made.recorded)
        var options = RunOptions(subject: .builtIn(bug: nil), settings: try Definition.nano.settings(), seed: 1)
        #expect(options.reasonToSkip(scenario, .nano) == nil)
        options.areSettingsChosen = false
        #expect(options.reasonToSkip(scenario, .nano)?.contains("all with -P network=live") == true)
        options.settings = made.settings
        #expect(options.reasonToSkip(scenario, .nano) == nil)
    }
    /// The loader checks the profile and the parameters of `recorded`.
    @Test(arguments: [("profile: v1", "profile"), ("params: {network: moon}", "found `moon`")])
    func refused(_ line: String, _ told: String) throws {
        let made = try Captured.recording(Captured.v2, ["127.0.0.1:7075"])
        let text = made.text.replacing("params: {network: live}", with: line)
        #expect(text != made.text)
        let (scenario, problems) = Scenario.load(
            SourceFile(name: "recorded.yaml", bytes: Array(text.utf8)), Library(definitions: [.nano]))
        #expect(scenario == nil && problems.contains { $0.message.contains(told) }, "\(problems.map(\.message))")
    }
}
