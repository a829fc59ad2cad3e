import Network
import Node
import Testing
import WebSocket
import Wire

@testable import Scenario

/// The suite of WebSocket in virtual time, against the reference node and its faults.
@Suite struct WebSocketSuiteTests {
    static let requirements = RequirementList.load(
        SourceFile(
            name: "Spec/websocket/requirements.yaml", bytes: Specification.read("Spec/websocket/requirements.yaml"))
    ).list
    static let scenarios: [Scenario] = {
        let folder = "Spec/websocket/scenarios"
        let library = Library(definitions: [.webSocket], requirements: ["websocket": requirements]) { name, _ in
            let file = name.split(separator: "/").last.map(String.init) ?? name
            let bytes = Specification.read("Spec/websocket/fragments/" + file)
            return bytes.isEmpty ? nil : SourceFile(name: name, bytes: bytes)
        }
        return Specification.names(in: folder).compactMap {
            Scenario.load(SourceFile(name: $0, bytes: Specification.read(folder + "/" + $0)), library).scenario
        }
    }()
    static func run(
        _ scenarios: [Scenario] = scenarios, _ parameters: [String: String] = [:], bug: String? = nil
    ) throws -> [CaseResult] {
        let settings = try Definition.webSocket.settings(parameters)
        let options = RunOptions(subject: .builtIn(bug: bug), settings: settings, seed: 7)
        var out: [CaseResult] = []
        Runner(.webSocket, requirements, options).simulate(Schedule(scenarios.flatMap(\.cases))) { out.append($0) }
        return out
    }

    @Test(arguments: ["on", "no_context_takeover", "off"]) func theReferenceNodePasses(deflate: String) throws {
        #expect(Self.scenarios.count == Specification.names(in: "Spec/websocket/scenarios").count)
        let results = try Self.run(Self.scenarios, ["deflate": deflate])
        for r in results where r.verdict != .pass && !(deflate == "off" && r.verdict == .skip) {
            Issue.record("\(r.id): \(r.told)")
        }
        #expect(results.count { $0.verdict == .pass } > 50)
    }
    /// Every fault of the reference node is found by a case about a requirement that it breaks.
    @Test(arguments: Definition.webSocket.bugs.map(\.name)) func everyFaultIsFound(_ name: String) throws {
        let bug = try #require(Definition.webSocket.bugs.first { $0.name == name })
        let cases = Self.scenarios.filter { $0.covers.contains { bug.requirements.contains($0) } }
        let results = try Self.run(cases, bug: name)
        let found = results.filter { r in
            (r.verdict == .fail || r.verdict == .warn) && bug.requirements.contains(r.requirement)
                && r.level == Self.requirements[r.requirement]?.level
        }
        #expect(!found.isEmpty, "\(results.filter { $0.verdict > .pass }.map { "\($0.id): \($0.told)" })")
        // Never by an accident of the harness.
        for r in results { #expect(r.verdict != .error, "\(r.id): \(r.told)") }
        for broken in bug.requirements { #expect(Self.requirements[broken] != nil) }
        for r in found { #expect(r.verdict == r.level.verdict && r.problem?.reason.isEmpty == false) }
    }
    @Test func everyTestableRequirementHasAFault() {
        let bugs = Definition.webSocket.bugs
        #expect(bugs.count >= 60 && Set(bugs.map(\.name)).count == bugs.count)
        let covered = Set(Self.scenarios.flatMap(\.covers))
        #expect(covered.subtracting(bugs.flatMap(\.requirements)).sorted() == [])
    }
}
