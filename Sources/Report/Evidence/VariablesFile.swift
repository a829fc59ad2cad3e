internal import Capture
internal import Node
internal import Scenario
internal import Wire

/// `variables.json`: what made the case what it was, and the names with their values at its end. Described in
/// Spec/evidence.md.
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
        var out: [Value.Entry] = [
            .init("version", .uint(version)), .init("meshspec", .text(run.version)), .init("case", .text(r.id)),
            .init("title", .text(r.scenario.title)), .init("protocol", .text(r.scenario.protocolName)),
            .init("verdict", .text(r.verdict.rawValue)), .init("requirement", .text(r.requirement)),
            .init("level", .text(r.level.rawValue)),
        ]
        if let reason = r.problem?.reason ?? r.reason { out.append(.init("reason", .text(reason))) }
        out += [
            .init("seed", .text("0x" + String(r.seed, radix: 16))), .init("round", .uint(UInt64(max(1, r.round)))),
            .init("retries", .uint(UInt64(max(0, r.retries)))),
        ]
        if !r.variant.isEmpty { out.append(.init("variant", .text(r.variant))) }
        out += [
            .init("target", .text(run.target)), .init("profile", .text(run.settings.profile)),
            .init("settings", texts(run.settings.values)), .init("parameters", texts(parameters)),
            .init("clock", run.began == nil ? "virtual" : "real"),
        ]
        if let began = run.began { out.append(.init("began", .text(began.description))) }
        out += [
            .init("microseconds", Value(r.duration.nanoseconds / 1000)), .init("command", .text(run.command)),
            .init("scenario", .text(r.scenario.source.name)),
            .init(
                "fragments",
                .list(
                    places.files.map {
                        ["name": .text($0.name), "from": .text($0.source.name), "file": .text($0.path)]
                    })),
            .init("variables", .list(r.variables.map { ["name": .text($0.name), "value": $0.value] })),
        ]
        return RunEvents.line(.map(out))
    }
}
