internal import Capture
public import Node
public import Scenario
internal import Text
internal import Wire

/// The evidence of one case as the files of a folder. The content of a file is made on request, so that only one file
/// is in memory at a time.
public struct EvidenceBundle: Sendable {
    /// One file of the bundle.
    public struct File: Sendable {
        /// The path in the folder of the bundle. The path of a fragment may contain folders, but it never leaves the
        /// bundle.
        public var path: String
        /// True if the file is a program.
        public var isExecutable = false
        /// Makes the content of the file.
        public var bytes: @Sendable () -> [UInt8]
    }
    /// The names of the files that every bundle has, without fragments.
    public static let names = EvidenceName.all
    /// The name of the folder, valid for all file systems and CI systems: the id of the case, then the round, the try
    /// and the variant.
    public let folder: String
    /// The files of the bundle.
    public let files: [File]
    /// True if its `scenario.yaml` finds all fragments that it uses within the bundle.
    public let isComplete: Bool

    /// Makes the bundle of a case that kept its evidence. `replay` makes the command that repeats the case. Its
    /// argument is true if the scenario of the bundle can replace the original scenario.
    public init(_ r: CaseResult, _ run: EvidenceRun, _ definition: Definition, replay: (_ fromBundle: Bool) -> String) {
        let fragments = FragmentOffsets(r.scenario, taken: Self.names + ["elsewhere"])
        isComplete = fragments.isComplete
        folder = Self.folder(r)
        let script = Self.script(replay(fragments.isComplete), r)
        files =
            [
                File(path: EvidenceName.scenario) { r.scenario.source.bytes },
                File(path: EvidenceName.variables) { VariablesFile.bytes(r, run, fragments) },
                File(path: EvidenceName.trace) { TraceLines.bytes(r, run) },
                File(path: EvidenceName.wire) { WireCapture.bytes(r, run, definition) },
                File(path: EvidenceName.ladder) { LadderSVG.bytes(r) },
                File(path: EvidenceName.replay, isExecutable: true) { script },
            ] + fragments.files.map { f in File(path: f.path) { f.source.bytes } }
    }
    static func folder(_ r: CaseResult) -> String {
        var out = SafeName.file(r.id)
        if r.round > 1 { out += "+round\(r.round)" }
        if r.retries > 0 { out += "+retry\(r.retries)" }
        if !r.variant.isEmpty { out += "+" + SafeName.host(r.variant) }
        return out
    }
    /// Returns the replay script. The id is in a comment line, so characters that could end the line are escaped.
    private static func script(_ command: String, _ r: CaseResult) -> [UInt8] {
        let about = Printable.text("\(r.name): \(r.verdict.rawValue) \(r.requirement)")
        return Array("#!/bin/sh\n# \(about)\n\(command)\n".utf8)
    }
}

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
