internal import Capture
internal import Node
internal import Scenario
internal import Text
internal import Wire

/// The file `variables.json`: the inputs of the case, and the variables with their values at its end. Spec/evidence.md
/// describes it.
enum VariablesFile {
    static let version: UInt64 = 1

    static func bytes(_ r: CaseResult, _ run: EvidenceRun, _ places: FragmentOffsets) -> [UInt8] {
        func texts(_ all: [String: String]) -> Value {
            .map(all.sorted { $0.key < $1.key }.map { Value.Entry($0.key, .text($0.value)) })
        }
        let secret = Set(r.scenario.parameters.filter(\.isSecret).map(\.name))
        let own = Set(r.scenario.parameters.map(\.name))
        var parameters = run.parameters.filter { own.contains($0.key) }
        for name in secret where parameters[name] != nil { parameters[name] = "(secret)" }
        let fragments = places.files.map { file in
            Value.object(["name": .text(file.name), "from": .text(file.source.name), "file": .text(file.path)])
        }
        return RunEvents.line(
            .object([
                "version": .uint(version), "meshspec": .text(run.version), "case": .text(r.id),
                "title": .text(r.scenario.title), "protocol": .text(r.scenario.protocolName),
                "verdict": .text(r.verdict.rawValue), "requirement": .text(r.requirement),
                "level": .text(r.level.rawValue), "reason": (r.problem?.reason ?? r.reason).map { .text($0) },
                "seed": .text(r.seed.seedText), "round": .number(max(1, r.round)), "retries": .number(r.retries),
                "variant": .text(unlessEmpty: r.variant), "target": .text(run.target),
                "profile": .text(run.settings.profile), "settings": texts(run.settings.values),
                "parameters": texts(parameters), "clock": run.began == nil ? "virtual" : "real",
                "began": run.began.map { .text($0.description) }, "microseconds": .microseconds(r.duration),
                "command": .text(run.command), "scenario": .text(r.scenario.source.name),
                "fragments": .list(fragments),
                "variables": .list(r.variables.map { ["name": .text($0.name), "value": $0.value] }),
            ]))
    }
}
