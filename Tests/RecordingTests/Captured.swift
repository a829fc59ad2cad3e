import Capture
import DXOS
import Glibc
import Nano
import Network
import Node
import PeerPigeon
import RightMesh
import Scenario
import Testing
import WebSocket

@testable import Recording

/// Recordings of the captures in the repository.
enum Captured {
    static let folder: String = {
        var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        parts.removeLast(3)
        return parts.joined(separator: "/")
    }()
    static let protocols: [Definition] = [.nano, .rightmesh, .webSocket, .dxos, .peerPigeon]
    static let v2 = "nano-node-light-v2.pcap"
    static let bug = "nano-node-light-responder-bug.pcap"

    /// Returns a recorder that has read a capture, without the frames that are left out.
    static func recorder(
        _ file: String, _ nodes: [String], without frames: Set<Int> = [], flow: Int? = nil, filter: Filter? = nil
    ) throws -> (Recorder, Tally) {
        var recorder = Recorder(
            protocols, of: try nodes.map { try #require(NodeAddress($0)) }, flow: flow, filter: filter)
        let tally = try read(file, without: frames, into: &recorder)
        return (recorder, tally)
    }
    static func read(_ file: String, without frames: Set<Int> = [], into sink: inout some RecordSink) throws -> Tally {
        var packets = try CaptureFile(
            "\(folder)/Captures/\(file.hasPrefix("rightmesh") ? "rightmesh/" : file.contains("/") ? "" : "nano/")\(file)"
        )
        var table = FlowTable(protocols)
        var number = 0
        while try packets.advance() {
            number += 1
            if frames.contains(number) { continue }
            table.receive(packets.current(), &sink)
        }
        table.finish(&sink)
        return table.tally
    }
    static func recording(
        _ file: String, _ nodes: [String], without frames: Set<Int> = [], flow: Int? = nil, name: String? = nil,
        longestWait: Duration? = nil
    ) throws -> Recording {
        let (recorder, tally) = try recorder(file, nodes, without: frames, flow: flow)
        var options = RecordingOptions()
        options.longestWait = longestWait
        return try recorder.finish(name ?? file, tally, options)
    }
    /// Runs a scenario in virtual time, with the settings of the capture.
    static func run(
        _ text: String, _ settings: Settings, bug: String? = nil, _ definition: Definition = .nano
    ) throws -> CaseResult {
        let (scenario, problems) = Scenario.load(
            SourceFile(name: "recorded.yaml", bytes: Array(text.utf8)), Library(definitions: protocols))
        #expect(problems.isEmpty, "\(problems.map(\.message))")
        let runner = Runner(
            definition, RequirementList(), RunOptions(subject: .builtIn(bug: bug), settings: settings, seed: 7))
        var result: CaseResult?
        runner.simulate(Schedule(try #require(scenario).cases)) { result = $0 }
        return try #require(result)
    }
    static func text(_ path: String) throws -> String {
        let file = try #require(fopen(path, "rbe"), "\(path)")
        defer { fclose(file) }
        var out: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while case let n = fread(&chunk, 1, chunk.count, file), n > 0 { out += chunk[..<n] }
        return String(decoding: out, as: UTF8.self)
    }
}
