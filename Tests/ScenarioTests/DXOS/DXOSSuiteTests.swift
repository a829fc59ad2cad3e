import DXOS
import Network
import Node
import Testing
import Wire

@testable import Scenario

/// Runs the DXOS suite in virtual time against the reference node and its seeded faults.
@Suite struct DXOSSuiteTests {
    static let requirements = RequirementList.load(
        SourceFile(name: "Spec/dxos/requirements.yaml", bytes: Specification.read("Spec/dxos/requirements.yaml"))
    ).list
    static let scenarios: [Scenario] = {
        let folder = "Spec/dxos/scenarios"
        // The program adds the questions to the carrier of the bus. Nodes here have none.
        var definition = Definition.dxos
        definition.reference.controls.append(NodeControl(asks: "providers", "", columns: []))
        let library = Library(definitions: [definition], requirements: ["dxos": requirements]) { name, _ in
            // Scenarios name files of the folder above theirs, fragments name other fragments.
            let file = name.hasPrefix("../") ? String(name.dropFirst(3)) : "fragments/" + name
            let bytes = Specification.read("Spec/dxos/" + file)
            return bytes.isEmpty ? nil : SourceFile(name: name, bytes: bytes)
        }
        return Specification.names(in: folder).compactMap {
            Scenario.load(SourceFile(name: $0, bytes: Specification.read(folder + "/" + $0)), library).scenario
        }
    }()
    static func run(
        _ scenarios: [Scenario] = scenarios, _ parameters: [String: String] = [:], profile: String = "v1",
        bug: String? = nil
    ) throws -> [CaseResult] {
        let settings = try Definition.dxos.settings(profile: profile, parameters)
        let options = RunOptions(subject: .builtIn(bug: bug), settings: settings, seed: 7)
        var out: [CaseResult] = []
        Runner(.dxos, requirements, options).simulate(Schedule(scenarios.flatMap(\.cases))) { out.append($0) }
        return out
    }

