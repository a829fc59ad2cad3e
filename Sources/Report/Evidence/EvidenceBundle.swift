internal import Capture
public import Node
public import Scenario
internal import Wire

/// All there is to show of one case, as files of a folder. Each is made when it is asked for, so that no more than one
/// of them is in memory.
public struct EvidenceBundle: Sendable {
    /// One file of it.
    public struct File: Sendable {
        /// Path in the folder of the bundle; of fragments with folders in it, never leading out.
        public var path: String
        /// Whether it is a program.
        public var isExecutable = false
        /// Makes its content.
        public var bytes: @Sendable () -> [UInt8]
    }
    /// The files that every bundle has, beside fragments.
    public static let names = EvidenceName.all
    /// Name of its folder, good for every file system and every CI: the id of the case, then which round, try and way
    /// to cut it was.
    public let folder: String
    /// What it consists of.
    public let files: [File]
    /// Whether its `scenario.yaml` finds all fragments that it uses within the bundle.
    public let isComplete: Bool

    /// The bundle of a case of this protocol that kept its evidence. The command that runs it again is made by
    /// `replay`, which is told whether the scenario of the bundle can stand for the one that was run.
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
    /// The id is a comment of a line: what could end it is shown as a number.
    private static func script(_ command: String, _ r: CaseResult) -> [UInt8] {
        let about = Printable.text("\(r.name): \(r.verdict.rawValue) \(r.requirement)")
        return Array("#!/bin/sh\n# \(about)\n\(command)\n".utf8)
    }
}
