import Node
import Scenario
import Testing

import Text
@testable import meshspec

/// Capability files, and the comparison of declared and present capabilities.
struct AuditTests {
    static let spec = Shell.package + "/Spec"
    /// The suite of Nano, loaded once.
    static let nano = Result {
        var suite = try Suite(spec)
        let scenarios = try suite.load(suite.files(of: "nano"))
        return (suite, scenarios)
    }

    /// Audits the reference node by the cases of these groups, or by all cases.
    func audit(
        by groups: [String]? = ["handshake", "client", "peering"], bug: String? = nil, profile: String? = nil,
        deny: Set<String> = [], declare: Set<String>? = nil
    ) throws -> [String: CapabilityEvidence] {
        let (suite, all) = try Self.nano.get()
        let scenarios = all.filter { one in groups?.contains { one.id.hasPrefix("nano.\($0).") } ?? true }
        let definition = try #require(suite.library.definition("nano"))
        let settings = try definition.settings(profile: profile, [:])
        var declared = Capabilities()
        declared.declared = declare ?? Set(definition.configuration.capabilities.map(\.name))
        declared.lacks = deny
        let options = RunOptions(subject: .builtIn(bug: bug), settings: settings, lacks: deny, seed: 7)
        let found = try Audit.evidence(
            definition, requirements: suite.requirements("nano"), options: options, declared: declared,
            of: scenarios.flatMap(\.cases)
        ) { runner, cases, take in runner.simulate(Schedule(cases), take) }
        #expect(found.map(\.name) == definition.configuration.capabilities.map(\.name))
        return Dictionary(uniqueKeysWithValues: found.map { ($0.name, $0) })
    }

