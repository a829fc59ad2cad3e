internal import Scenario

/// What stands above the steps of a recorded scenario.
struct ScenarioHead: Sendable {
    /// Comments, in front of all else.
    var comments: [String]
    var recorded: RecordedScenario
    /// Everything between `recorded` and the node under test, the last of the actors.
    var lines: [String]
    /// What the node is, in the protocol's words; nil: the first that there is.
    var kind: String?
    /// Its identity, as a member of the actor; empty where it has none.
    var identity: String
    /// Everything between that and the steps.
    var defaults: [String]

    /// In the common form, up to and with the line `steps:`.
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