    @Test(
        arguments: ["js-2022", "js-2023", "js-2024", "js-2025", "bufbuild", "go"], ["v1", "v3"]
    ) func theReferenceNodePasses(build: String, profile: String) throws {
        #expect(Self.scenarios.count == Specification.names(in: "Spec/dxos/scenarios").count)
        let results = try Self.run(Self.scenarios, ["build": build], profile: profile)
        for r in results where r.verdict != .pass && r.verdict != .skip { Issue.record("\(r.id): \(r.told)") }
        #expect(results.count { $0.verdict == .pass } > 50)
    }
    /// A server that is 3 s slow breaks no SHOULD. The times that requirements state are all of MUSTs.
    @Test func slowServerBreaksNoShould() throws {
        var options = RunOptions(subject: .builtIn(bug: nil), settings: try Definition.dxos.settings(), seed: 7)
        options.wrap = { SlowNode($0, delay: .seconds(3)) }
        var results: [CaseResult] = []
        Runner(.dxos, Self.requirements, options).simulate(Schedule(Self.scenarios.flatMap(\.cases))) {
            results.append($0)
        }
        for r in results where r.verdict == .warn && !r.id.hasPrefix("dxos.client.") {
            Issue.record("\(r.id): \(r.told)")
        }
        #expect(results.count { $0.verdict == .pass } > 30)
    }
    /// Runs the suite with each time to live of an announcement. Some cases need a short one.
    @Test(arguments: ["none", "2s", "60s"], ["v1", "v3"]) func eachTimeToLive(_ ttl: String, profile: String) throws {
        let results = try Self.run(Self.scenarios, ["ttl": ttl], profile: profile)
        for r in results where r.verdict != .pass && r.verdict != .skip { Issue.record("\(r.id): \(r.told)") }
        #expect((results.first { $0.id == "dxos.hosts.again" }?.verdict == .pass) == (ttl == "2s"))
    }
    /// A declared capability counts more than the preset build, which only describes the reference node. A capability
    /// whose cases need the value of a parameter is not such a capability.
    @Test func runsCasesOfDeclaredCapability() throws {
        func reason(_ id: String, declared: Set<String>, lacks: Set<String> = []) throws -> String? {
            let settings = try Definition.dxos.settings()
            let remote = Remote(address: .loopback(9), listen: nil)
            var options = RunOptions(subject: .remote(remote), settings: settings, lacks: lacks, seed: 1)
            options.declared = declared
            return options.reasonToSkip(try #require(Self.scenarios.first { $0.id == id }), .dxos)
        }
        #expect(try reason("dxos.bye", declared: [])?.contains("bye") == true)
        #expect(try reason("dxos.bye", declared: ["bye"]) == nil)
        #expect(try reason("dxos.bye", declared: ["bye"], lacks: ["bye"])?.contains("bye") == true)
        #expect(try reason("dxos.hosts.again", declared: ["short_ttl"]) != nil)
    }
    /// A profile that was only assumed is not used for the rules that differ.
    @Test func skipsRulesOfDoubtfulProfile() throws {
        var options = RunOptions(subject: .builtIn(bug: nil), settings: try Definition.dxos.settings(), seed: 1)
        options.possibleProfiles = ["v3"]
        for s in Self.scenarios where s.profiles == ["v1"] {
            #expect(options.reasonToSkip(s, .dxos)?.contains("the node may be v3: give --profile") == true)
        }
        let common = try #require(Self.scenarios.first { $0.id == "dxos.swarm.join" })
        #expect(options.reasonToSkip(common, .dxos) == nil)
    }
    @Test(arguments: ["canonical", "explicit-default"]) func eachEncoding(_ encoding: String) throws {
        for r in try Self.run(Self.scenarios, ["encoding": encoding]) where r.verdict != .pass && r.verdict != .skip {
            Issue.record("\(r.id): \(r.told)")
        }
    }
    /// Client cases also pass with a handshake.
    @Test(arguments: ["js-2022", "js-2023", "bufbuild"]) func clientsWithAHandshake(build: String) throws {
        let clients = Self.scenarios.filter { $0.id.contains(".client.") }
        let results = try Self.run(clients, ["build": build, "handshake": "on"])
        for r in results where r.verdict != .pass && r.verdict != .skip { Issue.record("\(r.id): \(r.told)") }
        #expect(results.contains { $0.id == "dxos.client.open" && $0.verdict == .pass })
    }
    /// A server may use a grace period other than 5 s. No case fails unless the user has set the period.
    @Test func noGraceCaseFailsWithUnknownGracePeriod() throws {
        let cases = Self.scenarios.filter { $0.tags.contains("grace") }
        for bug in ["no-grace", "grace-is-short", "grace-never-ends", "forgets-return"] {
            for r in try Self.run(cases, bug: bug) {
                let isFair = [.pass, .inconc, .skip].contains(r.verdict) || r.requirement == "SIG-71"
                #expect(isFair, "\(bug): \(r.id): \(r.told)")
            }
        }
    }
    /// Some case detects each fault of the reference node and names a requirement that the fault breaks.
    @Test(arguments: Definition.dxos.reference.bugs.map(\.name)) func everyFaultIsFound(_ name: String) throws {
        let bug = try #require(Definition.dxos.reference.bugs.first { $0.name == name })
        let cases = Self.scenarios.filter { $0.covers.contains { bug.requirements.contains($0) } }
        var results: [CaseResult] = []
        for (profile, handshake) in [("v1", "off"), ("v3", "off"), ("v1", "on")] {
            let cases = handshake == "on" ? cases.filter { $0.id.contains(".client.") } : cases
            let parameters = ["build": "js-2024", "handshake": handshake, "ttl": "2s", "grace": "2s"]
            results += try Self.run(cases, parameters, profile: profile, bug: name)
        }
        let found = results.filter { r in
            (r.verdict == .fail || r.verdict == .warn) && bug.requirements.contains(r.requirement)
        }
        #expect(!found.isEmpty, "\(results.filter { $0.verdict > .pass }.map { "\($0.id): \($0.told)" })")
        // The cause is never an error of the harness.
        for r in results { #expect(r.verdict != .error, "\(r.id): \(r.told)") }
        for broken in bug.requirements { #expect(Self.requirements[broken] != nil) }
        for r in found { #expect(r.verdict == r.level.verdict && r.problem?.reason.isEmpty == false) }
    }
    /// Vectors prove the remaining requirements, a later part covers them, or no test can observe them.
    @Test func everyRequirementHasItsPlace() {
        #expect(Set(Self.requirements.all.map(\.id)).count == Self.requirements.all.count)
        let covered = Set(Self.scenarios.flatMap(\.covers))
        for r in Self.requirements.all where r.kind != "codec" && !r.isPlanned && r.untestable == nil {
            #expect(covered.contains(r.id), "\(r.id)")
        }
    }
}