    /// The audit does not call a capability present if no case needs it in this profile.
    @Test(arguments: [("v28", "v3"), ("v29dev", "legacy_bootstrap"), ("legacy", "v2")])
    func everythingIsThere(_ profile: String, _ unknown: String) throws {
        let found = try audit(by: nil, profile: profile)
        for (name, e) in found {
            #expect(e.finding == nil, "\(name)")
            #expect([.present, .unclear].contains(e.found), "\(name): \(e.reason)")
        }
        #expect(found["server"]?.found == .present)
        #expect(found[unknown]?.found == .unclear)
        #expect(Audit.status(Array(found.values)) == 0)
    }
    /// The audit names the capability, and not the other capabilities that its cases need.
    @Test func declaredButAbsent() throws {
        let found = try audit(bug: "no-keepalive")
        #expect(found["keepalive"]?.found == .absent)
        let failed = Set(found["keepalive"]?.failed ?? [])
        #expect(failed.isSuperset(of: ["nano.client.keepalive", "nano.handshake.keepalive"]), "\(failed)")
        #expect(found["keepalive"]?.finding == "declared but absent")
        #expect(found["server"]?.found == .present)
        #expect(found["client"]?.found == .present)
        #expect(found.values.filter { $0.finding != nil }.count == 1)
        #expect(Audit.status(Array(found.values)) == 1)
    }
    @Test func undeclaredIsClaimed() throws {
        let found = try audit(bug: "no-keepalive", declare: ["server"])
        #expect(found["keepalive"]?.declared == nil)
        #expect(found["keepalive"]?.finding == "not declared, so claimed, but absent")
        #expect(found["v1"]?.finding == nil)
        let text = Audit.text(["keepalive", "v1"].compactMap { found[$0] }, .init(hasColour: false))
        #expect(text.contains("keepalive   undeclared  absent"))
        #expect(text.hasSuffix("1 finding\n  keepalive: not declared, so claimed, but absent"))
    }
    @Test func thereButDenied() throws {
        let found = try audit(deny: ["keepalive", "v1"])
        #expect(found["keepalive"]?.finding == "present but not declared")
        #expect(found["v1"]?.finding == "present but not declared")
        #expect(found["v2"]?.finding == nil)
        #expect(Audit.status(Array(found.values)) == 1)
    }
    @Test func deniedAndAbsent() throws {
        let found = try audit(bug: "no-keepalive", deny: ["keepalive"])
        #expect(found["keepalive"]?.found == .absent)
        #expect(found.values.allSatisfy { $0.finding == nil })
    }
    /// The audit respects other declarations. Without a server, it does not look for capabilities that only a server
    /// can show.
    @Test func othersAreRespected() throws {
        let found = try audit(deny: ["server", "idle_timeout", "v1"])
        #expect(found["server"]?.finding == "present but not declared")
        #expect(found["idle_timeout"]?.found == .unclear)
        #expect(found["v1"]?.passed.isEmpty == false)
        #expect(
            found["v1"]?.passed.allSatisfy { $0.hasPrefix("nano.client.") || $0.hasPrefix("nano.peering.client-") }
                == true)
    }
    /// A fault in a capability does not mean that the capability is absent.
    @Test func partly() throws {
        let found = try audit(bug: "bad-signature")
        #expect(found["v2"]?.found == .partly)
        #expect(found["v2"]?.finding == nil)
        #expect(found["v2"]?.reason.contains("nano.handshake.v2-signature") == true)
    }
    /// A capability whose message arrives too early is partly present. Most cases can contradict a declaration.
    @Test func reportsDeclarationThatMostCasesContradict() {
        func evidence(_ declared: String?, _ passed: Int, _ failed: Int, shown: Int = 0) -> CapabilityEvidence {
            var e = CapabilityEvidence(name: "a", declared: declared)
            e.passed = (0..<passed).map { "p\($0)" }
            e.failed = (0..<failed).map { "f\($0)" }
            e.shown = Set(e.failed.prefix(shown))
            return e
        }
        #expect(evidence("true", 0, 3, shown: 2).found == .partly)
        #expect(
            evidence("true", 0, 3, shown: 2).finding == nil && evidence("true", 0, 3).finding == "declared but absent")
        // A failure of a few cases that shows the capability does not excuse the others.
        #expect(
            evidence("true", 0, 9, shown: 2).finding
                == "declared, but most of it is absent: 0 of 9 cases passed, not f0, f1, f2 and 6 more")
        #expect(
            evidence("true", 7, 19).finding
                == "declared, but most of it is absent: 7 of 26 cases passed, not f0, f1, f2 and 16 more")
        #expect(evidence("true", 9, 3).finding == nil && evidence(nil, 1, 2).finding?.hasPrefix("not declared") == true)
        #expect(
            evidence("false", 5, 1).finding == "partly present, but not declared: 5 of 6 cases passed, not f0"
                && evidence("false", 4, 1).finding == nil)
    }
    /// A single failure that two capabilities may have caused shows for neither that it is absent.
    @Test func doubtful() {
        func evidence(_ name: String, passed: [String] = [], failed: [String: Set<String>] = [:]) -> CapabilityEvidence
        {
            var e = CapabilityEvidence(name: name, declared: "true")
            e.passed = passed
            e.failed = failed.keys.sorted()
            e.companions = failed
            return e
        }
        func found(_ all: CapabilityEvidence...) -> [CapabilityEvidence.Found] { all.weighed().map(\.found) }
        #expect(
            found(evidence("a", failed: ["x": ["b"]]), evidence("b", failed: ["x": ["a"]])) == [.unclear, .unclear])
        #expect(
            found(evidence("a", passed: ["y"], failed: ["x": ["b"]]), evidence("b", failed: ["x": ["a"]]))
                == [.present, .absent])
        #expect(
            found(evidence("a", failed: ["x": ["b"], "z": []]), evidence("b", failed: ["x": ["a"]])) == [
                .absent, .unclear,
            ])
        let reason = [evidence("a", failed: ["x": ["b"]]), evidence("b", failed: ["x": ["a"]])].weighed()[0].reason
        #expect(reason == "1 case failed, perhaps because the node lacks b")
    }
    /// A capability that the node denies is absent, even if no case can show this.
    @Test(arguments: [("true", "declared but absent"), ("false", nil), (nil, nil)] as [(String?, String?)])
    func denied(_ declared: String?, _ finding: String?) {
        var e = CapabilityEvidence(name: "a", declared: declared, denial: "it declines a")
        e.unclear = [("x", "no answer")]
        #expect(e.found == .absent && e.reason == "it declines a" && e.finding == finding)
        // A passed case shows more than an answer.
        e.passed = ["y"]
        #expect(e.found == .present)
    }
    /// If the audit can determine nothing, the result is inconclusive.
    @Test func nothingTold() {
        #expect(Audit.status([CapabilityEvidence(name: "a"), CapabilityEvidence(name: "b", declared: "false")]) == 6)
        var e = CapabilityEvidence(name: "c")
        e.passed = ["x"]
        #expect(Audit.status([e, CapabilityEvidence(name: "a")]) == 0)
    }
    @Test func command() {
        #expect(Meshspec.run(["run", "--audit-caps", "--simulate", "--spec", Self.spec, "--protocol", "nano"]) == 0)
        // The user must name a protocol if there are several.
        #expect(Meshspec.run(["run", "--audit-caps", "--simulate", "--spec", Self.spec]) == 2)
        #expect(Meshspec.run(["run", "--audit-caps", "--simulate", "--spec", Self.spec, "--bug", "no-keepalive"]) == 1)
        for option in Audit.refused {
            let takesValue = Command.run.options.contains { $0.name == option && $0.value != nil }
            let value = option == .inconc ? ["skip"] : option == .budget ? ["5s"] : takesValue ? ["2"] : []
            let status = Meshspec.run(
                ["run", "--audit-caps", "--simulate", "--spec", Self.spec, option.rawValue] + value)
            #expect(status != 0 && status != 1, "\(option.rawValue)")
        }
    }

    // Files.

    func load(_ text: String, name: String = "nano.caps.yaml") throws -> (Capabilities?, [String]) {
        let library = Library(definitions: Registry.definitions)
        let source = SourceFile(name: name, bytes: Array(text.utf8))
        let definition = try #require(library.definition("nano"))
        let (made, problems) = Capabilities.load(source, library, for: definition)
        return (made, problems.map { "\($0.code.rawValue) \($0.span.start.line):\($0.span.start.column) \($0.label)" })
    }
    @Test func file() throws {
        let (made, problems) = try load(
            "meshspec-capabilities: 1\nprotocol: nano\ncapabilities: {keepalive: false, v1: true, client: two peers}\n")
        #expect(problems == [])
        #expect(made?.lacks == ["keepalive"])
        #expect(made?.declared == ["keepalive", "v1", "client"])
        #expect(made?["v1"] == "true" && made?["keepalive"] == "false" && made?["client"] == "two peers")
        #expect(made?["v2"] == nil)
    }
    @Test(arguments: [
        ("protocol: nano\ncapabilities: {}", "MS0215 1:1 "),
        ("meshspec-capabilities: 2\nprotocol: nano\ncapabilities: {}", "MS0215 1:24 "),
        (
            "meshspec-capabilities: 1\nprotocol: nano\ncapabilities: {keepalives: true}",
            "MS0112 3:16 did you mean `keepalive`?"
        ),
        ("meshspec-capabilities: 1\nprotocol: nano\ncapabilities: {v1: no}", "MS0103 3:20 did you mean `false`?"),
        ("meshspec-capabilities: 1\nprotocol: nano\ncapabilities: {v1: True}", "MS0103 3:20 did you mean `true`?"),
        ("meshspec-capabilities: 1\nprotocol: nano\ncapabilities: {v1: [a]}", "MS0100 3:20 "),
        ("meshspec-capabilities: 1\nprotocol: nano\ncapabilities: [v1]", "MS0100 3:15 "),
        ("meshspec-capabilities: 1\nprotocol: nanoo\ncapabilities: {v1: true}", "MS0108 2:11 did you mean `nano`?"),
        ("meshspec-capabilities: 1\nprotocol: nano", "MS0102 1:1 "),
        ("meshspec-capabilities: 1\nprotocol: nano\ncapabilities: {}\nneeds: x", "MS0101 4:1 "),
    ])
    func refused(_ text: String, _ wanted: String) throws {
        let (made, problems) = try load(text)
        #expect(made == nil)
        #expect(problems.contains(wanted), "\(problems)")
    }
    /// A target file names the capability file. Errors in it have its own name.
    @Test func named() throws {
        let files = [
            "good.yaml": "meshspec-capabilities: 1\nprotocol: nano\ncapabilities: {v1: false}",
            "bad.yaml": "meshspec-capabilities: 1\nprotocol: nano\ncapabilities: {v9: false}",
        ]
        let library = Library(definitions: Registry.definitions) { name, _ in
            files[name].map { SourceFile(name: name, bytes: Array($0.utf8)) }
        }
        func target(_ capabilities: String) -> (Target?, [Diagnostic]) {
            let text = "meshspec-target: 1\nprotocol: nano\ncapabilities: \(capabilities)\n"
            let source = SourceFile(name: "target.yaml", bytes: Array(text.utf8))
            let (made, problems) = Target.load(source, library, folder: ".")
            return (made, problems)
        }
        #expect(target("good.yaml").0?.capabilities.lacks == ["v1"])
        #expect(target("{v2: false}").0?.capabilities.lacks == ["v2"])
        let (bad, problems) = target("bad.yaml")
        #expect(bad == nil)
        #expect(problems.map(\.file) == ["bad.yaml"])
        #expect(problems.map(\.code) == [.unknownCapability])
        let (missing, others) = target("none.yaml")
        #expect(missing == nil)
        #expect(others.map(\.file) == ["target.yaml"] && others.first?.span.start.line == 3)
    }
}
