import Nano
import Node
import Testing

@testable import Scenario

/// Tests for requirement files and target files.
@Suite struct FileTests {
    @Test func theRequirementsOfNano() throws {
        let path = "Spec/nano/requirements.yaml"
        let (list, diagnostics) = RequirementList.load(SourceFile(name: path, bytes: Specification.read(path)))
        #expect(diagnostics == [])
        #expect(list.all.count >= 102 && Set(list.all.map(\.id)).count == list.all.count)
        let r = try #require(list["NANO-16"])
        #expect(
            r.level == .must && r.kind == "server" && r.profiles == ["v28", "v29dev"] && r.file == path && !r.isPlanned)
        #expect(list["NANO-47"]?.level == .should && list["NANO-47"]?.isPlanned == false)
        #expect(list["NANO-999"] == nil)
    }
    @Test func aWholeRequirement() throws {
        let (list, diagnostics) = RequirementList.load(
            source("A-1: {level: MAY, kind: both, text: T, source: {doc: D, section: S, quote: Q}, untestable: no way}")
        )
        #expect(diagnostics == [])
        let r = try #require(list["A-1"])
        #expect(r.source == "D, S" && r.quote == "Q" && r.untestable == "no way" && r.level == .may && r.profiles == [])
        #expect(r.span.start == Position(line: 1, column: 1))
    }
    /// Checks the line about observed implementations. Also checks which requirements become a question because most
    /// implementations break them.
    @Test func describesObservedImplementations() throws {
        func rule(_ seen: String) throws -> Requirement {
            let (list, diagnostics) = RequirementList.load(
                source("A-1: {level: MAY, kind: both, text: T, source: {doc: D, section: S}, observed: [\(seen)]}"))
            #expect(diagnostics == [])
            return try #require(list["A-1"])
        }
        let js = "{node: js 3.3, date: 2026-11-27, keeps: false, does: waits}"
        let go = "{node: go 0.51, date: 2026-11-27, keeps: true}"
        let rust = "{node: rust 0.57, date: 2026-11-28, keeps: true}"
        let all = try rule("\(js), \(go), \(rust)")
        #expect(
            all.observed(isBroken: true)
                == "js 3.3 (2026-11-27: waits) breaks A-1 as well; go 0.51 and rust 0.57 keep it")
        #expect(try rule(go).observed(isBroken: false) == "go 0.51 keeps A-1")
        #expect(try rule("").observed(isBroken: true) == nil)
        let most = try rule("\(js), {node: py 0.8, date: 2026-11-27, keeps: false, does: closes}, \(go)")
        #expect(most.isQuestionable && !all.isQuestionable)
        #expect(try !rule(js).isQuestionable)
        #expect(
            most.observed(isBroken: false)
                == "js 3.3 (2026-11-27: waits) and py 0.8 (2026-11-27: closes) break A-1; go 0.51 keeps it")
    }
    @Test(arguments: [
        ("[]", "MS0100 1:1 requirements are a map from ID to requirement"),
        ("A-1: x", "MS0100 1:6 a requirement is a map, this is a single value"),
        ("A-1: {level: must, kind: both, text: T, source: {doc: D, section: S}}", "MS0103 1:14 unknown level `must`"),
        ("A-1: {level: MUST, kind: peer, text: T, source: {doc: D, section: S}}", "MS0103 1:26 unknown kind `peer`"),
        (
            "A-1: {level: MUST, kind: both, source: {doc: D, section: S}}",
            "MS0102 1:6 a requirement needs `text`: the requirement, in one sentence"
        ),
        (
            "A-1: {level: MUST, kind: both, text: T}",
            "MS0102 1:6 a requirement needs `source`: the document and section of the requirement"
        ),
        (
            "A-1: {level: MUST, kind: both, text: T, source: {doc: D}}",
            "MS0102 1:49 source needs `section`: section or function"
        ),
        (
            "A-1: {level: MUST, kind: both, text: T, source: {doc: D, section: S}, planned: yes}",
            "MS0103 1:80 planned is true or false, this is `yes`"
        ),
        (
            "A-1: {level: MUST, kind: both, text: T, source: {doc: D, section: S}, plannd: true}",
            "MS0101 1:71 unknown key of a requirement `plannd`"
        ),
        (
            "A-1: {level: MUST, kind: both, text: T, source: {doc: D, section: S}, observed: [{node: n 1, date: 2026-11-27, keeps: false}]}",
            "MS0102 1:82 an implementation that breaks the requirement needs `does`, its behavior"
        ),
        (
            "A-1: {level: MUST, kind: both, text: T, source: {doc: D, section: S}, observed: [{node: n 1, date: 27.11.2026, keeps: true}]}",
            "MS0103 1:82 date is a day such as 2026-11-27, this is `27.11.2026`"
        ),
        (
            "A-1: {level: MUST, kind: both, text: T, source: {doc: D, section: S}, observed: [{node: n 1, date: 2026-11-27, keeps: true, did: x}]}",
            "MS0101 1:125 unknown key of an observation `did`"
        ),
        (
            "A-1: {level: MUST, kind: both, text: T, source: {doc: D, section: S}}\nA-1: {}",
            "MS0002 2:1 key `A-1` appears twice"
        ),
    ])
    func badRequirements(_ text: String, _ line: String) {
        let (_, diagnostics) = RequirementList.load(source(text))
        #expect(diagnostics.map(\.line).contains(line), "\(diagnostics.map(\.line))")
        #expect(diagnostics.map(\.span.start) == diagnostics.map(\.span.start).sorted())
    }

    static func target(
        _ rest: String, profile: String? = nil, _ parameters: [String: String] = [:]
    ) -> (target: Target?, lines: [String]) {
        let (t, d) = Target.load(
            source("meshspec-target: 1\nprotocol: nano\n" + rest), Specification.library, folder: "f", profile: profile,
            parameters: parameters)
        #expect((t == nil) == d.contains { $0.severity == .error })
        return (t, d.map(\.line))
    }
    @Test func aWholeTarget() throws {
        let (t, lines) = Self.target(
            """
            name: N
            profile: v29dev
            parameters: {network: live}
            address: 127.0.0.1:{port}
            listen: '[::1]:0'
            capabilities: {client: false, v3: true}
            control: {start: 'node {port}', dial: 'dial {address}'}
            """)
        #expect(lines == [])
        let target = try #require(t)
        #expect(target.name == "N" && target.protocolName == "nano" && target.folder == "f")
        #expect(target.settings.profile == "v29dev" && target.settings["network"] == "live")
        #expect(target.address == "127.0.0.1:{port}" && target.listen == "[::1]:0")
        #expect(target.capabilities.lacks == ["client"])
        #expect(target.control == ["start": "node {port}", "dial": "dial {address}"])
    }
    /// Control commands may use the addresses of the nodes under test. Other controls may use arguments of any name.
    @Test func controlCommandsMayUseAddressesOfNodes() throws {
        let (t, lines) = Self.target(
            """
            address: 127.0.0.1:{port}
            addresses: {other: '127.0.0.1:{port}'}
            control:
              start: node {port} {other_port}
              dial: dial {node_port} {address}
              health: check {node_address} | awk '{print}' | xargs -I\\{x} echo \\{x} ${HOME}
              connect: connect {id} {name}
            """)
        #expect(lines == [] && t?.addresses == ["other": "127.0.0.1:{port}"])
    }
    @Test func presetsAndOverrides() throws {
        let plain = try #require(Self.target("").target)
        #expect(
            plain.name == "node" && plain.settings.profile == "v28" && plain.settings["network"] == "dev"
                && plain.address == nil)
        let told = try #require(
            Self.target("profile: legacy\nparameters: {network: live}", profile: "v29dev", ["network": "beta"]).target)
        #expect(told.settings.profile == "v29dev" && told.settings["network"] == "beta")
        // The command line corrects a value of the file.
        #expect(Self.target("profile: v1", profile: "v28").lines == [])
    }
    /// Loads all targets, their capability files and all baselines.
    @Test func filesBesideTheInteropPeer() {
        @Sendable func beside(_ name: String) -> SourceFile {
            SourceFile(name: name, bytes: Specification.read("Tests/Interop/nano/" + name))
        }
        let library = Library(definitions: [.nano], requirements: ["nano": Specification.requirements]) { name, _ in
            beside(name).bytes.isEmpty ? nil : beside(name)
        }
        var counts: [String: Int] = [:]
        for name in Specification.names(in: "Tests/Interop/nano") {
            let file = beside(name)
            // All other files must be targets.
            let kinds = ["meshspec-capabilities", "meshspec-baseline"]
            let kind = kinds.first { file.begins(with: $0) } ?? "meshspec-target"
            counts[kind, default: 0] += 1
            let diagnostics =
                switch kind {
                case "meshspec-capabilities": Capabilities.load(file, library, for: nil).diagnostics
                case "meshspec-baseline": Baseline.load(file).diagnostics
                default: Target.load(file, library, folder: ".").diagnostics
                }
            #expect(diagnostics == [], "\(name)")
        }
        #expect(counts.count == 3, "\(counts)")
    }
    @Test(arguments: [
        (
            "profile: v27",
            "MS0103 3:10 profile: expected v28, legacy, v23, v24 or v29dev, found `v27`, did you mean `v28`?"
        ),
        ("parameters: {network: main}", "MS0103 3:23 network: expected dev, live, beta or test, found `main`"),
        ("parameters: {net: live}", "MS0103 3:19 no parameter is called `net`; use network or ledger"),
        ("parameters: [network]", "MS0100 3:13 parameters are a map, this is a list"),
        ("capabilities: [client]", "MS0100 3:15 capabilities are a map, this is a list"),
        ("capabilities: {cleint: false}", "MS0112 3:16 unknown capability `cleint`"),
        ("capabilities: {client: no}", "MS0103 3:24 client is true, false or a value of its own"),
        ("address: 127.0.0.1", "MS0103 3:10 address is HOST:PORT, HOST:{port} or a URL, this is `127.0.0.1`"),
        ("address: ':80'", "MS0103 3:10 address is HOST:PORT, HOST:{port} or a URL, this is `:80`"),
        (
            "address: localhost:65536",
            "MS0103 3:10 address is HOST:PORT, HOST:{port} or a URL, this is `localhost:65536`"
        ),
        ("address: localhost:+5", "MS0103 3:10 address is HOST:PORT, HOST:{port} or a URL, this is `localhost:+5`"),
        ("listen: localhost:{port}", "MS0103 3:9 listen is HOST:PORT, this is `localhost:{port}`"),
        ("adress: localhost:5", "MS0101 3:1 unknown key of a target `adress`"),
        ("control: {stop: [x]}", "MS0100 3:17 stop is a single value, this is a list"),
        ("control: {stop: '', restart: }", "MS0103 3:30 restart is empty"),
        ("control: x", "MS0100 3:10 control is a map, this is a single value"),
        ("protocol: nano", "MS0002 3:1 key `protocol` appears twice"),
        (
            "control: {dial: 'dial {address}/{id}'}",
            "MS0103 3:17 `{id}` has no value in `dial`, which knows {address}, {host}, {port}, {node_address}, {node_host}, {node_port}"
        ),
        (
            "control: {dial: 'dial {address} {peer_id}'}",
            "MS0103 3:17 `{peer_id}` has no value in `dial`, which knows {address}, {host}, {port}, {node_address}, {node_host}, {node_port}. For braces of the shell, write \\{peer_id}"
        ),
        (
            "control: {health: 'check {prot}'}",
            "MS0103 3:19 `{prot}` has no value in `health`, which knows {address}, {host}, {port}, {node_address}, {node_host}, {node_port}. For braces of the shell, write \\{prot}"
        ),
        (
            "control: {start: 'node {peer}'}",
            "MS0103 3:18 `{peer}` has no value in `start`, which knows {address}, {host}, {port}, {node_address}, {node_host}, {node_port}, {kind}, {id}, {peers}. For braces of the shell, write \\{peer}"
        ),
        (
            "addresses: {other: '127.0.0.1:5'}\ncontrol: {restart: 'node {ohter_port}'}",
            "MS0103 4:20 `{ohter_port}` has no value in `restart`, which knows {address}, {host}, {port}, {node_address}, {node_host}, {node_port}, {other_address}, {other_host}, {other_port}. For braces of the shell, write \\{ohter_port}"
        ),
        (
            "ready: {command: 'nc {hots}'}",
            "MS0103 3:18 `{hots}` has no value in `ready`, which knows {address}, {host}, {port}, {node_address}, {node_host}, {node_port}. For braces of the shell, write \\{hots}"
        ),
        (
            "addresses: {other: 'localhost'}",
            "MS0103 3:20 other is HOST:PORT, HOST:{port} or a URL, this is `localhost`"
        ),
    ])
    func badTargets(_ text: String, _ line: String) {
        #expect(Self.target(text).lines == [line])
    }
    @Test func otherFiles() {
        func lines(_ text: String) -> [String] {
            Target.load(source(text), Specification.library, folder: ".").diagnostics.map(\.line)
        }
        #expect(
            lines("protocol: nano\nmeshspec-target: 1").first == "MS0215 1:1 the first key must be `meshspec-target: 1`"
        )
        #expect(
            lines("meshspec-target: 2\nprotocol: nano") == [
                "MS0215 1:18 version 2 is unknown, this program reads version 1"
            ])
        #expect(lines("meshspec-target: 1\nprotocol: nana") == ["MS0108 2:11 unknown protocol `nana`"])
        #expect(lines("meshspec-target: 1") == ["MS0102 1:1 a target needs `protocol`: a built-in protocol"])
        #expect(lines("a: [") == ["MS0001 2:1 did not find expected node content while parsing a flow node"])
        #expect(lines("x") == ["MS0100 1:1 a target is a map, this is a single value"])
    }
}
