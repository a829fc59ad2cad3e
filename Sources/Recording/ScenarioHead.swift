internal import Scenario

/// The text above the steps of a recorded scenario.
struct ScenarioHead: Sendable {
    /// The comments at the beginning of the file.
    var comments: [String]
    var recorded: RecordedScenario
    /// The lines between `recorded` and the node under test, which is the last actor.
    var lines: [String]
    /// The kind of the node, in the protocol's terms; nil for the first kind.
    var kind: String?
    /// The identity of the node, as a member of the actor; empty if it has none.
    var identity: String
    /// The lines between the node under test and the steps.
    var defaults: [String]

    /// The formatted text up to and including the line `steps:`.
    var text: String {
        let all =
            comments.map { "# \($0)" } + ["meshspec: 1", "recorded: \(marked.inFlow)"] + lines
            + ["  node: {role: dut\(kind.map { ", kind: \($0)" } ?? "")\(identity)}"] + defaults + ["steps:"]
        let plain = all.joined(separator: "\n") + "\n"
        return Formatter.format(SourceFile(name: "", bytes: Array(plain.utf8))).text ?? plain
    }
    private var marked: YAMLText {
        var out: [(key: String, value: YAMLText)] = [("from", .text(recorded.capture))]
        if let profile = recorded.profile { out.append(("profile", .text(profile))) }
        let parameters = recorded.parameters.sorted { $0.key < $1.key }
        if !parameters.isEmpty { out.append(("params", .map(parameters.map { ($0.key, .text($0.value)) }))) }
        if let skip = recorded.skip { out.append(("skip", .text(skip))) }
        if !recorded.differences.isEmpty {
            out.append(
                (
                    "differs",
                    .list(
                        recorded.differences.map { d in
                            .map([
                                ("requirement", .text(d.requirement)), ("reason", .text(d.reason)),
                                ("note", .text(d.note)),
                            ])
                        })
                ))
        }
        return .map(out)
    }
}
